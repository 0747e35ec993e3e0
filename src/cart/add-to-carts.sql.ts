import { STORE_RESPONSES } from '../idempotency/store-responses.js';
import { cartItemJson, FOR_SALE } from './cart-item-json.js';

/**
 * Adds to the carts of distinct users and stores the answers of keyed requests: $1 to $5 arrays of users, products,
 * quantities, keys and fingerprints, $6 address that pictures lie under. Lines are locked in the order of their
 * products, as a checkout locks them. `item` is NULL where the sum is more than there is, `stock` too for an unknown
 * product.
 */
export const ADD_TO_CARTS = `
WITH wanted AS (
  SELECT p.*, ${FOR_SALE} AS for_sale, w.*
  FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[], $5::bytea[])
    AS w (user_id, product_id, quantity, key, fingerprint)
  LEFT JOIN products p ON p.id = w.product_id AND p.deleted_at IS NULL
), changed AS (
  INSERT INTO cart_items AS i (user_id, product_id, quantity)
  SELECT user_id, product_id, quantity FROM wanted WHERE for_sale >= quantity ORDER BY product_id, user_id
  ON CONFLICT ON CONSTRAINT cart_items_pkey DO UPDATE SET quantity = i.quantity + excluded.quantity
    WHERE i.quantity::bigint + excluded.quantity
          <= (SELECT for_sale FROM wanted w WHERE w.user_id = excluded.user_id)
  RETURNING i.*
), answers AS (
  SELECT i.user_id, ${cartItemJson('$6::text')}::text AS json, p.key, p.fingerprint
  FROM changed i JOIN wanted p ON p.user_id = i.user_id
), kept AS (${STORE_RESPONSES})
SELECT user_id, answers.json AS item, CASE WHEN wanted.id IS NOT NULL THEN wanted.for_sale END AS stock
FROM wanted LEFT JOIN answers USING (user_id)`;
