import { timestamp } from '../database/sql.js';
import { MAILS } from './queued.sql.js';

/**
 * The role of the actor of an event `e` at that time: the audit log has every later change of a role, the first of which
 * replaced it. (An entry older than `AUDIT_DAYS` is gone: then it is the role after that change.)
 */
const ROLE_AT_THAT_TIME = `coalesce((
  SELECT a.before ->> 'role' FROM audit_log a
  WHERE a.model = 'users' AND a.row_id = e.actor_id::text AND a.at >= e.created_at AND a.before ? 'role'
  ORDER BY a.id LIMIT 1), u.role)`;

/**
 * What happened to an order, with the names of the actors and the roles that they had: $1 order id. It joins tables of
 * orders, stock, mails, users and the audit log for the admin's page of one order.
 */
export const ORDER_TIMELINE = `
WITH events AS (
  SELECT created_at, 1 AS place, 'status' AS kind, 'placed' AS event,
         CASE WHEN NOT EXISTS (SELECT FROM order_history WHERE order_id = $1 AND event = 'claimed') THEN user_id END AS actor_id,
         NULL AS actor_role, NULL::jsonb AS changes,
         NULL::jsonb AS products, NULL::jsonb AS mail
  FROM orders WHERE id = $1
  UNION ALL
  SELECT created_at, version, 'status', event, actor_id, actor_role, changes, NULL, NULL FROM order_history WHERE order_id = $1
  UNION ALL
  SELECT m.created_at, 0, 'stock', m.reason, m.actor_id, NULL, NULL,
         jsonb_agg(jsonb_build_object(
           'id', p.id, 'name', p.name, 'delta', m.delta, 'stock_after', m.stock_after) ORDER BY p.id), NULL
  FROM stock_movements m JOIN products p ON p.id = m.product_id
  WHERE m.order_id = $1 GROUP BY m.created_at, m.reason, m.actor_id
  UNION ALL
  SELECT coalesce(m.sent_at, m.created_at), 2147483647, 'mail', m.kind, NULL, NULL, NULL, NULL,
         jsonb_build_object('id', m.id, 'status', m.status, 'email', m.email, 'subject', m.subject, 'last_error', m.last_error)
  FROM ${MAILS} m WHERE m.order_id = $1
)
SELECT ${timestamp('e.created_at')} AS at, e.kind, e.event, e.actor_id,
       coalesce(nullif(u.name, ''), u.username) AS actor_name,
       coalesce(e.actor_role, ${ROLE_AT_THAT_TIME}) AS actor_role, e.changes, e.products, e.mail
FROM events e LEFT JOIN users u ON u.id = e.actor_id
ORDER BY e.created_at, e.place`;
