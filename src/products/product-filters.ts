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

/**
 * SQL of the id of the category with that slug, else that name, which takes longer to find, else that slug in other
 * case or at an earlier time. @param category parameter
 */
export function categoryId(category: string): string {
  return `coalesce(
    (SELECT id FROM categories WHERE slug = ${category}),
    (SELECT id FROM categories WHERE fold_text(name) = fold_text(${category}) ORDER BY id LIMIT 1),
    (SELECT id FROM categories WHERE slug = lower(${category})),
    (SELECT id FROM categories WHERE lower(${category}) = ANY(former_slugs) ORDER BY id LIMIT 1)
  )`;
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
