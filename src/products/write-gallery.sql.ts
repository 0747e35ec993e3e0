/**
 * Copies the present gallery into its product, where lists read it: $1 product id, which the transaction has locked. This
 * makes a new version of the product, unless the same transaction has made one already.
 */
export const WRITE_GALLERY = `
WITH shown AS (
  SELECT coalesce('[' || string_agg(json, ',' ORDER BY position) || ']', '[]') AS gallery,
         coalesce(array_agg(path ORDER BY position), '{}') AS pictures
  FROM (
    SELECT g.position, src.path,
      format('{"id":%s,"alt":%s,"width":%s,"height":%s,"placeholder":%s,"src":"%s","srcset":{"webp":"%s","jpeg":"%s"}}',
        g.id, to_json(g.alt), f.width, f.height, to_json(f.placeholder), chr(1) || src.path,
        (SELECT string_agg(chr(1) || src.stem || width || '.webp ' || width || 'w', ', ' ORDER BY width)
         FROM unnest(f.widths) width),
        chr(1) || src.path || ' ' || f.width || 'w') AS json
    FROM pictures g JOIN picture_files f USING (hash),
    LATERAL (SELECT left(f.hash, 2) || '/' || f.hash || '-' AS stem) names,
    LATERAL (SELECT names.stem, names.stem || f.width || '.jpg' AS path) src
    WHERE g.product_id = $1
  ) picture
), held AS (
  SELECT p.*,
    p.created_at < now() AND NOT EXISTS (
      SELECT FROM product_versions v WHERE v.product_id = p.id AND v.replaced_at = now()
    ) AS is_revised
  FROM products p, shown WHERE p.id = $1 AND p.gallery <> shown.gallery
), replaced AS (
  INSERT INTO product_versions
    (product_id, revision, stock_sequence, name, description, price, on_sale, category_id, pictures)
  SELECT id, revision, stock_sequence, name, description, price, on_sale, category_id, pictures
  FROM held WHERE is_revised
)
UPDATE products p
SET gallery = shown.gallery, pictures = shown.pictures, revision = p.revision + held.is_revised::int, updated_at = now()
FROM shown, held WHERE p.id = held.id`;
