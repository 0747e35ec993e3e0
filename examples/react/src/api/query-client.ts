import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './api-error';

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // `networkMode` is `always`: the browser's offline state may be wrong, and a failed request has its screen.
      queries: { staleTime: 15_000, networkMode: 'always', retry: isTransient, retryDelay },
      mutations: { networkMode: 'always', retryDelay },
    },
  });
}

/** Whether to retry a query, or a mutation with an `Idempotency-Key`, up to two times. */
export function isTransient(failures: number, error: unknown): boolean {
  return failures < 2 && error instanceof ApiError && error.isTransient;
}

function retryDelay(failures: number, error: unknown): number {
  const retryAfterMs = error instanceof ApiError ? error.retryAfterMs : undefined;
  return Math.min(retryAfterMs ?? 500 * 2 ** failures, 10_000);
}
