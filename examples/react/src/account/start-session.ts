import { cartToken, setCartToken } from '../api/cart-token';
import type { SignedIn } from '../api/generated/types.gen';
import { setSession } from '../api/session';
import { keepMergeReport } from '../cart/merge-report';

/** The headers of a sign-in, which merges the guest's cart into the customer's. */
export function guestCart() {
  const token = cartToken();
  return token ? { 'X-Cart-Token': token } : {};
}

type Started = Pick<SignedIn, 'access' | 'refresh' | 'user' | 'cart_merge'>;

/** The open page renders again with the session, and navigates. */
export function startSession({ access, refresh, user, cart_merge }: Started): void {
  setCartToken(null);
  keepMergeReport(cart_merge);
  setSession({ userId: user.id, name: user.name || user.username, access, refresh });
}
