import { useLocation, useSearchParams } from 'react-router';

/** The sign-in form, which leads back to the page that is open. */
export function useSignInPath(): string {
  const { pathname, search } = useLocation();
  const isHere = ['/sign-in', '/register', '/forgot-password'].includes(pathname);
  return isHere ? `/sign-in${search}` : `/sign-in?next=${encodeURIComponent(pathname + search)}`;
}

/** Where to go after the sign-in: only a path of this shop, as whoever wrote the link must not send people elsewhere. */
export function useNextPath(): string {
  const next = useSearchParams()[0].get('next');
  return next?.startsWith('/') && !next.startsWith('//') && !next.includes('\\') ? next : '/';
}
