import { columnName, unescapeFormula } from '../http/csv.js';
import { splitList } from './foreign-product.js';
import { boundedPictures } from './picture-columns.js';
import { type ImportFile, UnreadableFile } from './import-file.js';
import { importNote } from './import-note.js';
import {
  asSlug,
  checkCells,
  isId,
  type ProductCells,
  type ProductKey,
  type ProductLine,
} from './product-line.js';
import { productSlugOf } from '../products/category-name.js';

/** The columns that are read: those of this shop's own export, and `category`, a name in place of the id. */
const READ = [
  'id',
  'slug',
  'name',
  'description',
  'price',
  'stock',
  'on_sale',
  'category',
  'category_id',
  'pictures',
  'deleted_at',
  'updated_at',
] as const;

/** Columns of the own export that are not read. */
const UNREAD = ['created_at'];

type Cells = Partial<Record<(typeof READ)[number], string>>;

export function isOwnExport(names: string[]): boolean {
  return ['name', 'slug', 'id'].some((name) => names.includes(name));
}

/**
 * @returns names of the columns that are not read
 * @throws UnreadableFile for a repeated column, and for ids beside columns that the own export does not have: they may be
 *   another shop's ids, and would change unrelated products here
 */
export function checkColumns(columns: string[]): string[] {
  const names = columns.map(columnName);
  const isRead = (name: string) => (READ as readonly string[]).includes(name);
  const twice = columns.find((_column, at) => isRead(names[at]!) && names.indexOf(names[at]!) !== at);
  if (twice !== undefined) throw new UnreadableFile(importNote('column_twice', { column: twice }));
  const foreign = columns.filter((_column, at) => !isRead(names[at]!) && !UNREAD.includes(names[at]!));
  if (names.includes('id') && !names.includes('slug') && foreign.length > 0) {
    throw new UnreadableFile(importNote('foreign_ids', { columns: foreign.join(', ') }));
  }
  return columns.filter((_column, at) => !isRead(names[at]!));
}

/**
 * Reads the shop's own export, or a table with some of its columns. A product is found by its slug, or else by its id, or
 * else by the slug that its name gives.
 */
export async function* readOwnExport({ records }: ImportFile): AsyncGenerator<ProductLine> {
  for await (const record of records) {
    if ('error' in record) {
      yield { line: record.line, kind: 'product', slug: '', values: {}, notes: [], refusals: [record.error] };
    } else yield lineOf(record.line, cellsOf(record.values));
  }
}

function cellsOf(values: Record<string, unknown>): Cells {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([column, value]) => [columnName(column), unescapeFormula(textOf(value))]),
  );
}

function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function lineOf(line: number, cells: Cells): ProductLine {
  const { values, refusals } = checkCells(categoryOf(cells));
  const slug = cells.slug ? asSlug(cells.slug.trim()) : productSlugOf(cells.name ?? '');
  const key = keyOf(cells, slug);
  if (!key) refusals.push(importNote('id_missing'));
  const isDeleted = Boolean(cells.deleted_at?.trim());
  const notes = isDeleted ? [importNote('deleted_there')] : [];
  const addresses = addressesIn(cells.pictures ?? '');
  if (!addresses) refusals.push(importNote('pictures_no_list'));
  return {
    line,
    kind: isDeleted ? 'skipped' : 'product',
    key,
    slug,
    values,
    updatedAt: timeIn(cells.updated_at),
    pictures:
      addresses &&
      boundedPictures(
        addresses.map((address) => ({ address, alt: '' })),
        notes,
      ),
    notes,
    refusals,
  };
}

/** @returns undefined for any other form, as spreadsheets write times in forms of their own */
function timeIn(cell = ''): string | undefined {
  if (!/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/.test(cell.trim())) return undefined;
  const time = new Date(cell.trim());
  return Number.isNaN(time.getTime()) ? undefined : time.toJSON();
}

/** A JSON list, as the own export writes it, or names separated by commas. @returns undefined for other JSON */
function addressesIn(cell: string): string[] | undefined {
  if (!cell.trim().startsWith('[')) return splitList(cell);
  try {
    const list: unknown = JSON.parse(cell);
    return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
}

/** Without both columns the category stays; when both are empty, the product leaves its category. */
function categoryOf({ category, category_id, ...cells }: Cells): ProductCells {
  if (category === undefined && category_id === undefined) return cells;
  return category || category_id
    ? { ...cells, category: category || undefined, category_id }
    : { ...cells, category: '' };
}

function keyOf({ slug, id, name }: Cells, made: string): ProductKey | undefined {
  if (slug?.trim()) return { slug: made };
  if (id?.trim()) return isId(Number(id)) ? { id: Number(id) } : undefined;
  return name?.trim() ? { slug: made } : undefined;
}
