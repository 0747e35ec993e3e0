/**
 * Moves the stock of a product by a number of units, or sets it, and writes the ledger: $1 product id, $2 units or NULL,
 * $3 new stock or NULL, $4 actor, $5 note. Returns the stock if it was raised. No row for an unknown product.
 */
export const ADJUST_STOCK = `
WITH held AS (
  SELECT id, stock, coalesce($2::integer, $3::integer - stock) AS delta
  FROM products WHERE id = $1 AND deleted_at IS NULL FOR UPDATE
), updated AS (
  UPDATE products p SET stock = p.stock + delta, stock_sequence = p.stock_sequence + 1, updated_at = now()
  FROM held WHERE p.id = held.id AND delta <> 0
  RETURNING p.id, p.stock_sequence, delta, p.stock
), movement AS (
  INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason, actor_id, note)
  SELECT id, stock_sequence, delta, stock, 'adjustment', $4, $5 FROM updated
)
SELECT (SELECT stock FROM updated WHERE delta > 0) AS raised_to FROM held`;
