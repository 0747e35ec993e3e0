import { orderJson } from './order-json.js';

/**
 * An order, as JSON: $1 owner who has not deleted it, or NULL for any order, $2 order id, $3 whether it must still belong
 * to a guest.
 */
export const READ_ORDER = `
SELECT ${orderJson('order_items')} AS json
FROM orders o
WHERE o.id = $2 AND ($1::bigint IS NULL OR (o.user_id = $1 AND o.deleted_at IS NULL))
  AND (NOT $3::boolean OR (o.user_id IS NULL AND o.deleted_at IS NULL))`;
