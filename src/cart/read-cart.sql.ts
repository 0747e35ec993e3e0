import { jsonList, jsonObject, plainString, verbatim } from '../database/sql.js';
import { WITH_CATEGORY } from '../products/product-json.js';
import { cartItemJson, COST, UNITS } from './cart-item-json.js';

const CART = jsonObject({
  items: jsonList(cartItemJson('$2::text'), 'i.created_at, i.product_id'),
  total_items: verbatim(UNITS),
  total: plainString(COST),
});

/** A cart with present prices, as JSON: $1 its owner, $2 base URL of pictures. */
export const READ_CART = `
SELECT ${CART} AS json
FROM cart_items i JOIN products p ON p.id = i.product_id ${WITH_CATEGORY} WHERE i.user_id = $1`;
