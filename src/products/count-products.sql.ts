/** How many live products there are. */
export const COUNT_PRODUCTS = `SELECT coalesce(sum(live), 0)::bigint AS live FROM product_counts`;
