import { timestamp } from '../database/sql.js';
import { MAILS } from './queued.sql.js';

/**
 * What happened to an order, with the names of the actors: $1 order id. It joins tables of orders, stock, mails and
 * users for the admin's page of one order.
 */
export const ORDER_TIMELINE = `
WITH events AS (
  SELECT created_at, 1 AS place, 'status' AS kind, 'placed' AS event,
         CASE WHEN NOT EXISTS (SELECT FROM order_history WHERE order_id = $1 AND event = 'claimed') THEN user_id END AS actor_id,
         NULL::jsonb AS changes,
         NULL::jsonb AS products, NULL::jsonb AS mail
  FROM orders WHERE id = $1
  UNION ALL
  SELECT created_at, version, 'status', event, actor_id, changes, NULL, NULL FROM order_history WHERE order_id = $1
  UNION ALL
  SELECT m.created_at, 0, 'stock', m.reason, m.actor_id, NULL,
         jsonb_agg(jsonb_build_object(
           'id', p.id, 'name', p.name, 'delta', m.delta, 'stock_after', m.stock_after) ORDER BY p.id), NULL
  FROM stock_movements m JOIN products p ON p.id = m.product_id
  WHERE m.order_id = $1 GROUP BY m.created_at, m.reason, m.actor_id
  UNION ALL
  SELECT coalesce(m.sent_at, m.created_at), 2147483647, 'mail', m.kind, NULL, NULL, NULL,
         jsonb_build_object('id', m.id, 'status', m.status, 'email', m.email, 'subject', m.subject, 'last_error', m.last_error)
  FROM ${MAILS} m WHERE m.order_id = $1
)
SELECT ${timestamp('e.created_at')} AS at, e.kind, e.event, e.actor_id,
       coalesce(nullif(u.name, ''), u.username) AS actor_name, u.role AS actor_role, e.changes, e.products, e.mail
FROM events e LEFT JOIN users u ON u.id = e.actor_id
ORDER BY e.created_at, e.place`;
