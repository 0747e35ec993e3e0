/**
 * Writes a product and the first row of its ledger: $1 name, $2 slug, $3 description, $4 price, $5 stock, $6 whether on
 * sale, $7 category id, $8 id of the actor or NULL. No row when the slug is taken.
 */
export const INSERT_PRODUCT = `
WITH inserted AS (
  INSERT INTO products (name, slug, description, price, stock, stock_sequence, on_sale, category_id)
  VALUES ($1, $2, $3, $4, $5, 1, $6, $7)
  ON CONFLICT (slug) WHERE deleted_at IS NULL DO NOTHING
  RETURNING id, stock
), movement AS (
  INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason, actor_id)
  SELECT id, 1, stock, stock, 'initial', $8 FROM inserted
)
SELECT id FROM inserted`;
