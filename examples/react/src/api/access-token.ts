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

/** A token that runs out within this time is renewed before it is sent. */
const LEEWAY_MS = 30_000;

/** The access token for a request of this tab's session; `undefined` when nobody is signed in. */
export async function accessToken(): Promise<string | undefined> {
  const session = currentSession();
  if (!session) return undefined;
  if (expiresAt(session.access) - Date.now() > LEEWAY_MS) return session.access;
  return (await renewSession(session))?.access;
}

let renewal: Promise<Session | null> | undefined;

/** Trades the refresh token: once for all requests that wait for it, and for all tabs. `null`: signed out meanwhile. */
export async function renewSession(stale: Session): Promise<Session | null> {
  renewal ??= inOneTab('refresh', (afterAnother) => trade(stale, afterAnother)).finally(
    () => (renewal = undefined),
  );
  const renewed = await renewal;
  return renewed?.userId === stale.userId ? renewed : null; // never another person's token for this request
}

/**
 * Refresh tokens rotate, and one that comes twice may end the session; so the tab that gets the lock trades it, and the
 * others find its result in the storage. Where there are no locks, the API's ten seconds of grace have to do.
 */
async function trade(stale: Session, afterAnother: boolean): Promise<Session | null> {
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
  if (response?.status !== 401) throw error; // no network, or too much to do: the session is as good as before
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
