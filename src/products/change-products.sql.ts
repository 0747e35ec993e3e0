import { otherSlug, visibleSlug } from './slug-sql.js';

/** A field that a bulk change sets. */
export type BulkField = 'price' | 'on_sale' | 'category_id' | 'deleted';

/** The expected and the new value of a product's field, as text. */
export interface BulkValue {
  id: number;
  before: string | null;
  after: string | null;
}

/**
 * Changes one field of many products, where the field has the expected value: $1 to $3 arrays of ids, expected values and
 * new values. It locks the products in the order of their ids, as a checkout does, and stores the earlier versions.
 * Returns the ids of the products that it changed.
 */
function changeSql(
  held: string,
  type: string,
  set: string,
  { isLive = true, slug = visibleSlug('c.slug') } = {},
): string {
  return `
WITH wanted AS (
  SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[]) AS w (id, before, after)
), held AS MATERIALIZED (
  SELECT p.* FROM products p WHERE p.id IN (SELECT id FROM wanted) ORDER BY p.id FOR UPDATE
), change AS (
  SELECT h.*, w.after, row_number() OVER (PARTITION BY h.slug ORDER BY h.id) AS namesake
  FROM held h JOIN wanted w USING (id)
  WHERE ${held} IS NOT DISTINCT FROM w.before::${type} ${isLive ? 'AND h.deleted_at IS NULL' : ''}
), replaced AS (
  INSERT INTO product_versions
    (product_id, revision, stock_sequence, name, description, price, on_sale, category_id, pictures)
  SELECT id, revision, stock_sequence, name, description, price, on_sale, category_id, pictures FROM change
)
UPDATE products p SET ${set}, slug = ${slug}, revision = p.revision + 1, updated_at = now()
FROM change c WHERE p.id = c.id
RETURNING p.id`;
}

/** A restored product gets another slug if a product has its slug by now. */
const RESTORED_SLUG = `CASE WHEN NOT c.after::boolean AND (c.namesake > 1 OR EXISTS (
  SELECT FROM products o WHERE o.slug = c.slug AND o.deleted_at IS NULL)) THEN ${otherSlug('c.slug')}
  ELSE ${visibleSlug('c.slug')} END`;

export const CHANGE_PRODUCTS: Record<BulkField, string> = {
  price: changeSql('h.price', 'numeric', 'price = c.after::numeric'),
  on_sale: changeSql('h.on_sale', 'boolean', 'on_sale = c.after::boolean'),
  category_id: changeSql('h.category_id', 'bigint', 'category_id = c.after::bigint'),
  deleted: changeSql(
    '(h.deleted_at IS NOT NULL)',
    'boolean',
    'deleted_at = CASE WHEN c.after::boolean THEN now() END',
    { isLive: false, slug: RESTORED_SLUG },
  ),
};
