import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Config } from '../config/config.js';
import { Database, type Transaction } from '../database/database.js';
import type { Json, PageRow, PageStart } from '../http/paging.js';
import { ADD_FAVORITE } from './add-favorite.sql.js';
import { Favorite } from './favorite.entity.js';
import type { FavoriteDto } from './favorites.dto.js';
import { LIST_FAVORITES } from './list-favorites.sql.js';

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
    return (await this.database.queryOne<PageRow>(LIST_FAVORITES, parameters))!;
  }

  /** @returns whether it is new, or undefined for an unknown product */
  add(
    userId: number,
    productId: number,
    tx?: Transaction,
  ): Promise<{ isNew: boolean; json: Json<FavoriteDto> } | undefined> {
    return this.database.queryOne(ADD_FAVORITE, [userId, productId, this.media], tx);
  }

  /** @returns whether it was there */
  async remove(userId: number, productId: number): Promise<boolean> {
    const { affected } = await this.favorites.delete({ user_id: userId, product_id: productId });
    return affected === 1;
  }
}
