import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Config } from '../config/config.js';
import { Database, type Transaction } from '../database/database.js';
import { type Json, type ListedRow, pageOf, type PageRow, type PageStart } from '../http/paging.js';
import { ADD_FAVORITE } from './add-favorite.sql.js';
import { Favorite } from './favorite.entity.js';
import type { FavoriteDto } from './favorites.dto.js';
import { TAKE_FAVORITE_NEWS } from './take-favorite-news.sql.js';
import { LIST_FAVORITES } from './list-favorites.sql.js';

/** News about a favorite. */
export interface FavoriteNews {
  productId: number;
  /** The earlier price, when the product is cheaper now; null: it is in stock again. */
  before: string | null;
}

@Injectable()
export class FavoritesRepository {
  private readonly media: string;

  constructor(
    @InjectRepository(Favorite) private readonly favorites: Repository<Favorite>,
    private readonly database: Database,
    config: Config,
  ) {
    this.media = config.mediaUrl;
  }

  /** Newest first. */
  async findPage(userId: number, { size, offset, after }: PageStart): Promise<PageRow> {
    const parameters = [userId, this.media, size, offset, after?.key, after?.id];
    return pageOf(await this.database.query<ListedRow>(LIST_FAVORITES, parameters), size);
  }

  /** @returns whether it is new, or undefined for an unknown product */
  add(
    userId: number,
    productId: number,
    tx?: Transaction,
  ): Promise<{ isNew: boolean; json: Json<FavoriteDto> } | undefined> {
    return this.database.queryOne(ADD_FAVORITE, [userId, productId, this.media], tx);
  }

  /** The news to mail, by user, marked as sent; see `TAKE_FAVORITE_NEWS`. */
  takeNews(
    newsFor: string,
    onceIn: string,
    users: number,
    tx: Transaction,
  ): Promise<{ userId: number; news: FavoriteNews[] }[]> {
    return this.database.query(TAKE_FAVORITE_NEWS, [newsFor, onceIn, users], tx);
  }

  /** Those of the products that are available. */
  findAvailable(productIds: number[]): Promise<{ id: number; name: string; price: string }[]> {
    return this.database.query(
      `SELECT id, name, price::text FROM products
       WHERE id = ANY($1) AND on_sale AND stock > 0 AND deleted_at IS NULL ORDER BY id`,
      [productIds],
    );
  }

  /** @returns whether it was there */
  async remove(userId: number, productId: number): Promise<boolean> {
    const { affected } = await this.favorites.delete({ user_id: userId, product_id: productId });
    return affected === 1;
  }
}
