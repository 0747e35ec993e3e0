import { PLANNED_FOR_ITS_VALUES } from '../database/serving-client.js';
import { foundByQueries, hasWords } from './index-queries-sql.js';
import { conditionsOf, countParameters, type Filter, FILTERS } from './product-filters.js';
import { ORDERINGS, type Ordering, SortKey } from './product-ordering.js';

/**
 * What part of a list is searched: from a row on or from its beginning; up to a row that is near or far, or to its end, by
 * one tsquery for each of the terms or by several `IndexQuery`. So many of the terms, the first, are in the index.
 */
interface Range {
  isBehind: boolean;
  end: 'near' | 'far' | 'none' | 'none, by queries';
  terms: number;
  indexed: number;
}

/**
 * Ids and sort keys, in the order of the list, of the first $1 products in a range of it that have the words $2, an array
 * of tsqueries, but not $3, a tsquery ($2 of 'none, by queries' is JSON); then a parameter for each filter, key and id of
 * the row before the range and of its last one, where it has these.
 *
 * A near end: the products of the range are read. A far one: planned for its values, PostgreSQL reads these, or what the
 * index of words knows, or both and then the products that are in both (not of two indexes with the same condition, so
 * only in the order of ids, by that of the primary key). Without an end it might expect to meet the words
 * soon and walk the whole list, so there it must read all that have them.
 */
export function hitsSql(
  ordering: Ordering,
  filters: Filter[],
  { isBehind, end, terms, indexed }: Range,
): string {
  const key = new SortKey(ordering);
  const first = 4 + countParameters(filters);
  const last = isBehind ? first + 2 : first;
  const narrowed = [
    'NOT p.words @@ $3::tsquery',
    ...conditionsOf(filters, 4),
    ...(isBehind ? [key.behind(`$${first}`, `$${first + 1}`)] : []),
    ...(end === 'near' || end === 'far' ? [key.upTo(`$${last}`, `$${last + 1}`)] : []),
  ].join('\n    AND ');
  const columns = `p.id, ${key.expression} AS key`;
  const inIndex = end === 'near' ? 0 : indexed;
  const words = hasWords('($2::tsquery[])', terms).map((condition, term) =>
    term < inIndex ? condition : `(${condition}) IS TRUE`,
  );
  const found =
    end === 'none, by queries'
      ? `SELECT DISTINCT found.* FROM ${foundByQueries('$2::jsonb', columns, { indexed, narrowed })}`
      : `SELECT ${columns} FROM products p
  WHERE p.deleted_at IS NULL AND ${words.join(' AND ')}
    AND ${narrowed}
  ${end === 'none' ? 'OFFSET 0' : ''}`;
  return `${PLANNED_FOR_ITS_VALUES}
SELECT id, key::text FROM (
  ${found}
) hits
${key.orderOf('hits.key', 'hits.id')} LIMIT $1`;
}

/**
 * Key and id of the row that $1 others of the list come before, behind a row or from the beginning; then the parameters
 * of `hitsSql` from $4 on, of those filters that the index of the order knows. It is found in that index alone.
 */
export function rangeEndSql(ordering: Ordering, filters: Filter[], isBehind: boolean): string {
  const key = new SortKey(ordering);
  const first = 2 + countParameters(filters);
  const conditions = [
    'p.deleted_at IS NULL',
    ...conditionsOf(filters, 2),
    ...(isBehind ? [key.behind(`$${first}`, `$${first + 1}`)] : []),
  ];
  return `
SELECT p.id, ${key.expression}::text AS key FROM products p
WHERE ${conditions.join(' AND ')}
${key.orderBy} OFFSET $1::bigint LIMIT 1`;
}

const BOTH = [false, true];

export const FIND_HITS = Object.fromEntries(
  ORDERINGS.flatMap((ordering) =>
    BOTH.flatMap((isBehind) =>
      (['near', 'far', 'none', 'none, by queries'] as const).flatMap((end) =>
        [[], FILTERS].map((filters) => [
          `${ordering}${isBehind ? ', behind' : ''}, end ${end}, ${filters}`,
          hitsSql(ordering, filters, { isBehind, end, terms: 3, indexed: 2 }),
        ]),
      ),
    ),
  ),
);

export const FIND_RANGE_END = Object.fromEntries(
  ORDERINGS.flatMap((ordering) =>
    BOTH.map((isBehind) => [
      `${ordering}${isBehind ? ', behind' : ''}`,
      rangeEndSql(ordering, ['category'], isBehind),
    ]),
  ),
);
