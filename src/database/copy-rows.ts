import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Transaction } from './database.js';

export type CopyValue = string | number | boolean | null | undefined | readonly string[];

const CHUNK_LENGTH = 64 * 1024;

/** Writes rows with COPY, as a stream with back-pressure. */
export async function copyRows(
  table: string,
  columns: readonly string[],
  rows: AsyncIterable<readonly CopyValue[]>,
  tx: Transaction,
): Promise<void> {
  const client = (await tx.queryRunner!.connect()) as pg.PoolClient;
  const copy = client.query(copyFrom(`COPY ${table} (${columns.join(', ')}) FROM STDIN`));
  await pipeline(Readable.from(chunksOf(rows)), copy);
}

async function* chunksOf(rows: AsyncIterable<readonly CopyValue[]>): AsyncGenerator<string> {
  let chunk = '';
  for await (const row of rows) {
    chunk += `${row.map(copyText).join('\t')}\n`;
    if (chunk.length < CHUNK_LENGTH) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk) yield chunk;
}

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** A value in COPY's text format (https://www.postgresql.org/docs/current/sql-copy.html). */
function copyText(value: CopyValue): string {
  if (value === null || value === undefined) return '\\N';
  const text = Array.isArray(value) ? arrayText(value) : String(value);
  return text.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character]!);
}

function arrayText(items: readonly string[]): string {
  return `{${items.map((item) => `"${item.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
