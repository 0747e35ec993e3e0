import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Config } from '../config/config.js';
import { createBatcher } from '../database/create-batcher.js';
import { Database, type Reads, type Transaction, violates } from '../database/database.js';
import { PLANNED_FOR_ITS_VALUES } from '../database/serving-client.js';
import { COUNTED_UP_TO } from '../database/page-sql.js';
import { escaped } from '../database/sql.js';
import type { Json, PageRow, PageStart } from '../http/paging.js';
import { AVAILABLE, productJson } from './product-json.js';
import {
  categoryListSql,
  filteredListSql,
  firstParameters,
  type Place,
  placeOf,
  plainListSql,
} from './product-list.js';
import { hasTrigram, searchSql } from './product-search.js';
import { ADJUST_STOCK } from './adjust-stock.sql.js';
import { FIND_PRODUCT_VERSION } from './find-product-version.sql.js';
import { FIND_VERSION_AT } from './find-version-at.sql.js';
import { Product } from './product.entity.js';
import { UPDATE_PRODUCT } from './update-product.sql.js';
import type {
  AdjustStockDto,
  CategoryDto,
  ProductDto,
  ProductsQuery,
  SuggestionDto,
} from './products.dto.js';

export interface NewProduct {
  name: string;
  slug: string;
  description: string;
  price: string;
  stock: number;
  on_sale: boolean;
  category_id: number | null;
  pictures: string[];
  /** Whose request it is; null for the shop's own. */
  actor_id: number | null;
}

export interface ProductChanges {
  name?: string;
  description?: string;
  price?: string;
  stock?: number;
  available?: boolean;
  category_id?: number | null;
}

/** What a version of a product held. */
export type HeldValues = Required<ProductChanges>;

const MAX_SEARCH_WORDS = 5;
const FRACTIONS = /[\u00bc-\u00be\u2150-\u215f\u2189]/g;
const MAX_SUGGESTIONS = 10;
const COUNTED_UP_TO_IN_A_LARGE_SHOP = 500;
const SIZE_GOOD_FOR_MS = 1_000;

const DETAILS = `
  SELECT p.id, ${productJson('$2::text')}::text AS json
  FROM products p WHERE p.id = ANY($1::bigint[]) AND p.deleted_at IS NULL`;

const SUGGESTIONS = `${PLANNED_FOR_ITS_VALUES}
  SELECT p.id, p.name, p.slug FROM products p
  WHERE p.deleted_at IS NULL AND fold_words($1) <> ' '
    AND p.name_words LIKE '%' || ${escaped('fold_words($1)')} || '%'
  ORDER BY p.id LIMIT $2`;

@Injectable()
export class ProductsRepository {
  private readonly media: string;
  private isLarge = false;
  private sizeLookedUpAt = -Infinity;

  constructor(
    private readonly database: Database,
    config: Config,
  ) {
    this.media = config.mediaUrl;
  }

  readonly findById = createBatcher((ids: number[]) => this.findByIds(ids));

  /** In the order of the ids; undefined for an unknown one. */
  async findByIds(ids: number[], tx?: Transaction): Promise<(Json<ProductDto> | undefined)[]> {
    const rows = await this.database.query<{ id: number; json: string }>(DETAILS, [ids, this.media], tx);
    const byId = new Map(rows.map(({ id, json }) => [id, json]));
    return ids.map((id) => byId.get(id));
  }

  async findPage(query: ProductsQuery, start: PageStart, from: Reads): Promise<PageRow> {
    const parameters = firstParameters(this.media, start);
    const text = await this.listSql(query, placeOf(start), from, (value) => `$${parameters.push(value)}`);
    return (await from.queryOne<PageRow>(text, parameters))!;
  }

  /** @param bind makes a value a parameter */
  private async listSql(
    query: ProductsQuery,
    place: Place,
    from: Reads,
    bind: (value: unknown) => string,
  ): Promise<string> {
    const { ordering } = query;
    const conditions = conditionsOf(query, bind);
    const category = query.category && categoryIdOf(bind(query.category));
    const words = searchWords(query.search);
    if (words.length > 0) {
      return searchSql(ordering, place, {
        words: words.map((word) => ({ parameter: bind(word), hasTrigram: hasTrigram(word) })),
        category,
        conditions,
      });
    }
    if (category && conditions.length === 0) return categoryListSql(ordering, place, category);
    if (category) conditions.push(`p.category_id = (${category})`);
    if (conditions.length === 0) return plainListSql(ordering, place);
    const text = filteredListSql(ordering, place, conditions, await this.countedUpTo(from));
    return hasOnePlan(query) ? text : PLANNED_FOR_ITS_VALUES + text;
  }

  /** A filtered list is counted to its end in most shops; in a large one that would take longer than finding a page. */
  private async countedUpTo(from: Reads): Promise<number> {
    if (performance.now() - this.sizeLookedUpAt > SIZE_GOOD_FOR_MS) {
      const row = await from.queryOne<{ live: number }>('SELECT live FROM product_counts');
      this.isLarge = row!.live > COUNTED_UP_TO;
      this.sizeLookedUpAt = performance.now();
    }
    return this.isLarge ? COUNTED_UP_TO_IN_A_LARGE_SHOP : COUNTED_UP_TO;
  }

  /** The first products with a word in their name that begins with `typed`. */
  findSuggestions(typed: string, from: Reads): Promise<SuggestionDto[]> {
    return from.query<SuggestionDto>(SUGGESTIONS, [typed, MAX_SUGGESTIONS]);
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
         INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason, actor_id)
         SELECT id, 1, stock, stock, 'initial', $9 FROM inserted
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
        product.actor_id,
      ],
      tx,
    );
    return row?.id;
  }

  /**
   * Writes the changes and, when they change the stock, a row of the ledger. `available` moves the product on or
   * off sale.
   *
   * @returns whether there is such a product
   */
  async update(id: number, changes: ProductChanges, actorId: number, tx?: Transaction): Promise<boolean> {
    const { name, description, price, stock, available, category_id } = changes;
    const category = [category_id !== undefined, category_id];
    const parameters = [id, name, description, price, stock, available, ...category, actorId];
    return (await this.database.query(UPDATE_PRODUCT, parameters, tx)).length === 1;
  }

  /** Keeps a live product as it is until the transaction ends. @returns its version, or undefined for an unknown one */
  async lock(id: number, tx: Transaction): Promise<number | undefined> {
    const product = await tx.getRepository(Product).findOne({
      select: { id: true, revision: true, stock_sequence: true },
      where: { id, deleted_at: IsNull() },
      lock: { mode: 'pessimistic_write' },
    });
    return product ? product.revision + product.stock_sequence : undefined;
  }

  /** What a version held; undefined for one that never was. */
  findVersion(id: number, version: number, tx: Transaction): Promise<HeldValues | undefined> {
    return this.database.queryOne<HeldValues>(FIND_PRODUCT_VERSION, [id, version], tx);
  }

  /** @param updatedAt to the millisecond. @returns the version that began then, or null */
  async findVersionAt(id: number, updatedAt: string, tx: Transaction): Promise<number | null> {
    const row = await this.database.queryOne<{ version: number | null }>(
      FIND_VERSION_AT,
      [id, updatedAt],
      tx,
    );
    return row!.version;
  }

  /** @returns whether there is such a product */
  async adjustStock(
    id: number,
    { delta, set, reason = '' }: AdjustStockDto,
    actorId: number,
    tx?: Transaction,
  ): Promise<boolean> {
    const parameters = [id, delta, set, actorId, reason];
    return (await this.database.query(ADJUST_STOCK, parameters, tx)).length === 1;
  }

  /** Whether a statement broke on taking more than there is. */
  isBelowZero(error: unknown): boolean {
    return violates(error, 'products_stock_not_negative');
  }

  /** By slug, or else by name. */
  async findCategoryId(category: string, tx: Transaction): Promise<number | undefined> {
    const row = await this.database.queryOne<{ id: number }>(categoryIdOf('$1'), [category], tx);
    return row?.id;
  }

  findIdBySlug(slug: string, tx?: Transaction): Promise<{ id: number } | undefined> {
    return this.database.queryOne('SELECT id FROM products WHERE slug = $1', [slug], tx);
  }

  /** @returns whether there was such a product */
  async softDelete(id: number, tx?: Transaction): Promise<boolean> {
    const rows = await this.database.query(
      `WITH counted AS MATERIALIZED (SELECT 1 FROM product_counts FOR UPDATE)
       UPDATE products SET deleted_at = now(), slug = slug || '-deleted-' || id
       FROM counted WHERE id = $1 AND deleted_at IS NULL RETURNING id`,
      [id],
      tx,
    );
    return rows.length === 1;
  }

  findCategories(from: Reads): Promise<CategoryDto[]> {
    return from.query<CategoryDto>('SELECT id, name, slug FROM categories ORDER BY name');
  }

  /**
   * The id of the category of that slug, made when it is new. Whoever comes second locks it by a column that is no
   * key: products that name it meanwhile need not wait for that.
   */
  async ensureCategory(name: string, slug: string, tx?: Transaction): Promise<number> {
    const row = await this.database.queryOne<{ id: number }>(
      `WITH known AS (
         SELECT id FROM categories WHERE slug = $2
       ), made AS (
         INSERT INTO categories (name, slug) SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM known)
         ON CONFLICT ON CONSTRAINT categories_slug_unique DO UPDATE SET name = categories.name
         RETURNING id
       )
       SELECT id FROM known UNION ALL SELECT id FROM made`,
      [name, slug],
      tx,
    );
    return row!.id;
  }
}

/** By slug, or else by name. */
function categoryIdOf(category: string): string {
  return `SELECT id FROM categories WHERE slug = lower(${category}) OR fold_text(name) = fold_text(${category})
    ORDER BY slug <> lower(${category}), id LIMIT 1`;
}

/** Whether an index leads through the list in its order, whatever the values of its filters are. */
function hasOnePlan({ min_price, max_price, ordering }: ProductsQuery): boolean {
  return (min_price ?? max_price) === undefined || ordering === 'price' || ordering === '-price';
}

function conditionsOf(query: ProductsQuery, bind: (value: unknown) => string): string[] {
  const all: string[] = [];
  if (query.min_price !== undefined) all.push(`p.price >= ${bind(query.min_price)}::numeric`);
  if (query.max_price !== undefined) all.push(`p.price <= ${bind(query.max_price)}::numeric`);
  if (query.available !== undefined) all.push(query.available ? AVAILABLE : `NOT ${AVAILABLE}`);
  return all;
}

/** What a fraction folds to, in products too, begins with a space: `1½` is `1 1/2`. */
function searchWords(search = ''): string[] {
  const unfolded = search.replace(FRACTIONS, (one) => ` ${one.normalize('NFKD').replace('\u2044', '/')}`);
  return unfolded.split(/\s+/).filter(Boolean).slice(0, MAX_SEARCH_WORDS);
}
