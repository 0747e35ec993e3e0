import { HttpClient } from '@angular/common/http';
import { computed, inject, linkedSignal, type Signal, untracked } from '@angular/core';
import { rxResource } from '@angular/core/rxjs-interop';
import { map } from 'rxjs';
import type { ApiFnOptional, ApiFnRequired } from './generated/api';
import { ApiConfiguration } from './generated/api-configuration';

/** An answer of the API, in signals. */
export interface Query<R> {
  /** The newest answer; an older one stays while a newer fails to come. */
  readonly value: Signal<R | undefined>;
  /** Why there is none. */
  readonly error: Signal<Error | undefined>;
  /** Whether `value` answers other parameters than those that are asked for now. */
  readonly isOutdated: Signal<boolean>;
  reload(): void;
  /** Shows what the API is about to say, or has said elsewhere. */
  update(change: (value: R) => R): void;
}

interface Options {
  /** The answer to other parameters stays until the new one comes, as the next page of a list replaces the one before. */
  keep?: boolean;
}

/**
 * Asks the API, and again whenever `params` changes, in an injection context. A question that is no longer wanted is
 * cancelled.
 *
 * @param params `undefined`: there is nothing to ask
 */
export function query<P, R>(
  operation: ApiFnRequired<P, R> | ApiFnOptional<P, R>,
  params: () => P | undefined,
  { keep = false }: Options = {},
): Query<R> {
  const http = inject(HttpClient);
  const { rootUrl } = inject(ApiConfiguration);
  const key = computed(() => JSON.stringify(params()) as string | undefined); // equal parameters are one question
  const answer = rxResource({
    params: () => (key() === undefined ? undefined : untracked(params)),
    stream: ({ params: asked }) => operation(http, rootUrl, asked).pipe(map(({ body }) => body)),
  });
  const newest = linkedSignal<Answer<R>, Answer<R>>({
    source: () => ({ key: key(), value: answer.hasValue() ? answer.value() : undefined }),
    computation: (now, previous) => {
      if (now.value !== undefined || !previous) return now;
      const { value } = previous;
      return value.key === now.key || (keep && !answer.error()) ? value : now;
    },
  });
  return {
    value: computed(() => newest().value),
    error: computed(() => (newest().value === undefined ? answer.error() : undefined)),
    isOutdated: computed(() => newest().value !== undefined && newest().key !== key()),
    reload: () => void answer.reload(),
    update: (change) => {
      const value = untracked(() => newest().value);
      if (value !== undefined) answer.set(change(value));
    },
  };
}

interface Answer<R> {
  key: string | undefined;
  value: R | undefined;
}
