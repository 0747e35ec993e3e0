import { jsonObject, timestamp } from '../database/sql.js';
import { productJson } from '../products/product-json.js';

/** A favorite `f` with its product `p`. @param media SQL of the address that pictures lie under */
export function favoriteJson(media: string): string {
  return jsonObject({ id: 'p.id', product: productJson(media), created_at: timestamp('f.created_at') });
}
