import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { NamedPicture } from './picture-columns.js';
import { cellToBoolean } from '../http/csv.js';
import { type ImportNote, importNote } from './import-note.js';
import { fieldErrors } from '../http/validation.js';
import { PRODUCT_ROUTES, productSlugOf } from '../products/category-name.js';
import { UpdateProductDto } from '../products/products.dto.js';

/** The cells of a product, as text. A missing member leaves the field unchanged. */
export interface ProductCells {
  name?: string;
  slug?: string;
  description?: string;
  price?: string;
  stock?: string;
  on_sale?: string;
  /** The category's name; '' removes the product from its category. */
  category?: string;
  category_id?: string;
}

/** The checked values of a line. */
export interface ProductValues {
  name?: string;
  description?: string;
  price?: string;
  stock?: number;
  on_sale?: boolean;
  /** null removes the product from its category. */
  category?: string | null;
  category_id?: number;
}

/** How the product of a line is found: by another shop's key, or by its slug or id here. */
export type ProductKey = { importKey: string } | { slug: string } | { id: number };

/** A line of a file, as one product. */
export interface ProductLine {
  line: number;
  /** A `parent` only passes its values to its variants. */
  kind: 'product' | 'parent' | 'skipped';
  key?: ProductKey;
  /** Slug of a new product. */
  slug: string;
  values: ProductValues;
  /** From the own export: `updated_at` of the product when it was exported. */
  updatedAt?: string;
  /** The keys by which variants refer to this parent. */
  refs?: string[];
  /** Key of a variant's parent. */
  parent?: string;
  /** The options of a variant: `Red, L`. */
  option?: string;
  /** In their order; undefined leaves the product's pictures unchanged. */
  pictures?: NamedPicture[];
  notes: ImportNote[];
  refusals: ImportNote[];
}

type CheckedField = 'name' | 'description' | 'price' | 'stock' | 'category';

/** Validates cells by the rules of the API. */
export function checkCells(cells: ProductCells): { values: ProductValues; refusals: ImportNote[] } {
  const refusals: ImportNote[] = [];
  const { name, description, category } = cells;
  const given = {
    name: orUndefined(name),
    description,
    price: cells.price ? plainAmount(cells.price) : undefined,
    stock: cells.stock ? plainAmount(cells.stock) : undefined,
    category: category === '' ? null : category,
  };
  const product = plainToInstance(UpdateProductDto, given, { exposeUnsetFields: false });
  for (const [field, [message]] of Object.entries(fieldErrors(validateSync(product)))) {
    refusals.push(importNote(`${field as CheckedField}_invalid`, { message: message! }));
  }
  if (product.category && !/[\p{L}\p{N}]/u.test(product.category)) {
    refusals.push(importNote('category_invalid', { message: 'category must hold a letter or a digit' }));
  }
  const on_sale = cells.on_sale ? cellToBoolean(cells.on_sale) : undefined;
  if (cells.on_sale && on_sale === undefined) refusals.push(importNote('on_sale_invalid'));
  const category_id = cells.category_id ? Number(cells.category_id) : undefined;
  if (category_id !== undefined && !isId(category_id)) refusals.push(importNote('category_id_invalid'));
  const values = {
    name: product.name,
    description: product.description,
    price: product.price,
    stock: product.stock,
    category: product.category,
    on_sale,
    category_id,
  };
  return { values: refusals.length === 0 ? values : { name: name?.slice(0, 200) }, refusals };
}

export function isId(id: number): boolean {
  return Number.isSafeInteger(id) && id > 0;
}

/** The text itself when it is a valid slug, else a slug made from it. */
export function asSlug(text: string): string {
  const isSlug = /^(?!\d+$)[a-z0-9]+(-[a-z0-9]+)*$/.test(text) && text.length <= 200;
  return isSlug && !PRODUCT_ROUTES.includes(text) ? text : productSlugOf(text);
}

/**
 * Normalizes an amount from an English or French spreadsheet to a decimal point: `1 234,50 €`, `1.234,50` and `$1,234.5`.
 * `1,234` and `1.234` are ambiguous: both become `1,234`, which is then refused. Zeros after the second decimal are
 * removed.
 */
export function plainAmount(text: string): string {
  const bare = text.replace(/[\s\u00a0\u202f€$£]|EUR|USD/g, '');
  const pointed = /^-?\d{1,3}(\.\d{3})*,\d{1,2}$|^-?\d+,\d{1,2}$/.test(bare)
    ? bare.replaceAll('.', '').replace(',', '.')
    : bare.replace(
        /^(-?\d{1,3})((,\d{3})+)(\.\d+)$/,
        (_all, start: string, groups: string, _last, end: string) => start + groups.replaceAll(',', '') + end,
      );
  if (/^-?[1-9]\d{0,2}\.\d{3}$/.test(pointed)) return pointed.replace('.', ',');
  return pointed.replace(/^(-?\d+\.\d\d)0+$/, '$1');
}

function orUndefined(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
