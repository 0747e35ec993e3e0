/** The categories that lines name both by id and by name. */
export const FIND_STAGED_CATEGORIES = `
SELECT DISTINCT category_id AS id, category AS name FROM staged_products
WHERE category IS NOT NULL AND category_id IS NOT NULL ORDER BY category, category_id`;

/**
 * Says which category each of these is: $1 and $2 arrays of ids and names in the file, $3 the ids here, or NULL where the
 * id is another shop's, so that the name counts.
 */
export const CHOOSE_STAGED_CATEGORIES = `
UPDATE staged_products s SET
  category_id = chosen.known,
  category = CASE WHEN chosen.known IS NULL THEN s.category END
FROM unnest($1::bigint[], $2::text[], $3::bigint[]) AS chosen (id, name, known)
WHERE s.category_id = chosen.id AND s.category = chosen.name`;
