import { jsonObject, timestamp } from '../database/sql.js';

const ITEM = `i.id, i.product_id, i.product_name, i.unit_price::text, i.quantity,
  (i.quantity * i.unit_price)::numeric(24, 2)::text AS subtotal`;

/**
 * An order `o` as the API shows it, written by PostgreSQL: the one presenter of orders.
 *
 * @param items SQL that names the rows of its items
 */
export function orderJson(items: string): string {
  return jsonObject({
    id: 'o.id',
    user_id: 'o.user_id',
    status: 'o.status',
    items: `(SELECT coalesce(json_agg(item), '[]'::json) FROM (
      SELECT ${ITEM} FROM ${items} i WHERE i.order_id = o.id ORDER BY i.id
    ) item)`,
    total: 'o.total::text',
    shipping_address: 'o.shipping_address',
    billing_address: 'o.billing_address',
    notes: 'o.notes',
    held: 'o.held',
    version: 'o.version',
    created_at: timestamp('o.created_at'),
    updated_at: timestamp('o.updated_at'),
  });
}
