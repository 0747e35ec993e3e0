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
 * A statement that answers a whole page as one row (`PageRow`): one text that goes on to the client costs less than
 * many rows that are parsed and joined again. The aggregate takes the rows as the window numbers them, so it need not sort.
 *
 * @param total SQL of (count, count_exact)
 * @param rows SQL of (id, key, json) in the order of the list
 * @param size parameter with the size of the page
 */
export function pageSql(total: string, rows: string, size: string): string {
  return `SELECT total.*, page.* FROM (${total}) total, (
    SELECT string_agg(json, ',') FILTER (WHERE place <= ${size}) AS results,
           least(count(*), ${size}) AS shown,
           count(*) > ${size} AS has_next,
           max(key) FILTER (WHERE place = ${size}) AS last_key,
           max(id) FILTER (WHERE place = ${size}) AS last_id
    FROM (
      SELECT row_number() OVER () AS place, id, key, json FROM (${rows}) ordered LIMIT ${size}::bigint + 1
    ) placed
  ) page`;
}
