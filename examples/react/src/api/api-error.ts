import type { Problem } from './generated/types.gen';

/** The error of the generated client: the API's problem document, or code `network` when there was no response. */
export class ApiError extends Error implements Problem {
  readonly status: number;
  readonly title: string;
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
    this.title = problem.title ?? '';
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

export function toApiError(error: unknown, response?: Response): unknown {
  if (!response) {
    const cancelled = error instanceof DOMException && error.name === 'AbortError';
    return cancelled ? error : new ApiError({});
  }
  const problem = typeof error === 'object' && error !== null ? (error as Partial<Problem>) : {};
  const seconds = Number(response.headers.get('retry-after'));
  return new ApiError(
    { code: 'unknown', ...problem, status: response.status },
    seconds ? seconds * 1000 : undefined,
  );
}
