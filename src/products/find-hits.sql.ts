import { PLANNED_FOR_ITS_VALUES } from '../database/serving-client.js';
import { foundByQueries } from './index-queries-sql.js';
import { conditionsOf, type Filter, FILTERS } from './product-filters.js';
import { ORDERINGS, type Ordering, SortKey } from './product-ordering.js';

/**
 * What part of a list is searched: from a row on or from its beginning; up to a row that is near or far, or to its end, by
 * one tsquery or by several `IndexQuery`.
 */
interface Range {
  isBehind: boolean;
  end: 'near' | 'far' | 'none' | 'none, by queries';
}

/**
 * Ids and sort keys, in the order of the list, of the first $1 products in a range of it that have the words $2 but not
 * $3, each a tsquery ($2 of 'none, by queries' is JSON); then a parameter for each filter, key and id of the row before the
 * range and of its last one, where it has these.
 *
 * A near end: the products of the range are read. A far one: planned for its values, PostgreSQL reads these, or what the
 * index of words knows, or both and then the products that are in both. Without an end it might expect to meet the words
 * soon and walk the whole list, so there it must read all that have them.
 */
export function hitsSql(ordering: Ordering, filters: Filter[], { isBehind, end }: Range): string {
  const key = new SortKey(ordering);
  const first = 4 + filters.length;
  const last = isBehind ? first + 2 : first;
  const narrowed = [
    'NOT p.words @@ $3::tsquery',
    ...conditionsOf(filters, 4),
    ...(isBehind ? [key.behind(`$${first}`, `$${first + 1}`)] : []),
    ...(end === 'near' || end === 'far' ? [key.upTo(`$${last}`, `$${last + 1}`)] : []),
  ].join('\n    AND ');
  const columns = `p.id, ${key.expression} AS key`;
  const found =
    end === 'none, by queries'
      ? `SELECT DISTINCT found.* FROM ${foundByQueries('$2::jsonb', columns, { narrowed })}`
      : `SELECT ${columns} FROM products p
  WHERE p.deleted_at IS NULL AND ${end === 'near' ? '(p.words @@ $2::tsquery) IS TRUE' : 'p.words @@ $2::tsquery'}
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
  const first = 2 + filters.length;
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
          hitsSql(ordering, filters, { isBehind, end }),
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
