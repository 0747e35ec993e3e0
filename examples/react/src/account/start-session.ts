import type { SignedIn } from '../api/generated/types.gen';
import { setSession } from '../api/session';

/** The page that asked renders again with the session, and leads on. */
export function startSession({ access, refresh, user }: Pick<SignedIn, 'access' | 'refresh' | 'user'>): void {
  setSession({ userId: user.id, name: user.name || user.username, access, refresh });
}
