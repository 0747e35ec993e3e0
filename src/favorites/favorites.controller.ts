import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentUser, type Principal } from '../http/access.js';
import { IdPipe } from '../http/id.pipe.js';
import { JsonResponse } from '../http/json-response.js';
import { type Json, type Page, PageOf, PageQuery } from '../http/paging.js';
import {
  AcceptsIdempotencyKey,
  Idempotency,
  type IdempotentRequest,
} from '../idempotency/idempotent-request.js';
import { AddFavoriteDto, FavoriteDto } from './favorites.dto.js';
import { FavoritesService } from './favorites.service.js';

@ApiTags('Favorites')
@Controller('favorites')
export class FavoritesController {
  constructor(private readonly favorites: FavoritesService) {}

  /** List one's favorites, newest first */
  @Get()
  @JsonResponse(PageOf(FavoriteDto))
  listFavorites(@Query() query: PageQuery, @CurrentUser() user: Principal): Promise<Json<Page<FavoriteDto>>> {
    return this.favorites.list(user.id, query);
  }

  /** Add a product to one's favorites: 201, or 200 when it is there already */
  @Post()
  @AcceptsIdempotencyKey()
  @JsonResponse(FavoriteDto, 201, 200)
  async addFavorite(
    @Body() { product_id }: AddFavoriteDto,
    @CurrentUser() user: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Idempotency() request?: IdempotentRequest,
  ): Promise<Json<FavoriteDto>> {
    const { status, body } = await this.favorites.add(user.id, product_id, request);
    reply.status(status);
    return body;
  }

  /** Remove a product from the favorites; the id is the product's */
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  removeFavorite(@Param('id', IdPipe) id: number, @CurrentUser() user: Principal): Promise<void> {
    return this.favorites.remove(user.id, id);
  }
}
