import { useQuery } from '@tanstack/react-query';
import { getCartOptions } from '../api/generated/@tanstack/react-query.gen';
import { useSession } from '../api/session';

/** The cart of who is signed in; asked for again whenever the tab comes to the front, as another may have changed it. */
export function useCart() {
  const session = useSession();
  return useQuery({ ...getCartOptions(), enabled: session !== null, staleTime: 0 });
}

export function useCartCount(): number {
  return useCart().data?.total_items ?? 0;
}
