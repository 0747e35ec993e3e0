import { WITH_CATEGORY } from '../products/product-json.js';
import { cartItemJson } from './cart-item-json.js';

/** A line of a cart, as JSON: $1 its owner, $2 product id, $3 base URL of pictures. */
export const READ_CART_ITEM = `
SELECT ${cartItemJson('$3::text')} AS json
FROM cart_items i JOIN products p ON p.id = i.product_id ${WITH_CATEGORY}
WHERE i.user_id = $1 AND i.product_id = $2`;
