import { WITH_CATEGORY } from '../products/product-json.js';
import { favoriteJson } from './favorite-json.js';

/**
 * Adds a favorite, or returns the existing one; no row for an unknown product: $1 user id, $2 product id, $3 base URL of
 * pictures.
 */
export const ADD_FAVORITE = `
WITH product AS (
  SELECT * FROM products WHERE id = $2 AND deleted_at IS NULL
), added AS (
  INSERT INTO favorites (user_id, product_id, known_price) SELECT $1, id, price FROM product
  ON CONFLICT ON CONSTRAINT favorites_pkey DO UPDATE SET created_at = favorites.created_at
  RETURNING created_at, xmax = 0 AS is_new
)
SELECT f.is_new AS "isNew", ${favoriteJson('$3::text')} AS json
FROM added f CROSS JOIN product p ${WITH_CATEGORY}`;
