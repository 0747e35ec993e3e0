import type { CheckoutCart } from '../api/generated/models';
import { newIntentKey } from '../api/intent';

/** An order that was sent, until the API says what became of it: its key and body go out again as they were. */
export interface PendingOrder {
  key: string;
  body: CheckoutCart;
}

/** The customer's id, or a guest. */
export type Owner = number | 'guest';

/** In this tab, also after a reload: an answer that was lost must not lead to a second order. */
const storageKey = (owner: Owner) => `comptoir.pendingOrder.${owner}`;
/** Where the storage is blocked, it is kept as long as the page. */
const unstored = new Map<Owner, PendingOrder>();

export function findPendingOrder(owner: Owner): PendingOrder | null {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey(owner)) ?? 'null') as PendingOrder | null;
  } catch {
    return unstored.get(owner) ?? null;
  }
}

/** The one that waits already when it is the same; a double click is one order. */
export function keepPendingOrder(owner: Owner, body: CheckoutCart): PendingOrder {
  const waiting = findPendingOrder(owner);
  if (waiting && JSON.stringify(waiting.body) === JSON.stringify(body)) return waiting;
  const pending = { key: newIntentKey(), body };
  try {
    sessionStorage.setItem(storageKey(owner), JSON.stringify(pending));
  } catch {
    unstored.set(owner, pending);
  }
  return pending;
}

export function forgetPendingOrder(owner: Owner): void {
  unstored.delete(owner);
  try {
    sessionStorage.removeItem(storageKey(owner));
  } catch {
    // Storage is blocked: there is nothing in it.
  }
}
