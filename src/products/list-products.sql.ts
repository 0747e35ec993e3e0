import {
  AT_MOST_A_PAGE,
  countedTotal,
  COUNTED_UP_TO,
  knownTotal,
  type Place,
  PLACES,
} from '../database/page-sql.js';
import { PLANNED_FOR_ITS_VALUES } from '../database/serving-client.js';
import { writtenOnce } from '../database/sql.js';
import { conditionsOf, type Filter, FILTERS } from './product-filters.js';
import { ROW_VERSION, WITH_CATEGORY } from './product-json.js';
import { ORDERINGS, type Ordering, SortKey } from './product-ordering.js';
import { productsPageSql } from './products-page-sql.js';

/** Bound of counting a filtered list in a large shop, where many products may pass the filters. */
const COUNTED_UP_TO_IN_A_LARGE_SHOP = 500;

/**
 * A page of the products that pass the filters: $1 size, $2 key and $3 id of the last row before the page ('after'), or
 * $2 how many rows are before it ('near', 'far'); then a parameter for each filter, in their order.
 * Walks an index that has the list in its order. Where a price narrows another order there may be none: then planned
 * for its values.
 */
export const listSql = writtenOnce(
  (ordering: Ordering, place: Place, filters: Filter[], isLargeShop: boolean): string => {
    const key = new SortKey(ordering);
    const first = { first: 2, near: 3, far: 3, after: 4 }[place];
    const listed = ['p.deleted_at IS NULL', ...conditionsOf(filters, first)].join(' AND ');
    const isPriced = filters.includes('min_price') || filters.includes('max_price');
    const isOnlyCategory = filters.every((filter) => filter === 'category');
    const total =
      filters.length === 0
        ? knownTotal('SELECT coalesce(sum(live), 0)::bigint FROM product_counts')
        : countedTotal(
            `products p WHERE ${listed}`,
            isLargeShop && !isOnlyCategory ? COUNTED_UP_TO_IN_A_LARGE_SHOP : COUNTED_UP_TO,
          );
    const from = {
      first: `products p ${WITH_CATEGORY} WHERE ${listed} ${key.orderBy} ${AT_MOST_A_PAGE}`,
      after: `products p ${WITH_CATEGORY} WHERE ${listed} AND ${key.behind('$2', '$3')} ${key.orderBy} ${AT_MOST_A_PAGE}`,
      near: `(
        SELECT *, xmin FROM products p WHERE ${listed} ${key.orderBy} OFFSET $2::bigint ${AT_MOST_A_PAGE}
      ) p ${WITH_CATEGORY} ${key.orderBy}`,
      // Skips rows in an index-only scan, and then reads only the rows of the page.
      far: `products p ${WITH_CATEGORY} WHERE p.id = ANY(ARRAY(
        SELECT id FROM (
          SELECT p.id FROM products p WHERE ${listed} ${key.orderBy} OFFSET $2::bigint ${AT_MOST_A_PAGE}
        ) found LIMIT $1::bigint + 1
      )) ${key.orderBy}`,
    };
    const rows = `SELECT ${key.expression}::text AS key, ${ROW_VERSION} AS row_version
      FROM ${from[place]}`;
    return `${isPriced && !key.isPrice ? PLANNED_FOR_ITS_VALUES : ''}
${productsPageSql(total, rows, '$1')}`;
  },
);

export const LIST_PRODUCTS = Object.fromEntries(
  ORDERINGS.flatMap((ordering) =>
    PLACES.flatMap((place) =>
      [[], ['category'], ['category', 'min_price'], ['unavailable'], FILTERS].map((filters) => [
        [ordering, place, ...filters].join(', '),
        listSql(ordering, place, filters as Filter[], false),
      ]),
    ),
  ),
);
