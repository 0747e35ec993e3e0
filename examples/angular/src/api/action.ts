import { type Signal, signal } from '@angular/core';

/** Something that somebody does by a button or a form. */
export interface Action<A extends unknown[], R> {
  readonly isBusy: Signal<boolean>;
  /** Of the last time, when it failed. */
  readonly error: Signal<unknown>;
  /** Of the last time, when it did not. */
  readonly result: Signal<R | undefined>;
  /** Does nothing while it is busy: a second press of the button is none. */
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
