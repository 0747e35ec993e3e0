import { cellToBoolean } from '../http/csv.js';
import {
  categoryName,
  cellsOf,
  cutDescription,
  cutName,
  type ForeignCells,
  refusedLine,
  stockOf,
  variantName,
} from './foreign-product.js';
import type { ImportFile } from './import-file.js';
import { type ImportNote, importNote } from './import-note.js';
import { boundedPictures, type NamedPicture } from './picture-columns.js';
import { plainText } from './plain-text.js';
import { ALT_LENGTH } from '../products/pictures.dto.js';
import { asSlug, checkCells, type ProductLine } from './product-line.js';

/** The names of each column: in exports of 2024, and since 2025. */
const COLUMNS = {
  handle: ['handle', 'url_handle'],
  description: ['body_html', 'description'],
  published: ['published', 'published_on_online_store'],
  price: ['variant_price', 'price'],
  sku: ['variant_sku', 'sku'],
  tracker: ['variant_inventory_tracker', 'inventory_tracker'],
  stock: ['variant_inventory_qty', 'inventory_quantity'],
  picture: ['image_src', 'product_image_url'],
  variantPicture: ['variant_image', 'variant_image_url'],
} as const;

const OPTIONS = [1, 2, 3];
/** More rows than Shopify's limits on variants and pictures allow for a product. */
const MOST_ROWS = 5_000;

interface Row {
  line: number;
  cell: ForeignCells;
}

export function isShopify(names: string[]): boolean {
  const has = (column: keyof typeof COLUMNS) => COLUMNS[column].some((name) => names.includes(name));
  return has('handle') && names.includes('title') && has('price');
}

/**
 * Reads Shopify's export. The rows of a product are adjacent and share its handle. The first one holds the product's own
 * fields, and each may hold a variant, a picture or both. Each variant becomes a product here.
 */
export async function* readShopify({ records }: ImportFile): AsyncGenerator<ProductLine> {
  let rows: Row[] = [];
  let handle = '';
  for await (const record of records) {
    if ('error' in record) {
      yield refusedLine(record.line, record.error);
      continue;
    }
    const row = { line: record.line, cell: cellsOf(record) };
    const own = row.cell(...COLUMNS.handle);
    if (own === '') {
      yield refusedLine(record.line, importNote('handle_missing'));
      continue;
    }
    if (own !== handle) {
      yield* productsOf(handle, rows);
      [handle, rows] = [own, []];
    }
    if (rows.length < MOST_ROWS) rows.push(row);
    else yield refusedLine(row.line, importNote('rows_over', { max: MOST_ROWS }));
  }
  yield* productsOf(handle, rows);
}

function* productsOf(handle: string, rows: Row[]): Generator<ProductLine> {
  const [first] = rows;
  if (!first) return;
  const title = first.cell('title');
  if (title === '') {
    for (const { line } of rows) yield refusedLine(line, importNote('title_missing'));
    return;
  }
  const variants = rows.filter(isVariant);
  if (variants.length === 0) yield refusedLine(first.line, importNote('variant_price_missing'), title);
  const pictures = rows.map(({ cell }) => ({
    address: cell(...COLUMNS.picture),
    alt: cell('image_alt_text').slice(0, ALT_LENGTH).toWellFormed(),
  }));
  const ofVariants = new Set(variants.map(({ cell }) => cell(...COLUMNS.variantPicture)));
  const shared = pictures.filter(({ address }) => !ofVariants.has(address));
  const product = { handle, title, first: first.cell, pictures, shared };
  const isGiftCard = cellToBoolean(first.cell('gift_card')) === true;
  for (const variant of variants) {
    const line = lineOf(product, variant);
    yield isGiftCard ? { ...line, kind: 'skipped', notes: [importNote('is_gift_card')] } : line;
  }
}

function isVariant({ cell }: Row): boolean {
  return cell(...COLUMNS.price, ...COLUMNS.sku, 'option1_value') !== '';
}

interface Product {
  handle: string;
  title: string;
  first: ForeignCells;
  pictures: NamedPicture[];
  /** Pictures that belong to no variant. */
  shared: NamedPicture[];
}

function lineOf({ handle, title, first, pictures, shared }: Product, { line, cell }: Row): ProductLine {
  const notes: ImportNote[] = [];
  const options = OPTIONS.map((number) => cell(`option${number}_value`)).filter(Boolean);
  const isOnly = options.length === 0 || (options.length === 1 && options[0] === 'Default Title');
  const option = isOnly ? undefined : options.join(', ');
  if (option) notes.push(importNote('variant_of', { name: title }));
  const address = cell(...COLUMNS.variantPicture);
  const own = address && (pictures.find((picture) => picture.address === address) ?? { address, alt: '' });
  const { values, refusals } = checkCells({
    name: option ? variantName(title, option) : cutName(title, notes),
    description: cutDescription(plainText(first(...COLUMNS.description)), notes),
    price: cell(...COLUMNS.price),
    stock: stockOf(cell(...COLUMNS.stock), notes),
    on_sale: String(isOnSale(first)),
    category: categoryName((first('product_category') || first('type')).split('>'), notes),
  });
  return {
    line,
    kind: 'product',
    key: { importKey: ['shopify:' + handle, ...(option ? options.map(encodeURIComponent) : [])].join('/') },
    slug: asSlug(option ? `${handle}-${options.join('-')}` : handle),
    values,
    pictures: boundedPictures(own ? [own, ...shared] : shared, notes),
    notes,
    refusals,
  };
}

function isOnSale(first: ForeignCells): boolean {
  const status = first('status').toLowerCase();
  return (status === '' || status === 'active') && cellToBoolean(first(...COLUMNS.published)) !== false;
}
