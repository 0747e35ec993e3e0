import { Injectable } from '@nestjs/common';
import { type CopyValue, copyRows } from '../database/copy-rows.js';
import { Database, type Transaction } from '../database/database.js';
import { NAME_LENGTH } from '../products/products.dto.js';
import { CHOOSE_STAGED_CATEGORIES, FIND_STAGED_CATEGORIES } from './choose-staged-categories.sql.js';
import { COMPLETE_STAGED_VARIANTS } from './complete-staged-variants.sql.js';
import { type ImportTotals, type LineReport, noTotals, type Outcome } from './import-report.js';
import { FILL_STAGED_GALLERIES } from './fill-staged-galleries.sql.js';
import { FIND_STAGED_BATCH } from './find-staged-batch.sql.js';
import { FIND_CHANGED_GALLERIES, FIND_NEW_GALLERIES } from './find-staged-galleries.sql.js';
import { JUDGE_STAGED_PICTURES } from './judge-staged-pictures.sql.js';
import type { TakenPicture } from './picture-intake.js';
import { INSERT_STAGED_PRODUCTS } from './insert-staged-products.sql.js';
import { MATCH_STAGED_PRODUCTS } from './match-staged-products.sql.js';
import type { ProductLine } from './product-line.js';
import { KEEP_STAGED_CATEGORIES, REFUSE_GONE_CATEGORIES } from './refuse-gone-categories.sql.js';
import { REFUSE_STAGED_PRODUCTS } from './refuse-staged-products.sql.js';
import { CREATE_STAGED_PRODUCTS, STAGED_COLUMNS } from './staged-products.js';
import { UPDATE_STAGED_PRODUCTS } from './update-staged-products.sql.js';

/** Lines inserted by one statement; the progress is reported between two. */
const INSERT_BATCH = 5_000;
/** Rows read at a time. */
const READ_BATCH = 1_000;
/** Products changed by one statement and, line by line, by one transaction: buyers of one of them wait for its end. */
const BATCH = 500;
/** Lengths of a hash appended to a slug that is taken, one after the other. 32 characters are the whole hash. */
const SUFFIXES = [null, 6, 12, 32];

const OUTCOME = `CASE WHEN refusals <> '[]' THEN 'refused' WHEN kind <> 'product' THEN 'skipped'
  ELSE coalesce(outcome, 'created') END`;

export interface StagedGallery {
  line: number;
  product_id: number;
  hashes: string[];
  alts: string[];
}

/** A category as a file names it. */
export interface StagedCategory {
  id: number;
  name: string;
}

/** The row that `FIND_STAGED_BATCH` returns, with lines and galleries as JSON. */
export interface StagedBatch {
  /** Its last line; null when there was none left. */
  last: number | null;
  lines: string;
  galleries: string;
  categories: string[];
  created: number;
  changed: number;
}

/** Actor and note for the ledger, and the callback for progress. */
export interface Writing {
  actorId: number | null;
  note: string;
  progress: (written: number) => void;
}

/** The lines of a file in temporary tables of a transaction, and the statements that write them to `products`. */
@Injectable()
export class StagedProductsRepository {
  constructor(private readonly database: Database) {}

  async stage(lines: AsyncIterable<ProductLine>, tx: Transaction): Promise<void> {
    await tx.query(CREATE_STAGED_PRODUCTS);
    await copyRows('staged_products', STAGED_COLUMNS, rowsOf(lines), tx);
    await tx.query('CREATE INDEX ON staged_products (line)');
    await tx.query('ANALYZE staged_products');
    await tx.query(COMPLETE_STAGED_VARIANTS, [NAME_LENGTH]);
  }

  findCategories(tx: Transaction): Promise<StagedCategory[]> {
    return this.database.query<StagedCategory>(FIND_STAGED_CATEGORIES, [], tx);
  }

  /** @param known the ids here; null for a category of another shop */
  async chooseCategories(
    categories: StagedCategory[],
    known: (number | null)[],
    tx: Transaction,
  ): Promise<void> {
    const [ids, names] = [categories.map(({ id }) => id), categories.map(({ name }) => name)];
    await tx.query(CHOOSE_STAGED_CATEGORIES, [ids, names, known]);
  }

  /** Names of the categories of all lines that are not refused so far. */
  async findCategoryNames(tx: Transaction): Promise<string[]> {
    const rows = await this.database.query<{ category: string }>(
      `SELECT DISTINCT category FROM staged_products
       WHERE category IS NOT NULL AND kind = 'product' AND refusals = '[]' ORDER BY category`,
      [],
      tx,
    );
    return rows.map(({ category }) => category);
  }

  /** @param ids of the categories of these names; null for a category that does not exist yet */
  async setCategories(names: string[], ids: (number | null)[], tx: Transaction): Promise<void> {
    await tx.query(
      `INSERT INTO staged_categories SELECT * FROM unnest($1::text[], $2::bigint[])
       ON CONFLICT (name) DO UPDATE SET id = excluded.id`,
      [names, ids],
    );
  }

  /**
   * Refuses lines whose category was deleted or merged since they were matched, and keeps the other categories until the
   * transaction ends.
   *
   * @returns the refused lines, with the outcome that they would have had
   */
  async refuseGoneCategories(tx: Transaction): Promise<LineReport[]> {
    const gone = await this.database.query<{ id: number }>(KEEP_STAGED_CATEGORIES, [], tx);
    if (gone.length === 0) return [];
    return this.database.query<LineReport>(REFUSE_GONE_CATEGORIES, [gone.map(({ id }) => id)], tx);
  }

  /** The addresses of all pictures, in batches. */
  async *pictureAddresses(tx: Transaction): AsyncGenerator<string[]> {
    for (let last = ''; ;) {
      const rows = await this.database.query<{ address: string }>(
        `SELECT DISTINCT address FROM staged_products s, unnest(s.pictures) address
         WHERE s.kind = 'product' AND s.refusals = '[]' AND address > $1
         ORDER BY address LIMIT ${READ_BATCH}`,
        [last],
        tx,
      );
      if (rows.length === 0) return;
      yield rows.map(({ address }) => address);
      last = rows.at(-1)!.address;
    }
  }

  async countPictures(tx: Transaction): Promise<number> {
    const row = await this.database.queryOne<{ count: number }>(
      'SELECT count(DISTINCT address)::int AS count FROM staged_products, unnest(pictures) AS named (address)',
      [],
      tx,
    );
    return row!.count;
  }

  async addPictures(taken: Map<string, TakenPicture>, tx: Transaction): Promise<void> {
    const pictures = [...taken.values()];
    await tx.query('INSERT INTO staged_pictures SELECT * FROM unnest($1::text[], $2::text[], $3::jsonb[])', [
      [...taken.keys()],
      pictures.map((picture) => ('hash' in picture ? picture.hash : null)),
      pictures.map((picture) => ('problem' in picture ? JSON.stringify(picture.problem) : null)),
    ]);
  }

  /** @param areJudged whether missing pictures give notes, and invalid pictures refuse their lines */
  async fillGalleries(areJudged: boolean, tx: Transaction): Promise<void> {
    if (areJudged) await tx.query(JUDGE_STAGED_PICTURES);
    await tx.query(FILL_STAGED_GALLERIES);
    await tx.query('ANALYZE staged_galleries');
  }

  /** The galleries of new or of changed products, in batches. */
  async *galleries(outcome: 'created' | 'changed', tx: Transaction): AsyncGenerator<StagedGallery[]> {
    for (let last = 0; ;) {
      const rows = await this.database.query<StagedGallery>(
        outcome === 'created' ? FIND_NEW_GALLERIES : FIND_CHANGED_GALLERIES,
        [last, READ_BATCH],
        tx,
      );
      if (rows.length === 0) return;
      yield rows;
      last = rows.at(-1)!.line;
    }
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
    const missing = await this.database.queryOne<{ pictures_left_out: number }>(
      `SELECT count(DISTINCT named.address)::int AS pictures_left_out FROM staged_products s, unnest(s.pictures) AS named (address)
       WHERE s.kind = 'product' AND NOT EXISTS (SELECT FROM staged_pictures f WHERE f.address = named.address)`,
      [],
      tx,
    );
    return {
      ...noTotals(),
      ...missing,
      ...Object.fromEntries(rows.map(({ outcome, count }) => [outcome, count])),
    };
  }

  /** Reports of all lines in the order of the file, in batches. */
  async *report(tx: Transaction): AsyncGenerator<LineReport[]> {
    for (let last = 0; ;) {
      const reports = await this.database.query<LineReport>(
        `SELECT line, ${OUTCOME} AS outcome, coalesce(name, '') AS name, coalesce(changes, '{}') AS changes,
                refusals || notes AS notes
         FROM staged_products WHERE line > $1 ORDER BY line LIMIT ${READ_BATCH}`,
        [last],
        tx,
      );
      if (reports.length === 0) return;
      yield reports;
      last = reports.at(-1)!.line;
    }
  }

  /** Lines to write, in batches, each to be staged again in its own transaction. */
  async *batches(tx: Transaction): AsyncGenerator<StagedBatch> {
    for (let last: number | null = 0; ;) {
      const batch: StagedBatch = (await this.database.queryOne<StagedBatch>(
        FIND_STAGED_BATCH,
        [last, BATCH],
        tx,
      ))!;
      if (batch.last === null) return;
      yield batch;
      last = batch.last;
    }
  }

  async stageBatch({ lines, galleries }: StagedBatch, tx: Transaction): Promise<void> {
    await tx.query(CREATE_STAGED_PRODUCTS);
    const insert = (table: string, rows: string) =>
      tx.query(`INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $1::json)`, [
        rows,
      ]);
    await insert('staged_products', lines);
    await insert('staged_galleries', galleries);
  }

  /** Inserts new products. @returns how many lines */
  async insert({ actorId, progress }: Omit<Writing, 'note'>, tx: Transaction): Promise<number> {
    const { first, last, count } = (await this.database.queryOne<{
      first: number;
      last: number;
      count: number;
    }>(
      `SELECT coalesce(min(line) - 1, 0) AS first, coalesce(max(line), 0) AS last, count(*)::int AS count
       FROM staged_products WHERE kind = 'product' AND outcome IS NULL AND refusals = '[]'`,
      [],
      tx,
    ))!;
    for (let after = first; after < last; after += INSERT_BATCH) {
      const upTo = Math.min(after + INSERT_BATCH, last);
      await this.insertLines(after, upTo, actorId, tx);
      progress((count * (upTo - first)) / (last - first));
    }
    return count;
  }

  /** Updates changed products. @returns how many of them were deleted meanwhile */
  async update({ actorId, note, progress }: Writing, tx: Transaction): Promise<number> {
    let [written, deleted] = [0, 0];
    for (let last: number | null = 0; last !== null;) {
      const row: { last_id: number | null; count: number; deleted: number } = (await this.database.queryOne<{
        last_id: number | null;
        count: number;
        deleted: number;
      }>(UPDATE_STAGED_PRODUCTS, [last, BATCH, actorId, note], tx))!;
      last = row.last_id;
      deleted += row.deleted;
      progress((written += row.count));
    }
    return deleted;
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
    updatedAt,
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
      updatedAt,
      values.category !== undefined || values.category_id !== undefined,
      values.category,
      values.category_id,
      pictures?.map(({ address }) => address),
      pictures?.map(({ alt }) => alt),
      JSON.stringify(notes),
      JSON.stringify(refusals),
    ];
  }
}
