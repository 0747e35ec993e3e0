import type { CheckoutCart } from '../api/generated/types.gen';
import { newIntentKey } from '../api/intent';

/** An order that was sent and has no response yet: a retry sends its key and body unchanged. */
export interface PendingOrder {
  key: string;
  body: CheckoutCart;
}

/** The customer's id, or a guest. */
export type Owner = number | 'guest';

/** Kept in this tab, also after a reload: a lost response must not lead to a second order. */
const storageKey = (owner: Owner) => `comptoir.pendingOrder.${owner}`;
/** Kept in memory, as long as the page lasts, where storage is blocked. */
const unstored = new Map<Owner, PendingOrder>();

export function findPendingOrder(owner: Owner): PendingOrder | null {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey(owner)) ?? 'null') as PendingOrder | null;
  } catch {
    return unstored.get(owner) ?? null;
  }
}

/** Returns a pending order with the same body, so that a double click is one order. */
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
