import { PAID_STATUSES } from '../orders/order-status.js';

/**
 * The number of orders placed on each of the last $1 days (UTC, today included) and the revenue of those that are paid,
 * for the start page of the admin.
 */
export const SALES_BY_DAY = `
WITH sales AS (
  SELECT date_trunc('day', created_at AT TIME ZONE 'UTC') AS day, count(*) AS orders,
         sum(total) FILTER (WHERE status IN ('${PAID_STATUSES.join(`', '`)}')) AS revenue
  FROM orders
  WHERE created_at >= (date_trunc('day', now() AT TIME ZONE 'UTC') - make_interval(days => $1 - 1)) AT TIME ZONE 'UTC'
  GROUP BY 1
)
SELECT to_char(day, 'YYYY-MM-DD') AS day, coalesce(orders, 0)::int AS orders, coalesce(revenue, 0)::numeric(24, 2)::text AS revenue
FROM generate_series(
  date_trunc('day', now() AT TIME ZONE 'UTC') - make_interval(days => $1 - 1),
  date_trunc('day', now() AT TIME ZONE 'UTC'), '1 day'
) AS day LEFT JOIN sales USING (day)
ORDER BY day`;
