import { pageSql } from '../database/page-sql.js';
import { filterConditions } from './product-filters.js';
import { productJson, WITH_CATEGORY } from './product-json.js';
import { ORDERINGS, type Ordering, SortKey } from './product-ordering.js';

/** So many hits are read, sorted and counted; of more, the first are looked for in ranges of the list. */
export const MOST_HITS = 2_000;

/** Typos are forgiven where fewer products have exactly what was typed. */
export const FEW_EXACT_HITS = 5;

const ORDERS = ['relevance', ...ORDERINGS] as const;
type Order = Ordering | 'relevance';

/**
 * A page of the products that have the words $10, a tsquery, if they are few: count_exact is false when there are too many to
 * be sorted. $1 address of pictures, $2 size, $3 offset, or $4 key and $5 id of the last row before the page, $6 to $9
 * filters. For relevance, products with the words $11 come first, then those with $12, $13 and $14.
 */
export const SEARCH_PRODUCTS = forEachOrder((order) =>
  pageOfHits(
    order,
    order === 'relevance'
      ? `SELECT $10::tsquery AS anywhere, $11::tsquery AS whole, $12::tsquery AS in_name, $13::tsquery AS unforgiven,
    $14::tsquery AS forgiven_in_name`
      : 'SELECT $10::tsquery AS anywhere',
    5,
  ),
);

/**
 * The same of what a reader typed, $10, of which $11 words are looked for at most; no typo is forgiven. `typed` are these
 * words, where there are few such products.
 */
export const SEARCH_TYPED = forEachOrder((order) =>
  pageOfHits(
    order,
    'SELECT * FROM search_query($10, $11)',
    3,
    `, is_partial, CASE WHEN count < ${FEW_EXACT_HITS} THEN jsonb_path_query_array(terms, '$[*].term') END AS typed`,
  ),
);

function forEachOrder(sql: (order: Order) => string): Record<Order, string> {
  return Object.fromEntries(ORDERS.map((order) => [order, sql(order)])) as Record<Order, string>;
}

/** @param tiers of relevance: the last two of five are those that are found with typos forgiven */
function pageOfHits(order: Order, queries: string, tiers: 3 | 5, more = ''): string {
  const has = (query: string) => `p.words @@ (SELECT ${query} FROM queries)`;
  const forgiven = `WHEN (SELECT unforgiven FROM queries) IS NULL OR ${has('unforgiven')} THEN 2
    WHEN ${has('forgiven_in_name')} THEN 3`;
  const relevance = `CASE WHEN ${has('whole')} THEN 0 WHEN ${has('in_name')} THEN 1
    ${tiers === 5 ? forgiven : ''} ELSE ${tiers - 1} END`;
  const sortKey = order === 'relevance' ? undefined : new SortKey(order);
  const orderBy = sortKey?.orderOf('hits.key', 'hits.id') ?? 'ORDER BY hits.key, hits.id';
  const behind =
    sortKey?.behind('$4', '$5').replaceAll(sortKey.expression, 'hits.key').replaceAll('p.id', 'hits.id') ??
    '(hits.key, hits.id) > ($4::integer, $5::bigint)';
  return `
WITH queries AS MATERIALIZED (
  ${queries}
), hits AS MATERIALIZED (
  SELECT p.id, ${sortKey?.expression ?? relevance} AS key, (${filterConditions(6)}) AS passes
  FROM products p WHERE p.deleted_at IS NULL AND ${has('anywhere')} LIMIT ${MOST_HITS + 1}
)
${pageSql(
  `SELECT count, count_exact${more}
    FROM (SELECT count(*) FILTER (WHERE passes) AS count, count(*) <= ${MOST_HITS} AS count_exact FROM hits) counted${more && ', queries'}`,
  `SELECT p.id, shown.key::text AS key, ${productJson('$1::text')} AS json
    FROM (
      SELECT * FROM hits WHERE passes AND ($5::bigint IS NULL OR ${behind})
      ${orderBy} OFFSET $3::bigint LIMIT $2::bigint + 1
    ) shown JOIN products p USING (id) ${WITH_CATEGORY} ${orderBy.replaceAll('hits.', 'shown.')}`,
  '$2',
)}`;
}
