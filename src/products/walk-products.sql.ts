import { availableCondition, categoryCondition, categoryId, priceConditions } from './product-filters.js';
import { ORDERINGS, type Ordering, SortKey } from './product-ordering.js';

/** So many products are looked at, in the order of the list, before they are looked for in the index of words. */
export const MOST_WALKED = 100_000;

/**
 * Ids and sort keys, in the order of the list, of products that have the words $6 but not $7, each a tsquery, and pass the filters
 * $2 to $5: the first $1 of those behind key $8 and id $9, if there are so many among the next MOST_WALKED products.
 * It walks an index of that order, within a category where there is one.
 */
export function walkSql(ordering: Ordering, isBehind: boolean, inCategory: boolean): string {
  const key = new SortKey(ordering);
  const conditions = ['p.deleted_at IS NULL'];
  const matches = [`p.words @@ $6::tsquery AND NOT p.words @@ $7::tsquery`, availableCondition(2)];
  if (inCategory) conditions.push(`p.category_id = ${categoryId('$2::text')}`);
  else matches.push(categoryCondition(2));
  if (key.isPrice)
    conditions.push(`p.price BETWEEN coalesce($3::numeric, 0) AND coalesce($4::numeric, 'Infinity')`);
  else matches.push(...priceConditions(2));
  if (isBehind) conditions.push(key.behind('$8', '$9'));
  return `
SELECT id, key::text FROM (
  SELECT p.id, ${key.expression} AS key, ${matches.join('\n    AND ')} AS matches
  FROM products p WHERE ${conditions.join(' AND ')}
  ${key.orderBy} LIMIT ${MOST_WALKED}
) walked WHERE matches LIMIT $1`;
}

export const WALK_PRODUCTS = Object.fromEntries(
  ORDERINGS.flatMap((ordering) =>
    [false, true].flatMap((isBehind) =>
      [false, true].map((inCategory) => [
        `${ordering}${isBehind ? ', behind a row' : ''}${inCategory ? ', in a category' : ''}`,
        walkSql(ordering, isBehind, inCategory),
      ]),
    ),
  ),
);
