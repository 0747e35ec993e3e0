import type { OrdersQuery } from './orders.dto.js';

/** What narrows a list of orders; `owner` to those that one user sees. */
export interface OrderFilters extends Omit<OrdersQuery, 'page' | 'page_size' | 'cursor'> {
  owner?: number;
}

export type OrderFilter = keyof OrderFilters;

/** `search` has a second parameter: the number of an order that it may be. */
export const ORDER_FILTERS: OrderFilter[] = [
  'owner',
  'status',
  'user_id',
  'created_after',
  'created_before',
  'min_total',
  'max_total',
  'search',
];
