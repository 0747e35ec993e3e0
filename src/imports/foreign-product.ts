import { columnName, unescapeFormula } from '../http/csv.js';
import { DESCRIPTION_LENGTH, NAME_LENGTH } from '../products/products.dto.js';
import { CATEGORY_LENGTH } from '../products/categories.dto.js';
import type { FileRecord } from './import-file.js';
import { type ImportNote, importNote } from './import-note.js';
import type { ProductLine } from './product-line.js';

/** What the readers of other shops' exports share. Texts that are too long are cut, and the line gets a note. */

/** Cells by the name of their column, without what escapes formulas. */
export type ForeignCells = (...columns: string[]) => string;

/** @returns a function that reads the first non-empty cell of several columns; '' if all are empty */
export function cellsOf({ values }: FileRecord): ForeignCells {
  const cells = new Map(
    Object.entries(values).map(([column, value]) => [
      columnName(column),
      unescapeFormula(String(value)).trim(),
    ]),
  );
  return (...columns) => columns.map((column) => cells.get(column)).find(Boolean) ?? '';
}

export function refusedLine(line: number, reason: ImportNote, name = ''): ProductLine {
  return { line, kind: 'product', slug: '', values: { name }, notes: [], refusals: [reason] };
}

/** `Name – Red, L`. The name is cut when both together are too long. */
export function variantName(name: string, option: string): string {
  const short = option.slice(0, NAME_LENGTH / 2).toWellFormed();
  const room = NAME_LENGTH - short.length - 3;
  return `${name.slice(0, room).toWellFormed()} – ${short}`;
}

export function cutName(name: string, notes: ImportNote[]): string {
  return cut(name, NAME_LENGTH, 'name_cut', notes);
}

export function cutDescription(description: string, notes: ImportNote[]): string {
  return cut(description, DESCRIPTION_LENGTH, 'description_cut', notes);
}

function cut(text: string, max: number, code: 'name_cut' | 'description_cut', notes: ImportNote[]): string {
  if (text.length <= max) return text;
  notes.push(importNote(code, { max }));
  return text.slice(0, max).toWellFormed().trim();
}

/** The name of a nested category: `Home / Lighting / Lamps`. When it is too long, the outermost parts are left out. */
export function categoryName(path: string[], notes: ImportNote[]): string {
  const parts = path.map((part) => part.replace(/\s+/g, ' ').trim()).filter(Boolean);
  const name = () => parts.join(' / ');
  if (name().length > CATEGORY_LENGTH) notes.push(importNote('category_cut', { max: CATEGORY_LENGTH }));
  while (parts.length > 1 && name().length > CATEGORY_LENGTH) parts.shift();
  return name().slice(0, CATEGORY_LENGTH).toWellFormed().trim();
}

/** Stock from a shop that may not count it (an empty text), or sells more than it has (a negative number). */
export function stockOf(text: string, notes: ImportNote[]): string | undefined {
  if (text === '') {
    notes.push(importNote('stock_not_counted'));
    return undefined;
  }
  if (!text.startsWith('-')) return text;
  notes.push(importNote('stock_below_zero', { stock: text }));
  return '0';
}

/** Splits at commas, except those escaped by a backslash. */
export function splitList(text: string): string[] {
  return text
    .split(/(?<!\\),/)
    .map((part) => part.replaceAll('\\,', ',').trim())
    .filter(Boolean);
}
