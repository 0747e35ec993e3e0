import {
  AT_MOST_A_PAGE,
  countedTotal,
  knownTotal,
  pageSql,
  type Place,
  PLACES,
} from '../database/page-sql.js';
import { PLANNED_FOR_ITS_VALUES } from '../database/serving-client.js';
import { matchesSearch, wordsPattern, writtenOnce } from '../database/sql.js';
import { ORDER_FILTERS, type OrderFilter } from './order-filters.js';
import { orderJson } from './order-json.js';

/** With other filters than these, a list is planned for its values. These have an index that suits every value. */
const SERVED_ALIKE: OrderFilter[] = ['owner', 'status', 'user_id'];

/** The exact count: the orders up to the watermark, and a count of the few after it. See `OrderCountRepository`. */
const ALL_ORDERS = `SELECT total + (SELECT count(*) FROM orders WHERE id > counted_up_to)
  FROM order_counts ORDER BY counted_up_to DESC LIMIT 1`;

/**
 * A page of orders, newest first. It is sorted by id or, when a filter names a time, by time, so that an index serves it.
 * $1 size, $2 key and $3 id of the last row before the page ('after'), or $2 the offset ('near', 'far'); then parameters
 * for the filters, in their order.
 */
export const listOrdersSql = writtenOnce((filters: OrderFilter[], place: Place): string => {
  const first = { first: 2, near: 3, far: 3, after: 4 }[place];
  const conditions = filters.map((filter, index) => CONDITIONS[filter](first + index));
  const listed = `orders o WHERE ${conditions.join(' AND ') || 'true'}`;
  const byTime = filters.some((filter) => filter.startsWith('created'));
  const order = byTime ? 'ORDER BY o.created_at DESC, o.id DESC' : 'ORDER BY o.id DESC';
  const behind = byTime
    ? '(o.created_at, o.id) < ($2::timestamptz, $3::bigint)'
    : 'o.id < $3::bigint AND $2::text IS NOT NULL';
  const from = {
    first: `${listed} ${order} ${AT_MOST_A_PAGE}`,
    after: `${listed} AND ${behind} ${order} ${AT_MOST_A_PAGE}`,
    near: `(SELECT * FROM ${listed} ${order} OFFSET $2::bigint ${AT_MOST_A_PAGE}) o ${order}`,
    // Skips rows in an index-only scan, and then reads only the rows of the page.
    far: `orders o WHERE o.id = ANY(ARRAY(
        SELECT id FROM (SELECT o.id FROM ${listed} ${order} OFFSET $2::bigint ${AT_MOST_A_PAGE}) found
        LIMIT $1::bigint + 1
      )) ${order}`,
  };
  const text = pageSql(
    filters.length > 0 ? countedTotal(listed) : knownTotal(ALL_ORDERS),
    `SELECT o.id, ${byTime ? 'o.created_at::text' : "''"} AS key, ${orderJson('order_items')} AS json FROM ${from[place]}`,
    '$1',
  );
  const isServedAlike = filters.every((filter) => SERVED_ALIKE.includes(filter));
  return isServedAlike ? text : PLANNED_FOR_ITS_VALUES + text;
});

const CONDITIONS: Record<OrderFilter, (parameter: number) => string> = {
  owner: (parameter) => `o.user_id = $${parameter}::bigint AND o.deleted_at IS NULL`,
  status: (parameter) => `o.status = $${parameter}`,
  user_id: (parameter) => `o.user_id = $${parameter}::bigint`,
  created_after: (parameter) => `o.created_at >= $${parameter}::timestamptz`,
  created_before: (parameter) => `o.created_at <= $${parameter}::timestamptz`,
  min_total: (parameter) => `o.total >= $${parameter}::numeric`,
  max_total: (parameter) => `o.total <= $${parameter}::numeric`,
  search: (
    parameter,
  ) => `(o.id = $${parameter + 1}::bigint OR o.user_id = ANY(ARRAY(${foundOwners(`$${parameter}`)}))
    OR o.id = ANY(ARRAY(${foundGuestOrders(`$${parameter}`)})))`,
};

/** At most a thousand users that match, as in the search of users; see `LIST_USERS`. */
function foundOwners(search: string): string {
  return `SELECT u.id FROM users u WHERE u.deleted_at IS NULL AND ${matchesSearch('u.search_text', search)} LIMIT 1000`;
}

/** Orders by the guest's address. */
function foundGuestOrders(search: string): string {
  return `SELECT g.order_id FROM guest_orders g WHERE ' ' || fold_text(g.email) LIKE ${wordsPattern(search)}
    ORDER BY g.order_id DESC LIMIT 1000`;
}

export const LIST_ORDERS = Object.fromEntries(
  PLACES.flatMap((place) =>
    [[], ['owner'], ORDER_FILTERS].map((filters) => [
      [place, ...filters].join(', '),
      listOrdersSql(filters as OrderFilter[], place),
    ]),
  ),
);
