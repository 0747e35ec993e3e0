import { writtenOnce } from '../database/sql.js';
import { conditionsOf, type Filter, FILTERS } from './product-filters.js';
import { ROW_VERSION, WITH_CATEGORY } from './product-json.js';
import { ORDERINGS, type Ordering, SortKey } from './product-ordering.js';
import { productsPageSql } from './products-page-sql.js';

/** So many hits are read, sorted and counted; of more, the first are looked for in ranges of the list. */
export const MOST_HITS = 2_000;

/** Typos are forgiven where fewer products have exactly what was typed. */
export const FEW_EXACT_HITS = 5;

type Order = Ordering | 'relevance';

/**
 * A page of the products that have the words $5, a tsquery, if they are few: count_exact is false when there are too many to
 * be sorted. $1 size, $2 offset, or $3 key and $4 id of the last row before the page. For relevance, products with the
 * words $6 come first, then those with $7, $8 and $9. Then a parameter for each filter.
 */
export const searchProductsSql = writtenOnce((order: Order, filters: Filter[]): string => {
  if (order !== 'relevance') return pageOfHits(order, 'SELECT $5::tsquery AS anywhere', filters, 6);
  const queries = `SELECT $5::tsquery AS anywhere, $6::tsquery AS whole, $7::tsquery AS in_name, $8::tsquery AS unforgiven,
    $9::tsquery AS forgiven_in_name`;
  return pageOfHits(order, queries, filters, 10, {
    relevance: `WHEN unforgiven IS NULL OR p.words @@ unforgiven THEN 2 WHEN p.words @@ forgiven_in_name THEN 3 ELSE 4`,
  });
});

/**
 * The same of what a reader typed, $5, of which $6 words are looked for at most; no typo is forgiven. `typed` are these
 * words, where there are few such products. Filters from $7 on.
 */
export const searchTypedSql = writtenOnce((order: Order, filters: Filter[]): string => {
  return pageOfHits(order, 'SELECT * FROM search_query($5, $6, false)', filters, 7, {
    relevance: 'ELSE 2',
    total: `, is_partial, CASE WHEN count < ${FEW_EXACT_HITS} THEN to_json(typed) END AS typed`,
  });
});

function pageOfHits(
  order: Order,
  queries: string,
  filters: Filter[],
  first: number,
  { relevance = '', total = '' } = {},
): string {
  const sortKey = order === 'relevance' ? undefined : new SortKey(order);
  const key =
    sortKey?.expression ??
    `CASE WHEN p.words @@ whole THEN 0 WHEN p.words @@ in_name THEN 1 ${relevance} END`;
  const orderBy = sortKey?.orderOf('hits.key', 'hits.id') ?? 'ORDER BY hits.key, hits.id';
  const behind =
    sortKey?.behind('$3', '$4').replaceAll(sortKey.expression, 'hits.key').replaceAll('p.id', 'hits.id') ??
    '(hits.key, hits.id) > ($3::integer, $4::bigint)';
  return `
WITH queries AS MATERIALIZED (
  ${queries}
), hits AS MATERIALIZED (
  SELECT p.id, p.category_id, p.xmin, ${key} AS key, ${conditionsOf(filters, first).join(' AND ') || 'true'} AS passes
  FROM queries JOIN products p ON p.words @@ anywhere WHERE p.deleted_at IS NULL LIMIT ${MOST_HITS + 1}
)
${productsPageSql(
  `SELECT count, count_exact${total}
    FROM (SELECT count(*) FILTER (WHERE passes) AS count, count(*) <= ${MOST_HITS} AS count_exact FROM hits) counted, queries`,
  `SELECT p.key::text AS key, ${ROW_VERSION} AS row_version
    FROM (
      SELECT * FROM hits WHERE passes AND ($4::bigint IS NULL OR ${behind})
      ${orderBy} OFFSET $2::bigint LIMIT $1::bigint + 1
    ) p ${WITH_CATEGORY} ${orderBy.replaceAll('hits.', 'p.')}`,
  '$1',
)}`;
}

const variants = (sql: typeof searchProductsSql) =>
  Object.fromEntries(
    (['relevance', ...ORDERINGS] as Order[]).flatMap((order) =>
      [[], FILTERS].map((filters) => [`${order}, ${filters}`, sql(order, filters)]),
    ),
  );

export const SEARCH_PRODUCTS = variants(searchProductsSql);
export const SEARCH_TYPED = variants(searchTypedSql);
