/**
 * The id of the category with the slug $2, which is made, with the name $1, when it is new. Whoever comes second locks
 * it by a column that is no key: products that name it meanwhile need not wait for that.
 */
export const ENSURE_CATEGORY = `
WITH known AS (
  SELECT id FROM categories WHERE slug = $2
), made AS (
  INSERT INTO categories (name, slug) SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM known)
  ON CONFLICT ON CONSTRAINT categories_slug_unique DO UPDATE SET name = categories.name
  RETURNING id
)
SELECT id FROM known UNION ALL SELECT id FROM made`;
