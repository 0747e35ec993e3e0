import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Repository } from 'typeorm';
import { Config } from '../config/config.js';
import { createBatcher } from '../database/create-batcher.js';
import { Database, type Reads, type Transaction, violates } from '../database/database.js';
import { COUNTED_UP_TO, placeOf } from '../database/page-sql.js';
import type { Json, PageRow, PageStart } from '../http/paging.js';
import { ADJUST_STOCK } from './adjust-stock.sql.js';
import { type BulkField, type BulkValue, CHANGE_PRODUCTS } from './change-products.sql.js';
import { COUNT_PRODUCTS } from './count-products.sql.js';
import type { CategoryDto } from './categories.dto.js';
import { FIND_PRODUCTS } from './find-products.sql.js';
import { FIND_PRODUCT_VERSION } from './find-product-version.sql.js';
import { FIND_VERSION_AT } from './find-version-at.sql.js';
import { INSERT_PRODUCT } from './insert-product.sql.js';
import { LIST_CATEGORIES } from './list-categories.sql.js';
import { listSql } from './list-products.sql.js';
import { MERGE_PRODUCT_COUNTS } from './merge-product-counts.sql.js';
import { givenFilters, type ProductFilters, valuesOf } from './product-filters.js';
import { Product } from './product.entity.js';
import type { Ordering } from './product-ordering.js';
import { type ProductsPage, ProductTexts } from './product-texts.js';
import type { AdjustStockDto, ProductDto } from './products.dto.js';
import { UPDATE_PRODUCT } from './update-product.sql.js';

export interface NewProduct {
  name: string;
  slug: string;
  description: string;
  price: string;
  stock: number;
  on_sale: boolean;
  category_id: number | null;
  /** The actor; null for the shop itself. */
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

/** What a change did to the stock. */
export interface WrittenStock {
  /** The new stock, when it is greater than before. */
  raised_to: number | null;
}

/** The values of a version of a product. */
export type HeldValues = Required<ProductChanges> & { pictures: string[] | null };

const SIZE_GOOD_FOR_MS = 1_000;

@Injectable()
export class ProductsRepository {
  private readonly media: string;
  private isLarge = false;
  private sizeLookedUpAt = -Infinity;

  constructor(
    @InjectRepository(Product) private readonly products: Repository<Product>,
    private readonly database: Database,
    private readonly texts: ProductTexts,
    config: Config,
  ) {
    this.media = config.mediaUrl;
  }

  readonly findById = createBatcher((ids: number[]) => this.findByIds(ids));

  /** In the order of the ids; undefined for an unknown one. */
  async findByIds(ids: number[], tx?: Transaction): Promise<(Json<ProductDto> | undefined)[]> {
    const rows = await this.database.query<{ id: number; json: string }>(
      FIND_PRODUCTS,
      [ids, this.media],
      tx,
    );
    const byId = new Map(rows.map(({ id, json }) => [id, json]));
    return ids.map((id) => byId.get(id));
  }

  async findPage(
    filters: ProductFilters,
    ordering: Ordering,
    start: PageStart,
    from: Reads,
  ): Promise<PageRow> {
    const { size, offset, after } = start;
    const place = placeOf(start);
    const given = givenFilters(filters);
    const isLargeShop = given.length > 0 && (await this.isLargeShop(from));
    const parameters = [
      size,
      ...(after ? [after.key, after.id] : offset > 0 ? [offset] : []),
      ...valuesOf(filters, given),
    ];
    const page = await from.queryOne<ProductsPage>(listSql(ordering, place, given, isLargeShop), parameters);
    return this.texts.pageOf(page!, size, from);
  }

  /** In most shops a filtered list is counted to its end; in a large one that would take longer than finding a page. */
  private async isLargeShop(from: Reads): Promise<boolean> {
    if (performance.now() - this.sizeLookedUpAt > SIZE_GOOD_FOR_MS) {
      const row = await from.queryOne<{ live: number }>(COUNT_PRODUCTS);
      this.isLarge = row!.live > COUNTED_UP_TO;
      this.sizeLookedUpAt = performance.now();
    }
    return this.isLarge;
  }

  /**
   * Writes a product and the first row of its ledger in one statement.
   *
   * @returns its id, or undefined when the slug is taken
   */
  async insert(product: NewProduct, tx: Transaction): Promise<number | undefined> {
    const row = await this.database.queryOne<{ id: number }>(
      INSERT_PRODUCT,
      [
        product.name,
        product.slug,
        product.description,
        product.price,
        product.stock,
        product.on_sale,
        product.category_id,
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
   * @returns undefined for an unknown product
   */
  update(
    id: number,
    changes: ProductChanges,
    actorId: number,
    tx: Transaction,
  ): Promise<WrittenStock | undefined> {
    const { name, description, price, stock, available, category_id } = changes;
    const category = [category_id !== undefined, category_id];
    const parameters = [id, name, description, price, stock, available, ...category, actorId];
    return this.database.queryOne(UPDATE_PRODUCT, parameters, tx);
  }

  /** @returns the ids of the products whose field was `before`, and is `after` now */
  async changeMany(field: BulkField, rows: BulkValue[], tx: Transaction): Promise<number[]> {
    const parameters = [
      rows.map(({ id }) => id),
      rows.map(({ before }) => before),
      rows.map(({ after }) => after),
    ];
    const changed = await this.database.query<{ id: number }>(CHANGE_PRODUCTS[field], parameters, tx);
    return changed.map(({ id }) => id);
  }

  /** Locks a live product until the transaction ends. @returns its version, or undefined for an unknown one */
  async lock(id: number, tx: Transaction): Promise<number | undefined> {
    const product = await tx.getRepository(Product).findOne({
      select: { id: true, revision: true, stock_sequence: true },
      where: { id, deleted_at: IsNull() },
      lock: { mode: 'pessimistic_write' },
    });
    return product ? product.revision + product.stock_sequence : undefined;
  }

  /** The values of a version; undefined for an unknown one. */
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

  /** @returns undefined for an unknown product */
  adjustStock(
    id: number,
    { delta, set, reason = '' }: AdjustStockDto,
    actorId: number,
    tx: Transaction,
  ): Promise<WrittenStock | undefined> {
    return this.database.queryOne(ADJUST_STOCK, [id, delta, set, actorId, reason], tx);
  }

  /** Whether a statement failed because the stock would become negative. */
  isBelowZero(error: unknown): boolean {
    return violates(error, 'products_stock_not_negative');
  }

  findIdBySlug(slug: string, tx?: Transaction): Promise<{ id: number } | undefined> {
    return this.database.queryOne(
      'SELECT id FROM products WHERE slug = $1 AND deleted_at IS NULL',
      [slug],
      tx,
    );
  }

  /** @returns whether there was such a product */
  async softDelete(id: number, tx: Transaction): Promise<boolean> {
    const products = tx.withRepository(this.products);
    const { affected } = await products.update({ id, deleted_at: IsNull() }, { deleted_at: () => 'now()' });
    return affected === 1;
  }

  findCategories(from: Reads): Promise<CategoryDto[]> {
    return from.query<CategoryDto>(LIST_CATEGORIES);
  }

  /** Merges the rows of `product_counts` into one. Rows that are added meanwhile stay beside it. */
  async mergeCounts(): Promise<void> {
    await this.database.query(MERGE_PRODUCT_COUNTS);
  }
}
