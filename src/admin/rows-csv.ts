import { stringify } from 'csv-stringify';
import { PassThrough, pipeline, type Readable } from 'node:stream';
import { escapeFormula } from '../http/csv.js';
import type { Column } from './model.js';

export const DIALECTS = ['standard', 'excel-fr'] as const;

/** `standard` is RFC 4180; `excel-fr` opens in an Excel that is set to French. */
export type Dialect = (typeof DIALECTS)[number];

/** Rows as a CSV stream with back-pressure. An error of `rows` destroys the stream. */
export function rowsCsv(
  rows: AsyncIterable<object>,
  columns: Pick<Column, 'name' | 'type'>[],
  dialect: Dialect,
): Readable {
  const isFrench = dialect === 'excel-fr';
  const output = stringify({
    header: true,
    bom: true,
    delimiter: isFrench ? ';' : ',',
    record_delimiter: '\r\n',
    quote_record_delimiter: true, // also quotes a lone line feed, which is no default once record_delimiter is set
    columns: columns.map(({ name }) => ({ key: name, header: name })),
  });
  const cells = async function* () {
    for await (const row of rows) {
      yield columns.map(({ name, type }) => cell((row as Record<string, unknown>)[name], type, isFrench));
    }
  };
  return pipeline(cells, output, new PassThrough(), () => {}) as unknown as Readable;
}

function cell(value: unknown, type: Column['type'], isFrench: boolean): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'object') return escapeFormula(JSON.stringify(value));
  const text = String(value);
  if (type === 'money') return isFrench ? text.replace('.', ',') : text;
  return escapeFormula(text);
}
