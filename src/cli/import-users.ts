import 'reflect-metadata';
import { once } from 'node:events';
import { createWriteStream, statSync, type WriteStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Config, loadConfig, readEnvironment } from '../config/config.js';
import { Database } from '../database/database.js';
import { joinServer } from '../database/find-server.js';
import { openDatabase } from '../database/open-database.js';
import { type ImportFile, openImportFile } from '../imports/import-file.js';
import { noteText } from '../imports/import-note.js';
import { JobWorker } from '../jobs/job-worker.entity.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { JobsService } from '../jobs/jobs.service.js';
import { MailQueueService } from '../mail/mail-queue.service.js';
import { SentMail } from '../mail/sent-mail.entity.js';
import { SentMailsRepository } from '../mail/sent-mails.repository.js';
import { readColumns, type ReadColumns } from '../users/import-columns.js';
import { sealPepper } from '../users/pepper.js';
import { SCHEMA } from '../schema.js';
import { User } from '../users/user.entity.js';
import { type ImportLine, type ImportOptions, type LineReport, UsersImport } from '../users/users-import.js';
import { UsersRepository } from '../users/users.repository.js';
import { CommandError, progressBar, runCommand } from './command.js';

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
  const config = loadConfig(readEnvironment());
  const database = await openDatabase(await joinServer(config), SCHEMA);
  const sealedPepper = pepper && sealPepper(pepper, config.key('pepper'));
  const into = usersImport(database, config, { invite, sealedPepper });
  const bar = progressBar(
    '{bar} {percentage}% | {imported} imported, {changed} of them changed, {there} there already, {refused} refused | {eta_formatted}',
  );
  const totals = { imported: 0, changed: 0, there: 0, refused: 0 };
  const details = report ? createWriteStream(report) : undefined;

  bar.start(size, 0, totals);
  try {
    for await (const { lines, refused } of batches(users)) {
      const reports = [...refused, ...(await into.importLines(lines))].sort((a, b) => a.line - b.line);
      for (const each of reports) count(each, totals);
      await tell(reports, details);
      bar.update(Math.min(users.bytesRead(), size), totals);
    }
    bar.update(size, totals);
  } finally {
    bar.stop();
    await database.close();
  }
  if (details) await new Promise<void>((resolve) => details.end(resolve));
  const { imported, changed, there, refused } = totals;
  console.log(
    `${imported} imported, ${changed} of them changed, ${there} there already, ${refused} refused.`,
  );
  return refused === 0 ? 0 : 1;
}

function usersImport(
  { dataSource }: Awaited<ReturnType<typeof openDatabase>>,
  config: Config,
  options: ImportOptions,
): UsersImport {
  const database = new Database(dataSource);
  const jobs = new JobsService(new JobsRepository(dataSource.getRepository(JobWorker), database), database);
  const users = new UsersRepository(dataSource.getRepository(User), database);
  const sent = new SentMailsRepository(dataSource.getRepository(SentMail), database);
  return new UsersImport(users, new MailQueueService(jobs, sent, config), database, options);
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

/** Writes the reports. It waits while the report's stream is full, so that none pile up in memory. */
async function tell(reports: LineReport[], details: WriteStream | undefined): Promise<void> {
  for (const { line, outcome, notes } of reports) {
    for (const note of notes) console.error(`line ${line}: ${outcome}: ${note}`);
  }
  const written = reports.map((each) => `${JSON.stringify(each)}\n`).join('');
  if (details && written && !details.write(written)) await once(details, 'drain');
}

await runCommand((args) => importFile(readCommand(args)));
