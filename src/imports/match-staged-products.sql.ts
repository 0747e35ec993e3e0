import { note } from './staged-products.js';

/** The stock in the ledger when the line was exported: the same value is no change, whatever was sold since. */
const STOCK_AS_READ = `(
        SELECT m.stock_after FROM stock_movements m
        WHERE m.product_id = p.id AND date_trunc('milliseconds', m.created_at) <= s.updated_at
        ORDER BY m.sequence DESC LIMIT 1)`;

/** The product's other values at that time: those that the first later change replaced, or the present ones. */
const AS_READ = `(
    SELECT * FROM (
      SELECT name, description, price, on_sale, category_id, pictures, revision FROM product_versions v
      WHERE v.product_id = p.id AND date_trunc('milliseconds', v.replaced_at) > s.updated_at
      UNION ALL
      SELECT p.name, p.description, p.price, p.on_sale, p.category_id, p.pictures, p.revision
    ) held
    ORDER BY revision LIMIT 1
  )`;

/** A field changes when the file has another value than the product has now, and had when the line was exported. */
function changed(field: string): string {
  return `CASE WHEN s.${field} <> p.${field} AND s.${field} IS DISTINCT FROM was.${field} THEN '${field}' END`;
}

/**
 * Finds the product of each staged line, and the fields that change. A product is found by another shop's key, even when
 * it is deleted here, or by its slug, or by its id. A new category counts as a change. A line with `updated_at` changes
 * only what differs from the product as it was then, as a body with `updated_at` does.
 */
export const MATCH_STAGED_PRODUCTS = `
WITH matched AS (
  SELECT s.line, p.id FROM staged_products s JOIN products p ON p.import_key = s.import_key
  UNION ALL
  SELECT s.line, p.id FROM staged_products s JOIN products p ON p.slug = s.match_slug AND p.deleted_at IS NULL
  UNION ALL
  SELECT s.line, p.id FROM staged_products s JOIN products p ON p.id = s.match_id AND p.deleted_at IS NULL
), compared AS (
  SELECT s.line, p.id, p.deleted_at IS NOT NULL AS is_deleted,
    array_remove(ARRAY[
      ${changed('name')},
      ${changed('description')},
      ${changed('price')},
      CASE WHEN s.stock <> p.stock AND s.stock IS DISTINCT FROM ${STOCK_AS_READ} THEN 'stock' END,
      ${changed('on_sale')},
      CASE WHEN s.says_category AND ((c.name IS NOT NULL AND c.id IS NULL)
             OR (coalesce(c.id, s.category_id) IS DISTINCT FROM p.category_id
               AND (was.revision IS NULL OR coalesce(c.id, s.category_id) IS DISTINCT FROM was.category_id)))
           THEN 'category' END,
      CASE WHEN g.hashes <> ARRAY(SELECT hash FROM pictures WHERE product_id = p.id ORDER BY position)
             AND s.pictures IS DISTINCT FROM was.pictures THEN 'pictures' END
    ], NULL) AS changes
  FROM matched JOIN staged_products s USING (line) JOIN products p USING (id)
  LEFT JOIN staged_categories c ON c.name = s.category LEFT JOIN staged_galleries g USING (line)
  LEFT JOIN LATERAL ${AS_READ} was ON date_trunc('milliseconds', p.created_at) <= s.updated_at
  WHERE s.kind = 'product'
)
UPDATE staged_products s SET
  product_id = c.id,
  changes = c.changes,
  outcome = CASE WHEN c.is_deleted THEN 'skipped' WHEN c.changes = '{}' THEN 'unchanged' ELSE 'changed' END,
  notes = CASE WHEN c.is_deleted THEN s.notes || ${note('deleted_here', 'id', 'c.id')} ELSE s.notes END
FROM compared c WHERE c.line = s.line`;
