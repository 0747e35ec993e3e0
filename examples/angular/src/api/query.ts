import { HttpClient } from '@angular/common/http';
import { computed, inject, linkedSignal, type Signal, untracked } from '@angular/core';
import { rxResource } from '@angular/core/rxjs-interop';
import { map } from 'rxjs';
import type { ApiFnOptional, ApiFnRequired } from './generated/api';
import { ApiConfiguration } from './generated/api-configuration';

/** A response of the API, in signals. */
export interface Query<R> {
  /** The newest response; an older one stays while newer requests fail. */
  readonly value: Signal<R | undefined>;
  /** The error, if there is no response. */
  readonly error: Signal<Error | undefined>;
  /** Whether `value` is the response to former parameters. */
  readonly isOutdated: Signal<boolean>;
  reload(): void;
  /** Shows a value that the API is expected to return, or has returned elsewhere. */
  update(change: (value: R) => R): void;
}

interface Options {
  /** The response to former parameters stays until the new one arrives, as the pages of a list replace each other. */
  keep?: boolean;
}

/**
 * Sends a request, and again whenever `params` changes, in an injection context. An outdated request is cancelled.
 *
 * @param params `undefined`: no request is sent
 */
export function query<P, R>(
  operation: ApiFnRequired<P, R> | ApiFnOptional<P, R>,
  params: () => P | undefined,
  { keep = false }: Options = {},
): Query<R> {
  const http = inject(HttpClient);
  const { rootUrl } = inject(ApiConfiguration);
  const key = computed(() => JSON.stringify(params()) as string | undefined); // equal parameters are one request
  const answer = rxResource({
    params: () => (key() === undefined ? undefined : untracked(params)),
    stream: ({ params: current }) => operation(http, rootUrl, current).pipe(map(({ body }) => body)),
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
