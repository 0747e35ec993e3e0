import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ReadCacheModule } from '../http/read-cache.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { CategoriesController } from './categories.controller.js';
import { CategoriesRepository } from './categories.repository.js';
import { CategoriesService } from './categories.service.js';
import { Category } from './category.entity.js';
import { FacetsRepository } from './facets.repository.js';
import { Product } from './product.entity.js';
import { ProductsController } from './products.controller.js';
import { ProductsRepository } from './products.repository.js';
import { ProductsService } from './products.service.js';
import { SearchRepository } from './search.repository.js';
import { StockRepository } from './stock.repository.js';
import { StockService } from './stock.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Product, Category]), IdempotencyModule, ReadCacheModule],
  controllers: [ProductsController, CategoriesController],
  providers: [
    ProductsService,
    ProductsRepository,
    SearchRepository,
    FacetsRepository,
    CategoriesService,
    CategoriesRepository,
    StockService,
    StockRepository,
  ],
  exports: [ProductsService, StockService],
})
export class ProductsModule {}
