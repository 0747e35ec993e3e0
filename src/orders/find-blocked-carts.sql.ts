import { blockedBuyers } from '../products/blocked-buyers-sql.js';

/** Buyers with a locked product in their carts, and one such product each: $1 user ids. */
export const FIND_BLOCKED_CARTS = blockedBuyers(
  `SELECT user_id, product_id FROM cart_items WHERE user_id = ANY($1::bigint[])`,
);
