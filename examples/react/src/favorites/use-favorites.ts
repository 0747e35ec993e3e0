import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { listFavoritesOptions, listFavoritesQueryKey } from '../api/generated/@tanstack/react-query.gen';
import { addFavorite, removeFavorite } from '../api/generated/sdk.gen';
import type { FavoritePage, Product } from '../api/generated/types.gen';
import { useSession } from '../api/session';

const ALL = { query: { page_size: 100 } };

export function useFavorites() {
  const session = useSession();
  return useQuery({ ...listFavoritesOptions(ALL), enabled: session !== null });
}

/** The heart changes at once, and back when the request fails. */
export function useToggleFavorite(product: Product) {
  const queryClient = useQueryClient();
  const queryKey = listFavoritesQueryKey(ALL);
  const isFavorite = useFavorites().data?.results.some(({ id }) => id === product.id) ?? false;

  const toggle = useMutation({
    mutationFn: async (wanted: boolean) => {
      if (wanted) await addFavorite({ body: { product_id: product.id } });
      else await removeFavorite({ path: { id: product.id } });
    },
    onMutate: async (wanted) => {
      await queryClient.cancelQueries({ queryKey });
      const before = queryClient.getQueryData<FavoritePage>(queryKey);
      if (before) queryClient.setQueryData(queryKey, withFavorite(before, product, wanted));
      return before;
    },
    onError: (_error, _wanted, before) => queryClient.setQueryData(queryKey, before),
    onSettled: () => queryClient.invalidateQueries({ queryKey }),
  });
  return { isFavorite, toggle: () => !toggle.isPending && toggle.mutate(!isFavorite) };
}

function withFavorite(page: FavoritePage, product: Product, wanted: boolean): FavoritePage {
  const others = page.results.filter(({ id }) => id !== product.id);
  const added = { id: product.id, created_at: new Date().toISOString(), product };
  return { ...page, results: wanted ? [added, ...others] : others };
}
