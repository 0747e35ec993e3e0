import type { Principal } from '../http/access.js';
import { conflict, invalid, notFound } from '../http/problem.js';
import type { RequestedItem } from '../products/stock.service.js';
import type { OrderLine } from './order-lines.js';
import type { OrderStatus } from './order-status.js';
import type { ListScope, OrderScope } from './orders.repository.js';

/** The actor of a request about an order: a user, or a guest with its link. */
export type OrderActor = Principal | typeof GUEST;

export const GUEST = { id: null, role: 'guest' } as const;

export function scopeOf(by: Principal): ListScope;
export function scopeOf(by: OrderActor): OrderScope;
export function scopeOf(by: OrderActor): OrderScope {
  if (by.id === null) return 'guests';
  return by.role === 'admin' ? 'all' : { owner: by.id };
}

/** Requested items for merged lines, with the path of the first item of the body for the same product. */
export function requestedItemsOf(items: OrderLine[], lines: OrderLine[]): RequestedItem[] {
  return lines.map(({ product_id, quantity }) => {
    const index = items.findIndex((item) => item.product_id === product_id);
    return { product_id, quantity, field: `items.${index}` };
  });
}

/** @throws Problem 400 naming the first field with more units of a product than a line can have */
export function refuseMoreThan(max: number, items: OrderLine[], lines: OrderLine[]): void {
  const tooMany = requestedItemsOf(
    items,
    lines.filter(({ quantity }) => quantity > max),
  );
  if (tooMany.length === 0) return;
  const message = `At most ${max} units of one product.`;
  const errors = Object.fromEntries(tooMany.map(({ field }) => [`${field}.quantity`, [message]]));
  throw invalid('validation_failed', message, errors);
}

export function notEditable(status: OrderStatus) {
  return conflict('order_not_editable', `An order that is ${status} cannot be changed any more.`);
}

export function unknownOrder() {
  return notFound('order_not_found', 'There is no such order.');
}

export function totalChanged(expected: string, total: string) {
  const message = `It comes to ${total}, not to ${Number(expected).toFixed(2)}.`;
  const members = { expected_total: Number(expected).toFixed(2), total };
  return conflict('total_changed', message, { expected_total: [message] }, members);
}
