import {
  categoryName,
  cellsOf,
  cutDescription,
  cutName,
  type ForeignCells,
  refusedLine,
  splitList,
  stockOf,
} from './foreign-product.js';
import type { FileRecord, ImportFile } from './import-file.js';
import { type ImportNote, importNote } from './import-note.js';
import { boundedPictures, type NamedPicture } from './picture-columns.js';
import { plainText } from './plain-text.js';
import { asSlug, checkCells, plainAmount, type ProductLine } from './product-line.js';

/** The names of columns in WordPress's English, French, German, Spanish and Dutch: they are in the exporter's language. */
const COLUMNS = {
  type: ['type', 'typ', 'tipo'],
  sku: ['sku', 'ugs', 'reference', 'artikelnummer'],
  name: ['name', 'nom', 'nombre', 'naam'],
  published: ['published', 'publie', 'veroffentlicht', 'publicado', 'gepubliceerd'],
  visibility: [
    'visibility_in_catalog',
    'visibilite_dans_le_catalogue',
    'sichtbarkeit_im_katalog',
    'visibilidad_en_el_catalogo',
    'zichtbaarheid_in_catalogus',
  ],
  short: [
    'short_description',
    'description_courte',
    'kurzbeschreibung',
    'descripcion_corta',
    'korte_beschrijving',
    'korte_omschrijving',
  ],
  description: ['description', 'beschreibung', 'descripcion', 'beschrijving'],
  inStock: ['in_stock', 'en_stock', 'vorratig', 'existencias', 'en_inventario', 'op_voorraad'],
  stock: ['stock', 'bestand', 'lager', 'lagerbestand', 'inventario', 'voorraad'],
  price: [
    'regular_price',
    'tarif_regulier',
    'tarif_normal',
    'prix_regulier',
    'regularer_preis',
    'precio_normal',
    'precio_regular',
    'reguliere_prijs',
  ],
  salePrice: ['sale_price', 'tarif_promo', 'prix_promo', 'angebotspreis', 'precio_rebajado', 'actieprijs'],
  categories: ['categories', 'kategorien', 'categorias', 'categorieen'],
  images: ['images', 'bilder', 'imagenes', 'afbeeldingen'],
  parent: ['parent', 'ubergeordnetes_produkt', 'superior', 'principal', 'hoofd'],
} as const;

/** The names of the columns with the values of a product's attributes, of which 20 are read. */
const ATTRIBUTES = Array.from({ length: 20 }, (_, index) => [
  `attribute_${index + 1}_value_s`,
  `valeur_s_de_l_attribut_${index + 1}`,
  `attribut_${index + 1}_wert_e`,
  `valor_es_del_atributo_${index + 1}`,
  `waarde_eigenschap_${index + 1}`,
]);

export function isWooCommerce(names: string[]): boolean {
  const has = (column: keyof typeof COLUMNS) => COLUMNS[column].some((name) => names.includes(name));
  return has('type') && has('name') && (has('price') || (names.includes('id') && has('sku')));
}

/**
 * Reads WooCommerce's own export: each row is a product or a variant. A variable product is the parent of its variants,
 * which may be anywhere in the file. Each variant becomes a product here.
 */
export async function* readWooCommerce({ records }: ImportFile): AsyncGenerator<ProductLine> {
  for await (const record of records) {
    yield 'error' in record ? refusedLine(record.line, record.error) : lineOf(record);
  }
}

function lineOf(record: FileRecord): ProductLine {
  const { line } = record;
  const cell = cellsOf(record);
  const notes: ImportNote[] = [];
  const types = cell(...COLUMNS.type)
    .toLowerCase()
    .split(/\s*,\s*/);
  const is = (type: string) => types.some((one) => one.includes(type));
  const [id, sku] = [cell('id'), cell(...COLUMNS.sku)];
  const name = cutName(plainText(cell(...COLUMNS.name)), notes);
  if (id === '' && sku === '') return refusedLine(line, importNote('id_or_sku_missing'), name);
  const parent = is('variation') ? cell(...COLUMNS.parent) : '';
  if (is('variation') && parent === '') return refusedLine(line, importNote('parent_missing'), name);
  const kind = is('grouped') || is('external') ? 'skipped' : is('variable') ? 'parent' : 'product';
  notes.push(...notesOf(kind, types, cell));

  const description = cutDescription(descriptionOf(cell), notes);
  const { values, refusals } = checkCells({
    name,
    description: parent && description === '' ? undefined : description,
    ...(kind === 'product' && { price: cell(...COLUMNS.price), stock: stockIn(cell, notes) }),
    on_sale: String(isOnSale(cell)),
    category: parent ? categoryOf(cell, notes) || undefined : categoryOf(cell, notes),
  });
  return {
    line,
    kind,
    key: { importKey: id ? `woocommerce:${id}` : `woocommerce:sku:${sku}` },
    slug: asSlug(name),
    refs: kind === 'parent' ? [id && `id:${id}`, sku].filter(Boolean) : undefined,
    parent: parent || undefined,
    option: parent ? optionOf(cell) : undefined,
    values,
    pictures: picturesOf(cell, notes),
    notes,
    refusals,
  };
}

function notesOf(kind: ProductLine['kind'], types: string[], cell: ForeignCells): ImportNote[] {
  if (kind === 'parent') return [importNote('is_parent')];
  if (types.includes('grouped')) return [importNote('is_group')];
  if (types.includes('external')) return [importNote('is_external')];
  const notes: ImportNote[] = [];
  const known = ['simple', 'variation', 'virtual', 'downloadable', ''];
  const unknown = types.filter((type) => !known.includes(type));
  if (unknown.length > 0) notes.push(importNote('type_unknown', { type: unknown.join(', ') }));
  const salePrice = cell(...COLUMNS.salePrice);
  if (salePrice) notes.push(importNote('sale_price_left_out', { price: plainAmount(salePrice) }));
  return notes;
}

/** The short description, then the long one. The export writes line breaks as `\n`. */
function descriptionOf(cell: ForeignCells): string {
  return [cell(...COLUMNS.short), cell(...COLUMNS.description)]
    .map((html) => plainText(html.replace(/\\n/g, '\n').replaceAll('\\\n', '\\n'), true))
    .filter(Boolean)
    .join('\n\n');
}

function stockIn(cell: ForeignCells, notes: ImportNote[]): string | undefined {
  const stock = cell(...COLUMNS.stock);
  if (stock !== '' && stock.toLowerCase() !== 'parent') return stockOf(stock, notes);
  return cell(...COLUMNS.inStock) === '0' ? '0' : stockOf('', notes);
}

function isOnSale(cell: ForeignCells): boolean {
  const visibility = cell(...COLUMNS.visibility).toLowerCase();
  return ['', '1'].includes(cell(...COLUMNS.published)) && visibility !== 'hidden';
}

function picturesOf(cell: ForeignCells, notes: ImportNote[]): NamedPicture[] {
  const addresses = splitList(cell(...COLUMNS.images));
  return boundedPictures(
    addresses.map((address) => ({ address, alt: '' })),
    notes,
  );
}

/** The most deeply nested category; of several, the first. */
function categoryOf(cell: ForeignCells, notes: ImportNote[]): string {
  const paths = splitList(cell(...COLUMNS.categories)).map((path) =>
    path.split('>').map((part) => plainText(part.trim())),
  );
  const deepest = paths.reduce<string[]>((best, path) => (path.length > best.length ? path : best), []);
  const others = paths.filter((path) => path.some((part, index) => part !== deepest[index]));
  if (others.length > 0) {
    const names = others.map((path) => path.join(' / ')).join(', ');
    notes.push(importNote('categories_left_out', { names: names.slice(0, 500).toWellFormed() }));
  }
  return categoryName(deepest, notes);
}

/** The values of the variant's attributes. */
function optionOf(cell: ForeignCells): string | undefined {
  const values = ATTRIBUTES.map((columns) => cell(...columns).replaceAll('\\,', ','));
  return values.filter(Boolean).join(', ').slice(0, 100).toWellFormed() || undefined;
}
