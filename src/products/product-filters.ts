/** Filters of a list of products, other than the words of a search. */
export interface ProductFilters {
  category?: string;
  min_price?: string;
  max_price?: string;
  available?: boolean;
}

/** Filters with a parameter. */
const VALUED = ['category', 'min_price', 'max_price'] as const;

/** Two conditions, not one with a parameter: PostgreSQL plans each for the number of products that pass it. */
export const AVAILABILITIES = ['available', 'unavailable'] as const;

export type Filter = (typeof VALUED)[number] | (typeof AVAILABILITIES)[number];

/** As many as a list can have, in their order. */
export const FILTERS: Filter[] = [...VALUED, 'available'];

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
  available: () => 'p.available',
  unavailable: () => 'p.available IS FALSE',
};

/** Conditions on a product `p` that indexes serve; their parameters are numbered from `first`. */
export function conditionsOf(filters: Filter[], first: number): string[] {
  return filters.map((filter, index) => CONDITIONS[filter](`$${first + index}`));
}

/** The filters that are given. */
export function givenFilters(filters: ProductFilters): Filter[] {
  const { available } = filters;
  const valued = VALUED.filter((filter) => filters[filter] !== undefined);
  return available === undefined ? valued : [...valued, available ? 'available' : 'unavailable'];
}

export function isAvailability(filter: Filter): filter is (typeof AVAILABILITIES)[number] {
  return filter === 'available' || filter === 'unavailable';
}

/** How many parameters these filters have. */
export function countParameters(filters: Filter[]): number {
  return VALUED.filter((filter) => filters.includes(filter)).length;
}

/** Values for the parameters of those filters. */
export function valuesOf(filters: ProductFilters, given: Filter[]): unknown[] {
  return VALUED.filter((filter) => given.includes(filter)).map((filter) => filters[filter]);
}
