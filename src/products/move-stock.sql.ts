/**
 * Moves stock and writes the ledger: $1 and $2 arrays of product ids and units (negative: taken), $3 reason, $4 order id,
 * $5 actor or NULL for housekeeping. It locks the products in the order of their ids. If taken units are not on sale or
 * not in stock, the stock becomes negative and violates `products_stock_not_negative`.
 */
export const MOVE_STOCK = `
WITH changes AS (
  SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS c (product_id, delta)
), locked AS MATERIALIZED (
  SELECT id FROM products WHERE id IN (SELECT product_id FROM changes) ORDER BY id FOR UPDATE
), moved AS (
  UPDATE products p SET
    stock = CASE WHEN c.delta > 0 OR (p.on_sale AND p.deleted_at IS NULL) THEN p.stock + c.delta ELSE -1 END,
    stock_sequence = p.stock_sequence + 1,
    updated_at = now()
  FROM changes c JOIN locked ON locked.id = c.product_id
  WHERE p.id = c.product_id
  RETURNING p.id, p.stock_sequence, c.delta, p.stock
)
INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason, order_id, actor_id)
SELECT id, stock_sequence, delta, stock, $3, $4, $5 FROM moved
RETURNING product_id`;
