import { type Type } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { Allow, IsString, MaxLength } from 'class-validator';
import { isInvalidValue } from '../database/database.js';
import { Optional } from './fields.js';
import { invalidField, notFound } from './problem.js';

const DEFAULT_PAGE_SIZE = 20;
export const MAX_PAGE_SIZE = 100;

/** A cursor holds the last row's sort key, at worst a name of 200 characters of four bytes each, in base64. */
const MAX_CURSOR_LENGTH = 4000;

/** The page of a list. `next` links carry a cursor, so that rows added meanwhile do not shift the pages. */
export class PageQuery {
  @Transform(({ value }) => toPage(value))
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    default: 1,
    description: 'Page number; `last` is the last page.',
  })
  @Allow()
  page?: number | 'last';

  @Transform(({ value }) => toPageSize(value))
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_PAGE_SIZE,
    default: DEFAULT_PAGE_SIZE,
    description: 'Rows per page; a value that is not a number counts as the default.',
  })
  @Allow()
  page_size?: number;

  @Optional()
  @IsString()
  @MaxLength(MAX_CURSOR_LENGTH)
  @ApiPropertyOptional({
    type: String,
    maxLength: MAX_CURSOR_LENGTH,
    description: 'Where the page starts, taken from a `next` link.',
  })
  cursor?: string;
}

/** @throws Problem 404 for an invalid page, as in Django REST */
function toPage(value: unknown): number | 'last' | undefined {
  if (value === undefined || value === 'last') return value;
  const page = /^\s*\d{1,10}\s*$/.test(String(value)) ? Number(value) : 0;
  if (page < 1 || page > 2 ** 31 - 1) throw invalidPage();
  return page;
}

/** The number of rows of a page, from a query parameter. */
export function toPageSize(value: unknown): number {
  const size = /^\s*-?\d+\s*$/.test(String(value)) ? Number(value) : DEFAULT_PAGE_SIZE;
  return Math.min(Math.max(size, 1), MAX_PAGE_SIZE);
}

function invalidPage() {
  return notFound('page_not_found', 'Invalid page.');
}

/** Where a page starts in SQL: after a given row (keyset), or at an offset. */
export interface PageStart {
  size: number;
  offset: number;
  after?: { key: string; id: number };
}

/** A row of a `pageSql` statement; an empty page is one row whose id is null. */
export interface ListedRow {
  count: number;
  count_exact: boolean;
  id: number | null;
  key: string;
  json: string;
}

/** @param rows the rows of a page, and one more when there is a next page */
export function pageOf(rows: ListedRow[], size: number): PageRow {
  const { count, count_exact, id } = rows[0]!;
  const shown = id === null ? [] : rows.slice(0, size);
  const last = shown.length === size ? shown.at(-1) : undefined;
  return {
    count,
    count_exact,
    results: shown.length > 0 ? shown.map(({ json }) => json).join(',') : null,
    shown: shown.length,
    has_next: rows.length > size,
    last_key: last?.key ?? null,
    last_id: last?.id ?? null,
  };
}

/** The content of a page of a list, and where the next one begins. */
export interface PageRow {
  /** Rows in the whole list; unless `count_exact`, the bound of counting, or an estimate. */
  count: number;
  count_exact: boolean;
  /** Set when the list may not show all of its rows, so that the last page does not give the exact count. */
  is_partial?: boolean;
  /** The rows of the page as JSON, separated by commas, as PostgreSQL wrote them; null for an empty page. */
  results: string | null;
  shown: number;
  has_next: boolean;
  /** Sort key of the last row, when the page is full. */
  last_key: string | null;
  last_id: number | null;
}

/** JSON text of a `T`, written by PostgreSQL and sent to the client as it is. */
export type Json<T> = string & { readonly shape?: T };

/** The schema of one page of `item`, for the documentation. */
export function PageOf<T>(item: Type<T>): Type<Page<T>> {
  class PageOfItems {
    @ApiProperty({
      type: 'integer',
      example: 42,
      description:
        'Rows in the whole list; when `count_exact` is false, the bound up to which they were counted, or an estimate.',
    })
    count!: number;

    @ApiPropertyOptional({
      type: 'boolean',
      enum: [false],
      description:
        'Present, and false, only when the list is too long to be counted. `next` links still return all rows.',
    })
    count_exact?: false;

    @ApiProperty({ type: 'string', nullable: true, format: 'uri', description: 'The next page.' })
    next!: string | null;

    @ApiProperty({ type: 'string', nullable: true, format: 'uri', description: 'The previous page.' })
    previous!: string | null;

    @ApiProperty({ type: [item] })
    results!: T[];
  }
  Object.defineProperty(PageOfItems, 'name', { value: `${item.name.replace(/Dto$/, '')}Page` });
  return PageOfItems;
}

export interface Page<T> {
  count: number;
  count_exact?: false;
  next: string | null;
  previous: string | null;
  results: T[];
}

/**
 * One page of a list in its envelope.
 *
 * @param ordering names the sort key, so that a cursor made for another one is refused
 * @param list absolute address of the list, with its filters and without paging
 * @param find answers the rows of a page
 * @throws Problem 400 for a cursor that is not from a list with this ordering, 404 for a page past the end
 */
export async function readPage<T>(
  query: PageQuery,
  ordering: string,
  list: string,
  find: (start: PageStart) => Promise<PageRow>,
): Promise<Json<Page<T>>> {
  const { page_size: size = DEFAULT_PAGE_SIZE, cursor } = query;
  if (cursor) {
    const page = typeof query.page === 'number' ? query.page : 1;
    const [key, id] = decodeCursor(cursor, ordering, isKeyAndId);
    const row = await afterCursor(() => find({ size, offset: 0, after: { key, id } }));
    return writePage(row, { page, size, isAfter: true }, ordering, list);
  }
  const first = query.page === 'last' ? await find({ size, offset: 0 }) : undefined;
  const page = first ? Math.max(1, Math.ceil(first.count / size)) : ((query.page as number | undefined) ?? 1);
  const row = first && page === 1 ? first : await find({ size, offset: (page - 1) * size });
  return writePage(row, { page, size, isAfter: false }, ordering, list);
}

function writePage<T>(
  row: PageRow,
  { page, size, isAfter }: { page: number; size: number; isAfter: boolean },
  ordering: string,
  list: string,
): Json<Page<T>> {
  if (row.results === null && page > 1 && !isAfter) throw invalidPage();
  const sized = `${list}${list.includes('?') ? '&' : '?'}${size === DEFAULT_PAGE_SIZE ? '' : `page_size=${size}&`}`;
  const next = row.has_next
    ? `"${sized}cursor=${encodeCursor(ordering, [row.last_key, row.last_id])}&page=${page + 1}"`
    : null;
  const previous = page > 1 ? `"${sized}page=${page - 1}"` : null;
  const count = countOf(row, isAfter ? undefined : (page - 1) * size + row.shown);
  return `{"count":${count},"next":${next},"previous":${previous},"results":[${row.results ?? ''}]}`;
}

/** @param through number of rows up to the end of the page, where it is known */
function countOf({ count, count_exact, is_partial, has_next }: PageRow, through?: number): string {
  if (count_exact) return String(count);
  if (through === undefined || is_partial) return `${count},"count_exact":false`;
  return has_next ? `${Math.max(count, through + 1)},"count_exact":false` : String(through);
}

/** The address of a list with those of its filters that were given. */
export function listAddress(address: string, filters: Record<string, unknown>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(filters)) {
    if (value !== undefined) given.set(name, String(value));
  }
  return given.size > 0 ? `${address}?${given}` : address;
}

/** @param place sort keys of the last row of a page */
export function encodeCursor(ordering: string, place: unknown[]): string {
  return Buffer.from(JSON.stringify([ordering, ...place])).toString('base64url');
}

/**
 * The place in a cursor.
 *
 * @throws Problem 400 for a cursor that is not from a list with this ordering
 */
export function decodeCursor<Place extends unknown[]>(
  cursor: string,
  ordering: string,
  isPlace: (place: unknown[]) => place is Place,
): Place {
  let decoded: unknown[];
  try {
    decoded = [JSON.parse(Buffer.from(cursor, 'base64url').toString())].flat();
  } catch {
    throw invalidCursor();
  }
  const [from, ...place] = decoded;
  if (from !== ordering || !isPlace(place)) throw invalidCursor();
  return place;
}

/** @throws Problem 400 when the cursor's sort key, which PostgreSQL compares, is not of the type of the list's */
export async function afterCursor<Rows>(find: () => Promise<Rows>): Promise<Rows> {
  try {
    return await find();
  } catch (error) {
    throw isInvalidValue(error) ? invalidCursor() : error;
  }
}

function invalidCursor() {
  return invalidField('cursor', 'cursor is not one that this list gave out');
}

/** Whether a part of a cursor is a text that PostgreSQL can compare. */
export function isSortKey(part: unknown): part is string {
  return typeof part === 'string' && !part.includes('\0');
}

function isKeyAndId(place: unknown[]): place is [string, number] {
  return isSortKey(place[0]) && Number.isSafeInteger(place[1]);
}

/** A list that is short enough for one page. */
export function onePage<T>(results: T[]): Page<T> {
  return { count: results.length, next: null, previous: null, results };
}
