import { jsonObject, timestamp } from '../database/sql.js';

/** On sale and in stock. */
export const AVAILABLE = `(p.on_sale AND p.stock > 0 AND p.deleted_at IS NULL)`;

/**
 * A product as the API shows it, written by PostgreSQL: the one presenter of products for lists, details,
 * carts and favorites. Works on a row `p` of products.
 *
 * @param media SQL of the address that pictures lie under, for example `$1::text`
 */
export function productJson(media: string): string {
  return jsonObject({
    id: 'p.id',
    name: 'p.name',
    slug: 'p.slug',
    description: 'p.description',
    price: 'p.price::text',
    stock: 'p.stock',
    available: AVAILABLE,
    category: '(SELECT c.name FROM categories c WHERE c.id = p.category_id)',
    image: `${media} || p.pictures[1]`,
    images: `CASE WHEN p.pictures = '{}' THEN p.pictures
      ELSE string_to_array(${media} || array_to_string(p.pictures, '|' || ${media}), '|') END`,
    version: '(p.revision + p.stock_sequence)',
    created_at: timestamp('p.created_at'),
    updated_at: timestamp('p.updated_at'),
  });
}
