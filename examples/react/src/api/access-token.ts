import { refreshTokens } from './generated/sdk.gen';
import { inOneTab, untilWritten } from '../../../shared/tabs/in-one-tab';
import {
  adoptStoredSession,
  currentSession,
  loseSession,
  type Session,
  setSession,
  storedSession,
} from './session';

/** A token that expires within this time is refreshed before it is sent. */
const LEEWAY_MS = 30_000;

/** The access token for a request of this tab's session; `undefined` when nobody is signed in. */
export async function accessToken(): Promise<string | undefined> {
  const session = currentSession();
  if (!session) return undefined;
  if (expiresAt(session.access) - Date.now() > LEEWAY_MS) return session.access;
  return (await renewSession(session))?.access;
}

let renewal: Promise<Session | null> | undefined;

/** Refreshes the tokens once for all waiting requests and all tabs. `null`: signed out meanwhile. */
export async function renewSession(stale: Session): Promise<Session | null> {
  renewal ??= inOneTab('refresh', (afterAnother) => refresh(stale, afterAnother)).finally(
    () => (renewal = undefined),
  );
  const renewed = await renewal;
  return renewed?.userId === stale.userId ? renewed : null; // this request never gets another user's token
}

/**
 * Refresh tokens rotate, and a reused one may end the session. So the tab that gets the lock refreshes, and the
 * others read the result from the storage. Without Web Locks, the API tolerates reuse for ten seconds.
 */
async function refresh(stale: Session, afterAnother: boolean): Promise<Session | null> {
  if (afterAnother) await untilWritten(() => storedSession()?.access !== stale.access);
  const stored = storedSession();
  if (stored?.access !== stale.access) {
    adoptStoredSession();
    return stored;
  }
  const { data, response, error } = await refreshTokens({
    body: { refresh: stored.refresh },
    throwOnError: false,
  });
  if (storedSession()?.refresh !== stored.refresh) return null; // signed out or in meanwhile
  if (data) {
    const session = { ...stored, access: data.access, refresh: data.refresh };
    setSession(session);
    return session;
  }
  if (response?.status !== 401) throw error; // the network failed or the shop is busy: the session is still valid
  loseSession();
  return null;
}

function expiresAt(jwt: string): number {
  try {
    const payload = jwt.split('.')[1]!.replaceAll('-', '+').replaceAll('_', '/');
    return (JSON.parse(atob(payload)) as { exp: number }).exp * 1000;
  } catch {
    return 0;
  }
}
