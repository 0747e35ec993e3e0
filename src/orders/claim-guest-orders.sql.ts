/**
 * Gives a user the orders that were placed as a guest with the address that the user has proven to read: $1 user id. The
 * guest's link ends with it, so that who placed an order in somebody else's name sees nothing of what its owner changes.
 * An order that another transaction holds is left for the next time; one that another has taken over since this
 * statement began is told by its `user_id`, which is looked at again once the order is locked.
 */
export const CLAIM_GUEST_ORDERS = `
WITH held AS MATERIALIZED (
  SELECT o.id FROM users u JOIN guest_orders g ON g.email_key = u.email_key JOIN orders o ON o.id = g.order_id
  WHERE u.id = $1 AND u.email_verified_at IS NOT NULL AND u.deleted_at IS NULL AND o.user_id IS NULL
  FOR NO KEY UPDATE OF o SKIP LOCKED
), contacts AS (
  DELETE FROM guest_orders WHERE order_id IN (SELECT id FROM held)
), claimed AS (
  UPDATE orders SET user_id = $1, version = version + 1, updated_at = now() WHERE id IN (SELECT id FROM held)
  RETURNING id, version
)
INSERT INTO order_history (order_id, version, event, source, actor_id, actor_role, changes)
SELECT id, version, 'claimed', 'shop', $1, NULL, jsonb_build_object('user_id', jsonb_build_array(NULL, $1::bigint))
FROM claimed`;
