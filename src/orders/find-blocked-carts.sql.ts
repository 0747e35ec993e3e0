import { blockedBuyers } from '../products/blocked-buyers-sql.js';

/** Whose cart holds a product that they would have to wait for, and which: $1 user ids. */
export const FIND_BLOCKED_CARTS = blockedBuyers(
  `SELECT user_id, product_id FROM cart_items WHERE user_id = ANY($1::bigint[])`,
);
