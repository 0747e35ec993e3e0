import { useSyncExternalStore } from 'react';
import { ApiError, readAnswer } from './answers';
import { apiUrl } from './addresses';

export interface Account {
  id: number;
  email: string;
  username: string;
  name: string;
  role: 'customer' | 'admin';
}

interface Tokens {
  access: string;
  refresh: string;
  user: Account;
}

/** `ended`: a session has ended, and the screens with their forms stay until the user signs in again. */
export type SessionState =
  { status: 'signed-out' } | { status: 'signed-in'; user: Account } | { status: 'ended'; user: Account };

const KEY = 'comptoir.admin.session';
const listeners = new Set<() => void>();
let state: SessionState = initialState();
let signInAgain: PromiseWithResolvers | undefined;

interface PromiseWithResolvers {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: Error) => void;
}

/** All tabs share the tokens; this tab gets changes by other tabs here. */
window.addEventListener('storage', (event) => {
  if (event.key !== KEY) return;
  const tokens = readTokens();
  if (tokens) signedIn(tokens.user);
  else setState(state.status === 'signed-in' ? { status: 'ended', user: state.user } : state);
});

export function useSession(): SessionState {
  return useSyncExternalStore(subscribe, () => state);
}

export function accessToken(): string | undefined {
  return readTokens()?.access;
}

/** @throws ApiError for wrong credentials, or an account that is no admin (`not_an_admin`) */
export async function signIn(email: string, password: string): Promise<void> {
  const tokens = await post<Tokens>('/auth/login', { email, password });
  if (tokens.user.role !== 'admin') {
    await post('/auth/logout', {}, tokens.access).catch(() => {});
    throw new ApiError(403, { code: 'not_an_admin', detail: '' });
  }
  const { access, refresh, user } = tokens;
  writeTokens({ access, refresh, user });
  signedIn(user);
}

export async function signOut(): Promise<void> {
  const access = accessToken();
  localStorage.removeItem(KEY);
  setState({ status: 'signed-out' });
  signInAgain?.reject(new ApiError(401, { code: 'signed_out', detail: '' }));
  signInAgain = undefined;
  if (access) await post('/auth/logout', {}, access).catch(() => {});
}

/**
 * Waits until there is another access token than the refused one: one tab refreshes it for all tabs, or the user signs
 * in again.
 */
export async function replaceToken(refused: string | undefined): Promise<void> {
  const isRenewed = await inOneTab(async () => {
    const tokens = readTokens();
    if (!tokens) return false;
    if (tokens.access !== refused) return true;
    try {
      const renewed = await post<Tokens>('/auth/token/refresh', { refresh: tokens.refresh });
      writeTokens({ ...tokens, access: renewed.access, refresh: renewed.refresh });
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return false;
      throw error;
    }
  });
  if (!isRenewed) await untilSignedInAgain();
}

/** Web Locks exist on HTTPS and localhost only; elsewhere each tab refreshes, which the server tolerates. */
let refreshing: Promise<boolean> | undefined;
function inOneTab(refresh: () => Promise<boolean>): Promise<boolean> {
  refreshing ??= (navigator.locks ? navigator.locks.request(KEY, refresh) : refresh()).finally(
    () => (refreshing = undefined),
  );
  return refreshing;
}

function untilSignedInAgain(): Promise<void> {
  localStorage.removeItem(KEY);
  if (state.status === 'signed-out') throw new ApiError(401, { code: 'signed_out', detail: '' });
  signInAgain ??= withResolvers();
  setState({ status: 'ended', user: state.user });
  return signInAgain.promise;
}

function signedIn(user: Account): void {
  setState({ status: 'signed-in', user });
  signInAgain?.resolve();
  signInAgain = undefined;
}

function initialState(): SessionState {
  const tokens = readTokens();
  return tokens ? { status: 'signed-in', user: tokens.user } : { status: 'signed-out' };
}

function readTokens(): Tokens | undefined {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '') as Tokens;
  } catch {
    return undefined;
  }
}

function writeTokens(tokens: Tokens): void {
  localStorage.setItem(KEY, JSON.stringify(tokens));
}

function setState(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function post<T>(path: string, body: object, access?: string): Promise<T> {
  const headers = {
    'content-type': 'application/json',
    ...(access && { authorization: `Bearer ${access}` }),
  };
  const response = await fetch(apiUrl(path), { method: 'POST', headers, body: JSON.stringify(body) });
  return (await readAnswer<T>(response)).body;
}

/** Some browsers in use do not have Promise.withResolvers. */
function withResolvers(): PromiseWithResolvers {
  let resolve = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
