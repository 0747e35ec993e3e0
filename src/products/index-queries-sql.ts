/**
 * How the words of a search are given to a statement: as one tsquery, or as JSON of several `IndexQuery` with a tsquery for
 * each of so many terms.
 */
export type WordsForm = 'query' | number;

/**
 * SQL of conditions that a product `p` has the words of each of so many terms. They are not combined in one tsquery: GIN
 * does not find all of `('a':* | 'b') & 'c'` when `work_mem` is too small for the products with words that begin with a,
 * so that it remembers pages instead (seen with PostgreSQL 18.4).
 *
 * @param queries SQL of an array of tsqueries
 */
export function hasWords(queries: string, terms: number): string[] {
  return Array.from({ length: terms }, (_, term) => `p.words @@ ${queries}[${term + 1}]`);
}

/**
 * SQL after FROM of products `found`, once for each query that they match.
 *
 * @param queries SQL of JSON
 * @param columns SQL of columns of the products `p`
 * @param indexed number of terms that the index finds
 * @param narrowed SQL of another condition on these
 * @param most so many of each query
 */
export function foundByQueries(
  queries: string,
  columns: string,
  { indexed, narrowed = 'true', most }: { indexed: number; narrowed?: string; most?: number },
): string {
  return `jsonb_to_recordset(${queries}) AS query (indexed tsquery[], rest tsquery)
  CROSS JOIN LATERAL (
    SELECT ${columns} FROM products p
    WHERE ${hasWords('query.indexed', indexed).join(' AND ')} AND p.deleted_at IS NULL
      AND CASE WHEN numnode(query.rest) = 0 THEN true ELSE p.words @@ query.rest END
      AND ${narrowed}
    ${most ? `LIMIT ${most}` : 'OFFSET 0'}
  ) found`;
}
