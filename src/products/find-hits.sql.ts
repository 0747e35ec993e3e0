import { PLANNED_FOR_ITS_VALUES } from '../database/serving-client.js';
import { conditionsOf, type Filter, FILTERS } from './product-filters.js';
import { ORDERINGS, type Ordering, SortKey } from './product-ordering.js';

/** What part of a list is searched: from a row on or from its beginning, up to a row or to its end. */
interface Range {
  isBehind: boolean;
  isBounded: boolean;
}

/**
 * Ids and sort keys, in the order of the list, of the first $1 products in a range of it that have the words $2 but not
 * $3, each a tsquery; then a parameter for each filter, key and id of the row before the range and of its last one,
 * where it has these.
 *
 * Planned for its values: PostgreSQL walks the range, reads what the index of words knows, or both and then the
 * products that are in both. None takes long in a range that is short for how common the words are. Without an end
 * it might expect to meet them soon and walk the whole list, so there it must read all that have the words.
 */
export function hitsSql(ordering: Ordering, filters: Filter[], { isBehind, isBounded }: Range): string {
  const key = new SortKey(ordering);
  const first = 4 + filters.length;
  const last = isBehind ? first + 2 : first;
  const conditions = [
    'p.deleted_at IS NULL AND p.words @@ $2::tsquery AND NOT p.words @@ $3::tsquery',
    ...conditionsOf(filters, 4),
    ...(isBehind ? [key.behind(`$${first}`, `$${first + 1}`)] : []),
    ...(isBounded ? [key.upTo(`$${last}`, `$${last + 1}`)] : []),
  ];
  return `${PLANNED_FOR_ITS_VALUES}
SELECT id, key::text FROM (
  SELECT p.id, ${key.expression} AS key FROM products p
  WHERE ${conditions.join('\n    AND ')}
  ${isBounded ? '' : 'OFFSET 0'}
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
      BOTH.flatMap((isBounded) =>
        [[], FILTERS].map((filters) => [
          `${ordering}${isBehind ? ', behind' : ''}${isBounded ? ', bounded' : ''}, ${filters}`,
          hitsSql(ordering, filters, { isBehind, isBounded }),
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
