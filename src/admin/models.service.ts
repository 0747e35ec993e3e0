import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { Config } from '../config/config.js';
import {
  afterCursor,
  decodeCursor,
  encodeCursor,
  isSortKey,
  type Json,
  listAddress,
  toPageSize,
} from '../http/paging.js';
import { invalidField, notFound } from '../http/problem.js';
import type { AdminModelDto, AdminRowDto, AdminRowListDto } from './models.dto.js';
import type { Model } from './model.js';
import { ModelsRepository, type RowsStart } from './models.repository.js';
import { type Dialect, DIALECTS, rowsCsv } from './rows-csv.js';
import { readRowsQuery, type RowsQuery } from './rows-query.js';

/** Pages by number end here, since PostgreSQL reads all rows before an offset. `next` links use a cursor and go on. */
const MAX_OFFSET = 10_000;
const EXPORT_BATCH_SIZE = 1_000;

type Query = Record<string, string>;

/** Lists and reads every table of the shop. Rows are changed through the service of their feature, never here. */
@Injectable()
export class ModelsService {
  constructor(
    private readonly models: ModelsRepository,
    private readonly config: Config,
  ) {}

  list(): AdminModelDto[] {
    return this.models.all.map(({ name, label, columns, primary, ordering, orderings, ...model }) => ({
      name,
      label,
      ordering,
      searchable: model.isSearchable,
      deleted: model.hidesDeleted,
      columns: columns.map(({ sql: _sql, sqlType: _type, isDetail, ...column }) => ({
        ...column,
        detail: isDetail,
      })),
      primary_key: primary.map((key) => key.name),
      orderings,
      switches: Object.keys(model.switches),
      actions: model.actions,
    }));
  }

  /** @throws Problem 404 for an unknown model or a page past the end; 400 naming an unknown or invalid parameter */
  async listRows(name: string, query: Query): Promise<Json<AdminRowListDto>> {
    const model = this.known(name);
    const rowsQuery = await this.models.searched(model, readRowsQuery(model, query));
    const { page, start } = startOf(model, rowsQuery.ordering, query);
    const find = () => this.models.findRows(model, rowsQuery, { ...start, size: start.size + 1 });
    const [found, { count, count_exact }] = await Promise.all([
      start.after ? afterCursor(find) : find(),
      this.models.countRows(model, rowsQuery),
    ]);
    const rows = found.slice(0, start.size);
    if (rows.length === 0 && page > 1 && !start.after) throw notFound('page_not_found', 'Invalid page.');
    const { cursor: _cursor, page: _page, ...filters } = query;
    const address = listAddress(`${this.config.publicUrl}/api/admin/${name}`, filters);
    const sized = address + (address.includes('?') ? '&' : '?');
    const next =
      found.length > rows.length
        ? `${sized}cursor=${encodeCursor(rowsQuery.ordering, rows.at(-1)!.place)}&page=${page + 1}`
        : null;
    const previous = page > 1 ? `${sized}page=${page - 1}` : null;
    const least = start.after ? rows.length : start.offset + found.length;
    const links = `"next":${JSON.stringify(next)},"previous":${JSON.stringify(previous)}`;
    return `{"count_exact":${count_exact},"count":${Math.max(count, least)},${links},"results":[${rows.map(({ json }) => json).join()}]}`;
  }

  /** @throws Problem 404 */
  async findRow(name: string, id: string): Promise<Json<AdminRowDto>> {
    const model = this.known(name);
    const key = keyOf(model, id);
    const row = key && (await this.models.findRow(model, key));
    if (!row) throw notFound('row_not_found', 'There is no such row.');
    return row;
  }

  /**
   * All rows of a list as CSV, in the order of the primary key: a row that changes during the export is neither repeated
   * nor missed.
   *
   * @returns the number of rows, and the file
   * @throws Problem 404; 400 as `listRows`
   */
  async export(name: string, query: Query): Promise<{ count: number; file: Readable }> {
    const model = this.known(name);
    const { dialect = 'standard', ...filters } = query;
    if (!DIALECTS.includes(dialect as Dialect)) {
      throw invalidField('dialect', `dialect must be one of ${DIALECTS.join(', ')}`);
    }
    const searched = await this.models.searched(model, readRowsQuery(model, filters));
    const rowsQuery = { ...searched, ordering: model.primary[0]!.name };
    const { count } = await this.models.countRows(model, rowsQuery, Infinity);
    return { count, file: rowsCsv(this.rowsOf(model, rowsQuery), model.columns, dialect as Dialect) };
  }

  private async *rowsOf(model: Model, query: RowsQuery): AsyncGenerator<object> {
    const start: RowsStart = { size: EXPORT_BATCH_SIZE, offset: 0 };
    for (;;) {
      const rows = await this.models.findRows(model, query, start, true);
      for (const { json } of rows) yield JSON.parse(json) as object;
      if (rows.length < start.size) return;
      start.after = rows.at(-1)!.place;
    }
  }

  private known(name: string): Model {
    const model = this.models.find(name);
    if (!model) throw notFound('model_not_found', 'There is no such model.');
    return model;
  }
}

/** @throws Problem 400 for a cursor that is not from a list with this ordering, or a page too far; 404 for an invalid page */
function startOf(
  model: Model,
  ordering: string,
  { page: pageText = '1', page_size, cursor }: Query,
): { page: number; start: RowsStart } {
  const size = toPageSize(page_size);
  const page = /^\d{1,9}$/.test(pageText) ? Number(pageText) : 0;
  if (page < 1) throw notFound('page_not_found', 'Invalid page.');
  if (cursor) return { page, start: { size, offset: 0, after: placeIn(cursor, model, ordering) } };
  const offset = (page - 1) * size;
  if (offset > MAX_OFFSET) {
    throw invalidField(
      'page',
      `Pages by number end after ${MAX_OFFSET} rows: follow next, or narrow the list.`,
    );
  }
  return { page, start: { size, offset } };
}

/** The sort key and the primary key of a row, or the primary key alone where the list is sorted by it. */
function placeIn(cursor: string, { primary }: Model, ordering: string): string[] {
  const isByKey = ordering.replace('-', '') === primary[0]!.name;
  const length = primary.length + (isByKey ? 0 : 1);
  return decodeCursor(
    cursor,
    ordering,
    (place): place is string[] => place.length === length && place.every(isSortKey),
  );
}

/** The parts of the id of a row: `12`, or `12-3` where the primary key is of two columns. */
function keyOf({ primary }: Model, id: string): string[] | undefined {
  const parts = id.split(/(?<=\d)-/); // a guest's cart has a negative id
  const key = [...parts.slice(0, primary.length - 1), parts.slice(primary.length - 1).join('-')];
  const isKey = primary.every(({ sqlType }, index) => {
    const part = key[index] ?? '';
    if (sqlType === 'uuid') return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(part);
    return sqlType === 'text'
      ? part !== ''
      : /^-?\d{1,15}$/.test(part) && (sqlType !== 'integer' || Number(part) < 2 ** 31);
  });
  return isKey ? key : undefined;
}
