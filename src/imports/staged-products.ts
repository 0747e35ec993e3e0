import type { NoteCode } from './import-note.js';

/** SQL of an `ImportNote`, with one value at most. */
export function note(code: NoteCode, name?: string, value?: string): string {
  const values = name === undefined ? '' : `'${name}', coalesce((${value})::text, '')`;
  return `jsonb_build_object('code', '${code}', 'values', jsonb_build_object(${values}))`;
}

/**
 * Temporary tables for the lines of a file, which only their transaction sees. `outcome` is NULL for a new product; a NULL
 * value leaves the field unchanged.
 */
export const CREATE_STAGED_PRODUCTS = `
CREATE TEMPORARY TABLE staged_products (
  line integer NOT NULL,
  kind text NOT NULL,
  import_key text,
  match_slug text,
  match_id bigint,
  slug text NOT NULL,
  refs text[],
  parent text,
  option text,
  name text,
  description text,
  price numeric(10, 2),
  stock integer,
  on_sale boolean,
  updated_at timestamptz,
  says_category boolean NOT NULL,
  category text,
  category_id bigint,
  pictures text[],
  alts text[],
  notes jsonb NOT NULL,
  refusals jsonb NOT NULL,
  product_id bigint,
  outcome text,
  changes text[]
) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_categories (name text PRIMARY KEY, id bigint) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_pictures (address text PRIMARY KEY, hash text, problem jsonb) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_galleries (line integer PRIMARY KEY, hashes text[] NOT NULL, alts text[] NOT NULL)
  ON COMMIT DROP`;

/** The columns that are copied from the file; the others are computed. */
export const STAGED_COLUMNS = [
  'line',
  'kind',
  'import_key',
  'match_slug',
  'match_id',
  'slug',
  'refs',
  'parent',
  'option',
  'name',
  'description',
  'price',
  'stock',
  'on_sale',
  'updated_at',
  'says_category',
  'category',
  'category_id',
  'pictures',
  'alts',
  'notes',
  'refusals',
] as const;
