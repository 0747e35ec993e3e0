import { timestamp } from '../database/sql.js';

/**
 * What happened to an order, with the names of who did it: $1 order id. It joins what orders, stock and users know, for
 * whoever looks at one order in the admin.
 */
export const ORDER_TIMELINE = `
WITH events AS (
  SELECT created_at, 1 AS place, 'status' AS kind, 'placed' AS event, user_id AS actor_id, NULL::jsonb AS changes,
         NULL::jsonb AS products
  FROM orders WHERE id = $1
  UNION ALL
  SELECT created_at, version, 'status', event, actor_id, changes, NULL FROM order_history WHERE order_id = $1
  UNION ALL
  SELECT m.created_at, 0, 'stock', m.reason, m.actor_id, NULL,
         jsonb_agg(jsonb_build_object(
           'id', p.id, 'name', p.name, 'delta', m.delta, 'stock_after', m.stock_after) ORDER BY p.id)
  FROM stock_movements m JOIN products p ON p.id = m.product_id
  WHERE m.order_id = $1 GROUP BY m.created_at, m.reason, m.actor_id
)
SELECT ${timestamp('e.created_at')} AS at, e.kind, e.event, e.actor_id,
       coalesce(nullif(u.name, ''), u.username) AS actor_name, u.role AS actor_role, e.changes, e.products
FROM events e LEFT JOIN users u ON u.id = e.actor_id
ORDER BY e.created_at, e.place`;
