/** Fills `staged_galleries`: the found pictures of each staged line, without duplicates, in the order of the file. */
export const FILL_STAGED_GALLERIES = `
WITH shown AS (
  SELECT DISTINCT ON (s.line, f.hash) s.line, f.hash, named.alt, named.place
  FROM staged_products s, unnest(s.pictures, s.alts) WITH ORDINALITY AS named (address, alt, place)
  JOIN staged_pictures f USING (address)
  WHERE f.hash IS NOT NULL
  ORDER BY s.line, f.hash, named.place
)
INSERT INTO staged_galleries
SELECT line, array_agg(hash ORDER BY place), array_agg(alt ORDER BY place) FROM shown GROUP BY line`;
