import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { ReadCacheModule } from '../http/read-cache.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { CategoriesController } from './categories.controller.js';
import { CategoriesRepository } from './categories.repository.js';
import { CategoriesService } from './categories.service.js';
import { Category } from './category.entity.js';
import { FacetsRepository } from './facets.repository.js';
import { MediaModule } from '../media/media.module.js';
import { PicturesController } from './pictures.controller.js';
import { PicturesRepository } from './pictures.repository.js';
import { PicturesService } from './pictures.service.js';
import { Product } from './product.entity.js';
import { ProductsController } from './products.controller.js';
import { ProductsRepository } from './products.repository.js';
import { ProductsService } from './products.service.js';
import { ProductTexts } from './product-texts.js';
import { SearchRepository } from './search.repository.js';
import { StockRepository } from './stock.repository.js';
import { StockService } from './stock.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([Product, Category]),
    AuditModule,
    IdempotencyModule,
    MediaModule,
    ReadCacheModule,
  ],
  controllers: [ProductsController, CategoriesController, PicturesController],
  providers: [
    ProductsService,
    ProductsRepository,
    ProductTexts,
    SearchRepository,
    FacetsRepository,
    PicturesService,
    PicturesRepository,
    CategoriesService,
    CategoriesRepository,
    StockService,
    StockRepository,
  ],
  exports: [ProductsService, CategoriesService, PicturesService, StockService],
})
export class ProductsModule {}
