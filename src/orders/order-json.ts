import { boolean, jsonList, jsonObject, plainString, timestamp, verbatim } from '../database/sql.js';

const ITEM = jsonObject({
  id: verbatim('i.id'),
  product_id: verbatim('i.product_id'),
  product_name: 'i.product_name',
  unit_price: plainString('i.unit_price'),
  quantity: verbatim('i.quantity'),
  subtotal: plainString('(i.quantity * i.unit_price)::numeric(24, 2)'),
});

/**
 * An order `o` as the API shows it, written by PostgreSQL: the one presenter of orders.
 *
 * @param items SQL that names the rows of its items
 */
export function orderJson(items: string): string {
  return jsonObject({
    id: verbatim('o.id'),
    user_id: verbatim('o.user_id'),
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
