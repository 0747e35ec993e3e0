import { FOR_SALE } from './cart-item-json.js';

/**
 * Moves the lines of a guest's cart into a user's, as far as stock and the limits of a cart allow: $1 guest's cart, $2
 * user, $3 and $4 most units of a line and most lines of a cart. A line of the user never gets smaller. Lines are locked
 * in the order in which a checkout locks them; the caller has deleted the guest's cart, so that none can be added to it.
 */
export const MERGE_CARTS = `
WITH held AS MATERIALIZED (
  SELECT user_id, product_id, quantity, unit_price, created_at FROM cart_items WHERE user_id IN ($1, $2)
  ORDER BY product_id, user_id FOR UPDATE
), taken AS (
  DELETE FROM cart_items WHERE user_id = $1 AND product_id IN (SELECT product_id FROM held WHERE user_id = $1)
), lines AS (
  SELECT g.product_id, g.quantity, g.unit_price AS added_price, g.created_at, p.name, p.price,
         coalesce(u.quantity, 0) AS before, p.deleted_at IS NOT NULL OR NOT p.on_sale AS is_gone,
         least(CASE WHEN p.deleted_at IS NULL THEN ${FOR_SALE} ELSE 0 END, $3::integer) AS most,
         u.product_id IS NOT NULL OR (SELECT count(*) FROM held WHERE user_id = $2)
           + count(*) FILTER (WHERE u.product_id IS NULL) OVER (ORDER BY g.created_at, g.product_id) <= $4::integer AS fits
  FROM held g JOIN products p ON p.id = g.product_id
  LEFT JOIN held u ON u.user_id = $2 AND u.product_id = g.product_id
  WHERE g.user_id = $1
), merged AS (
  INSERT INTO cart_items AS i (user_id, product_id, quantity, unit_price, created_at)
  SELECT $2, product_id, least(quantity, most), added_price, created_at FROM lines
  WHERE fits AND least(quantity, most) > 0 ORDER BY product_id
  ON CONFLICT ON CONSTRAINT cart_items_pkey DO UPDATE SET
    quantity = greatest(i.quantity, least(i.quantity::bigint + excluded.quantity,
      (SELECT most FROM lines WHERE lines.product_id = excluded.product_id))),
    unit_price = excluded.unit_price, version = i.version + 1
  RETURNING i.product_id, i.quantity
)
SELECT l.product_id, l.name AS product_name, l.before::bigint + l.quantity AS wanted_quantity,
       coalesce(m.quantity, l.before) AS quantity, l.is_gone, l.added_price::text, l.price::text AS unit_price
FROM lines l LEFT JOIN merged m USING (product_id) ORDER BY l.created_at, l.product_id`;
