import type { ParamMap, Params } from '@angular/router';
import type { GetProductFacets$Params, ListProducts$Params } from '../api/generated/functions';
import type { ProductOrdering } from '../api/generated/models';

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

const PAGE_SIZE = 24;
const MONEY = /^\d{1,8}(\.\d{1,2})?$/;
const ORDERINGS: ProductOrdering[] = ['-created_at', 'price', '-price', 'name'];

/** Valid parameters only, since an address may have been edited. */
export function readListState(params: ParamMap): ListState {
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

/** For the address. */
export function writeListState({ page, ...filters }: ListState): Params {
  return { ...filters, page: page > 1 ? page : undefined };
}

/** The filters of the list, without its order and its page. */
export function filtersOf(state: ListState): GetProductFacets$Params {
  const { search, category, min_price, max_price, available } = state;
  return { search, category, min_price, max_price, available };
}

export function listQueryOf({ ordering, page, ...filters }: ListState): ListProducts$Params {
  return { ...filters, ordering, page, page_size: PAGE_SIZE };
}

export function pagesOf(count: number): number {
  return Math.max(1, Math.ceil(count / PAGE_SIZE));
}

export function isFiltered(state: ListState): boolean {
  return Object.values(filtersOf(state)).some((value) => value !== undefined);
}
