/**
 * The version of a product that began at a time: $1 product id, $2 time to the millisecond, as `updated_at` shows it.
 * A version begins with a movement of stock (of which the newest 10,000 are looked at) or with a change of values.
 */
export const FIND_VERSION_AT = `
SELECT max(version) AS version FROM (
  SELECT v.revision + 1 + v.stock_sequence AS version FROM product_versions v
  WHERE v.product_id = $1 AND date_trunc('milliseconds', v.replaced_at) = $2::timestamptz
  UNION ALL
  SELECT m.sequence + coalesce(
    (SELECT min(v.revision) FROM product_versions v
     WHERE v.product_id = $1 AND v.stock_sequence >= m.sequence),
    (SELECT revision FROM products WHERE id = $1))
  FROM (
    SELECT sequence, created_at FROM stock_movements WHERE product_id = $1 ORDER BY sequence DESC LIMIT 10000
  ) m
  WHERE date_trunc('milliseconds', m.created_at) = $2::timestamptz
) began`;
