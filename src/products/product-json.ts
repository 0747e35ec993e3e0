import { boolean, jsonObject, plainString, text, timestamp, verbatim } from '../database/sql.js';

/** Joins the category `c` of a product `p`. */
export const WITH_CATEGORY = `LEFT JOIN categories c ON c.id = p.category_id`;

/**
 * Identifies the state of a product `p` and its category `c`: the id of the product, and the ids of the transactions that
 * last wrote the two rows (`xmin`). Any UPDATE changes it, also one typed by hand.
 */
export const ROW_VERSION = `concat_ws(' ', p.id, p.xmin, c.xmin)`;

/**
 * A product as the API shows it, written by PostgreSQL: the one presenter of products for lists, details,
 * carts and favorites. Works on a row `p` of products and `c` of its category, if it has one.
 *
 * @param media SQL of the base URL of pictures, for example `$1::text`
 */
export function productJson(media: string): string {
  return jsonObject({
    id: verbatim('p.id'),
    name: text('p.name'),
    slug: plainString('p.slug'),
    description: text('p.description'),
    price: plainString('p.price'),
    stock: verbatim('p.stock'),
    available: boolean('coalesce(p.available, false)'),
    category: 'c.name',
    image: verbatim(`coalesce('"' || ${media} || p.pictures[1] || '"', 'null')`),
    images: verbatim(`CASE WHEN p.pictures = '{}' THEN '[]'
      ELSE '["' || ${media} || array_to_string(p.pictures, '","' || ${media}) || '"]' END`),
    pictures: verbatim(`replace(p.gallery, chr(1), ${media})`),
    version: verbatim('p.revision + p.stock_sequence'),
    created_at: plainString(timestamp('p.created_at')),
    updated_at: plainString(timestamp('p.updated_at')),
  });
}
