import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import {
  BACKED_UP_TABLES,
  type BackupEnd,
  type BackupHeader,
  COPY_SESSION,
  END_OF_ROWS,
  type SequenceState,
  type TableHeader,
} from './backup-file.js';
import { connect, whenReachable } from './open-database.js';

const LINE_FEED = 10;

/** The file cannot be restored, or not into this database. Nothing was changed. */
export class RestoreError extends Error {}

/** @throws RestoreError when the file is not a backup */
export async function readBackupHeader(file: string): Promise<BackupHeader> {
  const source = open(file);
  try {
    const header = (await new BackupReader(source).next()) as Partial<BackupHeader>;
    if (header.comptoir_backup === 1) return header as BackupHeader;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall) throw error;
  } finally {
    source.destroy();
  }
  throw new RestoreError(`${file} is no backup of a shop.`);
}

/**
 * Copies a backup into a database with the backup's tables and no users, products or orders, in one transaction, with all
 * constraints checked.
 *
 * @returns the number of rows
 * @throws RestoreError when the file is damaged, or does not fit the database
 */
export async function restore(
  url: string,
  file: string,
  progress: (rows: number) => void = () => {},
): Promise<number> {
  const client = await whenReachable(() => connect(url, 'comptoir restore'));
  const source = open(file);
  try {
    await client.query('BEGIN');
    await client.query(COPY_SESSION);
    const rows = await copyAll(client, new BackupReader(source), progress);
    await client.query('COMMIT');
    await client.query('ANALYZE');
    return rows;
  } catch (error) {
    if (error instanceof pg.DatabaseError) {
      throw new RestoreError(
        `PostgreSQL refuses the backup: ${error.message} (${error.detail ?? error.code})`,
      );
    }
    const isDamaged = error instanceof SyntaxError || (error as NodeJS.ErrnoException).code?.startsWith('Z_');
    throw isDamaged ? new RestoreError(`The backup is damaged: ${(error as Error).message}.`) : error;
  } finally {
    source.destroy();
    await client.end(); // rolls back when nothing was committed
  }
}

async function copyAll(
  client: pg.Client,
  backup: BackupReader,
  progress: (rows: number) => void,
): Promise<number> {
  const { migrations } = (await backup.next()) as BackupHeader;
  const { rows: newer } = await client.query<{ name: string }>(
    'SELECT name FROM migrations WHERE name <> ALL ($1) ORDER BY id LIMIT 1',
    [migrations],
  );
  if (newer.length > 0) {
    throw new RestoreError(
      `The database was migrated by a newer version than that of the backup (${newer[0]!.name}). ` +
        'Restore into a database without tables; they are migrated afterwards.',
    );
  }
  const names = await emptyTables(client);
  for (;;) {
    const part = (await backup.next()) as TableHeader & { sequences?: SequenceState[] };
    if (part.sequences) {
      await setSequences(client, part.sequences);
      break;
    }
    const name = `${pg.escapeIdentifier(part.schema)}.${pg.escapeIdentifier(part.table)}`;
    if (!names.includes(name)) throw new RestoreError(`The database has no table ${name}.`);
    const columns = part.columns.map(pg.escapeIdentifier).join(', ');
    await pipeline(backup.rows(progress), client.query(copyFrom(`COPY ${name} (${columns}) FROM STDIN`)));
  }
  const { rowCount, sha256 } = backup;
  const end = (await backup.next()) as BackupEnd;
  if (end.sha256 !== sha256 || end.rows !== rowCount) {
    throw new RestoreError('The backup is damaged: its checksum differs.');
  }
  await client.query('SET CONSTRAINTS ALL IMMEDIATE');
  for (const name of names) await client.query(`ALTER TABLE ${name} ENABLE TRIGGER USER`);
  return rowCount;
}

/**
 * Empties the tables for the copy. It disables triggers, since the backup holds the rows that they derive, and defers
 * constraints, since some foreign keys form a cycle. The locks keep other clients out until the commit.
 */
async function emptyTables(client: pg.Client): Promise<string[]> {
  const { rows: tables } = await client.query<TableHeader>(BACKED_UP_TABLES);
  const names = tables.map(
    ({ schema, table }) => `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)}`,
  );
  await client.query(`LOCK TABLE ${names.join(', ')}`);
  const { rows } = await client.query(
    'SELECT EXISTS (SELECT FROM users) OR EXISTS (SELECT FROM products) OR EXISTS (SELECT FROM orders) AS used',
  );
  if (rows[0].used) throw new RestoreError('The database is not empty. Restore into a new one.');
  for (const name of names) await client.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`);
  await client.query(`TRUNCATE ${names.join(', ')}; SET CONSTRAINTS ALL DEFERRED`);
  return names;
}

async function setSequences(client: pg.Client, sequences: SequenceState[]): Promise<void> {
  for (const { schema, name, value, called } of sequences) {
    await client.query('SELECT setval(format($1, $2::text, $3::text)::regclass, $4, $5)', [
      '%I.%I',
      schema,
      name,
      value,
      called,
    ]);
  }
}

function open(file: string): Readable {
  const source = createReadStream(file);
  const unzipped = createGunzip();
  source.on('error', (error) => unzipped.destroy(error));
  unzipped.on('close', () => source.destroy());
  return source.pipe(unzipped);
}

/** Reads a backup as a stream. It keeps no more than a chunk and the longest line in memory. */
class BackupReader {
  /** Rows read so far. */
  rowCount = 0;
  private readonly source: AsyncIterator<Buffer>;
  private readonly hash = createHash('sha256');
  private rest: Buffer = Buffer.alloc(0);

  constructor(source: Readable) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** Hash of all that was taken so far. */
  get sha256(): string {
    return this.hash.copy().digest('hex');
  }

  /** Reads the next line, as JSON. */
  async next(): Promise<unknown> {
    let end: number;
    while ((end = this.rest.indexOf(LINE_FEED)) === -1) await this.readMore();
    return JSON.parse(this.take(end + 1).toString());
  }

  /** Reads the rows of a table, and the line that ends them. */
  async *rows(progress: (rows: number) => void): AsyncGenerator<Buffer> {
    for (;;) {
      const end = this.findEndOfRows();
      const complete = end === -1 ? this.rest.lastIndexOf(`\n`) + 1 : end;
      if (complete > 0) {
        const lines = this.take(complete);
        for (let at = -1; (at = lines.indexOf(LINE_FEED, at + 1)) !== -1;) this.rowCount += 1;
        progress(this.rowCount);
        yield lines;
      }
      if (end !== -1) return void this.take(END_OF_ROWS.length);
      await this.readMore();
    }
  }

  /** The position of a line `\.`, or -1. It cannot be part of a row, since COPY doubles backslashes in values. */
  private findEndOfRows(): number {
    if (this.rest.subarray(0, END_OF_ROWS.length).equals(Buffer.from(END_OF_ROWS))) return 0;
    const before = this.rest.indexOf(`\n${END_OF_ROWS}`);
    return before === -1 ? -1 : before + 1;
  }

  private take(length: number): Buffer {
    const taken = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(length);
    this.hash.update(taken);
    return taken;
  }

  private async readMore(): Promise<void> {
    const { value, done } = await this.source.next();
    if (done) throw new RestoreError('The backup is not complete.');
    this.rest = Buffer.concat([this.rest, value]);
  }
}
