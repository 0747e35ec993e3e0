/** So many words that hold a term elsewhere than at the beginning are looked up. */
export const MOST_WORDS = 500;

/**
 * The words of a search and, for each, the words of the catalogue that hold it: $1 what a reader typed, $2 how many at
 * most. `seen_before` is what `newerWords` compares with later.
 */
export const FIND_SEARCH_WORDS = `
SELECT terms, pg_snapshot_xmin(pg_current_snapshot())::text AS seen_before FROM search_query($1, $2, true)`;
