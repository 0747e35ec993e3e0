import { Injectable, type OnModuleInit } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { Config } from '../config/config.js';
import { Database, type Transaction } from '../database/database.js';
import type { Principal } from '../http/access.js';
import { conflict, invalidField, notFound, Problem } from '../http/problem.js';
import type { Upload } from '../http/uploads.js';
import { JobsService } from '../jobs/jobs.service.js';
import { MediaStore } from '../media/media-store.js';
import { UploadFolder } from '../media/upload-folder.js';
import { ImportAttempt, OvertakenAttempt } from './import-attempt.js';
import { UnreadableFile } from './import-file.js';
import { type ImportNote, importNote, noteText } from './import-note.js';
import { type ImportTotals, type LineReport, noTotals } from './import-report.js';
import type { ProductImportDto, RunImportDto } from './imports.dto.js';
import type { ImportStatus, ProductImport } from './product-import.entity.js';
import { ProductImportsRepository } from './product-imports.repository.js';
import { ProductsImportService } from './products-import.service.js';

const JOB = 'import';
const MOST_REPORTED = 1_000;
const PROGRESS_MS = 500;
const LINES_REFUSED = importNote('lines_refused');

/**
 * Files of products that admins upload. One job checks a file and, after its sender has seen the result, another one
 * imports it. The file is in the shop's file storage meanwhile, so that any process can run the job.
 */
@Injectable()
export class ImportsService implements OnModuleInit {
  constructor(
    private readonly imports: ProductImportsRepository,
    private readonly products: ProductsImportService,
    private readonly jobs: JobsService,
    private readonly store: MediaStore,
    private readonly folder: UploadFolder,
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(JOB, ({ id }: { id: number }, { isLastAttempt }) => this.work(id, isLastAttempt));
  }

  /** @throws Problem 400 without a file */
  async preview(uploads: Upload[], by: Principal): Promise<ProductImportDto> {
    const { file, name } = await this.keep(uploads);
    const who = { actor_id: by.id, session_id: by.sessionId, request_id: by.requestId };
    const id = await this.database.transaction(async (tx) => {
      const row = { ...who, file_name: name, file };
      const inserted = await this.imports.insert(row, tx);
      await this.jobs.add(JOB, { id: inserted }, `import:${inserted}:check`, tx);
      return inserted;
    });
    return this.find(id);
  }

  /**
   * Takes an archive of the pictures that the file names, in place of an earlier one, and checks the file again.
   *
   * @throws Problem 404; 400 without a file; 409 `import_not_checked` unless it is checked, and not run yet
   */
  async addPictures(id: number, uploads: Upload[]): Promise<ProductImportDto> {
    await this.find(id);
    const { file } = await this.keep(uploads);
    const write = async (tx: Transaction) => {
      const before = await this.imports.setPictures(id, file, tx);
      if (!before) throw await this.notStarted(id);
      await this.jobs.add(JOB, { id }, `import:${id}:${file}`, tx);
      return before.pictures_file;
    };
    const replaced = await this.database.transaction(write).catch(async (error) => {
      await this.store.delete(file);
      throw error;
    });
    if (replaced) await this.store.delete(replaced);
    return this.find(id);
  }

  /** @throws Problem 404; 409 `import_not_checked` unless it is checked, and not run yet */
  async run(id: number, { line_by_line = false }: RunImportDto, by: Principal): Promise<ProductImportDto> {
    await this.find(id);
    const who = { actor_id: by.id, session_id: by.sessionId, request_id: by.requestId };
    await this.database.transaction(async (tx) => {
      if (!(await this.imports.start(id, { ...who, line_by_line }, tx))) throw await this.notStarted(id);
      await this.jobs.add(JOB, { id }, `import:${id}:run`, tx);
    });
    return this.find(id);
  }

  /** @throws Problem 404 */
  async find(id: number): Promise<ProductImportDto> {
    const found = await this.imports.find(id);
    if (!found) throw notFound('import_not_found', 'There is no such import.');
    const { status, file_name, done, totals, report, error } = found;
    return { id, status, file_name, done, totals, report, error };
  }

  /** Housekeeping. @returns how many, at most `limit` */
  async deleteExpired(limit: number): Promise<number> {
    const expired = await this.imports.findExpired(this.config.auditDays, limit);
    for (const row of expired) {
      await this.deleteFiles(row);
      await this.imports.delete(row.id);
    }
    return expired.length;
  }

  /** @throws Problem 400 unless it is one file */
  private async keep(uploads: Upload[]): Promise<{ file: string; name: string }> {
    const [upload] = uploads;
    if (uploads.length !== 1) throw invalidField('file', 'file must be one file');
    const file = `imports/${randomUUID()}`;
    await this.store.keep(file, upload!.path);
    return { file, name: upload!.originalname.slice(0, 200) };
  }

  private async deleteFiles({
    file,
    pictures_file,
  }: Pick<ProductImport, 'file' | 'pictures_file'>): Promise<void> {
    if (file) await this.store.delete(file);
    if (pictures_file) await this.store.delete(pictures_file);
  }

  private async notStarted(id: number): Promise<Problem> {
    const { status } = await this.find(id);
    return conflict('import_not_checked', `An import that is ${status} cannot be run.`);
  }

  /** Runs the job of a check or an import. After a crash it starts over; work that was committed is left alone. */
  private async work(id: number, isLastAttempt: boolean): Promise<void> {
    const found = await this.imports.find(id);
    if (!found?.file || !['checking', 'running'].includes(found.status)) return;
    const attempt = new ImportAttempt(this.imports, found);
    const path = await this.folder.newFile();
    const pictures = found.pictures_file ? await this.folder.newFile() : undefined;
    try {
      await this.store.copyTo(found.file, path);
      if (pictures) await this.store.copyTo(found.pictures_file!, pictures);
      await this.workOn(attempt, path, pictures);
    } catch (error) {
      const note = noteOf(error);
      const isOver = note !== undefined || (isLastAttempt && !(error instanceof OvertakenAttempt));
      if (isOver) await this.fail(attempt, note ?? importNote('given_up'));
      if (!note) throw error; // the job tries again, or stays among the failed ones
    } finally {
      await rm(path, { force: true });
      if (pictures) await rm(pictures, { force: true });
    }
    const now = (await this.imports.find(id))!;
    if (!['done', 'failed'].includes(now.status)) return;
    await this.deleteFiles(now);
    await this.imports.clearFiles(id);
  }

  private async workOn(attempt: ImportAttempt, path: string, pictures: string | undefined): Promise<void> {
    const { id, line_by_line: lineByLine, ...row } = attempt.state;
    const dryRun = row.status === 'checking';
    const report = new NotableLines();
    const finish = (totals: ImportTotals, tx?: Transaction) => {
      const isRefused = !dryRun && !lineByLine && totals.refused > 0;
      const status = dryRun ? 'checked' : isRefused ? 'failed' : 'done';
      const error = isRefused ? noteText(LINES_REFUSED) : null;
      if (isRefused) report.addOfFile(LINES_REFUSED);
      const finished_at = dryRun ? null : new Date();
      return attempt.write({ status, done: 100, totals, report: report.lines, error, finished_at }, tx);
    };
    const { totals, isWritten } = await this.products.run(path, {
      name: row.file_name,
      dryRun,
      lineByLine,
      pictures,
      importId: id,
      by: { id: row.actor_id, role: 'admin', sessionId: row.session_id, requestId: row.request_id },
      progress: this.progressOf(id, row.status),
      report: (lines) => report.add(lines),
      takeUp: async (tx) => {
        await attempt.takeUp(tx);
        return attempt.state.totals ?? undefined;
      },
      keepWritten: (written, tx) => attempt.write({ totals: { ...noTotals(), ...written } }, tx),
      beforeCommit: finish,
    });
    if (!isWritten) await finish(totals);
  }

  /** Ends a failed import. The error also names the batches that were written before, line by line. */
  private async fail(attempt: ImportAttempt, note: ImportNote): Promise<void> {
    const { status, totals } = attempt.state;
    const written = status === 'running' && totals;
    const notes = written
      ? [note, importNote('written_before', { created: written.created, changed: written.changed })]
      : [note];
    await attempt.write({
      status: 'failed',
      error: notes.map(noteText).join(' '),
      report: [ofFile(...notes)],
      finished_at: new Date(),
    });
  }

  /** Stores the progress outside the transaction, so that it can be read at once. A failure is ignored. */
  private progressOf(id: number, status: ImportStatus): (part: number) => void {
    let savedAt = 0;
    return (part) => {
      if (part === 1 || performance.now() - savedAt < PROGRESS_MS) return;
      savedAt = performance.now();
      this.imports.saveProgress(id, status, Math.floor(part * 100)).catch(() => {});
    };
  }
}

/** Collects lines with notes for the report, at most MOST_REPORTED, refused ones first. A line may come again as refused. */
class NotableLines {
  private readonly ofFile: LineReport[] = [];
  private readonly refused: LineReport[] = [];
  private others: LineReport[] = [];

  get lines(): LineReport[] {
    return [...this.ofFile, ...this.refused, ...this.others].slice(0, MOST_REPORTED);
  }

  addOfFile(note: ImportNote): void {
    this.ofFile.push(ofFile(note));
  }

  async add(lines: LineReport[]): Promise<void> {
    const late = new Set(lines.flatMap(({ line, outcome }) => (outcome === 'refused' ? [line] : [])));
    this.others = this.others.filter(({ line }) => !late.has(line));
    for (const line of lines) {
      const kept = line.outcome === 'refused' ? this.refused : this.others;
      if (line.notes.length > 0 && kept.length < MOST_REPORTED) kept.push(line);
    }
  }
}

function ofFile(...notes: ImportNote[]): LineReport {
  return { line: 0, outcome: 'refused', name: '', changes: [], notes };
}

/** Why the file cannot be imported; undefined for an error that has nothing to do with the file. */
function noteOf(error: unknown): ImportNote | undefined {
  if (error instanceof UnreadableFile) return error.note;
  if (!(error instanceof Problem) || error.kind === 'unavailable') return undefined;
  return importNote('file_unreadable', { message: error.message });
}
