import { AT_MOST_A_PAGE, pageSql } from '../database/page-sql.js';
import { containing } from '../database/sql.js';
import {
  BLOCK,
  IDS_OF_PART,
  LAST_ID,
  LAST_KEY,
  OFFSET,
  partsOf,
  type Place,
  postingOf,
  PRODUCTS,
  rowsSql,
  SIZE,
} from './product-list.js';
import { type Ordering, SortKey } from './product-ordering.js';

/*
 * Lists of the products that words lead to, by an inverted index. `search_postings` says of each block of ids which of
 * its products have a word, as a string of bits; several words are found by joining blocks and
 * intersecting their bits. That takes as long for many hits as for few: a million products have 33 blocks. How many
 * hits there are is exact, and no plan hangs on a value, so these statements are prepared.
 *
 * What a reader types is any part of words that occur. If it is part of too many to unite their bits, it is looked
 * for in the products themselves: many of them have it then.
 */

const NO_PRODUCTS = `decode(repeat('00', ${BLOCK / 8}), 'hex')`;

const MOST_WORDS = 500;
/** Of a longer word the index has pieces. */
const LONGEST_PART = 100;

/** So many hits are sorted sooner than they are met in an index of another order than that of ids. */
const FEW = 1_000;
/** In a shop with ids beyond so many blocks all hits are sorted: their bits, with all that lies between, would be too many. */
const MOST_BLOCKS = 1_000;
const LAST_BLOCK = `(SELECT max(block) FROM search_postings WHERE word = '')`;
/** Of so many hits, from all blocks alike, it is seen how many match, where there are too many to look at each. */
const SAMPLE = 100;
const ESTIMATED_UP_TO = 1_000;

export interface Search {
  /** Parameters with what the reader typed, and whether the index of parts of words is any use for it. */
  words: { parameter: string; hasTrigram: boolean }[];
  /** SQL of the category's id. */
  category: string | undefined;
  /** What else a product `p` must be. */
  conditions: string[];
}

/** An index of trigrams is no use to find what has less than three letters or digits. */
export function hasTrigram(word: string): boolean {
  return /[\p{L}\p{N}]{3}/u.test(word);
}

/** A page of the products that have all the words, are in the category and meet the conditions. */
export function searchSql(ordering: Ordering | undefined, place: Place, search: Search): string {
  const key = new SortKey(ordering);
  const matches = matchesOf(search);
  const rows = rowsSql(
    key,
    `(${key.isId ? inOrderOfIds(place, matches) : inOrderOf(key, place, matches)}) p`,
  );
  return `WITH ${askedSql(search)} ${hitsSql(search)} ${pageSql(totalSql(search), rows, SIZE)}`;
}

/** What is left to see of a hit. */
function matchesOf(search: Search): string[] {
  return [
    ...search.conditions,
    `(NOT ${isBroad(search)} OR p.search_text LIKE ALL ((SELECT patterns FROM asked)::text[]))`,
  ];
}

/** Whether one of the reader's words is part of too many. */
function isBroad({ words }: Search): string {
  const numbers = words.map((_, index) => `cardinality(words_${index})`);
  return `(SELECT greatest(${numbers.join(', ')}) > ${MOST_WORDS} FROM asked)`;
}

/** The words that the reader's are parts of. */
function askedSql({ words }: Search): string {
  const bare = words.map(({ parameter }) => `bare_word(fold_text(${parameter}))`);
  const lists = words.map(
    ({ hasTrigram: isIndexed }, index) =>
      `ARRAY(
         SELECT word FROM search_words
         WHERE ${isIndexed ? 'word' : `word || ''`} LIKE (SELECT ${containing(`left(${bare[index]}, ${LONGEST_PART})`)})
         LIMIT ${MOST_WORDS + 1}
       ) AS words_${index}`,
  );
  return `asked AS MATERIALIZED (SELECT ARRAY[${bare.map(containing).join(', ')}] AS patterns, ${lists.join(', ')}),`;
}

/**
 * Blocks in the order of their ids with the bits of what is found in them, and how many that is in all. Where a word is
 * part of too many, all products (the empty word) stand for it, and `matchesOf` looks at each.
 */
function hitsSql({ words, category }: Search): string {
  const postings = words.map(
    (_, index) =>
      `(SELECT block, bit_or(${PRODUCTS}) AS products FROM search_postings
        WHERE word = ANY((SELECT CASE WHEN cardinality(words_${index}) > ${MOST_WORDS} THEN '{""}' ELSE words_${index} END FROM asked)::text[])
        GROUP BY block)`,
  );
  if (category) {
    postings.push(
      `(SELECT block, ${PRODUCTS} AS products FROM search_postings WHERE word = ${postingOf(category)})`,
    );
  }
  const [first, ...others] = postings.map((posting, index) => `${posting} posting_${index}`);
  const joined = [first, ...others.map((posting) => `JOIN ${posting} USING (block)`)].join(' ');
  const products = postings.map((_, index) => `posting_${index}.products`).join(' & ');
  return `hits AS MATERIALIZED (
      SELECT block, products, bit_count(products) AS size
      FROM (SELECT block, ${products} AS products FROM ${joined} ORDER BY block) blocks
    ), found AS MATERIALIZED (
      SELECT coalesce(sum(size), 0) AS size, coalesce(sum(size), 0) <= ${FEW} AS are_few,
             coalesce(sum(size), 0) <= ${FEW} OR ${LAST_BLOCK} > ${MOST_BLOCKS} AS are_sorted,
             count(*) FILTER (WHERE size > 0) AS blocks
      FROM hits
    )`;
}

/** Exact, unless there are many hits and something is left to see of each: then about how many match. */
function totalSql(search: Search): string {
  const isSeen = search.conditions.length > 0 ? 'true' : isBroad(search);
  const some = `SELECT hit.id FROM hits, LATERAL (
      SELECT id FROM (${idsOf('(SELECT hits.block, hits.products, hits.size) AS hits')}) ids
      LIMIT (SELECT CASE WHEN are_few THEN ${FEW} ELSE ceil(${SAMPLE}.0 / blocks) END FROM found)
    ) hit`;
  const conditions = matchesOf(search).join(' AND ');
  return `SELECT CASE WHEN NOT ${isSeen} THEN size ELSE (
        SELECT CASE WHEN are_few THEN matching
               ELSE least(ceil(size * (matching + 1) / (seen + 2)), ${ESTIMATED_UP_TO}) END
        FROM (
          SELECT count(*) FILTER (WHERE ${conditions}) AS matching, count(*) AS seen
          FROM products p WHERE p.id = ANY(ARRAY(${some}))
        ) sample
      ) END::bigint AS count, are_few OR NOT ${isSeen} AS count_exact
    FROM found`;
}

function inOrderOfIds(place: Place, matches: string[]): string {
  return `SELECT p.* FROM ${matching(idsOf('hits', place === 'after'), matches)} ${pageAt(place)}`;
}

/** Few hits are sorted; many are met in an index of their order. Of the two halves one is empty. */
function inOrderOf(key: SortKey, place: Place, matches: string[]): string {
  const behind = place === 'after' ? ` AND ${key.behind(LAST_KEY, LAST_ID)}` : '';
  const bits = `(
    SELECT string_agg(coalesce(substring(bit_send(products) FROM 5), ${NO_PRODUCTS}), '' ORDER BY block)
    FROM generate_series(0, ${LAST_BLOCK}) block LEFT JOIN hits USING (block)
  )`;
  const met = `SELECT p.id FROM products p
    WHERE NOT (SELECT are_sorted FROM found) AND p.deleted_at IS NULL AND get_bit(${bits}, p.id # 7) = 1${behind} ${key.orderBy}
    LIMIT (SELECT size FROM found)`; // which are all, but PostgreSQL plans for less
  const sorted = ['(SELECT are_sorted FROM found)', `p.id = ANY(ARRAY(${idsOf('hits')}))`, ...matches].join(
    ' AND ',
  );
  return `(SELECT p.* FROM products p WHERE ${sorted}${behind} ${key.orderBy} ${pageAt(place)})
    UNION ALL (SELECT p.* FROM ${matching(met, matches)} ${pageAt(place)})`;
}

/** The hits that are products which match, in their order: each is looked up when its turn comes. */
function matching(hits: string, matches: string[]): string {
  return `(${hits}) hit, LATERAL (SELECT * FROM products p WHERE ${['p.id = hit.id', ...matches].join(' AND ')} OFFSET 0) p`;
}

function pageAt(place: Place): string {
  return `${place === 'far' ? `OFFSET ${OFFSET}::bigint ` : ''}${AT_MOST_A_PAGE}`;
}

/** Ids whose bits are set, in their order and no sooner than they are asked for. */
function idsOf(hits: string, isBehindLast = false): string {
  const blocks = `${hits} WHERE size > 0${isBehindLast ? ` AND block >= ${LAST_ID}::bigint / ${BLOCK}` : ''}`;
  return `SELECT ids.id FROM (${partsOf(blocks)} OFFSET 0) parts, LATERAL (${IDS_OF_PART}) ids
    WHERE bit_count(bits) > 0${isBehindLast ? ` AND (ids.id, ids.id) > (${LAST_KEY}::bigint, ${LAST_ID}::bigint)` : ''}`;
}
