import { AT_MOST_A_PAGE, countedTotal, pageSql } from '../database/page-sql.js';
import { WITH_CATEGORY } from '../products/product-json.js';
import { favoriteJson } from './favorite-json.js';

const LIVE = `f.user_id = $1 AND p.deleted_at IS NULL`;

/**
 * A page of a user's favorites, newest first: $1 user id, $2 base URL of pictures, $3 size, $4 offset,
 * $5 and $6 time and product id of the row before the page, or NULL.
 */
export const LIST_FAVORITES = pageSql(
  countedTotal(`favorites f JOIN products p ON p.id = f.product_id WHERE ${LIVE}`),
  `SELECT p.id, f.created_at::text AS key, ${favoriteJson('$2::text')} AS json
   FROM favorites f JOIN products p ON p.id = f.product_id ${WITH_CATEGORY}
   WHERE ${LIVE}
   AND ($5::timestamptz IS NULL OR (f.created_at, p.id) < ($5::timestamptz, $6::bigint))
   ORDER BY f.created_at DESC, p.id DESC OFFSET $4::bigint ${AT_MOST_A_PAGE}`,
  '$3',
);
