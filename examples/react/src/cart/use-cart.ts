import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useCartToken } from '../api/cart-token';
import { getCartQueryKey } from '../api/generated/@tanstack/react-query.gen';
import { getCart } from '../api/generated/sdk.gen';
import type { Cart } from '../api/generated/types.gen';
import { useSession } from '../api/session';

const EMPTY: Cart = { items: [], total_items: 0, total: '0.00' };

/** The cart of the customer or guest; read again when the tab becomes visible, since another tab may have changed it. */
export function useCart(): UseQueryResult<Cart> {
  const session = useSession();
  const token = useCartToken();
  const hasCart = session !== null || token !== null;
  return useQuery({
    queryKey: [...getCartQueryKey(), token],
    queryFn: async ({ signal }) => (hasCart ? (await getCart({ signal })).data : EMPTY),
    staleTime: 0,
  });
}

export function useCartCount(): number {
  return useCart().data?.total_items ?? 0;
}
