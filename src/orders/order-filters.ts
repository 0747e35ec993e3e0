import type { OrdersQuery } from './orders.dto.js';

/** Filters of a list of orders; `owner`: only orders that this user sees. */
export interface OrderFilters extends Omit<OrdersQuery, 'page' | 'page_size' | 'cursor'> {
  owner?: number;
}

export type OrderFilter = keyof OrderFilters;

/** `search` has a second parameter: the order id that the text may mean. */
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
