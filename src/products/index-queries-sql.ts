/** How the words of a search are given to a statement: as one tsquery, or as JSON of several `IndexQuery`. */
export type WordsForm = 'query' | 'queries';

/**
 * SQL after FROM of products `found`, once for each query that they match.
 *
 * @param queries SQL of JSON
 * @param columns SQL of columns of the products `p`
 * @param narrowed SQL of another condition on these
 * @param most so many of each query
 */
export function foundByQueries(
  queries: string,
  columns: string,
  { narrowed = 'true', most }: { narrowed?: string; most?: number },
): string {
  return `jsonb_to_recordset(${queries}) AS query (rarest tsquery, others tsquery, rest tsquery)
  CROSS JOIN LATERAL (
    SELECT ${columns} FROM products p
    WHERE p.words @@ query.rarest AND p.words @@ query.others AND p.deleted_at IS NULL
      AND CASE WHEN numnode(query.rest) = 0 THEN true ELSE p.words @@ query.rest END
      AND ${narrowed}
    ${most ? `LIMIT ${most}` : 'OFFSET 0'}
  ) found`;
}
