import { WITH_CATEGORY } from '../products/product-json.js';
import { cartItemJson, FOR_SALE } from './cart-item-json.js';

/**
 * Sets the quantity of a line, unless it exceeds the stock, or the line has another version and quantity than given: $1
 * owner, $2 product id, $3 quantity, $4 base URL of pictures, $5 version or NULL.
 */
export const SET_CART_QUANTITY = `
WITH product AS (
  SELECT p.*, ${FOR_SALE} AS for_sale FROM products p WHERE p.id = $2 AND p.deleted_at IS NULL
), changed AS (
  UPDATE cart_items i SET quantity = $3, version = i.version + (i.quantity <> $3)::integer
  FROM product
  WHERE i.user_id = $1 AND i.product_id = product.id AND for_sale >= $3::integer
    AND ($5::integer IS NULL OR i.version = $5 OR i.quantity = $3)
  RETURNING i.*
)
SELECT (SELECT ${cartItemJson('$4::text')} FROM changed i CROSS JOIN product p ${WITH_CATEGORY}) AS item,
       (SELECT for_sale FROM product) AS stock`;
