import { AT_MOST_A_PAGE, countedTotal, knownTotal, MOST_ROWS, pageSql } from '../database/page-sql.js';
import type { PageStart } from '../http/paging.js';
import { productJson } from './product-json.js';
import { type Ordering, SortKey } from './product-ordering.js';

/** Where a page starts: at the beginning, behind a row, or after so many rows. */
export type Place = 'first' | 'after' | 'far';

export function placeOf({ after, offset }: PageStart): Place {
  return after ? 'after' : offset > 0 ? 'far' : 'first';
}

/** The first parameters of every list; those of its filters come after them. */
const MEDIA = '$1';
export const SIZE = '$2';
/** Of the row before the page ... */
export const LAST_KEY = '$3';
export const LAST_ID = '$4';
/** ... or how many rows are before it. */
export const OFFSET = '$3';

export function firstParameters(media: string, { size, offset, after }: PageStart): unknown[] {
  if (after) return [media, size, after.key, after.id];
  return offset > 0 ? [media, size, offset] : [media, size];
}

/**
 * The index of words (see product-search.ts) has the live products of each block of so many ids as a string of bits:
 * all of them under the empty word, those of a category under its id.
 */
export const BLOCK = 30_720;
/** Bits of a block that are looked at together, so that a page does not need all of a full block. */
const PART = 256;
/** Of a row of the index. */
export const PRODUCTS = 'coalesce(few, many)';

/** @param category SQL of its id */
export function postingOf(category: string): string {
  return `(SELECT 'category ' || (${category}))`;
}

/** Parts of blocks with their bits. @param blocks SQL of (block, products) */
export function partsOf(blocks: string): string {
  return `SELECT block, part, substring(products FROM part * ${PART} + 1 FOR ${PART}) AS bits
    FROM (SELECT block, products, generate_series(0, ${BLOCK / PART - 1}) AS part FROM ${blocks}) blocks`;
}

/** Ids of a part, in their order. */
export const IDS_OF_PART = `SELECT block::bigint * ${BLOCK} + part * ${PART} + place AS id FROM places_in(bits) AS place`;

/** Whether it has rows of the page, by how many there are before it and in it. */
const HAS_ROWS_SHOWN = `before < ${OFFSET}::bigint + ${MOST_ROWS} AND before + size > ${OFFSET}::bigint`;

/** Ids of the page of live products after so many first ones: these are added up to its block, and then to its part. */
const FAR_DOWN = `
  WITH blocks AS MATERIALIZED (
    SELECT * FROM (
      SELECT block, ${PRODUCTS} AS products, size, sum(size) OVER (ORDER BY block) - size AS before
      FROM search_postings WHERE word = ''
    ) blocks WHERE ${HAS_ROWS_SHOWN}
  ), parts AS MATERIALIZED (
    SELECT * FROM (
      SELECT *, (SELECT min(before) FROM blocks) + sum(size) OVER (ORDER BY block, part) - size AS before
      FROM (SELECT *, bit_count(bits) AS size FROM (${partsOf('blocks')}) parts) parts
    ) parts WHERE ${HAS_ROWS_SHOWN}
  )
  SELECT id FROM parts, LATERAL (${IDS_OF_PART}) ids
  ORDER BY id OFFSET (${OFFSET}::bigint - (SELECT min(before) FROM parts))::bigint`;

/** The rows of a page as `pageSql` wants them, of products `p`. */
export function rowsSql(key: SortKey, from: string): string {
  return `SELECT p.id, (${key.expression})::text AS key, ${productJson(`${MEDIA}::text`)}::text AS json FROM ${from}`;
}

/** A page of all products. */
export function plainListSql(ordering: Ordering | undefined, place: Place): string {
  const total = knownTotal('SELECT live FROM product_counts');
  return pageSql(total, listedRows(ordering, place, ['p.deleted_at IS NULL']), SIZE);
}

/** A page of the products of a category, whose number the index of words knows. */
export function categoryListSql(ordering: Ordering | undefined, place: Place, category: string): string {
  const total = knownTotal(
    `SELECT coalesce(sum(size), 0) FROM search_postings WHERE word = ${postingOf(category)}`,
  );
  const conditions = ['p.deleted_at IS NULL', `p.category_id = (${category})`];
  return pageSql(total, listedRows(ordering, place, conditions), SIZE);
}

/** A page of the products that meet conditions, by the index of its order or one that leads to them. */
export function filteredListSql(
  ordering: Ordering | undefined,
  place: Place,
  conditions: string[],
  countedUpTo: number,
): string {
  const all = ['p.deleted_at IS NULL', ...conditions];
  const total = countedTotal(`products p WHERE ${all.join(' AND ')}`, countedUpTo);
  return pageSql(total, listedRows(ordering, place, all), SIZE);
}

function listedRows(ordering: Ordering | undefined, place: Place, conditions: string[]): string {
  const key = new SortKey(ordering);
  const listed = conditions.join(' AND ');
  const skipping =
    conditions.length === 1 && key.isId
      ? FAR_DOWN
      : `SELECT p.id FROM products p WHERE ${listed} ${key.orderBy} OFFSET ${OFFSET}::bigint`;
  const from = {
    first: `products p WHERE ${listed} ${key.orderBy} ${AT_MOST_A_PAGE}`,
    after: `products p WHERE ${listed} AND ${key.behind(LAST_KEY, LAST_ID)} ${key.orderBy} ${AT_MOST_A_PAGE}`,
    // A page far down is found in an index alone; only the rows that it shows are then read.
    far: `products p WHERE p.id = ANY(ARRAY(SELECT id FROM (${skipping} ${AT_MOST_A_PAGE}) found LIMIT ${SIZE}::bigint + 1)) ${key.orderBy}`,
  };
  return rowsSql(key, from[place]);
}
