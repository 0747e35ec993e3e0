import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Database, type Transaction } from '../database/database.js';
import type { Principal } from '../http/access.js';
import { type Json, onePage, type Page } from '../http/paging.js';
import type { Precondition } from '../http/preconditions.js';
import { invalidField, notFound } from '../http/problem.js';
import { ReadCache } from '../http/read-cache.js';
import type { Upload } from '../http/uploads.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import type { IdempotentRequest } from '../idempotency/idempotent-request.js';
import { MediaService } from '../media/media.service.js';
import {
  type DescribePictureDto,
  MOST_PICTURES,
  type OrderPicturesDto,
  type PictureDto,
  type UploadPictureDto,
} from './pictures.dto.js';
import { type NewPicture, PicturesRepository, type WantedPicture } from './pictures.repository.js';
import { unknownProduct } from './product-problems.js';
import { ProductsRepository } from './products.repository.js';
import { type NamedPictures, type UploadedPictures, wantedPictures } from './wanted-pictures.js';

/** How long a deleted product can be restored with its pictures (PostgreSQL interval). */
const KEPT_AFTER_DELETION = '30 days';

/**
 * The galleries of products. Pictures are encoded before the product is locked. A trigger audits which pictures a product
 * has; changes of their alternative texts are added to the audit log here.
 */
@Injectable()
export class PicturesService {
  constructor(
    private readonly pictures: PicturesRepository,
    private readonly products: ProductsRepository,
    private readonly media: MediaService,
    private readonly audit: AuditService,
    private readonly cache: ReadCache,
    private readonly idempotency: IdempotencyService,
    private readonly database: Database,
  ) {}

  /** All of them, on one page. @throws Problem 404 */
  async list(productId: number): Promise<Json<Page<PictureDto>>> {
    return pageOf(await this.galleryOf(productId));
  }

  /** @throws Problem 404 */
  async find(productId: number, id: number): Promise<Json<PictureDto>> {
    return JSON.stringify(pictureOf(await this.galleryOf(productId), id));
  }

  /**
   * Adds pictures after the others, once for each `Idempotency-Key`.
   *
   * @returns the whole gallery
   * @throws Problem 404; 400 or 413 for an invalid picture (then none is added); 412
   */
  async add(
    productId: number,
    uploads: Upload[],
    { alt = '' }: UploadPictureDto,
    by: Principal,
    request?: IdempotentRequest,
    precondition?: Precondition,
  ): Promise<Json<Page<PictureDto>>> {
    if (uploads.length === 0) throw missingFile();
    await this.galleryOf(productId);
    const hashes = await this.media.add(uploads);
    const { body } = await this.idempotency.once(by.id, request, async (outer) => ({
      status: 201,
      body: await this.change(
        productId,
        (gallery) => {
          precondition?.check(pageOf(gallery));
          return [...gallery, ...hashes.map((hash) => ({ hash, alt }))];
        },
        by,
        outer,
      ),
    }));
    this.cache.clear();
    return body;
  }

  /** Replaces a picture. @throws Problem 404; 400 or 413 for an invalid picture; 412 */
  async replace(
    productId: number,
    id: number,
    uploads: Upload[],
    { alt }: UploadPictureDto,
    by: Principal,
    precondition?: Precondition,
  ): Promise<Json<PictureDto>> {
    if (uploads.length !== 1) throw missingFile();
    pictureOf(await this.galleryOf(productId), id);
    const [hash] = await this.media.add(uploads);
    return this.changeOne(productId, id, { hash, alt }, by, precondition);
  }

  /** @throws Problem 404; 412 */
  describe(
    productId: number,
    id: number,
    { alt }: DescribePictureDto,
    by: Principal,
    precondition?: Precondition,
  ): Promise<Json<PictureDto>> {
    return this.changeOne(productId, id, { alt }, by, precondition);
  }

  /** @returns the whole gallery @throws Problem 404; 400 unless each picture is named once; 412 */
  async sort(
    productId: number,
    { ids }: OrderPicturesDto,
    by: Principal,
    precondition?: Precondition,
  ): Promise<Json<Page<PictureDto>>> {
    const inOrder = (pictures: PictureDto[]) => {
      precondition?.check(pageOf(pictures));
      const isEach = ids.length === pictures.length && pictures.every(({ id }) => ids.includes(id));
      if (!isEach) throw invalidField('ids', 'ids must name each picture of the product once');
      return ids.map((id) => ({ id }));
    };
    const gallery = await this.change(productId, inOrder, by);
    this.cache.clear();
    return gallery;
  }

  /** @throws Problem 404; 412 */
  async remove(productId: number, id: number, by: Principal, precondition?: Precondition): Promise<void> {
    const others = (pictures: PictureDto[]) => {
      const gone = pictureOf(pictures, id);
      precondition?.check(JSON.stringify(gone));
      return pictures.filter((picture) => picture !== gone);
    };
    await this.change(productId, others, by);
    this.cache.clear();
  }

  /** Stores the files of a body with a product. @throws Problem 400 or 413 for an invalid picture */
  async store(uploads: Upload[]): Promise<UploadedPictures> {
    const isOther = uploads.filter(({ fieldname }) => fieldname === 'image').length > 1;
    if (isOther) throw invalidField('image', 'image must be one file; images takes several');
    const hashes = await this.media.add(uploads);
    const pictures = hashes.map((hash) => ({ hash, alt: '' }));
    const of = (field: string) => pictures.filter((_picture, index) => uploads[index]!.fieldname === field);
    return { image: of('image')[0], images: of('images') };
  }

  /** Changes the gallery of a product by a body. The caller has locked the product. @throws Problem 400 */
  async apply(
    productId: number,
    named: NamedPictures,
    uploaded: UploadedPictures,
    tx: Transaction,
  ): Promise<void> {
    const wanted = wantedPictures(await this.galleryOf(productId, tx), named, uploaded);
    if (wanted) await this.write(productId, wanted, tx);
  }

  /**
   * Replaces the gallery of a product by these stored pictures. A picture that it has already keeps its alternative text.
   * The caller has locked the product.
   */
  async replaceAll(productId: number, pictures: NewPicture[], tx: Transaction): Promise<void> {
    const ids = new Map((await this.pictures.findHashes(productId, tx)).map(({ id, hash }) => [hash, id]));
    const wanted = pictures.map((picture): WantedPicture => {
      const id = ids.get(picture.hash);
      return id === undefined ? picture : { id };
    });
    await this.write(productId, wanted, tx);
  }

  /** Housekeeping: deletes unused pictures, and galleries of products that were deleted long ago. */
  async deleteUnused(): Promise<void> {
    await this.pictures.removeOfDeletedProducts(KEPT_AFTER_DELETION);
    await this.media.deleteUnused();
  }

  /**
   * Locks the product and replaces its gallery by `wanted`.
   *
   * @returns the whole gallery
   * @throws Problem 404; 400 for more pictures than a product may have
   */
  private change(
    productId: number,
    wanted: (pictures: PictureDto[]) => WantedPicture[],
    by: Principal,
    outer?: Transaction,
  ): Promise<Json<Page<PictureDto>>> {
    const work = async (tx: Transaction) => {
      const pictures = await this.lockedGalleryOf(productId, tx);
      await this.write(productId, wanted(pictures), tx);
      return pageOf(await this.galleryOf(productId, tx));
    };
    return this.database.transactionBy(by, work, outer);
  }

  private async changeOne(
    productId: number,
    id: number,
    change: { hash?: string; alt?: string },
    by: Principal,
    precondition?: Precondition,
  ): Promise<Json<PictureDto>> {
    const picture = await this.database.transactionBy(by, async (tx) => {
      const held = pictureOf(await this.lockedGalleryOf(productId, tx), id);
      precondition?.check(JSON.stringify(held));
      await this.pictures.replaceOne(productId, id, change, tx);
      if (change.alt !== undefined && change.alt !== held.alt) {
        const [before, after] = [{ alt: held.alt }, { alt: change.alt }];
        await this.audit.add(
          { action: 'update', model: 'pictures', row_id: String(id), before, after },
          by,
          tx,
        );
      }
      return JSON.stringify(pictureOf(await this.galleryOf(productId, tx), id));
    });
    this.cache.clear();
    return picture;
  }

  /** @throws Problem 400 for more pictures than a product may have */
  private async write(productId: number, wanted: WantedPicture[], tx: Transaction): Promise<void> {
    if (wanted.length > MOST_PICTURES) {
      throw invalidField('image', `A product has at most ${MOST_PICTURES} pictures`);
    }
    await this.pictures.replaceAll(productId, wanted, tx);
  }

  private async lockedGalleryOf(productId: number, tx: Transaction): Promise<PictureDto[]> {
    if ((await this.products.lock(productId, tx)) === undefined) throw unknownProduct();
    return this.galleryOf(productId, tx);
  }

  private async galleryOf(productId: number, tx?: Transaction): Promise<PictureDto[]> {
    const pictures = await this.pictures.find(productId, tx);
    if (!pictures) throw unknownProduct();
    return pictures;
  }
}

function pictureOf(pictures: PictureDto[], id: number): PictureDto {
  const picture = pictures.find((each) => each.id === id);
  if (!picture) throw notFound('picture_not_found', 'The product has no such picture.');
  return picture;
}

function pageOf(pictures: PictureDto[]): Json<Page<PictureDto>> {
  return JSON.stringify(onePage(pictures));
}

function missingFile() {
  return invalidField('image', 'image must be a file');
}
