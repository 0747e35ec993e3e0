import { Injectable } from '@nestjs/common';
import { type CopyValue, copyRows } from '../database/copy-rows.js';
import { Database, type Transaction } from '../database/database.js';
import { NAME_LENGTH } from '../products/products.dto.js';
import { COMPLETE_STAGED_VARIANTS } from './complete-staged-variants.sql.js';
import { type ImportTotals, type LineReport, noTotals, type Outcome } from './import-report.js';
import { INSERT_STAGED_PRODUCTS } from './insert-staged-products.sql.js';
import { MATCH_STAGED_PRODUCTS } from './match-staged-products.sql.js';
import type { ProductLine } from './product-line.js';
import { REFUSE_STAGED_PRODUCTS } from './refuse-staged-products.sql.js';
import { CREATE_STAGED_PRODUCTS, STAGED_COLUMNS } from './staged-products.js';
import { UPDATE_STAGED_PRODUCTS } from './update-staged-products.sql.js';

/** Written by one statement, so that there is progress to tell. */
const TOGETHER = 5_000;
const REPORTED_TOGETHER = 1_000;
/** Characters of a hash behind a slug that is taken; the last ones leave no room for chance. */
const SUFFIXES = [null, 6, 12, 32];

const OUTCOME = `CASE WHEN refusals <> '{}' THEN 'refused' WHEN kind <> 'product' THEN 'skipped'
  ELSE coalesce(outcome, 'created') END`;

/** What is written for whom, and who is told how far it is. */
export interface Writing {
  actorId: number | null;
  note: string;
  progress: (written: number) => void;
}

/** Lines of a file in a table of their transaction, and how they get into `products`. */
@Injectable()
export class StagedProductsRepository {
  constructor(private readonly database: Database) {}

  async stage(lines: AsyncIterable<ProductLine>, tx: Transaction): Promise<void> {
    await tx.query(`SET LOCAL temp_buffers = '64MB'`);
    await tx.query(CREATE_STAGED_PRODUCTS);
    await copyRows('staged_products', STAGED_COLUMNS, rowsOf(lines), tx);
    await tx.query('CREATE INDEX ON staged_products (line)');
    await tx.query('ANALYZE staged_products');
    await tx.query(COMPLETE_STAGED_VARIANTS, [NAME_LENGTH]);
  }

  /** Of lines that are not refused so far. */
  async findCategoryNames(tx: Transaction): Promise<string[]> {
    const rows = await this.database.query<{ category: string }>(
      `SELECT DISTINCT category FROM staged_products
       WHERE category IS NOT NULL AND kind = 'product' AND refusals = '{}' ORDER BY category`,
      [],
      tx,
    );
    return rows.map(({ category }) => category);
  }

  /** @param ids of the categories of these names; null for one that is not there yet */
  async setCategories(names: string[], ids: (number | null)[], tx: Transaction): Promise<void> {
    await tx.query(
      `INSERT INTO staged_categories SELECT * FROM unnest($1::text[], $2::bigint[])
       ON CONFLICT (name) DO UPDATE SET id = excluded.id`,
      [names, ids],
    );
  }

  async match(tx: Transaction): Promise<void> {
    await tx.query(MATCH_STAGED_PRODUCTS);
    await tx.query(REFUSE_STAGED_PRODUCTS);
  }

  async countOutcomes(tx: Transaction): Promise<ImportTotals> {
    const rows = await this.database.query<{ outcome: Outcome; count: number }>(
      `SELECT ${OUTCOME} AS outcome, count(*)::int AS count FROM staged_products GROUP BY 1`,
      [],
      tx,
    );
    return { ...noTotals(), ...Object.fromEntries(rows.map(({ outcome, count }) => [outcome, count])) };
  }

  /** In the order of the file. */
  async *report(tx: Transaction): AsyncGenerator<LineReport[]> {
    for (let last = 0; ;) {
      const reports = await this.database.query<LineReport>(
        `SELECT line, ${OUTCOME} AS outcome, coalesce(name, '') AS name, coalesce(changes, '{}') AS changes,
                refusals || notes AS notes
         FROM staged_products WHERE line > $1 ORDER BY line LIMIT ${REPORTED_TOGETHER}`,
        [last],
        tx,
      );
      if (reports.length === 0) return;
      yield reports;
      last = reports.at(-1)!.line;
    }
  }

  /** Writes what is new. @returns how many lines */
  async insert({ actorId, progress }: Writing, tx: Transaction): Promise<void> {
    const { last } = (await this.database.queryOne<{ last: number }>(
      'SELECT coalesce(max(line), 0) AS last FROM staged_products',
      [],
      tx,
    ))!;
    for (let first = 0; first < last; first += TOGETHER) {
      await this.insertLines(first, first + TOGETHER, actorId, tx);
      progress(Math.min(first + TOGETHER, last));
    }
  }

  /** Writes what changes. */
  async update({ actorId, note, progress }: Writing, tx: Transaction): Promise<void> {
    let written = 0;
    for (let last: number | null = 0; last !== null;) {
      const row: { last_id: number | null; count: number } = (await this.database.queryOne<{
        last_id: number | null;
        count: number;
      }>(UPDATE_STAGED_PRODUCTS, [last, TOGETHER, actorId, note], tx))!;
      last = row.last_id;
      progress((written += row.count));
    }
  }

  /** @throws Error when slugs are taken again and again */
  private async insertLines(
    first: number,
    last: number,
    actorId: number | null,
    tx: Transaction,
  ): Promise<void> {
    for (const suffix of SUFFIXES) {
      const row = await this.database.queryOne<{ left_out: number }>(
        INSERT_STAGED_PRODUCTS,
        [first, last, actorId, suffix],
        tx,
      );
      if (row!.left_out === 0) return;
    }
    throw new Error(`products of the lines ${first + 1} to ${last} found no free slug`);
  }
}

async function* rowsOf(lines: AsyncIterable<ProductLine>): AsyncGenerator<CopyValue[]> {
  for await (const {
    line,
    kind,
    key,
    slug,
    refs,
    parent,
    option,
    values,
    pictures,
    notes,
    refusals,
  } of lines) {
    yield [
      line,
      kind,
      key && 'importKey' in key ? key.importKey : null,
      key && 'slug' in key ? key.slug : null,
      key && 'id' in key ? key.id : null,
      slug,
      refs,
      parent,
      option,
      values.name,
      values.description,
      values.price,
      values.stock,
      values.on_sale,
      values.category !== undefined || values.category_id !== undefined,
      values.category,
      values.category_id,
      pictures,
      notes,
      refusals,
    ];
  }
}
