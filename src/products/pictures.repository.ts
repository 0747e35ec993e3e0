import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Config } from '../config/config.js';
import { Database, type Transaction } from '../database/database.js';
import { Picture } from './picture.entity.js';
import type { PictureDto } from './pictures.dto.js';
import { WRITE_GALLERY } from './write-gallery.sql.js';

/** A stored picture, to be added to a gallery. */
export interface NewPicture {
  hash: string;
  alt: string;
}

/** A picture of the wanted gallery: one that is in the gallery already, or a new one. */
export type WantedPicture = { id: number } | NewPicture;

@Injectable()
export class PicturesRepository {
  private readonly media: string;

  constructor(
    private readonly database: Database,
    config: Config,
  ) {
    this.media = config.mediaUrl;
  }

  /** In their order; undefined for an unknown product. */
  async find(productId: number, tx?: Transaction): Promise<PictureDto[] | undefined> {
    const row = await this.database.queryOne<{ gallery: PictureDto[] }>(
      `SELECT replace(gallery, chr(1), $2::text)::json AS gallery FROM products WHERE id = $1 AND deleted_at IS NULL`,
      [productId, this.media],
      tx,
    );
    return row?.gallery;
  }

  /** Replaces a gallery by the wanted pictures, in this order. The caller has locked the product. */
  async replaceAll(productId: number, wanted: WantedPicture[], tx: Transaction): Promise<void> {
    const pictures = tx.getRepository(Picture);
    const kept = wanted.flatMap((picture) => ('id' in picture ? [picture.id] : []));
    await this.remove(productId, kept, tx);
    for (const [index, picture] of wanted.entries()) {
      const position = index + 1;
      if ('id' in picture) await pictures.update({ id: picture.id, product_id: productId }, { position });
      else await pictures.insert({ product_id: productId, position, hash: picture.hash, alt: picture.alt });
    }
    await this.writeGallery(productId, tx);
  }

  /** The pictures that are shown, in their order. */
  async findHashes(productId: number, tx: Transaction): Promise<{ id: number; hash: string }[]> {
    return tx.getRepository(Picture).find({
      select: { id: true, hash: true },
      where: { product_id: productId },
      order: { position: 'ASC' },
    });
  }

  /** Replaces one picture by another. The caller has locked the product. */
  async replaceOne(
    productId: number,
    id: number,
    change: { hash?: string; alt?: string },
    tx: Transaction,
  ): Promise<void> {
    if (change.hash !== undefined) await this.touchFiles([id], tx);
    await tx.getRepository(Picture).update({ id, product_id: productId }, change);
    await this.writeGallery(productId, tx);
  }

  /** Deletes the galleries of products that were deleted long ago. @param age a PostgreSQL interval */
  async removeOfDeletedProducts(age: string): Promise<void> {
    await this.database.query(
      `DELETE FROM pictures g USING products p
       WHERE g.product_id = p.id AND p.deleted_at < now() - $1::interval`,
      [age],
    );
  }

  private async remove(productId: number, kept: number[], tx: Transaction): Promise<void> {
    const pictures = tx.getRepository(Picture);
    const held = await pictures.find({ select: { id: true }, where: { product_id: productId } });
    const gone = held.map(({ id }) => id).filter((id) => !kept.includes(id));
    if (gone.length === 0) return;
    await this.touchFiles(gone, tx);
    await pictures.delete({ id: In(gone) });
  }

  /** Marks the files as used now, since clients with an older page may still request them. */
  private async touchFiles(ids: number[], tx: Transaction): Promise<void> {
    await this.database.query(
      `UPDATE picture_files SET used_at = now() WHERE hash IN (
         SELECT f.hash FROM picture_files f JOIN pictures g USING (hash) WHERE g.id = ANY($1::bigint[])
         ORDER BY f.hash FOR UPDATE OF f
       )`,
      [ids],
      tx,
    );
  }

  private async writeGallery(productId: number, tx: Transaction): Promise<void> {
    await this.database.query(WRITE_GALLERY, [productId], tx);
  }
}
