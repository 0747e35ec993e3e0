import { pageSql } from '../database/page-sql.js';
import { filterConditions } from './product-filters.js';
import { productJson, WITH_CATEGORY } from './product-json.js';
import { ORDERINGS, type Ordering, SortKey } from './product-ordering.js';

/** So many hits are read, sorted and counted; of more, the first are met in the order of the list. */
export const MOST_HITS = 2_000;

/**
 * A page of the products that have the words $10, a tsquery, if they are few: count_exact is false when there are too many to
 * be sorted. $1 address of pictures, $2 size, $3 offset, or $4 key and $5 id of the last row before the page, $6 to $9
 * filters. For relevance, products with the words $11 come first, then those with $12, $13 and $14. Which of them have $11
 * is seen in the row; the others may be a hundred words, which takes less time to ask the index.
 */
export const SEARCH_PRODUCTS = {
  relevance: searchSql(
    `CASE WHEN words @@ $11::tsquery THEN 0
      WHEN id IN (SELECT id FROM products WHERE ${hasWords(12)}) THEN 1
      WHEN $13::tsquery IS NULL OR id IN (SELECT id FROM products WHERE ${hasWords(13)}) THEN 2
      WHEN id IN (SELECT id FROM products WHERE ${hasWords(14)}) THEN 3
      ELSE 4 END`,
    'ORDER BY key, id',
    '(key, id) > ($4::integer, $5::bigint)',
  ),
  ...(Object.fromEntries(
    ORDERINGS.map((ordering) => {
      const key = new SortKey(ordering);
      const behind = key.behind('$4', '$5').replaceAll('p.id', 'id').replace(key.expression, 'key');
      return [ordering, searchSql(key.expression, key.orderOf('key', 'id'), behind)];
    }),
  ) as Record<Ordering, string>),
};

function hasWords(parameter: number): string {
  return `deleted_at IS NULL AND words @@ $${parameter}::tsquery`;
}

function searchSql(key: string, orderBy: string, behind: string): string {
  return `
WITH hits AS MATERIALIZED (
  SELECT id, price, stock, on_sale, category_id, name_key, created_at, deleted_at, words
  FROM products WHERE ${hasWords(10)} LIMIT ${MOST_HITS + 1}
), matching AS MATERIALIZED (
  SELECT p.id, ${key} AS key FROM hits p WHERE ${filterConditions(6)}
), page AS MATERIALIZED (
  SELECT id, key FROM matching WHERE $5::bigint IS NULL OR ${behind}
  ${orderBy} OFFSET $3::bigint LIMIT $2::bigint + 1
)
${pageSql(
  `SELECT (SELECT count(*) FROM matching) AS count, count(*) <= ${MOST_HITS} AS count_exact FROM hits`,
  `SELECT p.id, page.key::text AS key, ${productJson('$1::text')} AS json
      FROM page JOIN products p USING (id) ${WITH_CATEGORY} ${orderBy.replaceAll('key', 'page.key').replaceAll(/\bid\b/g, 'p.id')}`,
  '$2',
)}`;
}
