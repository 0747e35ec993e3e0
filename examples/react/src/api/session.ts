import { useSyncExternalStore } from 'react';
import { SHOP_URL } from '../base';

/** Who is signed in, with the tokens of the last sign-in or refresh. */
export interface Session {
  userId: number;
  name: string;
  access: string;
  refresh: string;
}

/** All tabs share it; a tab hears of another's change by the `storage` event. */
const STORAGE_KEY = 'comptoir.session';

let current = storedSession();
let ended = false;
const listeners = new Set<() => void>();

/** The session that this tab shows. */
export function currentSession(): Session | null {
  return current;
}

/** The session as the last tab left it, which this one may not have heard of yet. */
export function storedSession(): Session | null {
  try {
    return JSON.parse(localStorage.getItem(STORAGE_KEY) ?? 'null') as Session | null;
  } catch {
    return null; // storage is blocked, or holds something else: nobody is signed in
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

/** Its owner leaves: on a new page, so that nothing of the account stays in memory. */
export function leaveSession(): void {
  removeStoredSession();
  location.replace(SHOP_URL);
}

/** The API has ended the session; not its owner, who is told why there is a sign-in form. */
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
// A page that comes back from the browser's back/forward cache has missed those events.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) adoptStoredSession();
});
