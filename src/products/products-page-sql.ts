/**
 * A statement that returns a page of products as one row, which `ProductTexts` reads.
 *
 * @param total SQL of (count, count_exact)
 * @param rows SQL of (key, row_version) in the order of the list
 * @param size parameter with the size of the page
 */
export function productsPageSql(total: string, rows: string, size: string): string {
  return `SELECT total.*, page.* FROM (${total}) total, (
    SELECT string_agg(row_version, ',') AS row_versions, (array_agg(key))[${size}::integer] AS last_key
    FROM (SELECT key, row_version FROM (${rows}) ordered LIMIT ${size}::bigint + 1) found
  ) page`;
}
