import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { type Json, type Page, type PageQuery, readPage } from '../http/paging.js';
import { notFound } from '../http/problem.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import type { Answer, IdempotentRequest } from '../idempotency/idempotent-request.js';
import { unknownProduct } from '../products/product-problems.js';
import type { FavoriteDto } from './favorites.dto.js';
import { FavoritesRepository } from './favorites.repository.js';

const ORDERING = '-created_at';

@Injectable()
export class FavoritesService {
  constructor(
    private readonly favorites: FavoritesRepository,
    private readonly idempotency: IdempotencyService,
    private readonly config: Config,
  ) {}

  list(userId: number, query: PageQuery): Promise<Json<Page<FavoriteDto>>> {
    const address = `${this.config.publicUrl}/api/favorites`;
    return readPage(query, ORDERING, address, (start) => this.favorites.findPage(userId, start));
  }

  /** 201 with a new favorite, 200 with an existing one. @throws Problem 404 for an unknown product */
  add(userId: number, productId: number, request?: IdempotentRequest): Promise<Answer> {
    return this.idempotency.once(userId, request, async (tx) => {
      const favorite = await this.favorites.add(userId, productId, tx);
      if (!favorite) throw unknownProduct();
      return { status: favorite.isNew ? 201 : 200, body: favorite.json };
    });
  }

  /** @throws Problem 404 when the product is not a favorite */
  async remove(userId: number, productId: number): Promise<void> {
    if (!(await this.favorites.remove(userId, productId))) {
      throw notFound('favorite_not_found', 'This product is not among the favorites.');
    }
  }
}
