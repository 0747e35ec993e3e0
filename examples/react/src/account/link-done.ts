import { useLocation, useNavigate } from 'react-router';

/**
 * Whether the page's link was redeemed. It is stored in the history entry, since the link may end this session, too,
 * which reloads the shop.
 */
export function useLinkDone(): [isDone: boolean, setDone: () => void] {
  const navigate = useNavigate();
  const { pathname, state } = useLocation();
  const isDone = (state as { linkDone?: true } | null)?.linkDone === true;
  return [isDone, () => void navigate(pathname, { replace: true, state: { linkDone: true } })];
}
