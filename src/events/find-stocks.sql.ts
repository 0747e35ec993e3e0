/** The present stock of products: $1 product ids. */
export const FIND_STOCKS = `
SELECT id, stock, on_sale AND deleted_at IS NULL AND stock > 0 AS available FROM products WHERE id = ANY($1::bigint[])`;
