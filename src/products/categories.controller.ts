import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type Principal, Public, Roles } from '../http/access.js';
import { Conditional } from '../http/conditional.js';
import { IdPipe } from '../http/id.pipe.js';
import { JsonResponse } from '../http/json-response.js';
import type { Json } from '../http/paging.js';
import {
  AcceptsIfMatch,
  AcceptsIfNoneMatch,
  IfMatch,
  MustBeNew,
  type Precondition,
} from '../http/preconditions.js';
import {
  AcceptsIdempotencyKey,
  Idempotency,
  type IdempotentRequest,
} from '../idempotency/idempotent-request.js';
import {
  CategoryDto,
  CreateCategoryDto,
  DeleteCategoryQuery,
  MergeCategoryDto,
  ReplaceCategoryDto,
  UpdateCategoryDto,
} from './categories.dto.js';
import { CategoriesService } from './categories.service.js';

/** The list of categories is in `ProductsController`, beside the other cached pages. */
@ApiTags('Products')
@Controller('categories')
export class CategoriesController {
  constructor(private readonly categories: CategoriesService) {}

  /** Read a category by its id, its slug or a slug that it had */
  @Get(':id')
  @Public()
  @Conditional()
  @ApiParam({ name: 'id', schema: { type: 'string' }, example: 'furniture' })
  @ApiOkResponse({ type: CategoryDto })
  getCategory(@Param('id') idOrSlug: string): Promise<CategoryDto> {
    return this.categories.find(idOrSlug);
  }

  /** Add a category (admin) */
  @Post()
  @Roles('admin')
  @AcceptsIdempotencyKey()
  @AcceptsIfNoneMatch()
  @JsonResponse(CategoryDto, 201)
  createCategory(
    @Body() category: CreateCategoryDto,
    @CurrentUser() user: Principal,
    @MustBeNew() mustBeNew: boolean,
    @Idempotency() request?: IdempotentRequest,
  ): Promise<Json<CategoryDto>> {
    return this.categories.create(category, user, mustBeNew, request);
  }

  /** Rename a category; its slug only changes if it is given, and a former one redirects here (admin) */
  @Put(':id')
  @Roles('admin')
  @AcceptsIfMatch()
  @ApiOkResponse({ type: CategoryDto })
  replaceCategory(
    @Param('id', IdPipe) id: number,
    @Body() category: ReplaceCategoryDto,
    @CurrentUser() user: Principal,
    @IfMatch() precondition?: Precondition,
  ): Promise<CategoryDto> {
    return this.categories.update(id, category, user, precondition);
  }

  /** Change the name or the slug of a category (admin) */
  @Patch(':id')
  @Roles('admin')
  @AcceptsIfMatch()
  @ApiOkResponse({ type: CategoryDto })
  updateCategory(
    @Param('id', IdPipe) id: number,
    @Body() changes: UpdateCategoryDto,
    @CurrentUser() user: Principal,
    @IfMatch() precondition?: Precondition,
  ): Promise<CategoryDto> {
    return this.categories.update(id, changes, user, precondition);
  }

  /** Move the products of a category to another one and delete it (admin) */
  @Post(':id/merge')
  @Roles('admin')
  @AcceptsIfMatch()
  @HttpCode(200)
  @ApiOkResponse({ type: CategoryDto })
  mergeCategory(
    @Param('id', IdPipe) id: number,
    @Body() { into }: MergeCategoryDto,
    @CurrentUser() user: Principal,
    @IfMatch() precondition?: Precondition,
  ): Promise<CategoryDto> {
    return this.categories.merge(id, into, user, precondition);
  }

  /** Delete a category that no product names, or move its products (admin) */
  @Delete(':id')
  @Roles('admin')
  @AcceptsIfMatch()
  @HttpCode(204)
  @ApiNoContentResponse()
  deleteCategory(
    @Param('id', IdPipe) id: number,
    @Query() { move_to }: DeleteCategoryQuery,
    @CurrentUser() user: Principal,
    @IfMatch() precondition?: Precondition,
  ): Promise<void> {
    return this.categories.delete(id, move_to, user, precondition);
  }
}
