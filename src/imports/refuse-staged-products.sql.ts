import { MAX_STOCK } from '../products/products.dto.js';
import { note } from './staged-products.js';

/**
 * Adds reasons for refusal to staged and matched lines: a product that is in the file twice, an unknown category or
 * product id, a new product without a name or a price, and a stock that would be raised above the largest one.
 */
export const REFUSE_STAGED_PRODUCTS = `
WITH judged AS (
  SELECT s.line, to_jsonb(array_remove(ARRAY[
      CASE WHEN s.line > first_value(s.line) OVER same
           THEN ${note('twice', 'line', 'first_value(s.line) OVER same')} END,
      CASE WHEN s.category_id IS NOT NULL AND NOT EXISTS (SELECT FROM categories c WHERE c.id = s.category_id)
           THEN ${note('category_unknown', 'id', 's.category_id')} END,
      CASE WHEN s.product_id IS NULL AND s.match_id IS NOT NULL THEN ${note('product_unknown', 'id', 's.match_id')}
           WHEN s.product_id IS NULL AND s.name IS NULL AND s.refusals = '[]' THEN ${note('name_missing')} END,
      CASE WHEN s.product_id IS NULL AND s.match_id IS NULL AND s.price IS NULL AND s.refusals = '[]'
           THEN ${note('price_missing')} END,
      CASE WHEN s.stock > ${MAX_STOCK} AND (s.product_id IS NULL OR (s.stock > p.stock AND 'stock' = ANY(s.changes)))
           THEN ${note('stock_invalid', 'message', `'stock must not be greater than ${MAX_STOCK}'`)} END
    ], NULL)) AS reasons
  FROM staged_products s LEFT JOIN products p ON p.id = s.product_id
  WHERE s.kind = 'product'
  WINDOW same AS (
    PARTITION BY coalesce(s.product_id::text, s.import_key, '/' || s.match_slug, '#' || s.match_id, 'line ' || s.line)
    ORDER BY s.line
  )
)
UPDATE staged_products s SET refusals = s.refusals || j.reasons FROM judged j WHERE j.line = s.line AND j.reasons <> '[]'`;
