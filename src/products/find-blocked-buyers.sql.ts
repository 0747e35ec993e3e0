import { blockedBuyers } from './blocked-buyers-sql.js';

/** Which of these buyers would have to wait for a product, and for which: $1 user ids, $2 product ids, pair by pair. */
export const FIND_BLOCKED_BUYERS = blockedBuyers(
  `SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS wish (user_id, product_id)`,
);
