/** The present stock of products: $1 product ids. */
export const FIND_STOCKS = `
SELECT id, stock, coalesce(available, false) AS available FROM products WHERE id = ANY($1::bigint[])`;
