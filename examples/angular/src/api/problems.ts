import type { HttpInterceptorFn } from '@angular/common/http';
import { catchError, throwError, timeout } from 'rxjs';
import { toApiError } from './api-error';

/** A request without a response in this time has failed. */
const TIMEOUT_MS = 20_000;

/** Turns every error into an `ApiError`. */
export const withProblems: HttpInterceptorFn = (request, next) =>
  next(request).pipe(
    timeout(TIMEOUT_MS),
    catchError((error: unknown) => throwError(() => toApiError(error))),
  );
