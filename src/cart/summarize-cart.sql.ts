import { COST, PIECES } from './cart-item-json.js';

/** Pieces in a cart and what they cost today, as JSON: $1 user id. */
export const SUMMARIZE_CART = `
SELECT row_to_json(summary)::text AS json FROM (
  SELECT ${PIECES} AS total_items, ${COST} AS total_cost
  FROM cart_items i JOIN products p ON p.id = i.product_id WHERE i.user_id = $1
) summary`;
