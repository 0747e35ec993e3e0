import { STORE_RESPONSES } from '../idempotency/store-responses.js';
import { orderJson } from './order-json.js';

/**
 * The whole checkout in one statement, and so in one transaction and one round trip, for one buyer or several: it
 * takes the lines, locks their products in the order of their ids (two baskets can then not wait for each other),
 * takes the stock, writes orders, items and ledger, and keeps the answers. The lock is FOR UPDATE: past the weaker
 * FOR NO KEY UPDATE the foreign keys of carts and ledger take locks of their own, and hot products deadlock.
 *
 * A line that cannot be had breaks the statement, and nothing of it stays: too few pieces, or a product that
 * is not on sale (its stock is set to -1), against `products_stock_not_negative`; an unknown product against
 * the item's name, which must not be null; a total that its buyer does not expect (it is set to -1) against
 * `orders_total_not_negative`.
 *
 * Parameters: arrays of users, shipping addresses, billing addresses, notes, the keys and fingerprints of their
 * requests, and the totals that they expect; then those of `lines`.
 *
 * @param lines SQL that answers (user_id, product_id, quantity, position), a product once for each user
 */
export function placingSql(lines: string): string {
  return `
WITH lines AS (${lines}),
buyers AS (
  SELECT * FROM unnest(
    $1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::numeric[]
  ) AS b (user_id, shipping_address, billing_address, notes, key, fingerprint, expected_total)
), locked AS MATERIALIZED (
  SELECT id FROM products WHERE id IN (SELECT product_id FROM lines) ORDER BY id FOR UPDATE
), requested AS (
  SELECT product_id, count(*) AS sales, sum(quantity) AS quantity FROM lines GROUP BY product_id
), sold AS (
  UPDATE products p SET
    stock = CASE WHEN p.on_sale AND p.deleted_at IS NULL THEN p.stock - d.quantity ELSE -1 END,
    stock_sequence = p.stock_sequence + d.sales,
    updated_at = now()
  FROM requested d JOIN locked ON locked.id = d.product_id
  WHERE p.id = d.product_id
  RETURNING p.id, p.name, p.price, p.stock + d.quantity AS stock_before, p.stock_sequence - d.sales AS sequence_before
), sales AS (
  SELECT l.*, s.name, s.price, s.sequence_before + count(*) OVER sold_before AS sequence,
         s.stock_before - sum(l.quantity) OVER sold_before AS stock_after
  FROM lines l LEFT JOIN sold s ON s.id = l.product_id
  WINDOW sold_before AS (PARTITION BY l.product_id ORDER BY l.user_id)
), placed AS (
  INSERT INTO orders (user_id, total, shipping_address, billing_address, notes)
  SELECT u.id, CASE WHEN basket.total <> b.expected_total THEN -1 ELSE basket.total END, coalesce(b.shipping_address, u.shipping_address, ''),
         coalesce(b.billing_address, u.billing_address, ''), coalesce(b.notes, '')
  FROM buyers b JOIN users u ON u.id = b.user_id
  JOIN (SELECT user_id, coalesce(sum(quantity * price), 0) AS total FROM sales GROUP BY user_id) basket
    ON basket.user_id = u.id
  RETURNING *
), items AS (
  INSERT INTO order_items (order_id, product_id, product_name, unit_price, quantity)
  SELECT placed.id, s.product_id, s.name, s.price, s.quantity
  FROM placed JOIN sales s ON s.user_id = placed.user_id
  ORDER BY placed.id, s.position
  RETURNING *
), ledger AS (
  INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason, order_id, actor_id)
  SELECT s.product_id, s.sequence, -s.quantity, s.stock_after, 'sale', placed.id, placed.user_id
  FROM placed JOIN sales s ON s.user_id = placed.user_id
), answers AS (
  SELECT o.user_id, ${orderJson('items')} AS json, b.key, b.fingerprint
  FROM placed o JOIN buyers b ON b.user_id = o.user_id
), kept AS (${STORE_RESPONSES})
SELECT user_id, json FROM answers`;
}
