import { type Signal, signal } from '@angular/core';

/**
 * Whether the page's link was redeemed. It is stored in the history entry, since the link may end this session, too,
 * which reloads the shop.
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
