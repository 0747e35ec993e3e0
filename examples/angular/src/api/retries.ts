import type { HttpInterceptorFn, HttpRequest } from '@angular/common/http';
import { retry, throwError, timer } from 'rxjs';
import { ApiError } from './api-error';

/** Sends retryable requests up to three times when there is no response or the shop is busy. */
export const withRetries: HttpInterceptorFn = (request, next) => {
  if (!isRepeatable(request)) return next(request);
  const delay = (error: unknown, failures: number) =>
    error instanceof ApiError && error.isTransient
      ? timer(Math.min(error.retryAfterMs ?? 250 * 2 ** failures, 10_000))
      : throwError(() => error);
  return next(request).pipe(retry({ count: 2, delay }));
};

function isRepeatable({ method, headers }: HttpRequest<unknown>): boolean {
  return method === 'GET' || headers.has('Idempotency-Key');
}
