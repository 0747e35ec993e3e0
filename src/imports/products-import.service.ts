import { Injectable } from '@nestjs/common';
import { stat } from 'node:fs/promises';
import { AuditService } from '../audit/audit.service.js';
import { type BeginTransaction, Database, type Transaction } from '../database/database.js';
import type { Principal } from '../http/access.js';
import { columnName } from '../http/csv.js';
import { ReadCache } from '../http/read-cache.js';
import { allSettled } from '../media/all-settled.js';
import { CategoriesService } from '../products/categories.service.js';
import { PicturesService } from '../products/pictures.service.js';
import {
  type FileRecord,
  type ImportFile,
  openImportFile,
  UnreadableFile,
  type UnreadRecord,
} from './import-file.js';
import { importNote } from './import-note.js';
import type { ImportTotals, LineReport } from './import-report.js';
import { checkColumns, isOwnExport, readOwnExport } from './own-export.js';
import type { ProductLine } from './product-line.js';
import { PictureIntake, type TakenPicture } from './picture-intake.js';
import { isShopify, readShopify } from './shopify.js';
import { StagedProductsRepository } from './staged-products.repository.js';
import { isWooCommerce, readWooCommerce } from './woocommerce.js';

export interface ImportOptions {
  /** Name of the file, for the ledger and the audit log. */
  name: string;
  /** Changes nothing, and reports the same. */
  dryRun: boolean;
  /** A folder, or a zip archive of one, with the pictures that the file names. */
  pictures?: string;
  /** Leaves out refused lines and writes the others in batches, instead of all or nothing. */
  lineByLine: boolean;
  /** The admin who imports; undefined for a command. */
  by?: Principal;
  /** Id of the admin's import; undefined for a command. */
  importId?: number;
  /** @param part the finished part of the work, from 0 to 1 */
  progress: (part: number) => void;
  /**
   * Receives all lines in their order, in batches, before anything is written; and once more, as refused, those that are
   * refused after that.
   */
  report: (lines: LineReport[]) => Promise<void>;
  /** Called when no other import is writing. @returns what interrupted runs of this import have written line by line */
  takeUp?: (tx: Transaction) => Promise<Written | undefined>;
  /** Called in the transaction of each batch, line by line. */
  keepWritten?: (written: Written, tx: Transaction) => Promise<void>;
  /** Called in the last transaction. */
  beforeCommit?: (totals: ImportTotals, tx: Transaction) => Promise<void>;
  /** Called after the commit of each batch, line by line. */
  committed?: (written: Written) => void;
}

/** Numbers of products that were written. */
export type Written = Pick<ImportTotals, 'created' | 'changed'>;

export interface ImportResult {
  totals: ImportTotals;
  /** Columns of the file that are not read. */
  unread: string[];
  /** Whether anything was written. */
  isWritten: boolean;
}

const IMPORT_LOCK = 0x696d7072; // "impr"

/** Rolls back an import, all or nothing, of which a line was refused after the check. */
class RefusedLate extends Error {
  constructor(readonly totals: ImportTotals) {
    super('lines were refused since they were checked');
  }
}

const PICTURES_AT_ONCE = 2;
const NOTHING: Written = { created: 0, changed: 0 };

/**
 * Imports products from a file: the shop's own export, or another shop's. The file is copied into temporary tables while
 * it is read, and written from there with ledger, versions and audit log. Importing a file again changes nothing.
 *
 * All or nothing takes one transaction: buyers of a changed product wait until its end, or get 503. Line by line takes one
 * transaction for each batch; an interrupted run is continued by the next one.
 */
@Injectable()
export class ProductsImportService {
  constructor(
    private readonly staged: StagedProductsRepository,
    private readonly categories: CategoriesService,
    private readonly intake: PictureIntake,
    private readonly pictures: PicturesService,
    private readonly audit: AuditService,
    private readonly cache: ReadCache,
    private readonly database: Database,
  ) {}

  /** @throws UnreadableFile for a file that holds no products */
  async run(path: string, options: ImportOptions): Promise<ImportResult> {
    const { size } = await stat(path);
    const file = await openImportFile(path);
    const { reading } = endsOf(options);
    const toldAbout = async function* (lines: AsyncIterable<ProductLine>) {
      for await (const line of lines) {
        yield line;
        options.progress(Math.min(file.bytesRead() / size, 1) * reading);
      }
    };
    let unread: string[] = [];
    try {
      const format = formatOf(file);
      unread = format.unread ?? [];
      const records = { ...file, records: withoutNul(file.records) };
      const result = await this.database.unhurriedTransaction(async (tx, begin) => {
        await this.staged.stage(toldAbout(format.read(records)), tx);
        return this.write(options, tx, begin);
      });
      if (result.isWritten) this.cache.clear();
      options.progress(1);
      return { ...result, unread };
    } catch (error) {
      if (!(error instanceof RefusedLate)) throw error;
      return { totals: error.totals, unread, isWritten: false };
    } finally {
      file.close();
    }
  }

  private async write(
    options: ImportOptions,
    tx: Transaction,
    begin: BeginTransaction,
  ): Promise<Omit<ImportResult, 'unread'>> {
    const { dryRun, lineByLine, report } = options;
    const earlier = dryRun ? NOTHING : await this.takeUp(options, tx);
    await this.takePictures(options, tx);
    const exported = await this.staged.findCategories(tx);
    await this.staged.chooseCategories(exported, await this.categories.findExported(exported, tx), tx);
    const names = await this.staged.findCategoryNames(tx);
    await this.staged.setCategories(names, await this.categories.findIds(names, tx), tx);
    await this.staged.match(tx);
    const staged = await this.staged.countOutcomes(tx);
    for await (const lines of this.staged.report(tx)) await report(lines);
    const totals = withEarlier(staged, earlier);
    const isWritten = !dryRun && (lineByLine || totals.refused === 0) && totals.created + totals.changed > 0;
    if (isWritten && lineByLine) await this.writeBatches(totals, earlier, options, tx, begin);
    else if (isWritten) {
      const progress = progressOf(totals.created + totals.changed, options);
      const refused = await this.setCategories(names, options, tx);
      refuse(refused, totals);
      if (refused.length > 0) throw new RefusedLate(totals);
      skip(await this.writeStaged(options, progress, tx), totals);
      await this.finish(totals, options, tx);
    }
    return { totals, isWritten };
  }

  /** Writes each batch in a transaction of its own; `tx` holds the staged lines and locks no product. */
  private async writeBatches(
    totals: ImportTotals,
    earlier: Written,
    options: ImportOptions,
    tx: Transaction,
    begin: BeginTransaction,
  ): Promise<void> {
    let { created, changed } = earlier;
    const progress = progressOf(totals.created + totals.changed, options);
    for await (const batch of this.staged.batches(tx)) {
      await begin(async (own) => {
        await this.waitBriefly(own);
        await this.staged.stageBatch(batch, own);
        const left = refuse(await this.setCategories(batch.categories, options, own), totals);
        const deleted = await this.writeStaged(options, () => {}, own);
        created += batch.created - left.created;
        changed += batch.changed - left.changed - deleted;
        skip(deleted, totals);
        await options.keepWritten?.({ created, changed }, own);
      });
      this.cache.clear();
      options.committed?.({ created, changed });
      progress(created + changed);
    }
    await begin((own) => this.finish(totals, options, own));
  }

  /**
   * Makes the named categories that are missing, and keeps all that are used until the transaction ends.
   *
   * @returns the lines whose category was deleted since they were checked, which are refused
   */
  private async setCategories(
    names: string[],
    { by, report }: ImportOptions,
    tx: Transaction,
  ): Promise<LineReport[]> {
    await this.database.actAs(by, tx);
    const ids: number[] = [];
    for (const category of names) ids.push(await this.categories.ensure(category, tx));
    await this.staged.setCategories(names, ids, tx);
    const refused = await this.staged.refuseGoneCategories(tx);
    if (refused.length > 0) await report(refused.map((line) => ({ ...line, outcome: 'refused' })));
    return refused;
  }

  /**
   * Writes the staged products. The audit log gets one entry for all new products, and one for each changed product.
   *
   * @returns how many of the products to change were deleted meanwhile
   */
  private async writeStaged(
    { by, name, importId = 0 }: ImportOptions,
    progress: (written: number) => void,
    tx: Transaction,
  ): Promise<number> {
    const writing = { actorId: by?.id ?? null, note: `Import of ${name}`.slice(0, 200) };
    await this.database.actAs(by, tx, importId);
    const created = await this.staged.insert({ ...writing, progress }, tx);
    await this.showPictures('created', tx);
    await this.database.actAs(by, tx);
    const writingOn = { ...writing, progress: (changed: number) => progress(created + changed) };
    const deleted = await this.staged.update(writingOn, tx);
    await this.showPictures('changed', tx);
    return deleted;
  }

  private async finish(
    totals: ImportTotals,
    { by, name, beforeCommit }: ImportOptions,
    tx: Transaction,
  ): Promise<void> {
    await this.audit.add({ action: 'import', model: 'products', after: { file: name, ...totals } }, by, tx);
    await beforeCommit?.(totals, tx);
  }

  private async takePictures(options: ImportOptions, tx: Transaction): Promise<void> {
    const { pictures, dryRun, progress } = options;
    const { reading, storing } = endsOf(options);
    const count = pictures === undefined ? 0 : await this.staged.countPictures(tx);
    let done = 0;
    const source = pictures === undefined ? undefined : await this.intake.open(pictures);
    try {
      for await (const addresses of this.staged.pictureAddresses(tx)) {
        const own = await this.intake.findOwn(addresses, tx);
        const taken = new Map<string, TakenPicture>([...own].map(([address, hash]) => [address, { hash }]));
        const others = source ? addresses.filter((address) => !own.has(address)) : [];
        const take = async (address: string) => {
          const picture = await this.intake.take(address, source!, dryRun, tx);
          if (picture) taken.set(address, picture);
        };
        for (let first = 0; first < others.length; first += PICTURES_AT_ONCE) {
          await allSettled(others.slice(first, first + PICTURES_AT_ONCE).map(take));
          progress(reading + ((storing - reading) * (done + first)) / count);
        }
        done += addresses.length;
        await this.staged.addPictures(taken, tx);
      }
    } finally {
      source?.close();
    }
    await this.staged.fillGalleries(source !== undefined, tx);
  }

  private async showPictures(outcome: 'created' | 'changed', tx: Transaction): Promise<void> {
    for await (const galleries of this.staged.galleries(outcome, tx)) {
      for (const { product_id, hashes, alts } of galleries) {
        const pictures = hashes.map((hash, index) => ({ hash, alt: alts[index]! }));
        await this.pictures.replaceAll(product_id, pictures, tx);
      }
    }
  }

  /** Waits until no other import is writing. @returns what this import has written before */
  private async takeUp(options: ImportOptions, tx: Transaction): Promise<Written> {
    await this.database.query('SELECT pg_advisory_xact_lock($1)', [IMPORT_LOCK], tx);
    const written = await options.takeUp?.(tx);
    await this.waitBriefly(tx);
    return written ?? NOTHING;
  }

  /** From now on a statement of `tx` waits ten seconds at most for a lock. */
  private async waitBriefly(tx: Transaction): Promise<void> {
    await this.database.query(`SET LOCAL lock_timeout = '10s'`, [], tx);
  }
}

/** Counts products that an earlier run has written as written, not as unchanged. */
function withEarlier(totals: ImportTotals, { created, changed }: Written): ImportTotals {
  return {
    ...totals,
    created: totals.created + created,
    changed: totals.changed + changed,
    unchanged: totals.unchanged - created - changed,
  };
}

/** Counts products that were deleted before they could be changed as skipped. */
function skip(count: number, totals: ImportTotals): void {
  totals.changed -= count;
  totals.skipped += count;
}

/** Counts lines that were refused after the check as such. @returns how many they were, by what was counted before */
function refuse(lines: LineReport[], totals: ImportTotals): Written {
  const created = lines.filter(({ outcome }) => outcome === 'created').length;
  const changed = lines.length - created;
  totals.created -= created;
  totals.changed -= changed;
  totals.refused += lines.length;
  return { created, changed };
}

/** How far the import is, from how many of `all` products are written: writing is its last part. */
function progressOf(all: number, options: ImportOptions): (written: number) => void {
  const { storing } = endsOf(options);
  return (written) => options.progress(storing + ((1 - storing) * written) / all);
}

/** PostgreSQL's texts hold no NUL. */
async function* withoutNul(
  records: AsyncIterable<FileRecord | UnreadRecord>,
): AsyncGenerator<FileRecord | UnreadRecord> {
  for await (const record of records) {
    const holdsNul = 'values' in record && Object.values(record.values).some(isWithNul);
    yield holdsNul ? { line: record.line, error: importNote('nul') } : record;
  }
}

function isWithNul(value: unknown): boolean {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.includes('\0') || (typeof value === 'object' && text.includes('\\u0000'));
}

/** The parts of the whole work (0 to 1) after which the file is read, and its pictures are stored. */
function endsOf({ dryRun, pictures }: ImportOptions): { reading: number; storing: number } {
  if (pictures !== undefined) return { reading: 0.1, storing: dryRun ? 1 : 0.8 };
  return dryRun ? { reading: 1, storing: 1 } : { reading: 0.3, storing: 0.3 };
}

interface Format {
  read: (file: ImportFile) => AsyncIterable<ProductLine>;
  /** Columns that are not read. */
  unread?: string[];
}

/** Detects the format by the columns of the first line. @throws UnreadableFile when they are not those of products */
function formatOf({ columns }: ImportFile): Format {
  const names = columns?.map(columnName);
  if (names && isShopify(names)) return { read: readShopify };
  if (names && isWooCommerce(names)) return { read: readWooCommerce };
  if (!names || isOwnExport(names)) return { read: readOwnExport, unread: checkColumns(columns ?? []) };
  throw new UnreadableFile(importNote('no_products'));
}
