/**
 * Writes the changes of a product, keeps what they replace as an earlier version, and writes the ledger when the stock
 * changes: $1 id, $2 name, $3 description, $4 price, $5 stock, $6 available (NULL stays as it is), $7 whether the
 * category changes, $8 category id, $9 who changes it. Beside a stock, `available` counts only where it differs from
 * what a reader saw. No row for an unknown product.
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
), change AS (
  SELECT wanted.*, wanted.stock - held.stock AS delta,
    (wanted.name, wanted.description, wanted.price, wanted.on_sale, wanted.category_id)
      IS DISTINCT FROM (held.name, held.description, held.price, held.on_sale, held.category_id) AS is_revised
  FROM held JOIN wanted USING (id)
), replaced AS (
  INSERT INTO product_versions
    (product_id, revision, stock_sequence, name, description, price, on_sale, category_id, pictures)
  SELECT id, held.revision, held.stock_sequence, held.name, held.description, held.price, held.on_sale,
    held.category_id, held.pictures
  FROM held JOIN change USING (id) WHERE is_revised
), updated AS (
  UPDATE products p SET
    name = c.name, description = c.description, price = c.price, stock = c.stock, on_sale = c.on_sale,
    category_id = c.category_id,
    stock_sequence = p.stock_sequence + (delta <> 0)::int,
    revision = p.revision + is_revised::int,
    updated_at = now()
  FROM change c WHERE p.id = c.id AND (is_revised OR delta <> 0)
  RETURNING p.id, p.stock_sequence, p.stock, delta
), movement AS (
  INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason, actor_id)
  SELECT id, stock_sequence, delta, stock, 'adjustment', $9 FROM updated WHERE delta <> 0
)
SELECT id FROM held`;
