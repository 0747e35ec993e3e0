import { STORE_RESPONSES } from '../idempotency/store-responses.js';
import { WITH_CATEGORY } from '../products/product-json.js';
import { cartItemJson, FOR_SALE } from './cart-item-json.js';

/**
 * Adds to distinct carts and stores the responses of keyed requests: $1 to $5 arrays of owners, products, quantities,
 * keys and fingerprints, $6 base URL of pictures, $7 and $8 most units of a line and most lines of a cart. Lines are
 * locked in the order of their products, as a checkout locks them. `item` is NULL where the stock or a limit of the cart
 * is too small; `stock` is NULL for an unknown product. A guest's cart is locked, so that it is not merged or deleted
 * meanwhile; there is no row for one that was.
 */
export const ADD_TO_CARTS = `
WITH guests AS (
  SELECT id FROM guest_carts WHERE id = ANY($1::bigint[]) FOR KEY SHARE
), wanted AS (
  SELECT p.*, ${FOR_SALE} AS for_sale, w.*,
         (SELECT count(*) FROM cart_items c WHERE c.user_id = w.user_id AND c.product_id <> w.product_id) AS others
  FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[], $5::bytea[])
    AS w (user_id, product_id, quantity, key, fingerprint)
  LEFT JOIN products p ON p.id = w.product_id AND p.deleted_at IS NULL
  WHERE w.user_id > 0 OR w.user_id IN (SELECT id FROM guests)
), changed AS (
  INSERT INTO cart_items AS i (user_id, product_id, quantity, unit_price)
  SELECT user_id, product_id, quantity, price FROM wanted
  WHERE least(for_sale, $7::integer) >= quantity AND others < $8::integer ORDER BY product_id, user_id
  ON CONFLICT ON CONSTRAINT cart_items_pkey DO UPDATE SET
    quantity = i.quantity + excluded.quantity, unit_price = excluded.unit_price, version = i.version + 1
    WHERE i.quantity::bigint + excluded.quantity
          <= (SELECT least(for_sale, $7::integer) FROM wanted w WHERE w.user_id = excluded.user_id)
  RETURNING i.*
), answers AS (
  SELECT i.user_id, ${cartItemJson('$6::text')} AS json, p.key, p.fingerprint
  FROM changed i JOIN wanted p ON p.user_id = i.user_id ${WITH_CATEGORY}
), kept AS (${STORE_RESPONSES})
SELECT user_id, answers.json AS item, CASE WHEN wanted.id IS NOT NULL THEN wanted.for_sale END AS stock, others
FROM wanted LEFT JOIN answers USING (user_id)`;
