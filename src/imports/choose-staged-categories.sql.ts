/**
 * Of a category with an id and a name the id counts where it has that name here, or had it: so a renamed category stays one.
 * The id is another shop's where it has not.
 */
export const CHOOSE_STAGED_CATEGORIES = `
WITH chosen AS (
  SELECT s.line, c.id FROM staged_products s
  LEFT JOIN categories c ON c.id = s.category_id AND (c.name = s.category OR s.category = ANY (c.former_names))
  WHERE s.category IS NOT NULL AND s.category_id IS NOT NULL
)
UPDATE staged_products s SET
  category_id = chosen.id,
  category = CASE WHEN chosen.id IS NULL THEN s.category END
FROM chosen WHERE chosen.line = s.line`;
