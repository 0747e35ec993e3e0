import { useLocation, useNavigate } from 'react-router';

/**
 * Whether the page's link has done its work. It is kept with the page in the history, as it may end the session here too,
 * which starts the shop anew.
 */
export function useLinkDone(): [isDone: boolean, setDone: () => void] {
  const navigate = useNavigate();
  const { pathname, state } = useLocation();
  const isDone = (state as { linkDone?: true } | null)?.linkDone === true;
  return [isDone, () => void navigate(pathname, { replace: true, state: { linkDone: true } })];
}
