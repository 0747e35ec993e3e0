import { writtenOnce } from '../database/sql.js';
import { newerWords } from './find-newer-words.sql.js';
import { foundByQueries, type WordsForm } from './index-queries-sql.js';
import { conditionsOf, type Filter, FILTERS } from './product-filters.js';
import { ROW_VERSION, WITH_CATEGORY } from './product-json.js';
import { ORDERINGS, type Ordering, SortKey } from './product-ordering.js';
import { productsPageSql } from './products-page-sql.js';

/** Up to this number, hits are read, sorted and counted; of more, the first are looked for in ranges of the list. */
export const MOST_HITS = 2_000;

/** Typos are forgiven where fewer products have exactly what was typed. */
export const FEW_EXACT_HITS = 5;

type Order = Ordering | 'relevance';

/**
 * A page of the products that have the words $5, if they are few: count_exact is false when there are too many to be
 * sorted, is_outdated true when the dictionary has newer words than $6 tells of. $1 size, $2 offset, or $3 key and $4 id
 * of the last row before the page. For relevance, products with the words $7 come first, then those with $8, $9 and $10,
 * each a tsquery. Then a parameter for each filter.
 */
export const searchProductsSql = writtenOnce((order: Order, filters: Filter[], form: WordsForm): string => {
  const sortKey = order === 'relevance' ? undefined : new SortKey(order);
  const words = form === 'query' ? '$5::tsquery AS anywhere' : '$5::jsonb AS queries';
  const tiers =
    '$7::tsquery AS whole, $8::tsquery AS in_name, $9::tsquery AS unforgiven, $10::tsquery AS forgiven_in_name';
  const key =
    sortKey?.expression ??
    `CASE WHEN p.words @@ whole THEN 0 WHEN p.words @@ in_name THEN 1
    WHEN unforgiven IS NULL OR p.words @@ unforgiven THEN 2 WHEN p.words @@ forgiven_in_name THEN 3 ELSE 4 END`;
  const passes = conditionsOf(filters, sortKey ? 7 : 11).join(' AND ') || 'true';
  const orderBy = sortKey?.orderOf('hits.key', 'hits.id') ?? 'ORDER BY hits.key, hits.id';
  const behind =
    sortKey?.behind('$3', '$4').replaceAll(sortKey.expression, 'hits.key').replaceAll('p.id', 'hits.id') ??
    '(hits.key, hits.id) > ($3::integer, $4::bigint)';
  const columns = `p.id, p.category_id, p.xmin, ${key} AS key, ${passes} AS passes`;
  const found =
    form === 'query'
      ? `SELECT ${columns} FROM search JOIN products p ON p.words @@ anywhere WHERE p.deleted_at IS NULL`
      : `SELECT DISTINCT found.* FROM search CROSS JOIN ${foundByQueries('queries', columns, { indexed: form, most: MOST_HITS + 1 })}`;
  return `
WITH search AS MATERIALIZED (
  SELECT ${sortKey ? words : `${words}, ${tiers}`}
), hits AS MATERIALIZED (
  ${found} LIMIT ${MOST_HITS + 1}
)
${productsPageSql(
  `SELECT count(*) FILTER (WHERE passes) AS count, count(*) <= ${MOST_HITS} AS count_exact,
      ${newerWords('$6')} AS is_outdated
    FROM hits`,
  `SELECT p.key::text AS key, ${ROW_VERSION} AS row_version
    FROM (
      SELECT * FROM hits WHERE passes AND ($4::bigint IS NULL OR ${behind})
      ${orderBy} OFFSET $2::bigint LIMIT $1::bigint + 1
    ) p ${WITH_CATEGORY} ${orderBy.replaceAll('hits.', 'p.')}`,
  '$1',
)}`;
});

export const SEARCH_PRODUCTS = Object.fromEntries(
  (['relevance', ...ORDERINGS] as Order[]).flatMap((order) =>
    [[], FILTERS].flatMap((filters) =>
      (['query', 1, 3] as const).map((form) => [
        `${order}, ${filters}, ${form}`,
        searchProductsSql(order, filters, form),
      ]),
    ),
  ),
);
