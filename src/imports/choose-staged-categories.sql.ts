/**
 * Decides whether a line with both a category id and a category name means the id or the name: the id, when that category
 * has or had this name here, so that a renamed category is found. Else the id is another shop's, and the name counts.
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
