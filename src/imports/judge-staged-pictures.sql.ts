import { note } from './staged-products.js';

/** Refuses staged lines with invalid pictures, and adds a note to lines whose pictures are missing. */
export const JUDGE_STAGED_PICTURES = `
WITH judged AS (
  SELECT s.line,
    coalesce(jsonb_agg(f.problem ORDER BY named.place) FILTER (WHERE f.problem IS NOT NULL), '[]') AS problems,
    string_agg(named.address, ', ' ORDER BY named.place) FILTER (WHERE f.address IS NULL) AS missing
  FROM staged_products s, unnest(s.pictures) WITH ORDINALITY AS named (address, place)
  LEFT JOIN staged_pictures f USING (address)
  WHERE s.kind = 'product'
  GROUP BY s.line
)
UPDATE staged_products s SET
  refusals = s.refusals || j.problems,
  notes = CASE WHEN j.missing IS NULL THEN s.notes
               ELSE s.notes || ${note('pictures_left_out', 'names', 'left(j.missing, 1000)')} END
FROM judged j WHERE j.line = s.line AND (j.problems <> '[]' OR j.missing IS NOT NULL)`;
