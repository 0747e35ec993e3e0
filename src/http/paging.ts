import { type Type } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { Optional, WholeNumber } from './fields.js';
import { invalidField, notFound } from './problem.js';

export const DEFAULT_PAGE_SIZE = 20;

/** A cursor holds the last row's sort key, at worst a name of 200 characters of four bytes each, in base64. */
const MAX_CURSOR_LENGTH = 4000;

/** Which page of a list. `next` links carry a cursor, so that rows added meanwhile shift nothing. */
export class PageQuery {
  /** Page number, from 1. */
  @Optional()
  @WholeNumber({ min: 1 })
  @ApiPropertyOptional({ default: 1 })
  page?: number;

  /** Rows a page, 1 to 100. */
  @Optional()
  @WholeNumber({ min: 1, max: 100 })
  @ApiPropertyOptional({ default: DEFAULT_PAGE_SIZE })
  page_size?: number;

  /** Where the page starts, as a `next` link says it. */
  @Optional()
  @IsString()
  @MaxLength(MAX_CURSOR_LENGTH)
  cursor?: string;
}

/** Where a page starts, in terms of a statement: behind a row, or after a number of rows. */
export interface PageStart {
  size: number;
  offset: number;
  after?: { key: string; id: number };
}

/** A row of a page: its JSON as PostgreSQL wrote it, and its place in the ordering. */
export interface PageRow {
  /** Rows in the whole list. */
  count: number;
  json: string | null;
  key: string | null;
  id: number | null;
}

/** JSON text that PostgreSQL wrote in the shape of `T`: goes to the client as it is. */
export type Json<T> = string & { readonly shape?: T };

/** The schema of one page of `item`, for the documentation. */
export function PageOf<T>(item: Type<T>): Type<Page<T>> {
  class PageOfItems {
    /** Rows in the whole list. */
    @ApiProperty({ type: 'integer', example: 42, description: 'Rows in the whole list.' })
    count!: number;

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
  next: string | null;
  previous: string | null;
  results: T[];
}

/**
 * @param ordering names the sort key, so that a cursor made for another one is refused
 * @throws Problem 400 for a cursor that no list of this ordering gave out
 */
export function pageStart(query: PageQuery, ordering: string): PageStart {
  const { page = 1, page_size: size = DEFAULT_PAGE_SIZE, cursor } = query;
  return cursor
    ? { size, offset: 0, after: decodeCursor(cursor, ordering) }
    : { size, offset: (page - 1) * size };
}

/**
 * The envelope around the rows that a statement found. It was asked for one row more than fits, to know
 * whether there is a next page.
 *
 * @param list absolute address of the list, with its filters and without paging
 * @throws Problem 404 for a page past the end
 */
export function writePage<T>(rows: PageRow[], query: PageQuery, ordering: string, list: URL): Json<Page<T>> {
  const { page = 1, page_size: size = DEFAULT_PAGE_SIZE, cursor } = query;
  const found = rows.filter((row) => row.json !== null);
  if (found.length === 0 && page > 1 && !cursor) {
    throw notFound('page_not_found', `There is no page ${page} in this list.`);
  }

  const shown = found.slice(0, size);
  const last = shown.at(-1);
  const link = (number: number, from?: PageRow) => {
    const address = new URL(list);
    if (size !== DEFAULT_PAGE_SIZE) address.searchParams.set('page_size', String(size));
    address.searchParams.set('page', String(number));
    if (from) address.searchParams.set('cursor', encodeCursor(ordering, from));
    return address.href;
  };
  const next = found.length > size ? link(page + 1, last) : null;
  const previous = page > 1 ? link(page - 1) : null;
  const results = shown.map((row) => row.json).join(',');
  return `{"count":${rows[0]?.count ?? 0},"next":${JSON.stringify(next)},"previous":${JSON.stringify(previous)},"results":[${results}]}`;
}

function encodeCursor(ordering: string, row: PageRow): string {
  return Buffer.from(JSON.stringify([ordering, row.key, row.id])).toString('base64url');
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
