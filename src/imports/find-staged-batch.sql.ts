/** A batch of staged lines to write, after line $1, at most $2 lines, with their galleries and categories. */
export const FIND_STAGED_BATCH = `
WITH batch AS MATERIALIZED (
  SELECT * FROM staged_products
  WHERE line > $1 AND kind = 'product' AND refusals = '[]' AND (outcome IS NULL OR outcome = 'changed')
  ORDER BY line LIMIT $2
)
SELECT max(line) AS last,
  json_agg(batch)::text AS lines,
  (SELECT coalesce(json_agg(g), '[]')::text FROM staged_galleries g JOIN batch USING (line)) AS galleries,
  ARRAY(SELECT DISTINCT category FROM batch WHERE category IS NOT NULL ORDER BY category) AS categories,
  (count(*) FILTER (WHERE outcome IS NULL))::int AS created,
  (count(*) FILTER (WHERE outcome = 'changed'))::int AS changed
FROM batch`;
