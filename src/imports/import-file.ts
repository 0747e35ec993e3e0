import { CsvError, parse } from 'csv-parse';
import { createReadStream, type ReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { streamArray } from 'stream-json/streamers/stream-array.js';
import { type ImportNote, importNote, noteText } from './import-note.js';

/** A description in HTML may be long. */
const MAX_LINE_BYTES = 2 ** 20;
const DELIMITERS = [',', ';', '\t', '|'];

/** Workbooks, archives and pictures have control characters in their first bytes. */
const NO_TEXT = /[^\P{Cc}\t\r\n]/u;

/** The file as a whole cannot be read. The note explains it to the file's sender. */
export class UnreadableFile extends Error {
  constructor(
    readonly note: ImportNote,
    options?: ErrorOptions,
  ) {
    super(noteText(note), options);
  }
}

/** One record of the file. */
export interface FileRecord {
  /** Number of its first line; in a JSON array, number of the element. */
  line: number;
  values: Record<string, unknown>;
}

/** A line that cannot be read as a record, such as one with more cells than the header. */
export interface UnreadRecord {
  line: number;
  error: ImportNote;
}

/** An open file: its records, and how far it has been read. */
export interface ImportFile {
  /** Columns of a table in their order; undefined for JSON, whose objects may differ. */
  columns?: string[];
  records: AsyncIterable<FileRecord | UnreadRecord>;
  bytesRead(): number;
  /** Call it after the last record, or to stop reading. */
  close(): void;
}

/**
 * Opens an export: CSV with commas, semicolons, tabs or bars, a JSON array, or JSON lines, in UTF-8, UTF-16 or
 * Windows-1252. Format and encoding are detected from the content.
 *
 * @throws UnreadableFile when the file is empty, or is not text
 */
export async function openImportFile(file: string): Promise<ImportFile> {
  const encoding = await encodingOf(file);
  const source = createReadStream(file);
  const close = () => void source.destroy();
  try {
    return { ...(await openText(source, encoding)), bytesRead: () => source.bytesRead, close };
  } catch (error) {
    close();
    throw error;
  }
}

async function openText(
  source: ReadStream,
  encoding: string,
): Promise<Pick<ImportFile, 'columns' | 'records'>> {
  const text = textOf(source, encoding);
  const { value: start = '', done } = await text.next();
  if (done || start.trim() === '') throw new UnreadableFile(importNote('file_empty'));
  if (NO_TEXT.test(start.slice(0, 16))) throw new UnreadableFile(importNote('file_no_text'));
  const whole = Readable.from(startingWith(start, text));
  source.on('error', (error) => whole.destroy(error));

  const [first] = start.trimStart();
  if (first === '[') return { records: explained(jsonArray(whole)) };
  if (first === '{') return { records: jsonLines(whole) };
  const rows = tableRows(whole, delimiterOf(start));
  const { value: header } = await explained(rows).next();
  const columns = (header?.record ?? []).map((name) => name.trim());
  const column = columns.find((name, index) => name !== '' && columns.indexOf(name) !== index);
  if (column !== undefined) throw new UnreadableFile(importNote('column_twice', { column }));
  return { columns, records: explained(table(rows, columns)) };
}

/** Turns a syntax error during reading into an `UnreadableFile`. */
async function* explained<Item>(items: AsyncGenerator<Item>): AsyncGenerator<Item, undefined> {
  try {
    yield* items;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UnreadableFile(importNote('file_unreadable', { message: error.message }), { cause: error });
  }
}

/** The encoding by the byte order mark; else UTF-8, or Windows-1252 when most of the non-ASCII bytes are not valid UTF-8. */
async function encodingOf(file: string): Promise<string> {
  const decoder = new TextDecoder('utf-8');
  let [good, bad] = [0, 0];
  let isStart = true;
  for await (const bytes of createReadStream(file) as AsyncIterable<Buffer>) {
    if (isStart && bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
    if (isStart && bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
    isStart = false;
    for (const [character] of decoder.decode(bytes, { stream: true }).matchAll(/[^\0-\x7f]/gu)) {
      if (character === '\uFFFD') bad += 1;
      else good += 1;
    }
  }
  return bad > good ? 'windows-1252' : 'utf-8';
}

/** Decodes the file in chunks, without the byte order mark and without empty chunks. */
async function* textOf(source: ReadStream, encoding: string): AsyncGenerator<string, void> {
  const decoder = new TextDecoder(encoding);
  for await (const bytes of source as AsyncIterable<Buffer>) {
    const chunk = decoder.decode(bytes, { stream: true });
    if (chunk) yield chunk;
  }
  const rest = decoder.decode();
  if (rest) yield rest;
}

async function* startingWith(start: string, rest: AsyncGenerator<string, void>): AsyncGenerator<string> {
  yield start;
  yield* rest;
}

/** The delimiter that occurs most often in the first line, outside of quotes. */
function delimiterOf(start: string): string {
  const [header = ''] = start
    .trimStart()
    .replace(/"(?:[^"]|"")*"/g, '')
    .split(/\r|\n/, 1);
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))]!;
}

interface Row {
  record: string[];
  line: number;
}

async function* tableRows(text: Readable, delimiter: string): AsyncGenerator<Row, undefined> {
  let countedTwice = 0; // csv-parse 7.0 counts CR LF inside quotes as two lines
  let next = 1;
  const toRow = (record: string[], lines: number): Row => {
    countedTwice += occurrences(record, /\r\n/g);
    next = lines - countedTwice + 1;
    return { record, line: next - 1 - occurrences(record, /\r\n|\r|\n/g) };
  };
  const parser = parse({
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'], // by default the end of the first line counts for all
    on_record: (record: string[], { lines }): any => toRow(record, lines),
    relax_column_count: true,
    relax_quotes: delimiter === '\t', // mysql --batch quotes nothing
    skip_empty_lines: true,
    max_record_size: MAX_LINE_BYTES,
  });
  text.on('error', (error) => parser.destroy(error));
  try {
    yield* text.pipe(parser);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const note = importNote('record_unreadable', { line: next, message: error.message });
    throw new UnreadableFile(note, { cause: error });
  }
}

async function* table(
  rows: AsyncIterable<Row>,
  columns: string[],
): AsyncGenerator<FileRecord | UnreadRecord> {
  for await (const { record, line } of rows) {
    if (record.length === columns.length) {
      yield { line, values: Object.fromEntries(record.map((value, index) => [columns[index]!, value])) };
    } else {
      const counts = { found: record.length, expected: columns.length };
      yield { line, error: importNote('columns_differ', counts) };
    }
  }
}

async function* jsonArray(text: Readable): AsyncGenerator<FileRecord> {
  const elements = streamArray.withParserAsStream();
  text.on('error', (error) => elements.destroy(error));
  for await (const { key, value } of text.pipe(elements)) {
    yield { line: key + 1, values: membersOf(value) };
  }
}

async function* jsonLines(text: Readable): AsyncGenerator<FileRecord | UnreadRecord> {
  let line = 0;
  for await (const written of linesOf(text)) {
    line += 1;
    if (written.trim() === '') continue;
    try {
      yield { line, values: membersOf(JSON.parse(written)) };
    } catch {
      yield { line, error: importNote('json_unreadable') };
    }
  }
}

async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  yield rest;
}

/** Django's dumps have the values of a row in `fields`. */
function membersOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return {};
  return 'fields' in value ? (value.fields as Record<string, unknown>) : (value as Record<string, unknown>);
}

function occurrences(record: string[], pattern: RegExp): number {
  return record.reduce((found, value) => found + (value.match(pattern)?.length ?? 0), 0);
}
