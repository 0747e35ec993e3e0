import type { PageStart } from '../http/paging.js';

/** Where a page starts: at the beginning, behind a row, or after so many rows, few or many. */
export type Place = 'first' | 'after' | 'near' | 'far';
export const PLACES: Place[] = ['first', 'after', 'near', 'far'];

/** Up to so many rows are read and left out sooner than they are left out in an index and the others then looked up. */
const NEAR = 200;

export function placeOf({ after, offset }: PageStart): Place {
  if (after) return 'after';
  return offset === 0 ? 'first' : offset <= NEAR ? 'near' : 'far';
}

/** Rows up to which a list is counted: few readers turn more pages, and counting costs. */
export const COUNTED_UP_TO = 10_000;

/**
 * SQL of the total of a list that is counted row by row, and so only up to a bound.
 *
 * @param from what stands behind FROM
 */
export function countedTotal(from: string, upTo = COUNTED_UP_TO): string {
  return `SELECT least(count(*), ${upTo}) AS count, count(*) <= ${upTo} AS count_exact
    FROM (SELECT FROM ${from} LIMIT ${upTo + 1}) counted`;
}

/** SQL of the total of a list whose length is known. */
export function knownTotal(count: string): string {
  return `SELECT (${count}) AS count, true AS count_exact`;
}

/** Of the largest page, and the row behind it, which says that there is a next one. */
const MOST_ROWS = 101;

/** Ends the SQL of the rows of a page. Told that no page is longer, PostgreSQL plans for few rows. */
export const AT_MOST_A_PAGE = `LIMIT ${MOST_ROWS}`;

/**
 * A statement that answers a page as rows that `pageOf` reads: each with the total, and one beyond the page that says
 * that there is a next one. Where there is none on the page, one row without id tells the total.
 *
 * @param total SQL of (count, count_exact)
 * @param rows SQL of (id, key, json) in the order of the list
 * @param size parameter with the size of the page
 */
export function pageSql(total: string, rows: string, size: string): string {
  return `SELECT total.*, page.* FROM (${total}) total LEFT JOIN (
    SELECT id, key, json FROM (${rows}) ordered LIMIT ${size}::bigint + 1
  ) page ON true`;
}
