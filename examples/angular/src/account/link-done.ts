import { type Signal, signal } from '@angular/core';

/**
 * Whether the page's link has done its work. It is kept with the page in the history, as it may end the session here too,
 * which loads the shop anew.
 */
export function linkDone(): { isDone: Signal<boolean>; setDone: () => void } {
  const isDone = signal((history.state as { linkDone?: true } | null)?.linkDone === true);
  return {
    isDone,
    setDone: () => {
      history.replaceState({ ...history.state, linkDone: true }, '');
      isDone.set(true);
    },
  };
}
