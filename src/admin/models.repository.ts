import { Injectable } from '@nestjs/common';
import { DataSource, type EntityMetadata } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { Database, type Transaction } from '../database/database.js';
import { COUNTED_UP_TO } from '../database/page-sql.js';
import { PLANNED_FOR_ITS_VALUES } from '../database/serving-client.js';
import { timestamp } from '../database/sql.js';
import type { Column, Key, Model } from './model.js';
import { type ColumnType, MODELS, type ModelTable } from './models.js';
import type { RowsQuery } from './rows-query.js';

export interface RowsStart {
  size: number;
  offset: number;
  /** Sort key and primary key of the row before the first. */
  after?: string[];
}

export interface Row {
  json: string;
  /** Sort key and primary key. */
  place: string[];
}

export interface RowsCount {
  count: number;
  count_exact: boolean;
}

/** A search with at most this many hits is answered by their ids, see `searched`. */
const MAX_SORTED_HITS = 2_000;

/** Models whose lists show deleted rows as well: bookkeeping needs orders that their owners deleted. */
const SHOWS_DELETED = ['orders'];

/** Reads any table of `MODELS`, with SQL made from TypeORM's metadata of its entity. */
@Injectable()
export class ModelsRepository {
  readonly all: Model[];

  constructor(
    private readonly dataSource: DataSource,
    private readonly database: Database,
  ) {
    this.all = Object.entries(MODELS).map(([name, table]) => this.describe(name, table));
  }

  find(name: string): Model | undefined {
    return this.all.find((model) => model.name === name);
  }

  /**
   * Replaces a search that has few hits by a filter on their ids: these rows are then fetched and sorted. With many hits
   * the list is read in its order until a page is full. The planner cannot distinguish the two cases, and a wrong estimate
   * reads the whole table.
   */
  async searched(model: Model, query: RowsQuery, tx?: Transaction): Promise<RowsQuery> {
    if (!query.search) return query;
    const values: unknown[] = [];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const condition = await this.searchCondition(model, query.search, bind, tx);
    const found = await this.database.query<{ id: number }>(
      `${PLANNED_FOR_ITS_VALUES}
      WITH found AS MATERIALIZED (SELECT t.id FROM ${sourceOf(model)} t WHERE ${condition})
      SELECT id FROM found LIMIT ${MAX_SORTED_HITS + 1}`,
      values,
      tx,
    );
    if (found.length > MAX_SORTED_HITS) return query;
    const filter = { sql: 't.id = ANY(?::bigint[])', value: found.map(({ id }) => id) };
    return { ...query, search: undefined, filters: [...query.filters, filter] };
  }

  /** A page of rows in the order of the list. */
  async findRows(model: Model, query: RowsQuery, start: RowsStart, withDetails = false): Promise<Row[]> {
    const values: unknown[] = [];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const keys = keysOf(model, query.ordering);
    const direction = query.ordering.startsWith('-') ? 'DESC' : 'ASC';
    const conditions = await this.conditions(model, query, bind);
    if (start.after) {
      const behind = keys.map(({ sqlType }, index) => `${bind(start.after![index])}::${sqlType}`);
      const row = keys.map(({ sql }) => sql).join(', ');
      conditions.push(`(${row}) ${direction === 'ASC' ? '>' : '<'} (${behind.join(', ')})`);
    }
    const order = keys.map(({ sql }) => `${sql} ${direction}`).join(', ');
    const text = `${PLANNED_FOR_ITS_VALUES}
      SELECT ${rowJson(model, withDetails)}::text AS json, ARRAY[${keys.map(({ sql }) => `${sql}::text`).join(', ')}] AS place
      FROM ${sourceOf(model)} t WHERE ${conditions.join(' AND ')}
      ORDER BY ${order} LIMIT ${bind(start.size)}::bigint OFFSET ${bind(start.offset)}::bigint`;
    return this.database.query<Row>(text, values);
  }

  /** Counts rows up to a bound; beyond it an unfiltered table is estimated. @param upTo Infinity: counts all rows */
  async countRows(model: Model, query: RowsQuery, upTo = COUNTED_UP_TO): Promise<RowsCount> {
    const values: unknown[] = [];
    const conditions = await this.conditions(model, query, (value) => `$${values.push(value)}`);
    const limit = upTo === Infinity ? '' : `LIMIT ${upTo + 1}`;
    const row = await this.database.queryOne<{ count: number }>(
      `${PLANNED_FOR_ITS_VALUES}
      SELECT count(*) AS count FROM (SELECT FROM ${sourceOf(model)} t WHERE ${conditions.join(' AND ')} ${limit}) counted`,
      values,
    );
    const { count } = row!;
    if (count <= upTo) return { count, count_exact: true };
    const isWhole = query.filters.length === 0 && !query.search && !query.deleted;
    return { count: isWhole ? Math.max(upTo, await this.estimate(model)) : upTo, count_exact: false };
  }

  /** @param key values of the primary key, as text. @returns JSON */
  async findRow(model: Model, key: string[], tx?: Transaction): Promise<string | undefined> {
    const conditions = model.primary.map(({ sql, sqlType }, index) => `${sql} = $${index + 1}::${sqlType}`);
    const row = await this.database.queryOne<{ json: string }>(
      `SELECT ${rowJson(model, true)}::text AS json FROM ${sourceOf(model)} t WHERE ${conditions.join(' AND ')}`,
      key,
      tx,
    );
    return row?.json;
  }

  /** `FROM … WHERE …` for a statement over all rows of a list. @param bind adds a parameter and returns its placeholder */
  async fromWhere(
    model: Model,
    query: RowsQuery,
    bind: (value: unknown) => string,
    tx: Transaction,
  ): Promise<string> {
    const conditions = await this.conditions(model, query, bind, tx);
    return `FROM ${sourceOf(model)} t WHERE ${conditions.join(' AND ')}`;
  }

  private async conditions(
    model: Model,
    query: RowsQuery,
    bind: (value: unknown) => string,
    tx?: Transaction,
  ): Promise<string[]> {
    const conditions = ['true'];
    if (model.hidesDeleted) conditions.push(`t.deleted_at IS ${query.deleted ? 'NOT NULL' : 'NULL'}`);
    for (const { sql, value } of query.filters)
      conditions.push(value === undefined ? sql : sql.replace('?', bind(value)));
    if (query.search) conditions.push(await this.searchCondition(model, query.search, bind, tx));
    return conditions;
  }

  private async searchCondition(
    model: Model,
    text: string,
    bind: (value: unknown) => string,
    tx?: Transaction,
  ): Promise<string> {
    const { search, searchesWords } = MODELS[model.name]!;
    const words = searchesWords ? bind(/^#\d+$/.test(text) ? '' : await this.wordsOf(text, tx)) : '';
    return search!(`${bind(text)}::text`, words);
  }

  /** A tsquery of word prefixes. A separate query makes it, so that the list is planned with the frequency of the words. */
  private async wordsOf(search: string, tx?: Transaction): Promise<string> {
    const row = await this.database.queryOne<{ words: string | null }>(
      `SELECT string_agg(quote_literal(word) || ':*', ' & ') AS words FROM unnest(word_parts(fold_text($1))) word`,
      [search],
      tx,
    );
    return row!.words ?? '';
  }

  private async estimate({ name }: Model): Promise<number> {
    const row = await this.database.queryOne<{ rows: number }>(
      `SELECT greatest(reltuples, 0)::bigint AS rows FROM pg_class WHERE oid = to_regclass($1)`,
      [name],
    );
    return row?.rows ?? 0;
  }

  private describe(name: string, table: ModelTable): Model {
    const metadata = this.dataSource.entityMetadatas.find(({ tableName }) => tableName === name);
    const { source } = table;
    if (!metadata && !source) throw new Error(`No table is called ${name}`);
    const facts = (column: string) => {
      if (table.computed?.[column]) return COMPUTED;
      return metadata ? factsOf(metadata, column) : factsOfSource(source!, column);
    };
    const primaryNames = source?.primary ?? metadata!.primaryColumns.map(({ databaseName }) => databaseName);
    const primary = primaryNames.map((column) => ({
      name: column,
      sql: `t.${column}`,
      sqlType: facts(column).sqlType,
    }));
    const sortable = [primaryNames[0]!, ...(table.sortable ?? [])];
    const columns = [...new Set([...primaryNames, ...table.columns, ...(table.details ?? [])])].map(
      (column) => {
        const known = facts(column);
        const filterable = table.filterable.includes(column);
        return {
          name: column,
          ...known,
          sortable: sortable.includes(column),
          filterable,
          filters: filterable ? filtersOf(column, known.type) : [],
          writable: table.writable?.includes(column) ?? false,
          isDetail: table.details?.includes(column) ?? false,
          sql: table.computed?.[column] ?? `t.${column}`,
        };
      },
    );
    return {
      name,
      label: table.label,
      ordering: table.ordering,
      columns,
      primary,
      orderings: sortable.flatMap((column) => [column, `-${column}`]),
      isSearchable: Boolean(table.search),
      hidesDeleted: table.columns.includes('deleted_at') && !SHOWS_DELETED.includes(name),
      switches: table.switches ?? {},
      actions: table.actions ?? [],
    };
  }
}

type Facts = Pick<Column, 'type' | 'enum' | 'reference' | 'nullable' | 'sqlType'>;

const TYPES: Record<string, ColumnType> = {
  bigint: 'integer',
  integer: 'integer',
  smallint: 'integer',
  numeric: 'money',
  boolean: 'boolean',
  timestamptz: 'timestamp',
  'timestamp with time zone': 'timestamp',
  jsonb: 'json',
};

const COMPUTED: Facts = {
  type: 'text',
  enum: undefined,
  reference: undefined,
  nullable: true,
  sqlType: 'text',
};

function factsOf(metadata: EntityMetadata, name: string): Facts {
  const column = metadata.columns.find(({ databaseName }) => databaseName === name);
  if (!column) throw new Error(`${metadata.tableName} has no column ${name}`);
  const reference = referenceOf(metadata, column);
  const values = enumOf(metadata, name);
  const sqlType = `${column.type as string}${column.isArray ? '[]' : ''}`;
  const type = reference
    ? 'reference'
    : values
      ? 'enum'
      : (TYPES[sqlType] ?? (column.isArray ? 'json' : 'text'));
  return { type, enum: values, reference, nullable: column.isNullable, sqlType };
}

function factsOfSource(source: NonNullable<ModelTable['source']>, name: string): Facts {
  const sqlType = source.types[name];
  if (!sqlType) throw new Error(`A source has no column ${name}`);
  const values = source.enums?.[name];
  const reference = source.references?.[name];
  const type = reference ? 'reference' : values ? 'enum' : (TYPES[sqlType] ?? 'text');
  return { type, enum: values, reference, nullable: !source.primary.includes(name), sqlType };
}

/** `actor_id` references a user without a foreign key, which PostgreSQL would check with every sale. */
function referenceOf(
  metadata: EntityMetadata,
  { propertyName, databaseName }: ColumnMetadata,
): string | undefined {
  if (databaseName === 'actor_id') return 'users';
  const key = metadata.foreignKeys.find(
    ({ columns }) => columns.length === 1 && columns[0]!.propertyName === propertyName,
  );
  return key?.referencedEntityMetadata.tableName;
}

/** The values that a check constraint `name IN (…)` of the table allows. */
function enumOf(metadata: EntityMetadata, name: string): string[] | undefined {
  for (const { expression } of metadata.checks) {
    const [, column, values] = /^(\w+) IN \((.*)\)$/.exec(expression ?? '') ?? [];
    if (column === name) return values!.split(', ').map((value) => value.slice(1, -1));
  }
  return undefined;
}

function filtersOf(name: string, type: ColumnType): string[] {
  if (type === 'timestamp') return [`${name}_after`, `${name}_before`];
  if (type === 'money') return [`${name}_min`, `${name}_max`];
  return [name];
}

function keysOf(model: Model, ordering: string): Key[] {
  const name = ordering.replace('-', '');
  if (name === model.primary[0]!.name) return model.primary;
  const column = model.columns.find((one) => one.name === name)!;
  const key = MODELS[model.name]!.sortKeys?.[name];
  return [key ? { name: key, sql: `t.${key}`, sqlType: column.sqlType } : column, ...model.primary];
}

function sourceOf({ name }: Model): string {
  return MODELS[name]!.source?.sql ?? name;
}

function rowJson({ columns, primary }: Model, withDetails: boolean): string {
  const id = primary.length === 1 ? primary[0]!.sql : primary.map(({ sql }) => sql).join(` || '-' || `);
  const members = columns
    .filter(({ isDetail, name }) => (withDetails || !isDetail) && name !== 'id')
    .map(({ name, sql, type }) => `'${name}', ${shown(sql, type)}`);
  return `json_build_object('id', ${id}, ${members.join(', ')})`;
}

function shown(sql: string, type: ColumnType): string {
  if (type === 'money') return `${sql}::text`;
  return type === 'timestamp' ? timestamp(sql) : sql;
}
