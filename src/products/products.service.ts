import { Injectable } from '@nestjs/common';
import { randomInt } from 'node:crypto';
import { Config } from '../config/config.js';
import { Database, isOutOfRange, type Reads, type Transaction } from '../database/database.js';
import type { Principal } from '../http/access.js';
import { type Json, listAddress, onePage, type Page, readPage } from '../http/paging.js';
import { entityTag } from '../http/conditional.js';
import { type Precondition, preconditionFailed } from '../http/preconditions.js';
import { conflict, invalidField } from '../http/problem.js';
import { ReadCache, type Reader } from '../http/read-cache.js';
import type { Upload } from '../http/uploads.js';
import { changedFields, type ReadVersionDto } from '../http/versions.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import type { IdempotentRequest } from '../idempotency/idempotent-request.js';
import type { CategoryDto } from './categories.dto.js';
import { CategoriesService } from './categories.service.js';
import { cleanName, productSlugOf } from './category-name.js';
import {
  type AdjustStockDto,
  type CreateProductDto,
  MAX_STOCK,
  type ProductDto,
  type ProductsQuery,
  type SuggestionDto,
  type UpdateProductDto,
} from './products.dto.js';
import type { FacetsDto, FacetsQuery } from './facets.dto.js';
import type { BulkField, BulkValue } from './change-products.sql.js';
import { type CountedFacets, FacetsRepository } from './facets.repository.js';
import type { ProductFilters } from './product-filters.js';
import { unknownProduct } from './product-problems.js';
import { PicturesService } from './pictures.service.js';
import type { NamedPictures, UploadedPictures } from './wanted-pictures.js';
import {
  type HeldValues,
  type ProductChanges,
  ProductsRepository,
  type WrittenStock,
} from './products.repository.js';
import { FEW_EXACT_HITS } from './search-products.sql.js';
import { type SearchedWords, SearchRepository } from './search.repository.js';

@Injectable()
export class ProductsService {
  private readonly address: string;
  private readonly media: string;

  constructor(
    private readonly products: ProductsRepository,
    private readonly searches: SearchRepository,
    private readonly facetCounts: FacetsRepository,
    private readonly categories: CategoriesService,
    private readonly pictures: PicturesService,
    private readonly cache: ReadCache,
    private readonly idempotency: IdempotencyService,
    private readonly database: Database,
    config: Config,
  ) {
    this.address = `${config.publicUrl}/api/products`;
    this.media = config.mediaUrl;
  }

  /** @throws Problem 404 for a page past the end */
  list(query: ProductsQuery, reader: Reader): Promise<Json<Page<ProductDto>>> {
    const { search, filters } = searchAndFilters(query);
    const { ordering } = query;
    const key = ordering ?? (search === undefined ? 'id' : 'relevance');
    return this.cache.read(reader, async (from) => {
      const address = listAddress(this.address, { search, ...filters, ordering });
      return readPage(query, key, address, (start) =>
        search === undefined
          ? this.products.findPage(filters, ordering ?? 'id', start, from)
          : this.searches.findPage(search, filters, ordering, start, from),
      );
    });
  }

  /** Facets of a list; see `FacetsDto`. */
  facets(query: FacetsQuery, reader: Reader): Promise<Json<FacetsDto>> {
    const { search, filters } = searchAndFilters(query);
    return this.cache.read(reader, async (from) => {
      const shopSize = await this.searches.shopSize(from);
      const words = search === undefined ? undefined : await this.searches.findWords(search, from);
      const exact = await this.facetCounts.find(filters, words, shopSize, from);
      const isForgiving = words && (await this.hasFewHits(exact, words, filters, from));
      const forgiving = isForgiving && (await this.searches.forgive(words, from));
      const { facets } = forgiving ? await this.facetCounts.find(filters, forgiving, shopSize, from) : exact;
      return JSON.stringify(facets);
    });
  }

  /** Up to ten products, all on one page. */
  suggest(typed: string, reader: Reader): Promise<Json<Page<SuggestionDto>>> {
    return this.cache.read(reader, async (from) =>
      JSON.stringify(onePage(await this.searches.findSuggestions(typed, from))),
    );
  }

  /** @throws Problem 404 */
  async find(idOrSlug: number | string): Promise<Json<ProductDto>> {
    const id = typeof idOrSlug === 'string' ? (await this.products.findIdBySlug(idOrSlug))?.id : idOrSlug;
    const product = id === undefined ? undefined : await this.products.findById(id);
    if (!product) throw unknownProduct();
    return product;
  }

  /** A new product, once for each `Idempotency-Key`. @throws Problem 412 as `add` does */
  async create(
    product: CreateProductDto,
    by: Principal,
    request?: IdempotentRequest,
    mustBeNew?: boolean,
    uploads: Upload[] = [],
  ): Promise<Json<ProductDto>> {
    const pictures = await this.pictures.store(uploads);
    const { body } = await this.idempotency.once(by.id, request, async (tx) => ({
      status: 201,
      body: await this.add(product, pictures, { by, mustBeNew }, tx),
    }));
    this.cache.clear();
    return body;
  }

  /**
   * @param pictures stored pictures
   * @param mustBeNew whether to refuse when a product has the same slug, instead of appending a suffix
   * @throws Problem 412 when there is one
   */
  add(
    product: CreateProductDto,
    pictures: UploadedPictures,
    { by, mustBeNew = false }: { by?: Principal; mustBeNew?: boolean } = {},
    tx?: Transaction,
  ): Promise<Json<ProductDto>> {
    const { name, description = '', price, stock, available: on_sale = true } = product;
    const write = async (inner: Transaction) => {
      const category_id = product.category ? await this.categories.ensure(product.category, inner) : null;
      const actor_id = by?.id ?? null;
      const fields = { name, description, price, stock, on_sale, category_id, actor_id };
      const slug = productSlugOf(name);
      let id = await this.products.insert({ ...fields, slug }, inner);
      if (id === undefined && mustBeNew) {
        const namesake = await this.products.findIdBySlug(slug, inner);
        throw preconditionFailed(
          'There is a product of that name already.',
          entityTag(await this.read(namesake!.id, inner)),
        );
      }
      const ofNamesake = `${slug}-${randomInt(2 ** 40).toString(36)}`;
      id ??= (await this.products.insert({ ...fields, slug: ofNamesake }, inner))!;
      await this.pictures.apply(id, product, pictures, inner);
      return this.read(id, inner);
    };
    return this.database.transactionBy(by, write, tx);
  }

  /**
   * Changes fields of a product. When the body names the version that it was read from, only fields that differ from that
   * version count.
   *
   * @throws Problem 404; 412 when `precondition` does not hold; 400 or 409 for an unknown version; 400 when it would raise
   *   the stock beyond the largest one
   */
  async update(
    id: number,
    changes: UpdateProductDto,
    by: Principal,
    precondition?: Precondition,
    uploads: Upload[] = [],
  ): Promise<Json<ProductDto>> {
    const { version, updated_at, image, images, ...fields } = changes;
    if (uploads.length > 0) await this.find(id);
    const pictures = await this.pictures.store(uploads);
    const body = await this.database.transactionBy(by, async (tx) => {
      const isRead = Boolean(version ?? updated_at);
      if (isRead || precondition) await this.lock(id, precondition, tx);
      const held = isRead ? await this.heldBy(id, { version, updated_at }, tx) : undefined;
      const wanted = await this.changesOf(fields, held, tx);
      refuseTooMuch('stock', await this.products.update(id, wanted, by.id, tx));
      await this.pictures.apply(id, this.changedPictures({ image, images }, held), pictures, tx);
      return this.read(id, tx);
    });
    this.cache.clear();
    return body;
  }

  /**
   * Moves the stock by a number of units, or sets it.
   *
   * @throws Problem 404; 400 unless exactly one of `delta` and `set` is given, or beyond the largest stock; 409
   *   `insufficient_stock`
   */
  async adjustStock(
    id: number,
    adjustment: AdjustStockDto,
    by: Principal,
    request?: IdempotentRequest,
    precondition?: Precondition,
  ): Promise<Json<ProductDto>> {
    if ((adjustment.delta === undefined) === (adjustment.set === undefined)) {
      throw invalidField('delta', 'Either delta or set is required');
    }
    const field = adjustment.delta === undefined ? 'set' : 'delta';
    const adjust = async (tx: Transaction) => {
      if (precondition) await this.lock(id, precondition, tx);
      refuseTooMuch(field, await this.products.adjustStock(id, adjustment, by.id, tx));
      return { status: 200, body: await this.read(id, tx) };
    };
    const { body } = await this.idempotency
      .once(by.id, request, (outer) => this.database.transactionBy(by, adjust, outer))
      .catch((error) => {
        if (isOutOfRange(error)) throw aboveMaxStock(field);
        throw this.products.isBelowZero(error) ? belowZero() : error;
      });
    this.cache.clear();
    return body;
  }

  /** Deletes a product; orders keep their copies of it. @throws Problem 404; 412 as `update` does */
  async delete(id: number, by: Principal, precondition?: Precondition): Promise<void> {
    await this.database.transactionBy(by, async (tx) => {
      if (precondition) await this.lock(id, precondition, tx);
      if (!(await this.products.softDelete(id, tx))) throw unknownProduct();
    });
    this.cache.clear();
  }

  /**
   * Changes one field of many products, where it has the expected value. The caller clears the read cache after the commit.
   *
   * @returns the ids of the changed products
   */
  changeMany(field: BulkField, rows: BulkValue[], tx: Transaction): Promise<number[]> {
    return this.products.changeMany(field, rows, tx);
  }

  /** Housekeeping: merges the rows from which the number of all products is summed up. */
  mergeCounts(): Promise<void> {
    return this.products.mergeCounts();
  }

  /** All of them, on one page. */
  listCategories(reader: Reader): Promise<Json<Page<CategoryDto>>> {
    return this.cache.read(reader, async (from) =>
      JSON.stringify(onePage(await this.products.findCategories(from))),
    );
  }

  /** Whether the list has so few products that it forgives typos. A sample may have missed some of them. */
  private async hasFewHits(
    { counted, isSample }: CountedFacets,
    words: SearchedWords,
    filters: ProductFilters,
    from: Reads,
  ): Promise<boolean> {
    if (counted >= FEW_EXACT_HITS) return false;
    return !isSample || this.searches.hasFewHits(words, filters, from);
  }

  /** Locks the product until the transaction ends. @throws Problem 404; 412 */
  private async lock(id: number, precondition: Precondition | undefined, tx: Transaction): Promise<void> {
    if ((await this.products.lock(id, tx)) === undefined) throw unknownProduct();
    precondition?.check(await this.read(id, tx));
  }

  /** The values of the version that the body names. @throws Problem 400 or 409 when it is unknown */
  private async heldBy(id: number, read: ReadVersionDto, tx: Transaction): Promise<HeldValues> {
    const version = read.version ?? (await this.products.findVersionAt(id, read.updated_at!, tx));
    const held = version === null ? undefined : await this.products.findVersion(id, version, tx);
    if (held) return held;
    if (read.version) throw invalidField('version', 'There is no such version of the product.');
    throw conflict('version_unknown', 'It is not known what the product was at that time: read it again.');
  }

  /** Leaves out the fields that equal those of the version that was read. */
  private changedPictures({ image, images }: NamedPictures, held: HeldValues | undefined): NamedPictures {
    if (!held?.pictures) return { image, images };
    const addresses = held.pictures.map((path) => this.media + path);
    return {
      image: image === (addresses[0] ?? null) ? undefined : image,
      images: images?.join() === addresses.join() ? undefined : images,
    };
  }

  private async changesOf(
    { category, ...fields }: Omit<UpdateProductDto, 'version' | 'updated_at' | 'image' | 'images'>,
    held: HeldValues | undefined,
    tx: Transaction,
  ): Promise<ProductChanges> {
    const changes = held ? changedFields(fields, held) : fields;
    if (category === undefined || (held && (await this.isCategory(held.category_id, category, tx))))
      return changes;
    return { ...changes, category_id: category ? await this.categories.ensure(category, tx) : null };
  }

  private async isCategory(id: number | null, name: string | null, tx: Transaction): Promise<boolean> {
    return name && id ? this.categories.isAsRead(id, name, tx) : !name && !id;
  }

  private async read(id: number, tx: Transaction): Promise<Json<ProductDto>> {
    return (await this.products.findByIds([id], tx))[0]!;
  }
}

/** An empty value counts as not given. */
function searchAndFilters(query: FacetsQuery): { search: string | undefined; filters: ProductFilters } {
  const { category, min_price, max_price, available } = query;
  return {
    search: query.search?.trim() || undefined,
    filters: { category: category ? cleanName(category) : undefined, min_price, max_price, available },
  };
}

/** @throws Problem 404 for an unknown product; 400 when the change raised the stock above the largest one */
function refuseTooMuch(field: string, written: WrittenStock | undefined): void {
  if (!written) throw unknownProduct();
  if ((written.raised_to ?? 0) > MAX_STOCK) throw aboveMaxStock(field);
}

function aboveMaxStock(field: string) {
  return invalidField(field, `A product has at most ${MAX_STOCK} units.`);
}

function belowZero() {
  const message = 'There are fewer units than that.';
  return conflict('insufficient_stock', message, { delta: [message] });
}
