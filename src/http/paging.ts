import { type Type } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { Allow, IsString, MaxLength } from 'class-validator';
import { Optional } from './fields.js';
import { invalidField, notFound } from './problem.js';

const DEFAULT_PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 100;

/** A cursor holds the last row's sort key, at worst a name of 200 characters of four bytes each, in base64. */
const MAX_CURSOR_LENGTH = 4000;

/** Which page of a list. `next` links carry a cursor, so that rows added meanwhile shift nothing. */
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
    description: 'Rows a page; what is no number counts as the default.',
  })
  @Allow()
  page_size?: number;

  @Optional()
  @IsString()
  @MaxLength(MAX_CURSOR_LENGTH)
  @ApiPropertyOptional({
    type: String,
    maxLength: MAX_CURSOR_LENGTH,
    description: 'Where the page starts, as a `next` link says it.',
  })
  cursor?: string;
}

/** @throws Problem 404, as Django REST has it, for what is no page */
function toPage(value: unknown): number | 'last' | undefined {
  if (value === undefined || value === 'last') return value;
  const page = /^\s*\d{1,10}\s*$/.test(String(value)) ? Number(value) : 0;
  if (page < 1 || page > 2 ** 31 - 1) throw invalidPage();
  return page;
}

function toPageSize(value: unknown): number {
  const size = /^\s*-?\d+\s*$/.test(String(value)) ? Number(value) : DEFAULT_PAGE_SIZE;
  return Math.min(Math.max(size, 1), MAX_PAGE_SIZE);
}

function invalidPage() {
  return notFound('page_not_found', 'Invalid page.');
}

/** Where a page starts, in terms of a statement: behind a row, or after a number of rows. */
export interface PageStart {
  size: number;
  offset: number;
  after?: { key: string; id: number };
}

/** A row of a statement of `pageSql`; without an id it stands for an empty page. */
export interface ListedRow {
  count: number;
  count_exact: boolean;
  id: number | null;
  key: string;
  json: string;
}

/** @param rows those of a page, and the one behind it, if there is any */
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

/** What stands on a page of a list, and where the next one begins. */
export interface PageRow {
  /** Rows in the whole list or, unless `count_exact`, how far they were counted, or about how many there are. */
  count: number;
  count_exact: boolean;
  /** Set where there may be rows that the list does not lead to, so that its last page does not tell how long it is. */
  is_partial?: boolean;
  /** The rows shown as JSON, as PostgreSQL wrote them, with commas between; null when there are none. */
  results: string | null;
  shown: number;
  has_next: boolean;
  /** Place of the last row shown in the ordering, when the page is full. */
  last_key: string | null;
  last_id: number | null;
}

/** JSON text that PostgreSQL wrote in the shape of `T`: goes to the client as it is. */
export type Json<T> = string & { readonly shape?: T };

/** The schema of one page of `item`, for the documentation. */
export function PageOf<T>(item: Type<T>): Type<Page<T>> {
  class PageOfItems {
    @ApiProperty({
      type: 'integer',
      example: 42,
      description:
        'Rows in the whole list; when `count_exact` is false, how far they were counted, or about how many there are.',
    })
    count!: number;

    @ApiPropertyOptional({
      type: 'boolean',
      enum: [false],
      description:
        'Only there, and false, when the list is too long to be counted. `next` leads through all of it all the same.',
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
 * @throws Problem 400 for a cursor that no list of this ordering gave out, 404 for a page past the end
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
    const row = await find({ size, offset: 0, after: decodeCursor(cursor, ordering) });
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
  const next = row.has_next ? `"${sized}cursor=${encodeCursor(ordering, row)}&page=${page + 1}"` : null;
  const previous = page > 1 ? `"${sized}page=${page - 1}"` : null;
  const count = countOf(row, isAfter ? undefined : (page - 1) * size + row.shown);
  return `{"count":${count},"next":${next},"previous":${previous},"results":[${row.results ?? ''}]}`;
}

/** @param through how many rows there are up to the end of the page, where that is known */
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

function encodeCursor(ordering: string, { last_key, last_id }: PageRow): string {
  return Buffer.from(JSON.stringify([ordering, last_key, last_id])).toString('base64url');
}

function decodeCursor(cursor: string, ordering: string): { key: string; id: number } {
  const refuse = () => invalidField('cursor', 'cursor is not one that this list gave out');
  try {
    const [from, key, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (from === ordering && typeof key === 'string' && !key.includes('\0') && Number.isSafeInteger(id)) {
      return { key, id: id as number };
    }
  } catch {
    throw refuse();
  }
  throw refuse();
}

/** A list that is short enough for one page. */
export function onePage<T>(results: T[]): Page<T> {
  return { count: results.length, next: null, previous: null, results };
}
