/**
 * The values of a version of a product: $1 product id, $2 version. They are those that the first later change replaced, or
 * the present ones; the stock is that of the ledger. No row for an unknown version.
 */
export const FIND_PRODUCT_VERSION = `
SELECT held.name, held.description, held.price::text, m.stock_after AS stock, held.category_id,
       held.on_sale AND m.stock_after > 0 AS available, held.pictures
FROM (
  SELECT name, description, price, on_sale, category_id, pictures, revision, stock_sequence
  FROM product_versions WHERE product_id = $1
  UNION ALL
  SELECT name, description, price, on_sale, category_id, pictures, revision, stock_sequence FROM products WHERE id = $1
) held
JOIN stock_movements m ON m.product_id = $1 AND m.sequence = $2 - held.revision
WHERE held.revision + held.stock_sequence >= $2
ORDER BY held.revision LIMIT 1`;
