import { WRITTEN_CHANGES } from '../products/written-changes.js';

/**
 * Updates products from staged lines, stores their earlier versions, and writes the ledger where the stock changes: the
 * products with ids after $1, at most $2, $3 the actor or NULL, $4 a note for the ledger. It locks the products in the
 * order of their ids. Returns the last id, or NULL when none was left; how many there were; and how many of them were
 * deleted since they were matched. Only fields that differed when they were matched are written, so that other changes
 * since then, such as a sale, are kept.
 */
export const UPDATE_STAGED_PRODUCTS = `
WITH staged AS MATERIALIZED (
  SELECT s.*, c.id AS named_category_id
  FROM staged_products s LEFT JOIN staged_categories c ON c.name = s.category
  WHERE s.outcome = 'changed' AND s.refusals = '[]' AND s.product_id > $1
  ORDER BY s.product_id LIMIT $2
), held AS MATERIALIZED (
  SELECT p.* FROM products p
  WHERE p.id IN (SELECT product_id FROM staged) AND p.deleted_at IS NULL ORDER BY p.id FOR UPDATE
), wanted AS (
  SELECT held.id,
    CASE WHEN 'name' = ANY(s.changes) THEN s.name ELSE held.name END AS name,
    CASE WHEN 'description' = ANY(s.changes) THEN s.description ELSE held.description END AS description,
    CASE WHEN 'price' = ANY(s.changes) THEN s.price ELSE held.price END AS price,
    CASE WHEN 'stock' = ANY(s.changes) THEN s.stock ELSE held.stock END AS stock,
    CASE WHEN 'on_sale' = ANY(s.changes) THEN s.on_sale ELSE held.on_sale END AS on_sale,
    CASE WHEN 'category' = ANY(s.changes) THEN coalesce(s.named_category_id, s.category_id) ELSE held.category_id END AS category_id
  FROM held JOIN staged s ON s.product_id = held.id
), ${WRITTEN_CHANGES}, movement AS (
  INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason, actor_id, note)
  SELECT id, stock_sequence, delta, stock, 'adjustment', $3, $4 FROM updated WHERE delta <> 0
)
SELECT max(product_id) AS last_id, count(*)::int AS count,
  (count(*) - (SELECT count(*) FROM held))::int AS deleted
FROM staged`;
