import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiParam, ApiTags, OmitType } from '@nestjs/swagger';
import { CurrentUser, Roles, type Principal, Public } from '../http/access.js';
import { Conditional } from '../http/conditional.js';
import { IdOrSlugPipe, IdPipe } from '../http/id.pipe.js';
import { JsonResponse } from '../http/json-response.js';
import { type Json, type Page, PageOf } from '../http/paging.js';
import type { Reader } from '../http/read-cache.js';
import {
  AcceptsIdempotencyKey,
  Idempotency,
  type IdempotentRequest,
} from '../idempotency/idempotent-request.js';
import type { Upload } from '../http/uploads.js';
import { TakesFiles, Uploads } from '../media/uploads.js';
import { FacetsDto, FacetsQuery } from './facets.dto.js';
import {
  AcceptsIfMatch,
  AcceptsIfNoneMatch,
  IfMatch,
  MustBeNew,
  type Precondition,
} from '../http/preconditions.js';
import {
  AdjustStockDto,
  CreateProductDto,
  ProductDto,
  ProductsQuery,
  ReplaceProductDto,
  SuggestionDto,
  SuggestQuery,
  UpdateProductDto,
} from './products.dto.js';
import { CategoryDto } from './categories.dto.js';
import { ProductsService } from './products.service.js';

class AvailableProductsQuery extends OmitType(ProductsQuery, ['available']) {}

@ApiTags('Products')
@Controller()
export class ProductsController {
  constructor(private readonly products: ProductsService) {}

  /** List products, filtered, searched and sorted */
  @Get('products')
  @Public()
  @Conditional()
  @JsonResponse(PageOf(ProductDto))
  listProducts(@Query() query: ProductsQuery, @Req() reader: Reader): Promise<Json<Page<ProductDto>>> {
    return this.products.list(query, reader);
  }

  /** List products that are on sale and in stock */
  @Get('products/available')
  @Public()
  @Conditional()
  @JsonResponse(PageOf(ProductDto))
  listAvailableProducts(
    @Query() query: AvailableProductsQuery,
    @Req() reader: Reader,
  ): Promise<Json<Page<ProductDto>>> {
    return this.products.list({ ...query, available: true }, reader);
  }

  /** Suggest products while a search is being typed: up to ten with a word in their name that begins so */
  @Get('products/suggest')
  @Public()
  @Conditional()
  @JsonResponse(PageOf(SuggestionDto))
  suggestProducts(@Query() query: SuggestQuery, @Req() reader: Reader): Promise<Json<Page<SuggestionDto>>> {
    return this.products.suggest(query.search, reader);
  }

  /** Count facets of a list: categories, price range and availability, each without its own filter */
  @Get('products/facets')
  @Public()
  @Conditional()
  @JsonResponse(FacetsDto)
  getProductFacets(@Query() query: FacetsQuery, @Req() reader: Reader): Promise<Json<FacetsDto>> {
    return this.products.facets(query, reader);
  }

  /** Read a product, by its id or its slug */
  @Get('products/:id')
  @Public()
  @Conditional()
  @JsonResponse(ProductDto)
  @ApiParam({ name: 'id', description: 'Its id, or its slug.', schema: { type: 'string' }, example: '7' })
  getProduct(@Param('id', IdOrSlugPipe) id: number | string): Promise<Json<ProductDto>> {
    return this.products.find(id);
  }

  /** Add a product (admin) */
  @Post('products')
  @Roles('admin')
  @AcceptsIdempotencyKey()
  @AcceptsIfNoneMatch()
  @TakesFiles('image', 'images')
  @JsonResponse(ProductDto, 201)
  createProduct(
    @Body() product: CreateProductDto,
    @CurrentUser() user: Principal,
    @MustBeNew() mustBeNew: boolean,
    @Uploads() uploads: Upload[],
    @Idempotency() request?: IdempotentRequest,
  ): Promise<Json<ProductDto>> {
    return this.products.create(product, user, request, mustBeNew, uploads);
  }

  /** Update a product (admin) */
  @Put('products/:id')
  @Roles('admin')
  @AcceptsIfMatch()
  @TakesFiles('image', 'images')
  @JsonResponse(ProductDto)
  replaceProduct(
    @Param('id', IdPipe) id: number,
    @Body() product: ReplaceProductDto,
    @CurrentUser() user: Principal,
    @Uploads() uploads: Upload[],
    @IfMatch() precondition?: Precondition,
  ): Promise<Json<ProductDto>> {
    return this.products.update(id, product, user, precondition, uploads);
  }

  /** Update some fields of a product (admin) */
  @Patch('products/:id')
  @Roles('admin')
  @AcceptsIfMatch()
  @TakesFiles('image', 'images')
  @JsonResponse(ProductDto)
  updateProduct(
    @Param('id', IdPipe) id: number,
    @Body() changes: UpdateProductDto,
    @CurrentUser() user: Principal,
    @Uploads() uploads: Upload[],
    @IfMatch() precondition?: Precondition,
  ): Promise<Json<ProductDto>> {
    return this.products.update(id, changes, user, precondition, uploads);
  }

  /** Move the stock of a product by a number of units, or set it (admin) */
  @Post('products/:id/stock')
  @Roles('admin')
  @AcceptsIdempotencyKey()
  @AcceptsIfMatch()
  @HttpCode(200)
  @JsonResponse(ProductDto)
  adjustStock(
    @Param('id', IdPipe) id: number,
    @Body() adjustment: AdjustStockDto,
    @CurrentUser() user: Principal,
    @Idempotency() request?: IdempotentRequest,
    @IfMatch() precondition?: Precondition,
  ): Promise<Json<ProductDto>> {
    return this.products.adjustStock(id, adjustment, user, request, precondition);
  }

  /** Delete a product; orders keep their copies of it (admin) */
  @Delete('products/:id')
  @Roles('admin')
  @HttpCode(204)
  @AcceptsIfMatch()
  @ApiNoContentResponse()
  deleteProduct(
    @Param('id', IdPipe) id: number,
    @CurrentUser() user: Principal,
    @IfMatch() precondition?: Precondition,
  ): Promise<void> {
    return this.products.delete(id, user, precondition);
  }

  /** List categories */
  @Get('categories')
  @Public()
  @Conditional()
  @JsonResponse(PageOf(CategoryDto))
  listCategories(@Req() reader: Reader): Promise<Json<Page<CategoryDto>>> {
    return this.products.listCategories(reader);
  }
}
