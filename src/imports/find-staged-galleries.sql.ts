/** Galleries of new products, after line $1, at most $2. The products are found by the key that they were inserted with. */
export const FIND_NEW_GALLERIES = `
SELECT s.line, p.id AS product_id, g.hashes, g.alts
FROM staged_galleries g JOIN staged_products s USING (line)
JOIN LATERAL (
  SELECT id FROM products WHERE import_key = s.import_key
  UNION ALL
  SELECT id FROM products WHERE s.import_key IS NULL AND slug = s.match_slug AND deleted_at IS NULL
) p ON true
WHERE s.line > $1 AND s.kind = 'product' AND s.outcome IS NULL AND s.refusals = '[]'
ORDER BY s.line LIMIT $2`;

/** Galleries that change, after line $1, at most $2. */
export const FIND_CHANGED_GALLERIES = `
SELECT s.line, s.product_id, g.hashes, g.alts
FROM staged_galleries g JOIN staged_products s USING (line) JOIN products p ON p.id = s.product_id
WHERE s.line > $1 AND p.deleted_at IS NULL AND s.outcome = 'changed' AND 'pictures' = ANY (s.changes) AND s.refusals = '[]'
ORDER BY s.line LIMIT $2`;
