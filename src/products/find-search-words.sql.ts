/** So many words that begin with a reader's word are looked up, and as many that hold it elsewhere. */
export const MOST_WORDS = 500;

/**
 * The words of a search and, for each, the words of the catalogue that hold it: $1 what a reader typed, $2 how many
 * words at most. `term` is what was written together, as one word, and `parts` its parts. Beginnings come in order,
 * so that the word itself is the first. Less than three letters are found at the beginning and the end of words only,
 * since the index of trigrams knows no less; an elision (l'huile) is left out.
 */
export const FIND_SEARCH_WORDS = `
SELECT t.term, t.parts,
  ARRAY(
    SELECT DISTINCT word FROM search_words WHERE word >= t.term AND word < t.term || chr(1114111)
    ORDER BY word LIMIT ${MOST_WORDS}
  ) AS beginnings,
  ARRAY(
    SELECT DISTINCT word FROM (
      (SELECT word FROM search_words WHERE t.is_indexed AND word LIKE '%' || t.term || '%' LIMIT ${2 * MOST_WORDS})
      UNION ALL
      (SELECT word FROM search_words WHERE t.is_short AND word LIKE '%' || t.term LIMIT ${MOST_WORDS})
    ) found WHERE NOT starts_with(word, t.term) LIMIT ${MOST_WORDS}
  ) AS others
FROM (
  SELECT min(number) AS number, term, min(parts) AS parts,
         term ~ '[[:alnum:]]{3}' AS is_indexed, term ~ '^[[:alnum:]]{2}$' AS is_short
  FROM (
    SELECT number, regexp_replace(token, '^([cdjlmnst]|qu|jusqu|lorsqu|puisqu)''(?=..)', '') AS token
    FROM string_to_table(regexp_replace(fold_text($1), '\\s+', ' ', 'g'), ' ') WITH ORDINALITY AS tokens (token, number)
  ) tokens
  CROSS JOIN LATERAL (SELECT word_parts(token) AS parts, word_compounds(token) AS compounds) written
  CROSS JOIN LATERAL unnest(compounds) AS term
  GROUP BY term
  ORDER BY min(number), term LIMIT $2
) t
ORDER BY t.number, t.term`;
