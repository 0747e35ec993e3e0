import { STORE_RESPONSES } from '../idempotency/store-responses.js';
import { queueMail } from '../mail/queue-mail-sql.js';
import { orderJson } from './order-json.js';

/**
 * The whole checkout in one statement, and so in one transaction and one round trip, for one or several buyers, who are
 * all users or all guests. It takes the lines, locks their products in the order of their ids (so that two checkouts do
 * not deadlock), decreases the stock, writes orders, items and ledger, and stores the responses. The lock is FOR UPDATE:
 * the weaker FOR NO KEY UPDATE would allow the key locks of foreign keys of carts and ledger, and hot products deadlock.
 *
 * A line that cannot be ordered fails the whole statement. Too little stock, or a product that is not on sale (its stock
 * is set to -1), violates `products_stock_not_negative`; an unknown product violates NOT NULL of the item's name; an
 * unexpected total (it is set to -1) violates `orders_total_not_negative`.
 *
 * Parameters: $1 to $7 arrays of buyers (a user's id, or the negative id of a guest's cart), shipping addresses, billing
 * addresses, notes, keys and fingerprints of their requests, and expected totals; for guests $8 to $11 e-mails, their
 * keys, languages and link seeds; then those of `lines`. A guest's order has no user; a row of `guest_orders` holds the
 * contact data, and a mail with the link is queued.
 *
 * @param lines SQL that returns (user_id, product_id, quantity, position), a product once for each buyer
 * @returns a statement for users and one for guests
 */
export function placingSql(lines: string): Record<'users' | 'guests', string> {
  return { users: statement(lines, FOR_USERS), guests: statement(lines, FOR_GUESTS) };
}

/** The parts of the statement that differ between orders of users and of guests. */
interface Buyers {
  /** Additional parameters, and their column names. */
  parameters: string;
  columns: string;
  userId: string;
  email: string;
  /** Additional CTEs. */
  contacts: string;
  /** CTEs that the final SELECT must read, so that PostgreSQL executes them. */
  effects: string;
}

const FOR_USERS: Buyers = {
  parameters: '',
  columns: '',
  userId: 'b.user_id',
  email: `'null'`,
  contacts: '',
  effects: '',
};

const FOR_GUESTS: Buyers = {
  parameters: ', $8::text[], $9::text[], $10::text[], $11::bytea[]',
  columns: ', email, email_key, language, link_seed',
  userId: 'NULL',
  email: 'to_json(b.email)',
  contacts: `contacts AS (
  INSERT INTO guest_orders (order_id, cart_id, email, email_key, language, link_seed)
  SELECT order_id, user_id, email, email_key, language, link_seed FROM baskets
), mails AS (
  SELECT count(${queueMail(`json_build_object('kind', 'guest_order_placed', 'orderId', order_id)`, `'guest-order-' || order_id`, `encode(link_seed, 'hex')`)}) AS queued
  FROM baskets
),`,
  effects: ', mails',
};

function statement(lines: string, buyers: Buyers): string {
  return `
WITH lines AS (${lines}),
buyers AS (
  SELECT * FROM unnest(
    $1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::numeric[]${buyers.parameters}
  ) AS b (user_id, shipping_address, billing_address, notes, key, fingerprint, expected_total${buyers.columns})
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
), baskets AS MATERIALIZED (
  SELECT nextval('orders_id_seq') AS order_id, b.*, basket.total
  FROM buyers b
  JOIN (SELECT user_id, coalesce(sum(quantity * price), 0) AS total FROM sales GROUP BY user_id) basket USING (user_id)
), placed AS (
  INSERT INTO orders (id, user_id, total, shipping_address, billing_address, notes)
  SELECT b.order_id, ${buyers.userId}, CASE WHEN b.total <> b.expected_total THEN -1 ELSE b.total END,
         coalesce(b.shipping_address, u.shipping_address, ''), coalesce(b.billing_address, u.billing_address, ''),
         coalesce(b.notes, '')
  FROM baskets b LEFT JOIN users u ON u.id = ${buyers.userId}
  RETURNING *
), items AS (
  INSERT INTO order_items (order_id, product_id, product_name, unit_price, quantity)
  SELECT b.order_id, s.product_id, s.name, s.price, s.quantity
  FROM baskets b JOIN sales s USING (user_id)
  ORDER BY b.order_id, s.position
  RETURNING *
), ledger AS (
  INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason, order_id, actor_id)
  SELECT s.product_id, s.sequence, -s.quantity, s.stock_after, 'sale', b.order_id, ${buyers.userId}
  FROM baskets b JOIN sales s USING (user_id)
), ${buyers.contacts} answers AS (
  SELECT b.user_id, ${orderJson('items', buyers.email)} AS json, b.key, b.fingerprint
  FROM placed o JOIN baskets b ON b.order_id = o.id
), kept AS (${STORE_RESPONSES})
SELECT user_id, json FROM answers${buyers.effects}`;
}
