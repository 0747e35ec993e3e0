import { jsonObject, plainString, timestamp, verbatim } from '../database/sql.js';
import { productJson } from '../products/product-json.js';

/** A favorite `f` with its product `p` and that product's category `c`. @param media SQL of the base URL of pictures */
export function favoriteJson(media: string): string {
  return jsonObject({
    id: verbatim('p.id'),
    product: verbatim(productJson(media)),
    created_at: plainString(timestamp('f.created_at')),
  });
}
