import { Navigate, Outlet, useLocation } from 'react-router';
import { useSession } from '../api/session';

/** Pages below are for signed-in customers; others sign in first, and come back. */
export function SignedIn() {
  const session = useSession();
  const { pathname, search } = useLocation();
  if (session) return <Outlet />;
  return <Navigate to={`/sign-in?next=${encodeURIComponent(pathname + search)}`} replace />;
}
