import type { PageStart } from '../http/paging.js';

/** Where a page starts: at the beginning, after a given row, or at a small or large offset. */
export type Place = 'first' | 'after' | 'near' | 'far';
export const PLACES: Place[] = ['first', 'after', 'near', 'far'];

/** Up to this offset whole rows are read and skipped, beyond it only index entries (`npm run bench -- --search`). */
const NEAR = 200;

export function placeOf({ after, offset }: PageStart): Place {
  if (after) return 'after';
  return offset === 0 ? 'first' : offset <= NEAR ? 'near' : 'far';
}

/** Lists are counted up to this many rows: counting costs time, and few clients read further. */
export const COUNTED_UP_TO = 10_000;

/**
 * SQL of the total of a list that is counted row by row, up to a bound.
 *
 * @param from the text after FROM
 */
export function countedTotal(from: string, upTo = COUNTED_UP_TO): string {
  return `SELECT least(count(*), ${upTo}) AS count, count(*) <= ${upTo} AS count_exact
    FROM (SELECT FROM ${from} LIMIT ${upTo + 1}) counted`;
}

/** SQL of an exact total. @param count SQL of a number */
export function knownTotal(count: string): string {
  return `SELECT (${count}) AS count, true AS count_exact`;
}

/** The largest page, and one row more, which shows that there is a next page. */
const MOST_ROWS = 101;

/** Ends the SQL of the rows of a page. The constant lets PostgreSQL plan for few rows. */
export const AT_MOST_A_PAGE = `LIMIT ${MOST_ROWS}`;

/**
 * A statement whose rows `pageOf` reads: each row with the total, and one row more than the page when there is a next
 * page. For an empty page it returns one row without id, with the total.
 *
 * @param total SQL of (count, count_exact)
 * @param rows SQL of (id, key, json) in the order of the list
 * @param size placeholder of the parameter with the page size
 */
export function pageSql(total: string, rows: string, size: string): string {
  return `SELECT total.*, page.* FROM (${total}) total LEFT JOIN (
    SELECT id, key, json FROM (${rows}) ordered LIMIT ${size}::bigint + 1
  ) page ON true`;
}
