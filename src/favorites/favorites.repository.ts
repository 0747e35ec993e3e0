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
import { WANTS_NEWS } from './wants-news-sql.js';
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

  /** Whether the user still gets such mails. It is checked again at sending, which may be much later. */
  async wantsNews(userId: number): Promise<boolean> {
    const rows = await this.database.query(`SELECT FROM users u WHERE u.id = $1 AND ${WANTS_NEWS}`, [userId]);
    return rows.length === 1;
  }

  /** The news that is still true: the product is available, and cheaper than before if the news is about the price. */
  findStillTrue(news: FavoriteNews[]): Promise<{ name: string; price: string; before: string | null }[]> {
    return this.database.query(
      `SELECT p.name, p.price::text, n.before::text
       FROM unnest($1::bigint[], $2::numeric[]) AS n (id, before) JOIN products p USING (id)
       WHERE p.available AND (n.before IS NULL OR p.price < n.before)
       ORDER BY p.id`,
      [news.map(({ productId }) => productId), news.map(({ before }) => before)],
    );
  }

  /** @returns whether it was there */
  async remove(userId: number, productId: number): Promise<boolean> {
    const { affected } = await this.favorites.delete({ user_id: userId, product_id: productId });
    return affected === 1;
  }
}
