import { placingSql } from './placing-sql.js';

/**
 * Orders the lines of carts, and empties them; for the parameters see `placingSql`. It locks the lines in the order in
 * which additions to carts lock theirs.
 */
export const PLACE_FROM_CARTS = placingSql(`
  DELETE FROM cart_items i
  USING (
    SELECT user_id, product_id FROM cart_items WHERE user_id = ANY($1::bigint[])
    ORDER BY product_id, user_id FOR UPDATE
  ) held
  WHERE i.user_id = held.user_id AND i.product_id = held.product_id
  RETURNING i.user_id, i.product_id, i.quantity::bigint, i.created_at AS position`);
