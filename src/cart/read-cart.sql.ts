import { cartItemJson, COST, PIECES } from './cart-item-json.js';

/** A user's cart with today's prices, as JSON: $1 user id, $2 address that pictures lie under. */
export const READ_CART = `
SELECT row_to_json(cart)::text AS json FROM (
  SELECT coalesce(json_agg(${cartItemJson('$2::text')} ORDER BY i.created_at, i.product_id), '[]'::json) AS items,
         ${PIECES} AS total_items, ${COST} AS total
  FROM cart_items i JOIN products p ON p.id = i.product_id WHERE i.user_id = $1
) cart`;
