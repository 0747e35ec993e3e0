import { useNavigate, useSearchParams } from 'react-router';
import type { SignedIn } from '../api/generated/types.gen';
import { setSession } from '../api/session';

/** Keeps the session, and goes back to where the sign-in was asked for. */
export function useStartSession() {
  const navigate = useNavigate();
  const [params] = useSearchParams();
  return ({ access, refresh, user }: Pick<SignedIn, 'access' | 'refresh' | 'user'>) => {
    void navigate(localPath(params.get('next')), { replace: true });
    setSession({ userId: user.id, name: user.name || user.username, access, refresh });
  };
}

/** Only a path of this shop: whoever wrote the link must not send people elsewhere. */
function localPath(next: string | null): string {
  return next?.startsWith('/') && !next.startsWith('//') && !next.includes('\\') ? next : '/';
}
