/** Merges the rows of `product_counts` into one. Rows that are added meanwhile stay beside it. */
export const MERGE_PRODUCT_COUNTS = `
WITH counts AS (
  DELETE FROM product_counts WHERE (SELECT count(*) FROM product_counts) > 1 RETURNING live
)
INSERT INTO product_counts SELECT sum(live) FROM counts HAVING count(*) > 0`;
