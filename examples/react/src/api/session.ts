import { useSyncExternalStore } from 'react';
import { SHOP_URL } from '../base';

/** The signed-in user, with the tokens of the last sign-in or refresh. */
export interface Session {
  userId: number;
  name: string;
  access: string;
  refresh: string;
}

/** All tabs share it; the `storage` event notifies a tab of another tab's change. */
const STORAGE_KEY = 'comptoir.session';

let current = storedSession();
let ended = false;
const listeners = new Set<() => void>();

/** The session that this tab shows. */
export function currentSession(): Session | null {
  return current;
}

/** The session as stored by any tab; this tab may not have been notified yet. */
export function storedSession(): Session | null {
  try {
    return JSON.parse(localStorage.getItem(STORAGE_KEY) ?? 'null') as Session | null;
  } catch {
    return null; // storage is blocked, or has another value: there is no session
  }
}

export function setSession(session: Session): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(session));
  } catch {
    // Storage is blocked: the session lasts as long as the page.
  }
  show(session);
}

/** The user signs out: the page is reloaded, so that no data of the account stays in memory. */
export function leaveSession(): void {
  removeStoredSession();
  location.replace(SHOP_URL);
}

/** The API, and not the user, has ended the session: the sign-in form explains that. */
export function loseSession(): void {
  ended = true;
  removeStoredSession();
  show(null);
}

export function wasSessionLost(): boolean {
  return ended;
}

export function adoptStoredSession(): void {
  show(storedSession());
}

export function useSession(): Session | null {
  return useSyncExternalStore(subscribe, currentSession);
}

function removeStoredSession() {
  try {
    localStorage.removeItem(STORAGE_KEY);
  } catch {
    // Storage is blocked: there is nothing in it.
  }
}

function show(session: Session | null) {
  current = session;
  if (session) ended = false;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

addEventListener('storage', ({ key }) => {
  if (key === STORAGE_KEY || key === null) adoptStoredSession();
});
// A page that returns from the browser's back/forward cache has missed those events.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) adoptStoredSession();
});
