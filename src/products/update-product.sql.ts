import { WRITTEN_CHANGES } from './written-changes.js';

/**
 * Changes a product, stores the earlier version, and writes the ledger when the stock changes: $1 id, $2 name, $3
 * description, $4 price, $5 stock, $6 available (NULL leaves a field unchanged), $7 whether the category changes, $8
 * category id, $9 actor. Together with a stock, `available` counts only if it differs from the value that the API showed.
 * Returns the stock if it was raised. No row for an unknown product.
 */
export const UPDATE_PRODUCT = `
WITH held AS (
  SELECT p.* FROM products p
  WHERE p.id = $1 AND p.deleted_at IS NULL FOR UPDATE
), wanted AS (
  SELECT id,
    coalesce($2, name) AS name,
    coalesce($3, description) AS description,
    coalesce($4, price) AS price,
    coalesce($5, stock) AS stock,
    CASE WHEN $5 IS NOT NULL AND $6::boolean = (on_sale AND stock > 0) THEN on_sale
         ELSE coalesce($6, on_sale) END AS on_sale,
    CASE WHEN $7 THEN $8 ELSE category_id END AS category_id
  FROM held
), ${WRITTEN_CHANGES}, movement AS (
  INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason, actor_id)
  SELECT id, stock_sequence, delta, stock, 'adjustment', $9 FROM updated WHERE delta <> 0
)
SELECT (SELECT stock FROM updated WHERE delta > 0) AS raised_to FROM held`;
