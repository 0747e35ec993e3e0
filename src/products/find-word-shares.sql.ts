/**
 * The commonest words with the share of products that have them, and how many products there are; how many words the
 * dictionary has, and words that divide it into equal parts: about, as of the last ANALYZE.
 */
export const FIND_WORD_SHARES = `
SELECT products.reltuples AS products, of_products.most_common_elems::text::text[] AS words,
  of_products.most_common_elem_freqs AS shares,
  dictionary.reltuples AS dictionary, of_dictionary.histogram_bounds::text::text[] AS bounds
FROM pg_class products
JOIN pg_class dictionary ON dictionary.oid = 'search_words'::regclass
LEFT JOIN pg_stats of_products ON of_products.schemaname = current_schema
  AND of_products.tablename = products.relname AND of_products.attname = 'words'
LEFT JOIN pg_stats of_dictionary ON of_dictionary.schemaname = current_schema
  AND of_dictionary.tablename = dictionary.relname AND of_dictionary.attname = 'word'
WHERE products.oid = 'products'::regclass`;
