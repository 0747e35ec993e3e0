/**
 * Who of some users cannot lock all products that they ask for, because another transaction holds one. It waits for
 * nobody itself, and holds what it locks only until it ends; FOR SHARE, so that two of it do not block each other.
 *
 * @param wanted SQL that answers (user_id, product_id)
 * @returns SQL that answers (user_id, product_id) for each who would wait, with one product that is held
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
