import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { batched } from '../database/batched.js';
import { Database, type Reads, type Transaction } from '../database/database.js';
import { containing } from '../database/sql.js';
import { DEFAULT_PAGE_SIZE, type Json, type PageRow, type PageStart } from '../http/paging.js';
import { AVAILABLE, productJson } from './product-json.js';
import { sortKey } from './product-ordering.js';
import type { CategoryDto, ProductDto, ProductsQuery } from './products.dto.js';

export interface NewProduct {
  name: string;
  slug: string;
  description: string;
  price: string;
  stock: number;
  on_sale: boolean;
  category_id: number | null;
  pictures: string[];
}

export interface ProductChanges {
  name?: string;
  description?: string;
  price?: string;
  stock?: number;
  available?: boolean;
  category_id?: number | null;
}

const MAX_SEARCH_WORDS = 5;

const DETAILS = `
  SELECT p.id, ${productJson('$2::text')}::text AS json
  FROM products p WHERE p.id = ANY($1::bigint[]) AND p.deleted_at IS NULL`;

@Injectable()
export class ProductsRepository {
  private readonly media: string;

  constructor(
    private readonly database: Database,
    config: Config,
  ) {
    this.media = config.mediaUrl;
  }

  readonly findById = batched((ids: number[]) => this.findByIds(ids));

  /** In the order of the ids; undefined for an unknown one. */
  async findByIds(ids: number[], tx?: Transaction): Promise<(Json<ProductDto> | undefined)[]> {
    const rows = await this.database.query<{ id: number; json: string }>(DETAILS, [ids, this.media], tx);
    const byId = new Map(rows.map(({ id, json }) => [id, json]));
    return ids.map((id) => byId.get(id));
  }

  /** One row more than the page holds. */
  findPage(query: ProductsQuery, start: PageStart, from: Reads): Promise<PageRow[]> {
    const parameters: unknown[] = [this.media];
    const bind = (value: unknown) => `$${parameters.push(value)}`;
    const filters = conditions(query, bind);
    const matching = ['p.deleted_at IS NULL', ...filters].join(' AND ');
    const { expression, type, direction } = sortKey(query.ordering);
    const ordered = `ORDER BY ${expression} ${direction}, p.id ${direction}`;
    // For a parameter the planner would guess a tenth of the table; a text for every size would be too many.
    const limit =
      start.size === DEFAULT_PAGE_SIZE ? `LIMIT ${start.size + 1}` : `LIMIT ${bind(start.size + 1)}::bigint`;
    const after =
      start.after &&
      `AND (${expression}, p.id) ${direction === 'ASC' ? '>' : '<'} (${bind(start.after.key)}::${type}, ${bind(start.after.id)}::bigint)`;

    // A page far down is found in an index alone; only the rows that it shows are then read.
    const rows =
      start.offset > 0
        ? `JOIN (SELECT p.id FROM products p WHERE ${matching} ${ordered} OFFSET ${bind(start.offset)}::bigint ${limit}) page
             ON page.id = p.id ${ordered}`
        : `WHERE ${matching} ${after ?? ''} ${ordered} ${limit}`;
    const count =
      filters.length > 0
        ? `SELECT count(*) FROM products p WHERE ${matching}`
        : 'SELECT live FROM product_counts';

    // A left join of one row with the page can only be a loop over the page: its order stays.
    return from.query<PageRow>(
      `SELECT total.count, page.* FROM (SELECT (${count}) AS count) total LEFT JOIN (
         SELECT p.id, (${expression})::text AS key, ${productJson('$1::text')}::text AS json FROM products p ${rows}
       ) page ON true`,
      parameters,
    );
  }

  /**
   * Writes a product and the first row of its ledger in one statement.
   *
   * @returns its id, or undefined when the slug is taken
   */
  async insert(product: NewProduct, tx?: Transaction): Promise<number | undefined> {
    const row = await this.database.queryOne<{ id: number }>(
      `WITH inserted AS (
         INSERT INTO products (name, slug, description, price, stock, stock_sequence, on_sale, category_id, pictures)
         VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8)
         ON CONFLICT ON CONSTRAINT products_slug_unique DO NOTHING
         RETURNING id, stock
       ), movement AS (
         INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
         SELECT id, 1, stock, stock, 'initial' FROM inserted
       )
       SELECT id FROM inserted`,
      [
        product.name,
        product.slug,
        product.description,
        product.price,
        product.stock,
        product.on_sale,
        product.category_id,
        product.pictures,
      ],
      tx,
    );
    return row?.id;
  }

  /**
   * Writes the changes and, when they change the stock, a row of the ledger. `available` moves the product on or
   * off sale; beside a stock only where it differs from what a reader saw, so that a client may send back what it read.
   *
   * @returns whether there is such a product
   */
  async update(id: number, changes: ProductChanges, tx?: Transaction): Promise<boolean> {
    const rows = await this.database.query(
      `WITH old AS (
         SELECT id, stock, stock_sequence FROM products WHERE id = $1 AND deleted_at IS NULL FOR UPDATE
       ), updated AS (
         UPDATE products p SET
           name = coalesce($2, p.name),
           description = coalesce($3, p.description),
           price = coalesce($4, p.price),
           stock = coalesce($5, p.stock),
           stock_sequence = p.stock_sequence + ($5 IS NOT NULL AND $5 <> p.stock)::int,
           on_sale = CASE WHEN $5 IS NOT NULL AND $6::boolean = (p.on_sale AND p.stock > 0) THEN p.on_sale ELSE coalesce($6, p.on_sale) END,
           category_id = CASE WHEN $7 THEN $8 ELSE p.category_id END,
           updated_at = now()
         FROM old WHERE p.id = old.id
         RETURNING p.id, p.stock, p.stock_sequence, p.stock - old.stock AS delta
       ), movement AS (
         INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
         SELECT id, stock_sequence, delta, stock, 'adjustment' FROM updated WHERE delta <> 0
       )
       SELECT id FROM updated`,
      [
        id,
        changes.name,
        changes.description,
        changes.price,
        changes.stock,
        changes.available,
        changes.category_id !== undefined,
        changes.category_id,
      ],
      tx,
    );
    return rows.length === 1;
  }

  /** @returns whether there was such a product */
  async softDelete(id: number): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE products SET deleted_at = now(), slug = slug || '-deleted-' || id
       WHERE id = $1 AND deleted_at IS NULL RETURNING id`,
      [id],
    );
    return rows.length === 1;
  }

  findCategories(from: Reads): Promise<CategoryDto[]> {
    return from.query<CategoryDto>('SELECT id, name, slug FROM categories ORDER BY name');
  }

  /** The id of the category of that slug, made when it is new. */
  async ensureCategory(name: string, slug: string, tx?: Transaction): Promise<number> {
    const row = await this.database.queryOne<{ id: number }>(
      `WITH known AS (
         SELECT id FROM categories WHERE slug = $2
       ), made AS (
         INSERT INTO categories (name, slug) SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM known)
         ON CONFLICT ON CONSTRAINT categories_slug_unique DO UPDATE SET slug = excluded.slug
         RETURNING id
       )
       SELECT id FROM known UNION ALL SELECT id FROM made`,
      [name, slug],
      tx,
    );
    return row!.id;
  }
}

function conditions(query: ProductsQuery, bind: (value: unknown) => string): string[] {
  const all: string[] = [];
  if (query.min_price !== undefined) all.push(`p.price >= ${bind(query.min_price)}::numeric`);
  if (query.max_price !== undefined) all.push(`p.price <= ${bind(query.max_price)}::numeric`);
  if (query.available !== undefined) all.push(query.available ? AVAILABLE : `NOT ${AVAILABLE}`);
  if (query.category !== undefined) {
    const category = bind(query.category);
    all.push(
      `p.category_id = (SELECT id FROM categories WHERE slug = lower(${category}) OR fold_text(name) = fold_text(${category}) LIMIT 1)`,
    );
  }
  for (const word of searchWords(query.search)) {
    all.push(`fold_text(p.name || ' ' || p.description) LIKE ${containing(bind(word))}`);
  }
  return all;
}

function searchWords(search = ''): string[] {
  return search.split(/\s+/).filter(Boolean).slice(0, MAX_SEARCH_WORDS);
}
