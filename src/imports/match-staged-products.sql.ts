import { note } from './staged-products.js';

/** The stock in the ledger when the line was exported: the same value is no change, whatever was sold since. */
const STOCK_AS_READ = `(
        SELECT m.stock_after FROM stock_movements m
        WHERE m.product_id = p.id AND date_trunc('milliseconds', m.created_at) <= s.updated_at
        ORDER BY m.sequence DESC LIMIT 1)`;

/**
 * Finds the product of each staged line, and the fields that change. A product is found by another shop's key, even when
 * it is deleted here, or by its slug, or by its id. A new category counts as a change.
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
      CASE WHEN s.name <> p.name THEN 'name' END,
      CASE WHEN s.description <> p.description THEN 'description' END,
      CASE WHEN s.price <> p.price THEN 'price' END,
      CASE WHEN s.stock <> p.stock AND s.stock IS DISTINCT FROM ${STOCK_AS_READ} THEN 'stock' END,
      CASE WHEN s.on_sale <> p.on_sale THEN 'on_sale' END,
      CASE WHEN s.says_category AND (coalesce(c.id, s.category_id) IS DISTINCT FROM p.category_id
             OR (c.name IS NOT NULL AND c.id IS NULL)) THEN 'category' END,
      CASE WHEN g.hashes <> ARRAY(SELECT hash FROM pictures WHERE product_id = p.id ORDER BY position) THEN 'pictures' END
    ], NULL) AS changes
  FROM matched JOIN staged_products s USING (line) JOIN products p USING (id)
  LEFT JOIN staged_categories c ON c.name = s.category LEFT JOIN staged_galleries g USING (line)
  WHERE s.kind = 'product'
)
UPDATE staged_products s SET
  product_id = c.id,
  changes = c.changes,
  outcome = CASE WHEN c.is_deleted THEN 'skipped' WHEN c.changes = '{}' THEN 'unchanged' ELSE 'changed' END,
  notes = CASE WHEN c.is_deleted THEN s.notes || ${note('deleted_here', 'id', 'c.id')} ELSE s.notes END
FROM compared c WHERE c.line = s.line`;
