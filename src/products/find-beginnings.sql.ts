import { MOST_WORDS } from './find-search-words.sql.js';

/** For each of the terms $1 the words of the catalogue that begin with it, MOST_WORDS at most. */
export const FIND_BEGINNINGS = `
SELECT t.term, ARRAY(
  SELECT word FROM search_words WHERE word >= t.term AND word < t.term || chr(1114111) LIMIT ${MOST_WORDS}
) AS words
FROM unnest($1::text[]) AS t (term)`;
