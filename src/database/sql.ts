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

/**
 * Whether an indexed text of names matches a search: one of one or two letters at the beginning of words, which the index
 * of trigrams knows; a longer one anywhere. Of an address the index gets the part before the @ alone: what stands
 * behind it many have in common, and the index would read all of them for each trigram.
 */
export function matchesSearch(column: string, search: string): string {
  const folded = `fold_text(${search})`;
  const isAddress = `${folded} LIKE '___%@%'`;
  const indexed = `CASE WHEN ${isAddress} THEN split_part(${folded}, '@', 1) ELSE ${folded} END`;
  return `(${column} LIKE (CASE WHEN length(${folded}) < 3 THEN '% ' ELSE '%' END || ${escaped(indexed)} || '%')
    AND CASE WHEN ${isAddress} THEN ${column} || '' LIKE '%' || ${escaped(folded)} || '%' ELSE true END)`;
}

/** SQL of what stands in JSON as it is, between brackets or quotes; null is nothing between them. */
interface JsonText {
  sql: string;
  open?: string;
  close?: string;
}

/**
 * A JSON object of these members, as text. A member is SQL of any value, or else what already is JSON: `row_to_json`
 * takes half as long again, since it looks up how to write each column of each row.
 */
export function jsonObject(members: Record<string, string | JsonText>): string {
  let between = '{';
  const texts = Object.entries(members).map(([name, member]) => {
    const { sql, open = '', close = '' } = typeof member === 'string' ? anyValue(member) : member;
    const before = `${between}"${name}":${open}`;
    between = `${close},`;
    return `'${before}', ${sql}`;
  });
  return `concat(${texts.join(', ')}, '${between.replace(/,$/, '}')}')`;
}

function anyValue(value: string): JsonText {
  return { sql: `coalesce(to_json(${value})::text, 'null')` };
}

/** What is JSON as text: a whole number, an object. Not null. */
export function verbatim(sql: string): JsonText {
  return { sql };
}

/** A string of any characters. Not null. */
export function text(sql: string): JsonText {
  return { sql: `to_json(${sql})` };
}

/** A string without characters that JSON escapes, such as a price, a time or a slug. Not null. */
export function plainString(sql: string): JsonText {
  return { sql, open: '"', close: '"' };
}

/** Not null. */
export function boolean(condition: string): JsonText {
  return { sql: `(${condition})::text` };
}

/** A list of objects in an order. @param rows FROM and what follows it; without, those of the statement are aggregated */
export function jsonList(object: string, order: string, rows?: string): JsonText {
  const list = `string_agg(${object}, ',' ORDER BY ${order})`;
  return { sql: rows ? `(SELECT ${list} FROM ${rows})` : list, open: '[', close: ']' };
}

/** `write` that writes each variant of a statement once. @param write of names and lists of names */
export function writtenOnce<Variant extends unknown[]>(
  write: (...variant: Variant) => string,
): (...variant: Variant) => string {
  const texts = new Map<string, string>();
  return (...variant) => {
    const name = variant.join();
    const written = texts.get(name) ?? write(...variant);
    texts.set(name, written);
    return written;
  };
}
