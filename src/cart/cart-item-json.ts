import { boolean, jsonObject, plainString, verbatim } from '../database/sql.js';
import { productJson } from '../products/product-json.js';

/** Whether a line `i` can be ordered as it is, by its product `p`. */
const STATE = `CASE
  WHEN p.deleted_at IS NOT NULL THEN 'gone'
  WHEN NOT p.on_sale THEN 'off_sale'
  WHEN p.stock < i.quantity THEN 'short'
  ELSE 'available'
END`;

/** A line `i` of a cart with its product `p` and that product's category `c`. @param media SQL of the base URL of pictures */
export function cartItemJson(media: string): string {
  return jsonObject({
    id: verbatim('p.id'),
    product: verbatim(productJson(media)),
    quantity: verbatim('i.quantity'),
    unit_price: plainString('p.price'),
    subtotal: plainString(
      '(CASE WHEN p.deleted_at IS NULL THEN i.quantity * p.price ELSE 0 END)::numeric(24, 2)',
    ),
    state: plainString(STATE),
    added_price: plainString('i.unit_price'),
    price_changed: boolean('i.unit_price <> p.price'),
    version: verbatim('i.version'),
  });
}

/** Units that a product `p` has for sale. */
export const FOR_SALE = `CASE WHEN p.on_sale THEN p.stock ELSE 0 END`;

/** Totals over lines `i` with their products `p`, without deleted products. */
export const UNITS = `coalesce(sum(i.quantity) FILTER (WHERE p.deleted_at IS NULL), 0)`;
export const COST = `coalesce(sum(i.quantity * p.price) FILTER (WHERE p.deleted_at IS NULL), 0)::numeric(24, 2)`;
