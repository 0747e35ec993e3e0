import { AVAILABLE } from './product-json.js';

/** Filters of a list of products, other than the words of a search. */
export interface ProductFilters {
  category?: string;
  min_price?: string;
  max_price?: string;
  available?: boolean;
}

export type Filter = keyof ProductFilters;
export const FILTERS: Filter[] = ['category', 'min_price', 'max_price', 'available'];

/**
 * SQL of the id of a category by its slug, name or former slug, found once for a statement. The very name counts before
 * one that has other accents, which `find_category` takes for the same. @param category parameter
 */
function categoryId(category: string): string {
  return `(SELECT coalesce(
    (SELECT id FROM categories WHERE slug = ${category}),
    (SELECT id FROM categories WHERE name_key = lower(${category})),
    find_category(${category})))`;
}

const CONDITIONS: Record<Filter, (parameter: string) => string> = {
  category: (parameter) => `p.category_id = ${categoryId(`${parameter}::text`)}`,
  min_price: (parameter) => `p.price >= ${parameter}::numeric`,
  max_price: (parameter) => `p.price <= ${parameter}::numeric`,
  available: (parameter) => `${AVAILABLE} = ${parameter}::boolean`,
};

/** Conditions on a product `p` that indexes serve, each with one parameter, numbered from `first`. */
export function conditionsOf(filters: Filter[], first: number): string[] {
  return filters.map((filter, index) => CONDITIONS[filter](`$${first + index}`));
}

/** The filters that are given. */
export function givenFilters(filters: ProductFilters): Filter[] {
  return FILTERS.filter((filter) => filters[filter] !== undefined);
}

/** Values for the parameters of those filters. */
export function valuesOf(filters: ProductFilters, given: Filter[]): unknown[] {
  return given.map((filter) => filters[filter]);
}
