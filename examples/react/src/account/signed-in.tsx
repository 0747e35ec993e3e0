import { Navigate, Outlet } from 'react-router';
import { useSession } from '../api/session';
import { useSignInPath } from './next-path';

/** For pages of signed-in customers: others sign in first, and return. */
export function SignedIn() {
  const session = useSession();
  const signInPath = useSignInPath();
  if (session) return <Outlet />;
  return <Navigate to={signInPath} replace />;
}
