import { Injectable } from '@nestjs/common';
import { randomInt } from 'node:crypto';
import slugify from 'slugify';
import { Config } from '../config/config.js';
import { Database, type Transaction } from '../database/database.js';
import type { Principal } from '../http/access.js';
import { type Json, listAddress, type Page, pageStart, writePage } from '../http/paging.js';
import { invalidField, notFound } from '../http/problem.js';
import { ReadCache, type Reader } from '../http/read-cache.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import type { IdempotentRequest } from '../idempotency/idempotent-request.js';
import type {
  CategoryDto,
  CreateProductDto,
  ProductDto,
  ProductsQuery,
  SuggestionDto,
  UpdateProductDto,
} from './products.dto.js';
import { ProductsRepository } from './products.repository.js';

@Injectable()
export class ProductsService {
  private readonly address: string;

  constructor(
    private readonly products: ProductsRepository,
    private readonly cache: ReadCache,
    private readonly idempotency: IdempotencyService,
    private readonly database: Database,
    config: Config,
  ) {
    this.address = `${config.publicUrl}/api/products`;
  }

  /** @throws Problem 404 for a page past the end */
  list(query: ProductsQuery, reader: Reader): Promise<Json<Page<ProductDto>>> {
    const { search, category, min_price, max_price, available, ordering } = query;
    const filters = { search, category, min_price, max_price, available, ordering };
    const key = ordering ?? 'id';
    return this.cache.read(reader, async (from) => {
      const row = await this.products.findPage(query, pageStart(query, key), from);
      return writePage<ProductDto>(row, query, key, listAddress(this.address, filters));
    });
  }

  /** Up to ten products, all on one page. */
  suggest(typed: string, reader: Reader): Promise<Json<Page<SuggestionDto>>> {
    return this.cache.read(reader, async (from) => onePage(await this.products.findSuggestions(typed, from)));
  }

  /** @throws Problem 404 */
  async find(id: number): Promise<Json<ProductDto>> {
    const product = await this.products.findById(id);
    if (!product) throw unknownProduct();
    return product;
  }

  /** A new product, once for each `Idempotency-Key`. */
  async create(
    product: CreateProductDto,
    by: Principal,
    request?: IdempotentRequest,
  ): Promise<Json<ProductDto>> {
    const { body } = await this.idempotency.once(by.id, request, async (tx) => ({
      status: 201,
      body: await this.add(product, [], tx),
    }));
    this.cache.clear();
    return body;
  }

  /** @param pictures paths below `/media/` */
  add(product: CreateProductDto, pictures: string[], tx?: Transaction): Promise<Json<ProductDto>> {
    const { name, description = '', price, stock, available: on_sale = true } = product;
    return this.database.transaction(async (inner) => {
      const category_id = product.category ? await this.categoryId(product.category, inner) : null;
      const fields = { name, description, price, stock, on_sale, category_id, pictures };
      const slug = slugOf(name, 'product');
      const id =
        (await this.products.insert({ ...fields, slug }, inner)) ??
        (await this.products.insert(
          { ...fields, slug: `${slug}-${randomInt(2 ** 40).toString(36)}` },
          inner,
        ));
      const [added] = await this.products.findByIds([id!], inner);
      return added!;
    }, tx);
  }

  /** @throws Problem 404 */
  async update(id: number, { category, ...changes }: UpdateProductDto): Promise<Json<ProductDto>> {
    await this.database.transaction(async (tx) => {
      const category_id = category ? await this.categoryId(category, tx) : (category as null | undefined);
      if (!(await this.products.update(id, { ...changes, category_id }, tx))) throw unknownProduct();
    });
    this.cache.clear();
    return this.find(id);
  }

  /** Out of the catalogue; the orders that hold it keep it. @throws Problem 404 */
  async delete(id: number): Promise<void> {
    if (!(await this.products.softDelete(id))) throw unknownProduct();
    this.cache.clear();
  }

  /** All of them, on one page. */
  listCategories(reader: Reader): Promise<Json<Page<CategoryDto>>> {
    return this.cache.read(reader, async (from) => onePage(await this.products.findCategories(from)));
  }

  private categoryId(name: string, tx: Transaction): Promise<number> {
    if (!/[\p{L}\p{N}]/u.test(name)) throw invalidField('category', 'category must hold a letter or a digit');
    const slug = slugOf(name, name.toLowerCase().replace(/\s+/g, '-'));
    return this.products.ensureCategory(name, slug, tx);
  }
}

function onePage<T>(results: T[]): Json<Page<T>> {
  return JSON.stringify({ count: results.length, next: null, previous: null, results });
}

/** Latin letters and digits with hyphens; `fallback` where a name has none (Japanese, say). */
function slugOf(name: string, fallback: string): string {
  return slugify.default(name, { lower: true, strict: true }).slice(0, 100) || fallback;
}

export function unknownProduct() {
  return notFound('product_not_found', 'There is no such product.');
}
