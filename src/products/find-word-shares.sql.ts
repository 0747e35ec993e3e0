/**
 * The commonest words with the share of products that have them, how many products there are, and the shares of available
 * and unavailable ones; how many words the dictionary has, and words that divide it into equal parts: about, as of the last
 * ANALYZE.
 */
export const FIND_WORD_SHARES = `
SELECT products.reltuples AS products, of_products.most_common_elems::text::text[] AS words,
  of_products.most_common_elem_freqs AS shares,
  ${shareOfAvailability(true)} AS available, ${shareOfAvailability(false)} AS unavailable,
  dictionary.reltuples AS dictionary, of_dictionary.histogram_bounds::text::text[] AS bounds
FROM pg_class products
JOIN pg_class dictionary ON dictionary.oid = 'search_words'::regclass
LEFT JOIN pg_stats of_products ON of_products.schemaname = current_schema
  AND of_products.tablename = products.relname AND of_products.attname = 'words'
LEFT JOIN pg_stats of_availability ON of_availability.schemaname = current_schema
  AND of_availability.tablename = products.relname AND of_availability.attname = 'available'
LEFT JOIN pg_stats of_dictionary ON of_dictionary.schemaname = current_schema
  AND of_dictionary.tablename = dictionary.relname AND of_dictionary.attname = 'word'
WHERE products.oid = 'products'::regclass`;

/** 1 where it is not known. */
function shareOfAvailability(value: boolean): string {
  return `coalesce(
    of_availability.most_common_freqs[array_position(of_availability.most_common_vals::text::boolean[], ${value})],
    (of_availability.n_distinct IS NULL)::int)`;
}
