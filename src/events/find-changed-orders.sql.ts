/**
 * Orders of users that were placed or changed in the last ten seconds: $1 user ids. Polls come every second; ten seconds
 * cover transactions that commit later than they began.
 */
export const FIND_CHANGED_ORDERS = `
SELECT user_id, id, status, version FROM orders
WHERE user_id = ANY($1::bigint[])
  AND id >= (SELECT min(id) FROM orders WHERE created_at > now() - interval '10 seconds')
UNION
SELECT o.user_id, o.id, o.status, o.version
FROM order_history h JOIN orders o ON o.id = h.order_id
WHERE h.created_at > now() - interval '10 seconds' AND o.user_id = ANY($1::bigint[])`;
