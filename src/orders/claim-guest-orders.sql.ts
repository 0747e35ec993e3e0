/**
 * Gives a user the orders that were placed as a guest with the user's verified address: $1 user id. The guest's link ends
 * with it, so that a guest who ordered with another person's address does not see the owner's changes. An order that another
 * transaction has locked is left for the next call. `o.user_id IS NULL` is checked again after the lock, so that an order
 * that was claimed meanwhile is skipped.
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
