/**
 * Writes the lines of an order: $1 order id, $2 and $3 arrays of product ids and quantities. A line that is there keeps
 * its price, a new one gets today's name and price.
 */
export const UPSERT_ORDER_LINES = `
INSERT INTO order_items (order_id, product_id, product_name, unit_price, quantity)
SELECT $1, p.id, p.name, p.price, line.quantity
FROM unnest($2::bigint[], $3::bigint[]) AS line (product_id, quantity) JOIN products p ON p.id = line.product_id
ON CONFLICT ON CONSTRAINT order_items_pkey DO UPDATE SET quantity = excluded.quantity`;
