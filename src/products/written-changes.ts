import { visibleSlug } from './slug-sql.js';

/**
 * CTEs of a statement that updates products: it reads the CTEs `held`, locked rows of `products`, and `wanted`, their new
 * values. It stores the earlier versions. Its CTE `updated` has the written products, with the `delta` of their stock for
 * the ledger.
 */
export const WRITTEN_CHANGES = `change AS (
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
    slug = ${visibleSlug('p.slug')},
    stock_sequence = p.stock_sequence + (delta <> 0)::int,
    revision = p.revision + is_revised::int,
    updated_at = now()
  FROM change c WHERE p.id = c.id AND (is_revised OR delta <> 0)
  RETURNING p.id, p.stock_sequence, p.stock, delta
)`;
