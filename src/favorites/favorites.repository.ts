import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Database, type Transaction } from '../database/database.js';
import { AT_MOST_A_PAGE, countedTotal, pageSql } from '../database/page-sql.js';
import { jsonObject, timestamp } from '../database/sql.js';
import type { Json, PageRow, PageStart } from '../http/paging.js';
import { productJson } from '../products/product-json.js';
import type { FavoriteDto } from './favorites.dto.js';

/** A favorite `f` with its product `p`. */
function favoriteJson(media: string): string {
  return jsonObject({ id: 'p.id', product: productJson(media), created_at: timestamp('f.created_at') });
}

@Injectable()
export class FavoritesRepository {
  private readonly media: string;

  constructor(
    private readonly database: Database,
    config: Config,
  ) {
    this.media = config.mediaUrl;
  }

  /** Newest first. */
  async findPage(userId: number, start: PageStart): Promise<PageRow> {
    const live = `favorites f JOIN products p ON p.id = f.product_id WHERE f.user_id = $1 AND p.deleted_at IS NULL`;
    const after = start.after ? `AND (f.created_at, p.id) < ($5::timestamptz, $6::bigint)` : '';
    const text = pageSql(
      countedTotal(live),
      `SELECT p.id, f.created_at::text AS key, ${favoriteJson('$2::text')}::text AS json FROM ${live} ${after}
       ORDER BY f.created_at DESC, p.id DESC OFFSET $4::bigint ${AT_MOST_A_PAGE}`,
      '$3',
    );
    const place = start.after ? [start.after.key, start.after.id] : [];
    const parameters = [userId, this.media, start.size, start.offset, ...place];
    return (await this.database.queryOne<PageRow>(text, parameters))!;
  }

  /** @returns whether it is new, or undefined for an unknown product */
  async add(
    userId: number,
    productId: number,
    tx?: Transaction,
  ): Promise<{ isNew: boolean; json: Json<FavoriteDto> } | undefined> {
    return this.database.queryOne(
      `WITH product AS (
         SELECT * FROM products WHERE id = $2 AND deleted_at IS NULL
       ), added AS (
         INSERT INTO favorites (user_id, product_id) SELECT $1, id FROM product
         ON CONFLICT ON CONSTRAINT favorites_pkey DO UPDATE SET created_at = favorites.created_at
         RETURNING created_at, xmax = 0 AS is_new
       )
       SELECT f.is_new AS "isNew", ${favoriteJson('$3::text')}::text AS json FROM added f, product p`,
      [userId, productId, this.media],
      tx,
    );
  }

  /** @returns whether it was there */
  async remove(userId: number, productId: number): Promise<boolean> {
    const rows = await this.database.query(
      `DELETE FROM favorites WHERE user_id = $1 AND product_id = $2 RETURNING product_id`,
      [userId, productId],
    );
    return rows.length === 1;
  }
}
