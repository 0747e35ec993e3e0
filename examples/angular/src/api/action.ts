import { type Signal, signal } from '@angular/core';

/** An action of a button or a form. */
export interface Action<A extends unknown[], R> {
  readonly isBusy: Signal<boolean>;
  /** The error of the last time, if it failed. */
  readonly error: Signal<unknown>;
  /** The result of the last time, if it succeeded. */
  readonly result: Signal<R | undefined>;
  /** Does nothing while it is busy, so that a double click is one action. */
  start(...input: A): Promise<void>;
}

export function action<A extends unknown[], R>(work: (...input: A) => Promise<R>): Action<A, R> {
  const isBusy = signal(false);
  const error = signal<unknown>(undefined);
  const result = signal<R | undefined>(undefined);

  async function start(...input: A): Promise<void> {
    if (isBusy()) return;
    isBusy.set(true);
    error.set(undefined);
    try {
      result.set(await work(...input));
    } catch (reason) {
      error.set(reason);
    } finally {
      isBusy.set(false);
    }
  }
  return { isBusy, error, result, start };
}
