import { boolean, jsonList, jsonObject, plainString, timestamp, verbatim } from '../database/sql.js';

const ITEM = jsonObject({
  id: verbatim('i.id'),
  product_id: verbatim('i.product_id'),
  product_name: 'i.product_name',
  unit_price: plainString('i.unit_price'),
  quantity: verbatim('i.quantity'),
  subtotal: plainString('(i.quantity * i.unit_price)::numeric(24, 2)'),
});

const GUEST_EMAIL = `CASE WHEN o.user_id IS NOT NULL THEN 'null' ELSE
  coalesce((SELECT to_json(g.email)::text FROM guest_orders g WHERE g.order_id = o.id), 'null') END`;

/**
 * SQL of the JSON of an order `o`, as every route of the API shows orders.
 *
 * @param items name of the relation with its items
 * @param email SQL of the guest's address as JSON
 */
export function orderJson(items: string, email = GUEST_EMAIL): string {
  return jsonObject({
    id: verbatim('o.id'),
    user_id: verbatim(`coalesce(o.user_id::text, 'null')`),
    email: verbatim(email),
    status: plainString('o.status'),
    items: jsonList(ITEM, 'i.id', `${items} i WHERE i.order_id = o.id`),
    total: plainString('o.total'),
    shipping_address: 'o.shipping_address',
    billing_address: 'o.billing_address',
    notes: 'o.notes',
    held: boolean('o.held'),
    version: verbatim('o.version'),
    created_at: plainString(timestamp('o.created_at')),
    updated_at: plainString(timestamp('o.updated_at')),
  });
}
