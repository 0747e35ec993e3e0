import { productJson, ROW_VERSION, WITH_CATEGORY } from './product-json.js';

/** Products of these ids, in no order: $1 ids, $2 address of pictures. */
export const FIND_PRODUCTS = `
SELECT p.id, ${ROW_VERSION} AS row_version, ${productJson('$2::text')} AS json
FROM products p ${WITH_CATEGORY}
WHERE p.id = ANY($1::bigint[]) AND p.deleted_at IS NULL`;
