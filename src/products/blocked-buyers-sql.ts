/**
 * Finds buyers who would wait for a product that another transaction has locked. The statement itself does not wait
 * (SKIP LOCKED), and its locks end with it; they are FOR SHARE, so that two such statements do not block each other.
 *
 * @param wanted SQL that returns (user_id, product_id)
 * @returns SQL that returns (user_id, product_id) for each buyer who would wait, with one locked product
 */
export function blockedBuyers(wanted: string): string {
  return `
WITH wanted AS (${wanted}),
free AS MATERIALIZED (
  SELECT id FROM products WHERE id IN (SELECT product_id FROM wanted) FOR SHARE SKIP LOCKED
)
SELECT w.user_id, min(w.product_id) AS product_id
FROM wanted w JOIN products p ON p.id = w.product_id
WHERE p.id NOT IN (SELECT id FROM free)
GROUP BY w.user_id`;
}
