import { columnName, unescapeFormula } from '../http/csv.js';
import { DESCRIPTION_LENGTH, NAME_LENGTH } from '../products/products.dto.js';
import { CATEGORY_LENGTH } from '../products/categories.dto.js';
import type { FileRecord } from './import-file.js';
import type { ProductLine } from './product-line.js';

/** What other shops' exports have in common. Texts that are too long here are cut, and that is said. */

/** Cells by the name of their column, without what escapes formulas. */
export type ForeignCells = (...columns: string[]) => string;

/** @returns what reads the first of several columns that holds something; '' for none */
export function cellsOf({ values }: FileRecord): ForeignCells {
  const cells = new Map(
    Object.entries(values).map(([column, value]) => [
      columnName(column),
      unescapeFormula(String(value)).trim(),
    ]),
  );
  return (...columns) => columns.map((column) => cells.get(column)).find(Boolean) ?? '';
}

export function refusedLine(line: number, reason: string, name = ''): ProductLine {
  return { line, kind: 'product', slug: '', values: { name }, notes: [], refusals: [reason] };
}

/** `Name – Red, L`, where the name gives way when both are too long. */
export function variantName(name: string, option: string): string {
  const short = option.slice(0, NAME_LENGTH / 2).toWellFormed();
  const room = NAME_LENGTH - short.length - 3;
  return `${name.slice(0, room).toWellFormed()} – ${short}`;
}

export function cutName(name: string, notes: string[]): string {
  return cut(name, NAME_LENGTH, 'name', notes);
}

export function cutDescription(description: string, notes: string[]): string {
  return cut(description, DESCRIPTION_LENGTH, 'description', notes);
}

function cut(text: string, longest: number, field: string, notes: string[]): string {
  if (text.length <= longest) return text;
  notes.push(`${field} is cut after ${longest} characters`);
  return text.slice(0, longest).toWellFormed().trim();
}

/** A category below others: `Home / Lighting / Lamps`. Where that is too long, the outermost go. */
export function categoryName(path: string[], notes: string[]): string {
  const parts = path.map((part) => part.replace(/\s+/g, ' ').trim()).filter(Boolean);
  const name = () => parts.join(' / ');
  if (name().length > CATEGORY_LENGTH) notes.push(`category is cut to ${CATEGORY_LENGTH} characters at most`);
  while (parts.length > 1 && name().length > CATEGORY_LENGTH) parts.shift();
  return name().slice(0, CATEGORY_LENGTH).toWellFormed().trim();
}

/** What a shop that sells beyond its stock, or counts none, says of it. */
export function stockOf(told: string, notes: string[]): string | undefined {
  if (told === '') {
    notes.push('stock is not counted there: set it here');
    return undefined;
  }
  if (!told.startsWith('-')) return told;
  notes.push(`stock ${told} becomes 0`);
  return '0';
}

/** Parts between commas that no backslash escapes. */
export function splitList(text: string): string[] {
  return text
    .split(/(?<!\\),/)
    .map((part) => part.replaceAll('\\,', ',').trim())
    .filter(Boolean);
}
