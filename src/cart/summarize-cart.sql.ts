import { jsonObject, plainString, verbatim } from '../database/sql.js';
import { COST, UNITS } from './cart-item-json.js';

const SUMMARY = jsonObject({ total_items: verbatim(UNITS), total_cost: plainString(COST) });

/** The units in a cart and what they cost now, as JSON: $1 its owner. */
export const SUMMARIZE_CART = `
SELECT ${SUMMARY} AS json
FROM cart_items i JOIN products p ON p.id = i.product_id WHERE i.user_id = $1`;
