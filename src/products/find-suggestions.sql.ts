/** Products for the suggestions of a search box, in the order of the ids $1. */
export const FIND_SUGGESTIONS = `
SELECT id, name, slug FROM products
WHERE id = ANY($1::bigint[]) AND deleted_at IS NULL
ORDER BY array_position($1::bigint[], id)`;
