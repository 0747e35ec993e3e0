import 'reflect-metadata';
import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Database } from '../database/database.js';
import { type ImportFile, openImportFile } from '../imports/import-file.js';
import { noteText } from '../imports/import-note.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { MailQueueService } from '../mail/mail-queue.service.js';
import { RateLimitModule } from '../rate-limit/rate-limit.module.js';
import { readColumns, type ReadColumns } from '../users/import-columns.js';
import { sealPepper } from '../users/pepper.js';
import { type ImportLine, type LineReport, UsersImport } from '../users/users-import.js';
import { UsersModule } from '../users/users.module.js';
import { UsersRepository } from '../users/users.repository.js';
import { CommandError, progressBar, runCommand } from './command.js';
import { ReportFile } from './report-file.js';
import { withServices } from './services.js';

const BATCH = 500;
const USAGE = 'npm run import:users -- [--invite] [--pepper=SECRET] [--report=FILE] users.csv';

interface Batch {
  lines: ImportLine[];
  /** Lines that could not be parsed. */
  refused: LineReport[];
}

interface Command {
  file: string;
  invite: boolean;
  pepper?: string;
  report?: string;
}

/** @throws CommandError when the arguments name no file */
function readCommand(args: string[]): Command {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { invite: { type: 'boolean' }, pepper: { type: 'string' }, report: { type: 'string' } },
  });
  if (positionals.length !== 1) throw new CommandError(`Say which file: ${USAGE}`);
  return {
    file: positionals[0]!,
    invite: values.invite ?? false,
    pepper: values.pepper,
    report: values.report,
  };
}

/**
 * Imports users with the password hashes of another shop. A line that was refused or changed is reported on stderr;
 * `--report` writes one line of JSON for every line. Exit code 1 when any was refused, 2 when the file or the database
 * cannot be read.
 */
async function importFile({ file, invite, pepper, report }: Command): Promise<number> {
  const size = statSync(file).size;
  const users = await openImportFile(file);
  const details = new ReportFile(report);
  const bar = progressBar(
    '{bar} {percentage}% | {imported} imported, {changed} of them changed, {there} there already, {refused} refused | {eta_formatted}',
  );
  const totals = { imported: 0, changed: 0, there: 0, refused: 0 };
  await withServices([JobsModule, RateLimitModule, UsersModule], async (services, config) => {
    const sealedPepper = pepper && sealPepper(pepper, config.key('pepper'));
    const into = new UsersImport(
      services.get(UsersRepository),
      services.get(MailQueueService),
      services.get(Database),
      { invite, sealedPepper },
    );
    bar.start(size, 0, totals);
    try {
      for await (const { lines, refused } of batches(users)) {
        const reports = [...refused, ...(await into.importLines(lines))].sort((a, b) => a.line - b.line);
        for (const each of reports) count(each, totals);
        await reportLines(reports, details);
        bar.update(Math.min(users.bytesRead(), size), totals);
      }
      bar.update(size, totals);
    } finally {
      bar.stop();
    }
  });
  await details.close();
  const { imported, changed, there, refused } = totals;
  console.log(
    `${imported} imported, ${changed} of them changed, ${there} there already, ${refused} refused.`,
  );
  return refused === 0 ? 0 : 1;
}

/** @throws CommandError when no column holds addresses */
async function* batches({ columns, records }: ImportFile): AsyncGenerator<Batch> {
  const header = columns && readHeader(columns);
  let batch: Batch = { lines: [], refused: [] };
  for await (const record of records) {
    const { line } = record;
    if ('error' in record) {
      batch.refused.push({ line, outcome: 'refused', email: '', notes: [noteText(record.error)] });
    } else {
      const cells = (header ?? readColumns(Object.keys(record.values))).cellsOf(record.values);
      const isUser = cells.email ?? cells.username ?? cells.password_hash;
      if (header || isUser) batch.lines.push({ line, cells }); // a database dump holds rows of other tables as well
    }
    if (batch.lines.length + batch.refused.length < BATCH) continue;
    yield batch;
    batch = { lines: [], refused: [] };
  }
  yield batch;
}

function readHeader(columns: string[]): ReadColumns {
  const header = readColumns(columns);
  if (!header.has('email')) throw new CommandError('The first line names no column of e-mail addresses.');
  if (header.unread.length > 0) console.error(`Columns that are not read: ${header.unread.join(', ')}`);
  if (!header.has('password_hash')) {
    console.error('No column holds password hashes: each account must reset its password.');
  }
  return header;
}

function count({ outcome }: LineReport, totals: Record<LineReport['outcome'], number>): void {
  totals[outcome] += 1;
  if (outcome === 'changed') totals.imported += 1;
}

async function reportLines(reports: LineReport[], details: ReportFile): Promise<void> {
  for (const { line, outcome, notes } of reports) {
    for (const note of notes) console.error(`line ${line}: ${outcome}: ${note}`);
  }
  await details.write(reports);
}

await runCommand((args) => importFile(readCommand(args)));
