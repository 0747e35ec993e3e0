import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
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

interface Table extends TableHeader {
  estimate: string;
  id: string;
  refers_to: string[];
}

/** @param rows written so far @param estimate of all rows */
type Progress = (rows: number, estimate: number) => void;

/**
 * Writes all tables and sequences from one snapshot, while other clients go on. The file gets its name when it is
 * complete.
 *
 * @returns the number of rows in it
 * @throws the error of the server or the disk; then there is no file
 */
export async function backUp(url: string, file: string, progress: Progress = () => {}): Promise<number> {
  const client = await whenReachable(() => connect(url, 'comptoir backup'));
  const unfinished = `${file}.${randomBytes(4).toString('hex')}.unfinished`; // another backup may write the same file
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query(COPY_SESSION);
    const end: BackupEnd = { rows: 0, sha256: '' };
    const output = createWriteStream(unfinished, { mode: 0o600, flush: true });
    await pipeline(Readable.from(withChecksum(content(client, end, progress), end)), createGzip(), output);
    await rename(unfinished, file);
    return end.rows;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  } finally {
    await client.end();
  }
}

async function* content(client: pg.Client, end: BackupEnd, progress: Progress): AsyncGenerator<Buffer> {
  yield line(await readHeader(client));
  const { rows: tables } = await client.query<Table>(BACKED_UP_TABLES);
  const estimate = tables.reduce((sum, table) => sum + Number(table.estimate), 0);
  for (const { schema, table, columns } of inOrderOfReferences(tables)) {
    yield line({ schema, table, columns } satisfies TableHeader);
    const names = columns.map(pg.escapeIdentifier).join(', ');
    const source = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(table)}`;
    for await (const chunk of client.query(copyTo(`COPY ${source} (${names}) TO STDOUT`))) {
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) end.rows += 1;
      progress(end.rows, Math.max(estimate, end.rows));
      yield chunk;
    }
    yield Buffer.from(END_OF_ROWS);
  }
  // After the rows: a sequence is not part of the snapshot, and may only be ahead of them.
  yield line({ sequences: await readSequences(client) });
}

async function* withChecksum(chunks: AsyncIterable<Buffer>, end: BackupEnd): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
  end.sha256 = hash.digest('hex');
  yield line(end);
}

function line(value: object): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

async function readHeader(client: pg.Client): Promise<BackupHeader> {
  const { rows } = await client.query(`
    SELECT now()::text AS made_at, current_setting('server_version') AS postgresql,
           (SELECT array_agg(name ORDER BY id) FROM migrations) AS migrations,
           (SELECT max(id) FROM graphile_worker.migrations) AS queue_migration`);
  return { comptoir_backup: 1, ...rows[0] };
}

async function readSequences(client: pg.Client): Promise<SequenceState[]> {
  const { rows } = await client.query<{ schema: string; name: string }>(`
    SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'S' AND n.nspname IN (current_schema(), 'graphile_worker') AND c.relname <> 'migrations_id_seq'`);
  const states: SequenceState[] = [];
  for (const { schema, name } of rows) {
    const sequence = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;
    const [state] = (
      await client.query(`SELECT last_value::text AS value, is_called AS called FROM ${sequence}`)
    ).rows;
    states.push({ schema, name, ...state });
  }
  return states;
}

/** Sorts tables so that each comes after those that its foreign keys reference. */
function inOrderOfReferences(tables: Table[]): Table[] {
  const ordered = new Set<Table>();
  const add = (table: Table) => {
    for (const other of tables) if (table.refers_to.includes(other.id) && !ordered.has(other)) add(other);
    ordered.add(table);
  };
  tables.forEach(add);
  return [...ordered];
}
