import { jsonObject, plainString, verbatim } from '../database/sql.js';
import { COST, PIECES } from './cart-item-json.js';

const SUMMARY = jsonObject({ total_items: verbatim(PIECES), total_cost: plainString(COST) });

/** Pieces in a cart and what they cost today, as JSON: $1 its owner. */
export const SUMMARIZE_CART = `
SELECT ${SUMMARY} AS json
FROM cart_items i JOIN products p ON p.id = i.product_id WHERE i.user_id = $1`;
