/**
 * English texts of the notes of an import about a line or the whole file. Codes are stable: clients translate by code and
 * replace each `{name}` by its value.
 */
export const NOTE_TEXTS = {
  archive_unreadable: 'The archive of pictures cannot be read: {message}',
  category_cut: 'category is cut to {max} characters at most',
  category_id_invalid: 'category_id must be an id',
  category_invalid: '{message}',
  category_unknown: 'there is no category {id} here',
  categories_left_out: 'left out of its categories: {names}',
  column_twice: 'The first line names the column {column} twice.',
  columns_differ: 'columns: {found} instead of {expected}',
  deleted_here: 'product {id} was deleted here: restore it to import it',
  deleted_there: 'it is deleted in the shop of the file',
  description_cut: 'description is cut after {max} characters',
  description_invalid: '{message}',
  file_empty: 'The file is empty.',
  file_no_text: 'The file is no text: save the table as CSV, in UTF-8, and send that.',
  file_unreadable: '{message}',
  foreign_ids:
    'Ids beside columns that our export does not have may be those of another shop: add slug, or leave out id, or {columns}.',
  given_up: 'It failed again and again for a reason that has nothing to do with the file.',
  handle_missing: 'Handle is required',
  id_missing: 'id, slug or name is required',
  id_or_sku_missing: 'ID or SKU is required',
  is_external: 'it is sold by another shop',
  is_gift_card: 'it is a gift card',
  is_group: 'a group of products has no price of its own',
  is_parent: 'its variants are products here, it is none itself',
  json_unreadable: 'json: cannot be read',
  lines_refused: 'Lines were refused, so nothing was imported.',
  name_cut: 'name is cut after {max} characters',
  name_invalid: '{message}',
  name_missing: 'name is required for a new product',
  no_products: 'The first line names no column of products: name, slug or id.',
  nul: 'A text holds a NUL.',
  on_sale_invalid: 'on_sale must be true or false',
  parent_missing: 'Parent is required',
  parent_refused: 'its parent in line {line} is refused',
  parent_unknown: 'its parent {parent} is in no line of the file',
  picture_refused: '{message}',
  pictures_left_out: 'pictures that were not given along are left out: {names}',
  pictures_no_list: 'pictures must be a list of names or addresses',
  pictures_over: 'only the first {max} of its pictures are taken',
  pictures_too_many: 'There are more than {max} pictures.',
  price_invalid: '{message}',
  price_missing: 'price is required for a new product',
  product_unknown: 'there is no product {id} here',
  sale_price_left_out: 'the sale price {price} is left out',
  stock_below_zero: 'stock {stock} becomes 0',
  stock_invalid: '{message}',
  stock_not_counted: 'stock is not counted there: set it here',
  record_unreadable: 'What begins in line {line} cannot be read: {message}',
  rows_over: 'a product has {max} rows at most',
  title_missing: 'Title is missing: rows of a product stand together, and the first one has its title',
  twice: 'the product stands in line {line} already',
  type_unknown: 'its type there is {type}',
  variant_of: 'variant of {name}: a product of its own here',
  variant_price_missing: 'Variant Price is required',
  written_before: 'Before that it has written products, which stay: {created} new ones, {changed} changed.',
} as const;

const LONGEST_VALUE = 1_000;

export type NoteCode = keyof typeof NOTE_TEXTS;

export interface ImportNote {
  code: NoteCode;
  values: Record<string, string>;
}

/** @param values are made storable: long texts are cut, NUL and unpaired surrogates are replaced */
export function importNote(code: NoteCode, values: Record<string, string | number> = {}): ImportNote {
  const texts = Object.entries(values).map(([name, value]) => [
    name,
    String(value).slice(0, LONGEST_VALUE).toWellFormed().replaceAll('\0', '\uFFFD'),
  ]);
  return { code, values: Object.fromEntries(texts) };
}

export function noteText({ code, values }: ImportNote): string {
  return NOTE_TEXTS[code].replace(/\{(\w+)\}/g, (_hole, name: string) => values[name] ?? '');
}
