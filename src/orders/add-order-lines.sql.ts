/**
 * Adds units to an order at the present name and price: $1 order id, $2 and $3 arrays of product ids and quantities. Units
 * are added to a line of that price, or to a new one. The caller has locked the order and the products.
 */
export const ADD_ORDER_LINES = `
WITH added AS (
  SELECT p.id, p.name, p.price, line.quantity
  FROM unnest($2::bigint[], $3::bigint[]) AS line (product_id, quantity) JOIN products p ON p.id = line.product_id
), joined AS (
  UPDATE order_items i SET quantity = i.quantity + a.quantity
  FROM added a
  WHERE i.order_id = $1 AND i.id = (
    SELECT max(id) FROM order_items WHERE order_id = $1 AND product_id = a.id AND unit_price = a.price
  )
  RETURNING i.product_id
)
INSERT INTO order_items (order_id, product_id, product_name, unit_price, quantity)
SELECT $1, id, name, price, quantity FROM added WHERE id NOT IN (SELECT product_id FROM joined)`;
