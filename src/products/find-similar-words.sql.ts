/**
 * Words of the catalogue that may be what a reader meant, for each of $1, which are free of digits: `edit-distance.ts`
 * tells which of them are. Cut in two, or in three where two edits are forgiven, one part of a misspelt word is still
 * right, unless the letters on both sides of a cut changed places; so these are the words that begin or end alike, hold
 * the middle, or begin like it with two neighbours swapped.
 */
export const FIND_SIMILAR_WORDS = `
SELECT t.term, ARRAY(
  SELECT DISTINCT word FROM (
    SELECT word FROM search_words WHERE word !~ '[0-9]' AND word >= t.head AND word < t.head || chr(1114111)
    UNION ALL
    SELECT word FROM search_words
    WHERE word !~ '[0-9]' AND reverse(word) >= reverse(t.tail) AND reverse(word) < reverse(t.tail) || chr(1114111)
    UNION ALL
    SELECT word
    FROM generate_series(1, length(t.term) - 1) AS n
    CROSS JOIN LATERAL (
      SELECT left(t.term, n - 1) || reverse(substr(t.term, n, 2)) || substr(t.term, n + 2) AS swapped
    ) swaps
    CROSS JOIN LATERAL (
      SELECT word FROM search_words WHERE word !~ '[0-9]' AND word >= swapped AND word < swapped || chr(1114111)
      LIMIT 1000 -- which keeps PostgreSQL from reading all words once
    ) begun
    UNION ALL
    SELECT word FROM search_words WHERE t.edits = 2 AND word !~ '[0-9]' AND word LIKE '%' || t.middle || '%'
  ) alike
  WHERE length(word) >= length(t.term) - t.edits
    AND levenshtein_less_equal(left(word, length(t.term)), t.term, 2 * t.edits) <= 2 * t.edits
) AS words
FROM (
  SELECT term, edits, left(term, cut) AS head, right(term, CASE edits WHEN 1 THEN length(term) - cut ELSE cut END) AS tail,
    substr(term, cut + 1, length(term) - 2 * cut) AS middle
  FROM unnest($1::text[]) AS term
  CROSS JOIN LATERAL (SELECT CASE WHEN length(term) < 8 THEN 1 ELSE 2 END AS edits) forgiven
  CROSS JOIN LATERAL (SELECT CASE edits WHEN 1 THEN length(term) / 2 ELSE length(term) / 4 END AS cut) parts
) t`;
