import { useMemo } from 'react';
import { useSearchParams } from 'react-router';

/** Parameters of the address that are not filters. */
const PLACE = ['page', 'cursor'];
const NO_FILTERS = [...PLACE, 'ordering', 'search', 'page_size'];

export interface ListState {
  /** In the API's format. */
  params: URLSearchParams;
  search: string;
  ordering: string;
  page: number;
  /** All filters of the list, including the search. */
  filters: Record<string, string>;
  /** Sets a filter or, with `''`, removes it; returns to the first page. */
  set: (changes: Record<string, string>) => void;
  replaceAll: (query: string) => void;
  addressOf: (changes: Record<string, string>) => string;
}

/** The state of a list is in the address, so that reloads, bookmarks and going back restore it. */
export function useListState(): ListState {
  const [params, setParams] = useSearchParams();
  return useMemo(() => {
    const changed = (from: URLSearchParams, changes: Record<string, string>) => {
      const next = new URLSearchParams(from);
      for (const name of PLACE) next.delete(name);
      for (const [name, value] of Object.entries(changes)) {
        if (value === '') next.delete(name);
        else next.set(name, value);
      }
      return next;
    };
    const filters = [...params].filter(([name]) => name === 'search' || !NO_FILTERS.includes(name));
    return {
      params,
      search: params.get('search') ?? '',
      ordering: params.get('ordering') ?? '',
      page: Number(params.get('page') ?? 1),
      filters: Object.fromEntries(filters),
      set: (changes) =>
        setParams((from) => changed(from, changes), { replace: true, preventScrollReset: true }),
      replaceAll: (query) => setParams(new URLSearchParams(query)),
      addressOf: (changes) => `?${changed(params, changes)}`,
    };
  }, [params, setParams]);
}

/** The address of the screen's page for a `next` or `previous` link of the API. */
export function pageAddress(params: URLSearchParams, link: string): string {
  const from = new URL(link).searchParams;
  const next = new URLSearchParams(params);
  for (const name of PLACE) {
    const value = from.get(name);
    if (value === null || (name === 'page' && value === '1')) next.delete(name);
    else next.set(name, value);
  }
  return `?${next}`;
}
