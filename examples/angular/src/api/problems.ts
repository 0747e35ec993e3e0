import type { HttpInterceptorFn } from '@angular/common/http';
import { catchError, throwError, timeout } from 'rxjs';
import { toApiError } from './api-error';

/** A request that has no answer by then is taken for one that failed. */
const TIMEOUT_MS = 20_000;

/** Whatever fails, fails with an `ApiError`. */
export const withProblems: HttpInterceptorFn = (request, next) =>
  next(request).pipe(
    timeout(TIMEOUT_MS),
    catchError((error: unknown) => throwError(() => toApiError(error))),
  );
