import { Injectable } from '@nestjs/common';
import { stat } from 'node:fs/promises';
import { AuditService } from '../audit/audit.service.js';
import { Database, type Transaction } from '../database/database.js';
import type { Principal } from '../http/access.js';
import { columnName } from '../http/csv.js';
import { ReadCache } from '../http/read-cache.js';
import { CategoriesService } from '../products/categories.service.js';
import { type ImportFile, openImportFile, UnreadableFile } from './import-file.js';
import type { ImportTotals, LineReport } from './import-report.js';
import { isOwnExport, readOwnExport, unreadColumns } from './own-export.js';
import type { ProductLine } from './product-line.js';
import { isShopify, readShopify } from './shopify.js';
import { StagedProductsRepository } from './staged-products.repository.js';
import { isWooCommerce, readWooCommerce } from './woocommerce.js';

export interface ImportOptions {
  /** What the file is called, for the ledger and the audit log. */
  name: string;
  /** Changes nothing, and reports the same. */
  dryRun: boolean;
  /** Leaves out the lines that are refused, in place of all. */
  lineByLine: boolean;
  /** Whose request it is; undefined for a command. */
  by?: Principal;
  /** Of an admin's import. */
  importId?: number;
  /** @param part of the work that is done, from 0 to 1 */
  progress: (part: number) => void;
  /** Gets all lines in their order, some at a time, before anything is written. */
  report: (lines: LineReport[]) => Promise<void>;
  /** Belongs to what is written. */
  beforeCommit?: (totals: ImportTotals, tx: Transaction) => Promise<void>;
}

export interface ImportResult {
  totals: ImportTotals;
  /** Columns of our own export that are not read. */
  unread: string[];
  /** Whether anything was written: not in a dry run, nor where lines were refused and all or nothing is wanted. */
  isWritten: boolean;
}

const IMPORT_LOCK = 0x696d7072; // "impr"

/** Of the work, how much reading the file and finding its products is, where they are written as well. */
const READING = 0.3;

/**
 * Brings in products from a file: those of our own export, or of another shop. The file is staged in PostgreSQL as it is
 * read, and written in one transaction: all or nothing, with ledger, versions and audit log as any other write. Doing it
 * twice is doing it once.
 */
@Injectable()
export class ProductsImportService {
  constructor(
    private readonly staged: StagedProductsRepository,
    private readonly categories: CategoriesService,
    private readonly audit: AuditService,
    private readonly cache: ReadCache,
    private readonly database: Database,
  ) {}

  /** @throws UnreadableFile for a file that holds no products */
  async run(path: string, options: ImportOptions): Promise<ImportResult> {
    const { size } = await stat(path);
    const file = await openImportFile(path);
    const { read, unread = [] } = formatOf(file);
    const lines = read(file);
    const reading = options.dryRun ? 1 : READING;
    const toldAbout = async function* () {
      for await (const line of lines) {
        yield line;
        options.progress(Math.min(file.bytesRead() / size, 1) * reading);
      }
    };
    const { totals, isWritten } = await this.database.unhurriedTransaction(async (tx) => {
      await this.staged.stage(toldAbout(), tx);
      return this.write(options, tx);
    });
    if (isWritten) this.cache.clear();
    options.progress(1);
    return { totals, unread, isWritten };
  }

  private async write(options: ImportOptions, tx: Transaction): Promise<Omit<ImportResult, 'unread'>> {
    const { dryRun, lineByLine, report } = options;
    if (!dryRun) await this.waitForOthers(tx);
    const names = await this.staged.findCategoryNames(tx);
    await this.staged.setCategories(names, await this.categories.findIds(names, tx), tx);
    await this.staged.match(tx);
    const totals = await this.staged.countOutcomes(tx);
    for await (const lines of this.staged.report(tx)) await report(lines);
    const isWritten = !dryRun && (lineByLine || totals.refused === 0) && totals.created + totals.changed > 0;
    if (isWritten) await this.writeStaged(names, totals, options, tx);
    return { totals, isWritten };
  }

  /** New products are one entry of the audit log together, products that change have one each. */
  private async writeStaged(
    names: string[],
    totals: ImportTotals,
    { by, name, progress, importId = 0, beforeCommit }: ImportOptions,
    tx: Transaction,
  ): Promise<void> {
    const part = (written: number, of: number) => progress(READING + ((1 - READING) * written) / of);
    const all = totals.created + totals.changed;
    const writing = { actorId: by?.id ?? null, note: `Import of ${name}`.slice(0, 200) };
    await this.database.actAs(by, tx);
    const ids: number[] = [];
    for (const category of names) ids.push(await this.categories.ensure(category, tx));
    await this.staged.setCategories(names, ids, tx);
    await this.database.actAs(by, tx, importId);
    await this.staged.insert({ ...writing, progress: (written) => part(written, all) }, tx);
    await this.database.actAs(by, tx);
    await this.staged.update({ ...writing, progress: (written) => part(totals.created + written, all) }, tx);
    await this.audit.add({ action: 'import', model: 'products', after: { file: name, ...totals } }, by, tx);
    await beforeCommit?.(totals, tx);
  }

  /** One import at a time; from then on a row that another transaction has locked is waited for ten seconds. */
  private async waitForOthers(tx: Transaction): Promise<void> {
    await this.database.query('SELECT pg_advisory_xact_lock($1)', [IMPORT_LOCK], tx);
    await this.database.query(`SET LOCAL lock_timeout = '10s'`, [], tx);
  }
}

interface Format {
  read: (file: ImportFile) => AsyncIterable<ProductLine>;
  /** Columns that are not read. */
  unread?: string[];
}

/** What shop a file is of stands in its first line. @throws UnreadableFile when it holds no products */
function formatOf({ columns }: ImportFile): Format {
  const names = columns?.map(columnName);
  if (names && isShopify(names)) return { read: readShopify };
  if (names && isWooCommerce(names)) return { read: readWooCommerce };
  if (!names || isOwnExport(names)) return { read: readOwnExport, unread: unreadColumns(columns ?? []) };
  throw new UnreadableFile('The first line names no column of products: name, slug or id.');
}
