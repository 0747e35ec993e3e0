/** The commonest words with the share of products that have them, and how many products there are: about, as of the last ANALYZE. */
export const FIND_WORD_SHARES = `
SELECT reltuples AS products, most_common_elems::text::text[] AS words, most_common_elem_freqs AS shares
FROM pg_class
LEFT JOIN pg_stats ON schemaname = current_schema AND tablename = relname AND attname = 'words'
WHERE oid = 'products'::regclass`;
