import { AVAILABLE } from './product-json.js';

/** What narrows a list of products, beside the words of a search. */
export interface ProductFilters {
  category?: string;
  min_price?: string;
  max_price?: string;
  available?: boolean;
}

export type Filter = keyof ProductFilters;
export const FILTERS: Filter[] = ['category', 'min_price', 'max_price', 'available'];

/** SQL of the id of a category by its slug, name or former slug, found once for a statement. @param category parameter */
export function categoryId(category: string): string {
  return `(SELECT find_category(${category}))`;
}

const CONDITIONS: Record<Filter, (parameter: string) => string> = {
  category: (parameter) => `p.category_id = ${categoryId(`${parameter}::text`)}`,
  min_price: (parameter) => `p.price >= ${parameter}::numeric`,
  max_price: (parameter) => `p.price <= ${parameter}::numeric`,
  available: (parameter) => `${AVAILABLE} = ${parameter}::boolean`,
};

/** Conditions on a product `p`, which indexes can serve, each with a parameter from `first` on. */
export function conditionsOf(filters: Filter[], first: number): string[] {
  return filters.map((filter, index) => CONDITIONS[filter](`$${first + index}`));
}

/** Those filters that are given. */
export function givenFilters(filters: ProductFilters): Filter[] {
  return FILTERS.filter((filter) => filters[filter] !== undefined);
}

/**
 * Conditions on a product `p`; a parameter that is null narrows nothing. For statements that look at each row anyway:
 * no index can serve them.
 *
 * @param first number of the first of four parameters: category, lowest and highest price, availability
 */
export function filterConditions(first: number): string {
  return [categoryCondition(first), ...priceConditions(first), availableCondition(first)].join('\n    AND ');
}

export function categoryCondition(first: number): string {
  return `($${first}::text IS NULL OR p.category_id = ${categoryId(`$${first}::text`)})`;
}

export function priceConditions(first: number): string[] {
  return [
    `($${first + 1}::numeric IS NULL OR p.price >= $${first + 1}::numeric)`,
    `($${first + 2}::numeric IS NULL OR p.price <= $${first + 2}::numeric)`,
  ];
}

export function availableCondition(first: number): string {
  return `($${first + 3}::boolean IS NULL OR ${AVAILABLE} = $${first + 3}::boolean)`;
}

/** The values of those four parameters. */
export function filterValues({ category, min_price, max_price, available }: ProductFilters): unknown[] {
  return [category, min_price, max_price, available];
}
