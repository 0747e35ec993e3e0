/**
 * Inserts new staged products and the first rows of their ledgers: lines after $1 up to $2, $3 the actor or NULL, $4
 * length of a hash of the key that is appended to the slug, or NULL for none. A product whose slug is taken is left out.
 * Returns how many were left out.
 */
export const INSERT_STAGED_PRODUCTS = `
WITH wanted AS (
  SELECT s.*, c.id AS named_category_id
  FROM staged_products s LEFT JOIN staged_categories c ON c.name = s.category
  WHERE s.line > $1 AND s.line <= $2 AND s.kind = 'product' AND s.outcome IS NULL AND s.refusals = '[]'
    AND ($4::integer IS NULL OR NOT EXISTS (SELECT FROM products p WHERE p.import_key = s.import_key))
), inserted AS (
  INSERT INTO products (name, slug, description, price, stock, stock_sequence, on_sale, category_id, import_key)
  SELECT name, slug || coalesce('-' || left(md5(import_key), $4), ''), coalesce(description, ''), price,
         coalesce(stock, 0), 1, coalesce(on_sale, true), coalesce(named_category_id, category_id), import_key
  FROM wanted ORDER BY line
  ON CONFLICT (slug) WHERE deleted_at IS NULL DO NOTHING
  RETURNING id, stock
), movement AS (
  INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason, actor_id)
  SELECT id, 1, stock, stock, 'initial', $3 FROM inserted
)
SELECT (SELECT count(*) FROM wanted) - (SELECT count(*) FROM inserted) AS left_out`;
