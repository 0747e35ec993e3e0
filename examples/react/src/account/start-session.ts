import { cartToken, setCartToken } from '../api/cart-token';
import type { SignedIn } from '../api/generated/types.gen';
import { setSession } from '../api/session';
import { keepMergeReport } from '../cart/merge-report';

/** For the headers of a sign-in: the guest's cart goes into the customer's. */
export function guestCart() {
  const token = cartToken();
  return token ? { 'X-Cart-Token': token } : {};
}

type Started = Pick<SignedIn, 'access' | 'refresh' | 'user' | 'cart_merge'>;

/** The page that asked renders again with the session, and leads on. */
export function startSession({ access, refresh, user, cart_merge }: Started): void {
  setCartToken(null);
  keepMergeReport(cart_merge);
  setSession({ userId: user.id, name: user.name || user.username, access, refresh });
}
