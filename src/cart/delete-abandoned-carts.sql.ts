/** Deletes expired guests' carts with their lines: $1 how many at most. */
export const DELETE_ABANDONED_CARTS = `
WITH carts AS (
  DELETE FROM guest_carts WHERE id IN (
    SELECT id FROM guest_carts WHERE expires_at <= now() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED
  )
  RETURNING id
), items AS (
  DELETE FROM cart_items WHERE user_id IN (SELECT id FROM carts)
)
SELECT count(*)::integer AS carts FROM carts`;
