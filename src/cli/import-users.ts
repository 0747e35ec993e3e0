import 'reflect-metadata';
import { CsvError, parse } from 'csv-parse';
import { createReadStream, statSync } from 'node:fs';
import { loadConfig, readEnvironment } from '../config/config.js';
import { Database } from '../database/database.js';
import { joinServer } from '../database/find-server.js';
import { openDatabase } from '../database/open-database.js';
import { SCHEMA } from '../schema.js';
import { User } from '../users/user.entity.js';
import { COLUMNS, type Refusal, REQUIRED_COLUMNS } from '../users/users-import.dto.js';
import { type ImportLine, UsersImport } from '../users/users-import.js';
import { UsersRepository } from '../users/users.repository.js';
import { CommandError, progressBar, runCommand } from './command.js';

const BATCH = 500;
const MAX_LINE_BYTES = 64 * 1024;

interface Batch {
  lines: ImportLine[];
  /** Lines that do not even have the header's columns. */
  refused: Refusal[];
  /** Where in the file the batch ends. */
  bytes: number;
}

interface Parsed {
  record: string[];
  info: { lines: number; bytes: number };
}

/**
 * `npm run import:users -- users.csv`: brings in users with the password hashes of another shop. Refused lines go
 * to stderr, one a line. Exit code 1 when there are any, 2 when the file or the database cannot be read.
 */
async function importFile(file: string | undefined): Promise<number> {
  if (!file) throw new CommandError('Say which file: npm run import:users -- users.csv');
  const size = statSync(file).size;
  const database = await openDatabase(await joinServer(loadConfig(readEnvironment())), SCHEMA);
  const { dataSource } = database;
  const users = new UsersImport(
    new UsersRepository(dataSource.getRepository(User), new Database(dataSource)),
  );
  const bar = progressBar(
    '{bar} {percentage}% | {imported} imported, {there} there already, {refused} refused | {eta_formatted}',
  );
  const totals = { imported: 0, there: 0, refused: 0 };
  const refused: Refusal[] = [];

  bar.start(size, 0, totals);
  try {
    for await (const batch of batches(file)) {
      const result = await users.importLines(batch.lines);
      refused.push(...batch.refused, ...result.refused);
      totals.imported += result.imported;
      totals.there += result.there;
      totals.refused = refused.length;
      bar.update(Math.min(batch.bytes, size), totals);
    }
    bar.update(size, totals);
  } finally {
    bar.stop();
    refused.sort((a, b) => a.line - b.line);
    for (const { line, field, reason } of refused) console.error(`line ${line}: ${field}: ${reason}`);
    await database.close();
  }
  console.log(`${totals.imported} imported, ${totals.there} there already, ${totals.refused} refused.`);
  return refused.length === 0 ? 0 : 1;
}

/** The lines of the file under its header. @throws CommandError when it has none with the columns it needs */
async function* batches(file: string): AsyncGenerator<Batch> {
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_LINE_BYTES,
  });
  const source = createReadStream(file).on('error', (error) => parser.destroy(error));
  let columns: string[] | undefined;
  let batch = emptyBatch();
  let countedTwice = 0; // csv-parse 7.0 counts CR LF inside quotes as two lines
  for await (const { record, info } of source.pipe(parser) as AsyncIterable<Parsed>) {
    if (!columns) {
      columns = readHeader(record);
      continue;
    }
    countedTwice += occurrences(record, /\r\n/g);
    const line = info.lines - countedTwice - occurrences(record, /\r\n|\r|\n/g);
    if (record.length === columns.length) batch.lines.push({ line, cells: cellsOf(record, columns) });
    else
      batch.refused.push({ line, field: 'columns', reason: `${record.length} instead of ${columns.length}` });
    batch.bytes = info.bytes;
    if (batch.lines.length < BATCH) continue;
    yield batch;
    batch = emptyBatch();
  }
  if (!columns) throw new CommandError('The file is empty.');
  yield batch;
}

function emptyBatch(): Batch {
  return { lines: [], refused: [], bytes: 0 };
}

function readHeader(record: string[]): string[] {
  const columns = record.map((name) => name.trim().toLowerCase());
  const missing = REQUIRED_COLUMNS.filter((name) => !columns.includes(name));
  if (missing.length > 0) throw new CommandError(`The first line names no column ${missing.join(', ')}.`);
  const repeated = columns.find((name, index) => columns.indexOf(name) !== index);
  if (repeated !== undefined) throw new CommandError(`The first line names the column ${repeated} twice.`);
  const unknown = columns.filter((name) => !COLUMNS.includes(name));
  if (unknown.length > 0) console.error(`Columns that are not read: ${unknown.join(', ')}`);
  return columns;
}

function cellsOf(record: string[], columns: string[]): Record<string, string> {
  const cells = record.map((value, index) => [columns[index]!, value] as const);
  return Object.fromEntries(cells.filter(([name]) => COLUMNS.includes(name)));
}

function occurrences(record: string[], pattern: RegExp): number {
  return record.reduce((found, value) => found + (value.match(pattern)?.length ?? 0), 0);
}

await runCommand(([file]) =>
  importFile(file).catch((error) => {
    throw error instanceof CsvError ? new CommandError(error.message, { cause: error }) : error;
  }),
);
