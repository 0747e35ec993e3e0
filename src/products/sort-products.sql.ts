import { PLANNED_FOR_ITS_VALUES } from '../database/serving-client.js';
import { filterConditions } from './product-filters.js';
import { ORDERINGS, type Ordering, SortKey } from './product-ordering.js';

/**
 * What `walk-products.sql.ts` answers, with the same parameters, by reading all products that match and sorting them.
 * Planned for its values, which tell whether words or a filter narrow the most.
 */
export const SORT_PRODUCTS = Object.fromEntries(
  ORDERINGS.map((ordering) => {
    const key = new SortKey(ordering);
    return [
      ordering,
      `${PLANNED_FOR_ITS_VALUES}
SELECT id, key::text FROM (
  SELECT p.id, ${key.expression} AS key FROM products p
  WHERE p.deleted_at IS NULL AND p.words @@ $6::tsquery AND NOT p.words @@ $7::tsquery
    AND ${filterConditions(2)}
    AND ($9::bigint IS NULL OR ${key.behind('$8', '$9')})
  OFFSET 0
) matching
${key.orderOf('matching.key', 'matching.id')} LIMIT $1`,
    ];
  }),
) as Record<Ordering, string>;
