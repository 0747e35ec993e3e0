import { useSearchParams } from 'react-router';
import type { ListProductsData, ProductOrdering } from '../api/generated/types.gen';

/** The state of the list, stored in the address, so that reloads, links and going back restore it. */
export interface ListState {
  search?: string;
  category?: string;
  min_price?: string;
  max_price?: string;
  available?: true;
  ordering?: ProductOrdering;
  page: number;
}

export type ListFilters = Omit<
  NonNullable<ListProductsData['query']>,
  'cursor' | 'ordering' | 'page' | 'page_size'
>;

const PAGE_SIZE = 24;
const MONEY = /^\d{1,8}(\.\d{1,2})?$/;
const ORDERINGS: ProductOrdering[] = ['-created_at', 'price', '-price', 'name'];

export function useListState() {
  const [params, setParams] = useSearchParams();
  const state = readListState(params);
  return {
    state,
    /** The address of the same list with these changes, from its first page. */
    linkTo: (changes: Partial<ListState>) => `/${writeListState({ ...state, page: 1, ...changes })}`,
    change: (changes: Partial<ListState>) => setParams(writeListState({ ...state, page: 1, ...changes })),
  };
}

/** Valid parameters only, since an address may have been edited. */
function readListState(params: URLSearchParams): ListState {
  const money = (name: string) => [params.get(name) ?? ''].find((text) => MONEY.test(text));
  return {
    search: params.get('search')?.trim() || undefined,
    category: params.get('category') || undefined,
    min_price: money('min_price'),
    max_price: money('max_price'),
    available: params.get('available') === 'true' || undefined,
    ordering: ORDERINGS.find((ordering) => ordering === params.get('ordering')),
    page: Math.max(1, Number.parseInt(params.get('page') ?? '1', 10) || 1),
  };
}

function writeListState({ page, ...filters }: ListState): string {
  const given = Object.entries({ ...filters, page: page > 1 ? page : undefined });
  const params = new URLSearchParams(
    given.flatMap(([name, value]) => (value ? [[name, String(value)]] : [])),
  );
  return params.size > 0 ? `?${params}` : '';
}

/** The filters of the list, without its order and its page. */
export function filtersOf({ search, category, min_price, max_price, available }: ListState): ListFilters {
  return { search, category, min_price, max_price, available };
}

export function listQueryOf({ ordering, page, ...filters }: ListState) {
  return { ...filters, ordering, page, page_size: PAGE_SIZE };
}

export function pagesOf(count: number): number {
  return Math.max(1, Math.ceil(count / PAGE_SIZE));
}

export function isFiltered(state: ListState): boolean {
  return Object.values(filtersOf(state)).some((value) => value !== undefined);
}
