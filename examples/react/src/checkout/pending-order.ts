import type { CheckoutCart } from '../api/generated/types.gen';
import { newIntentKey } from '../api/intent';

/** An order that was sent, until the API says what became of it: its key and body go out again as they were. */
export interface PendingOrder {
  key: string;
  body: CheckoutCart;
}

/** In this tab, also after a reload: an answer that was lost must not lead to a second order. */
const storageKey = (userId: number) => `comptoir.pendingOrder.${userId}`;

export function findPendingOrder(userId: number): PendingOrder | null {
  return JSON.parse(sessionStorage.getItem(storageKey(userId)) ?? 'null') as PendingOrder | null;
}

/** The one that waits already when it is the same; a double click is one order. */
export function keepPendingOrder(userId: number, body: CheckoutCart): PendingOrder {
  const waiting = findPendingOrder(userId);
  if (waiting && JSON.stringify(waiting.body) === JSON.stringify(body)) return waiting;
  const pending = { key: newIntentKey(), body };
  sessionStorage.setItem(storageKey(userId), JSON.stringify(pending));
  return pending;
}

export function forgetPendingOrder(userId: number): void {
  sessionStorage.removeItem(storageKey(userId));
}
