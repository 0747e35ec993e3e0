import { useSyncExternalStore } from 'react';

/** The token of a guest's cart. The API returns it with the first product, and merges the cart at sign-in. */
const STORAGE_KEY = 'comptoir.cart';

/** Used while storage is blocked: the cart lasts as long as the page. */
let unstored: string | null = null;
const listeners = new Set<() => void>();

export function cartToken(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return unstored;
  }
}

export function setCartToken(token: string | null): void {
  try {
    if (token) localStorage.setItem(STORAGE_KEY, token);
    else localStorage.removeItem(STORAGE_KEY);
  } catch {
    unstored = token;
  }
  for (const listener of listeners) listener();
}

/** Deletes an expired token, unless another tab has already replaced it. */
export function forgetCartToken(token: string): void {
  if (cartToken() === token) setCartToken(null);
}

export function useCartToken(): string | null {
  return useSyncExternalStore(subscribe, cartToken);
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

addEventListener('storage', ({ key }) => {
  if (key !== STORAGE_KEY && key !== null) return;
  for (const listener of listeners) listener();
});
