import { HttpErrorResponse } from '@angular/common/http';
import type { Problem } from './generated/models';

/** The error of a request: the API's problem document, or code `network` when there was no response. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: Record<string, string[]>;
  /** The other members, such as the `total` of a `total_changed`. */
  readonly members: Record<string, unknown>;

  constructor(
    problem: Partial<Problem>,
    readonly retryAfterMs?: number,
  ) {
    super(problem.detail ?? problem.title ?? 'No answer');
    this.status = problem.status ?? 0;
    this.code = problem.code ?? 'network';
    this.detail = problem.detail ?? '';
    this.errors = problem.errors ?? {};
    this.members = { ...problem };
  }

  /** Whether the same request may succeed a moment later. */
  get isTransient(): boolean {
    return this.code === 'network' || this.status === 429 || this.status >= 500;
  }
}

/** @param error of `HttpClient`, or of a time limit */
export function toApiError(error: unknown): ApiError {
  if (!(error instanceof HttpErrorResponse) || error.status === 0) return new ApiError({});
  const seconds = Number(error.headers.get('retry-after'));
  return new ApiError(
    { code: 'unknown', ...problemOf(error.error), status: error.status },
    seconds ? seconds * 1000 : undefined,
  );
}

/** Operations without a response body request text, so that their problems are text, too. */
function problemOf(body: unknown): Partial<Problem> {
  try {
    const problem: unknown = typeof body === 'string' ? JSON.parse(body) : body;
    return typeof problem === 'object' && problem !== null ? problem : {};
  } catch {
    return {};
  }
}
