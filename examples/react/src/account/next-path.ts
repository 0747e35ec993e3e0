import { useLocation, useSearchParams } from 'react-router';

/** The address of the sign-in form, which returns to the current page. */
export function useSignInPath(): string {
  const { pathname, search } = useLocation();
  const isHere = ['/sign-in', '/register', '/forgot-password'].includes(pathname);
  return isHere ? `/sign-in${search}` : `/sign-in?next=${encodeURIComponent(pathname + search)}`;
}

/** The page after the sign-in: a path of this shop only, so that a link cannot redirect to another site. */
export function useNextPath(): string {
  const next = useSearchParams()[0].get('next');
  return next?.startsWith('/') && !next.startsWith('//') && !next.includes('\\') ? next : '/';
}
