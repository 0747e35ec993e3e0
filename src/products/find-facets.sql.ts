import { PLANNED_FOR_ITS_VALUES } from '../database/serving-client.js';
import { foundByQueries } from './index-queries-sql.js';
import {
  AVAILABILITIES,
  conditionsOf,
  countParameters,
  type Filter,
  FILTERS,
  isAvailability,
} from './product-filters.js';

/** Number of products that are counted for a facet; of more, a sample tells about how many there are. */
export const MOST_COUNTED = 5_000;

/**
 * Whether there is a search, and whether its words lead to few products, by one tsquery or by several `IndexQuery` for so
 * many terms, or may be had by most.
 */
export type Words = 'none' | 'few' | 'many' | number;

const MOST_CATEGORIES = 100;

/** Number of products that are read from the cheapest on, and from the dearest, until one matches. */
const MOST_PRICED = 5_000;

/**
 * Facets, each counted without its own filter. Parameters: one for each filter, then the words of the search, a tsquery or
 * JSON of several `IndexQuery`. At most MOST_COUNTED products are read for a facet, from one index: that of words if few
 * products have them, else that of the other filters. If there are more, `_exact` is false and the figures are not valid.
 * It is planned for its values, since the share of products in a price range depends on them.
 */
export function countFacetsSql(filters: Filter[], words: Words): string {
  const hasFew = words === 'few' || typeof words === 'number';
  const found = (own: string) => {
    if (typeof words === 'number') {
      const columns = `p.id, ${flags(filters, false)}`;
      const queries = `$${countParameters(filters) + 1}::jsonb`;
      return `SELECT DISTINCT found.* FROM ${foundByQueries(queries, columns, { indexed: words, most: MOST_COUNTED + 1 })} LIMIT ${MOST_COUNTED + 1}`;
    }
    const driving = hasFew ? [] : filters.filter((name) => !isAvailability(name) && !name.endsWith(own));
    const driven = hasFew ? [wordsCondition(filters)] : conditionsFor(driving, filters);
    // In the order of an index, so that PostgreSQL reads that and does not look for so many rows in the whole table.
    const order = [
      ...(driving.includes('category') ? ['p.category_id'] : []),
      ...(driving.some((name) => name.endsWith('price')) ? ['p.price'] : []),
    ];
    return flagged(
      `(SELECT * FROM products p WHERE ${['p.deleted_at IS NULL', ...driven].join(' AND ')}
    ${order.length > 0 ? `ORDER BY ${order.join(', ')}, p.id` : ''} LIMIT ${MOST_COUNTED + 1}) p`,
      filters,
      words === 'many',
    );
  };
  const exact = `count(*) <= ${MOST_COUNTED}`;
  const passed = {
    price: 'in_category AND as_available AND has_words',
    available: 'in_category AND priced AND has_words',
  };
  return `${PLANNED_FOR_ITS_VALUES}
WITH ${
    hasFew
      ? `found AS MATERIALIZED (${found('')}),
  by_category AS (SELECT * FROM found), by_price AS (SELECT * FROM found), by_availability AS (SELECT * FROM found)`
      : `by_category AS MATERIALIZED (${found('category')}),
  by_price AS (${found('price')}),
  by_availability AS (${found('available')})`
  },
counted AS (
  SELECT category_id, count(*) FROM by_category WHERE priced AND as_available AND has_words GROUP BY category_id
)
SELECT (SELECT ${exact} FROM by_category) AS categories_exact, (${CATEGORIES}) AS categories, price.*, available.*
FROM (
  SELECT ${exact} AS price_exact, min(price) FILTER (WHERE ${passed.price})::text AS min_price,
    max(price) FILTER (WHERE ${passed.price})::text AS max_price FROM by_price
) price, (
  SELECT ${exact} AS available_exact, count(*) FILTER (WHERE is_available AND ${passed.available}) AS available,
    count(*) FILTER (WHERE NOT is_available AND ${passed.available}) AS unavailable FROM by_availability
) available`;
}

/**
 * The same, about, from a sample of so many percent of the products, which is the last parameter; the same sample each
 * time. The lowest and the highest price are looked for at both ends of an index, and in the sample if they are not near.
 */
export function estimateFacetsSql(filters: Filter[], hasWords: boolean): string {
  const percent = `$${countParameters(filters) + (hasWords ? 2 : 1)}::real`;
  const scaled = (count: string) => `round(${count} * 100 / ${percent})::bigint`;
  const price = (aggregate: string, direction: string) =>
    `coalesce((${firstPrice(direction, filters, hasWords)}), ${aggregate}(price) FILTER (WHERE in_category AND as_available))::text`;
  return `${PLANNED_FOR_ITS_VALUES}
WITH sample AS MATERIALIZED (
  SELECT * FROM (${flagged(
    `products p TABLESAMPLE SYSTEM (${percent}) REPEATABLE (1) WHERE p.deleted_at IS NULL`,
    filters,
    hasWords,
  )}) sampled WHERE has_words
), counted AS (
  SELECT category_id, ${scaled('count(*)')} AS count FROM sample WHERE priced AND as_available GROUP BY category_id
)
SELECT (${CATEGORIES}) AS categories, ${price('min', 'ASC')} AS min_price, ${price('max', 'DESC')} AS max_price,
  ${scaled('count(*) FILTER (WHERE is_available AND in_category AND priced)')} AS available,
  ${scaled('count(*) FILTER (WHERE NOT is_available AND in_category AND priced)')} AS unavailable
FROM sample`;
}

const CATEGORIES = `SELECT coalesce(json_agg(facet), '[]') FROM (
    SELECT c.id, c.name, c.slug, counted.count
    FROM counted JOIN categories c ON c.id = counted.category_id ORDER BY counted.count DESC, c.id LIMIT ${MOST_CATEGORIES}
  ) facet`;

/** What the facets need of products, and which filters each passes. */
function flagged(from: string, filters: Filter[], checksWords: boolean): string {
  return `SELECT ${flags(filters, checksWords)} FROM ${from}`;
}

function flags(filters: Filter[], checksWords: boolean): string {
  const passes = (names: readonly Filter[]) => conditionsFor(names, filters).join(' AND ') || 'true';
  return `p.category_id, p.price, p.available AS is_available, ${passes(['category'])} AS in_category,
    ${passes(['min_price', 'max_price'])} AS priced, ${passes(AVAILABILITIES)} AS as_available,
    ${checksWords ? wordsCondition(filters) : 'true'} AS has_words`;
}

function firstPrice(direction: string, filters: Filter[], hasWords: boolean): string {
  const matches = [...conditionsFor(AVAILABILITIES, filters), ...(hasWords ? [wordsCondition(filters)] : [])];
  return `SELECT price FROM (
    SELECT p.price, ${matches.join(' AND ') || 'true'} AS matches FROM products p
    WHERE ${['p.deleted_at IS NULL', ...conditionsFor(['category'], filters)].join(' AND ')}
    ORDER BY p.price ${direction}, p.id ${direction} LIMIT ${MOST_PRICED}
  ) priced WHERE matches LIMIT 1`;
}

/** Conditions of those of the filters that have these names. */
function conditionsFor(names: readonly Filter[], filters: Filter[]): string[] {
  return conditionsOf(filters, 1).filter((_, index) => names.includes(filters[index]!));
}

function wordsCondition(filters: Filter[]): string {
  return `p.words @@ $${countParameters(filters) + 1}::tsquery`;
}

const VARIANTS: Filter[][] = [[], ['category'], ['max_price'], ['unavailable'], FILTERS];

export const COUNT_FACETS = Object.fromEntries(
  VARIANTS.flatMap((filters) =>
    (['none', 'few', 'many', 1, 3] as const).map((words) => [
      `${filters}; words ${words}`,
      countFacetsSql(filters, words),
    ]),
  ),
);
export const ESTIMATE_FACETS = Object.fromEntries(
  VARIANTS.flatMap((filters) =>
    [false, true].map((hasWords) => [`${filters}; words ${hasWords}`, estimateFacetsSql(filters, hasWords)]),
  ),
);
