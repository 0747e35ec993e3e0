import { PLANNED_FOR_ITS_VALUES } from '../database/serving-client.js';
import { availableCondition, categoryCondition, priceConditions } from './product-filters.js';
import { AVAILABLE } from './product-json.js';

/** So many products are counted for each facet; beyond that a sample tells about how many there are. */
export const MOST_COUNTED = 5_000;

const MOST_CATEGORIES = 100;

/** Products looked at from the cheapest on, and from the dearest, for one that matches. */
const MOST_PRICED = 20_000;

const MATCHES = `p.deleted_at IS NULL AND ($5::tsquery IS NULL OR p.words @@ $5::tsquery)`;
const IN_CATEGORY = categoryCondition(1);
const PRICED = priceConditions(1).join(' AND ');
const AS_AVAILABLE = availableCondition(1);

const CATEGORIES = `SELECT coalesce(json_agg(facet), '[]') FROM (
    SELECT c.id, c.name, c.slug, counted.count
    FROM counted JOIN categories c ON c.id = counted.category_id ORDER BY counted.count DESC, c.id LIMIT ${MOST_CATEGORIES}
  ) facet`;

/**
 * What narrows a list further, each counted without its own filter: $1 to $4 filters, $5 the words of a search or null.
 * Where `_exact` is false there are more than MOST_COUNTED, and the figures are none. Planned for its values, which tell whether words or a filter narrow the most.
 */
export const FIND_FACETS = `${PLANNED_FOR_ITS_VALUES}
WITH by_category AS MATERIALIZED (
  SELECT p.category_id FROM products p WHERE ${MATCHES} AND ${PRICED} AND ${AS_AVAILABLE} LIMIT ${MOST_COUNTED + 1}
), by_price AS MATERIALIZED (
  SELECT p.price FROM products p WHERE ${MATCHES} AND ${IN_CATEGORY} AND ${AS_AVAILABLE} LIMIT ${MOST_COUNTED + 1}
), by_availability AS MATERIALIZED (
  SELECT ${AVAILABLE} AS is_available FROM products p WHERE ${MATCHES} AND ${IN_CATEGORY} AND ${PRICED} LIMIT ${MOST_COUNTED + 1}
), counted AS (
  SELECT category_id, count(*) FROM by_category GROUP BY category_id
)
SELECT (SELECT count(*) <= ${MOST_COUNTED} FROM by_category) AS categories_exact, (${CATEGORIES}) AS categories,
  by_price.*, by_availability.*
FROM (
  SELECT count(*) <= ${MOST_COUNTED} AS price_exact, min(price)::text AS min_price, max(price)::text AS max_price FROM by_price
) by_price, (
  SELECT count(*) <= ${MOST_COUNTED} AS available_exact, count(*) FILTER (WHERE is_available) AS available,
    count(*) FILTER (WHERE NOT is_available) AS unavailable FROM by_availability
) by_availability`;

/**
 * The same, about, from a sample of $6 percent of the products, which is the same sample each time. The lowest and
 * the highest price are looked for at both ends of the index, and in the sample if they are not near.
 */
export const ESTIMATE_FACETS = `${PLANNED_FOR_ITS_VALUES}
WITH sample AS MATERIALIZED (
  SELECT p.category_id, p.price, ${AVAILABLE} AS is_available,
    ${IN_CATEGORY} AS in_category, ${PRICED} AS priced, ${AS_AVAILABLE} AS as_available
  FROM products p TABLESAMPLE SYSTEM ($6::real) REPEATABLE (1) WHERE ${MATCHES}
), counted AS (
  SELECT category_id, round(count(*) * 100 / $6::real)::bigint AS count
  FROM sample WHERE priced AND as_available GROUP BY category_id
)
SELECT (${CATEGORIES}) AS categories,
  coalesce((${firstPrice('ASC')}), (SELECT min(price) FROM sample WHERE in_category AND as_available))::text AS min_price,
  coalesce((${firstPrice('DESC')}), (SELECT max(price) FROM sample WHERE in_category AND as_available))::text AS max_price,
  (SELECT round(count(*) FILTER (WHERE is_available) * 100 / $6::real)::bigint FROM sample WHERE in_category AND priced) AS available,
  (SELECT round(count(*) FILTER (WHERE NOT is_available) * 100 / $6::real)::bigint FROM sample WHERE in_category AND priced) AS unavailable`;

function firstPrice(direction: 'ASC' | 'DESC'): string {
  return `SELECT price FROM (
    SELECT p.price, (${MATCHES} AND ${IN_CATEGORY} AND ${AS_AVAILABLE}) AS matches FROM products p
    WHERE p.deleted_at IS NULL ORDER BY p.price ${direction}, p.id ${direction} LIMIT ${MOST_PRICED}
  ) priced WHERE matches LIMIT 1`;
}
