import { jsonObject } from '../database/sql.js';
import { productJson } from '../products/product-json.js';

/** A line `i` of a cart with its product `p`. @param media SQL of the address that pictures lie under */
export function cartItemJson(media: string): string {
  return jsonObject({
    id: 'p.id',
    product: productJson(media),
    quantity: 'i.quantity',
    unit_price: 'p.price::text',
    subtotal: '(i.quantity * p.price)::numeric(24, 2)::text',
  });
}

/** Pieces that a product `p` has for sale. */
export const FOR_SALE = `CASE WHEN p.on_sale THEN p.stock ELSE 0 END`;

/** Totals over lines `i` with their products `p`. */
export const PIECES = `coalesce(sum(i.quantity), 0)`;
export const COST = `coalesce(sum(i.quantity * p.price), 0)::numeric(24, 2)::text`;
