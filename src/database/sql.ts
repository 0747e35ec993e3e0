/** Fragments of SQL that several repositories write. */

/** ISO 8601 in UTC with milliseconds, as `Date#toJSON` writes it. */
export function timestamp(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** ISO 8601 in UTC with the microseconds that PostgreSQL keeps and a JavaScript `Date` does not. */
export function timestampWithMicroseconds(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

/**
 * Folded text as a LIKE pattern that means just that text. It is escaped after folding, which makes wildcards of
 * characters such as the full-width percent sign.
 */
export function escaped(folded: string): string {
  return String.raw`regexp_replace(${folded}, '([\\%_])', '\\\1', 'g')`;
}

/** A JSON object of these members, each an SQL expression. */
export function jsonObject(members: Record<string, string>): string {
  const columns = Object.entries(members).map(([name, expression]) => `${expression} AS ${name}`);
  return `(SELECT row_to_json(object) FROM (SELECT ${columns.join(', ')}) object)`;
}
