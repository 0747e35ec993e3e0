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
 * A LIKE pattern that matches exactly the folded text. Escaping comes after folding, since folding turns characters such
 * as the full-width percent sign into wildcards.
 */
function escaped(folded: string): string {
  return String.raw`regexp_replace(${folded}, '([\\%_])', '\\\1', 'g')`;
}

/** SQL of a LIKE pattern for any part of a folded text that has this text. */
export function partPattern(search: string): string {
  return `'%' || ${escaped(`fold_text(${search})`)} || '%'`;
}

/**
 * SQL of a LIKE pattern for folded words, each after a space: one or two letters match the beginning of a word, a longer
 * search any part.
 *
 * @param part what is looked for of the search, folded
 */
export function wordsPattern(search: string, part = `fold_text(${search})`): string {
  return `(CASE WHEN length(fold_text(${search})) < 3 THEN '% ' ELSE '%' END || ${escaped(part)} || '%')`;
}

/**
 * SQL of whether a text of names with a trigram index matches a search. One or two letters match the beginning of a word,
 * a longer search any part. For an e-mail address only the part before the @ is looked up in the index, since the many
 * addresses of one domain share the trigrams after it; the rest is compared afterwards.
 */
export function matchesSearch(column: string, search: string): string {
  const folded = `fold_text(${search})`;
  const isAddress = `${folded} LIKE '___%@%'`;
  const indexed = `CASE WHEN ${isAddress} THEN split_part(${folded}, '@', 1) ELSE ${folded} END`;
  return `(${column} LIKE ${wordsPattern(search, indexed)}
    AND CASE WHEN ${isAddress} THEN ${column} || '' LIKE ${partPattern(search)} ELSE true END)`;
}

/** SQL of a text that is JSON as it is, after `open` and before `close` (quotes or brackets). NULL gives an empty text. */
interface JsonText {
  sql: string;
  open?: string;
  close?: string;
}

/**
 * SQL of a JSON object, as text. A member is SQL of any value, or a `JsonText`. It is made by `concat`, not by
 * `row_to_json`, which looks up the output function of each column for each row.
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

/** A value whose text is JSON: a whole number, an object. Not null. */
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

/** A list of objects. @param rows the text after FROM; without it, the rows of the surrounding statement are aggregated */
export function jsonList(object: string, order: string, rows?: string): JsonText {
  const list = `string_agg(${object}, ',' ORDER BY ${order})`;
  return { sql: rows ? `(SELECT ${list} FROM ${rows})` : list, open: '[', close: ']' };
}

/** Memoizes `write`, which writes the SQL of a variant. @param write takes strings and lists of strings */
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
