import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { CatalogueChangesService } from './catalogue-changes.service.js';
import { Product } from './product.entity.js';
import { ProductsController } from './products.controller.js';
import { ProductsRepository } from './products.repository.js';
import { ProductsService } from './products.service.js';
import { ReadCache } from './read-cache.js';
import { StockRepository } from './stock.repository.js';
import { StockService } from './stock.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Product]), IdempotencyModule],
  controllers: [ProductsController],
  providers: [
    ProductsService,
    ProductsRepository,
    StockService,
    StockRepository,
    ReadCache,
    CatalogueChangesService,
  ],
  exports: [ProductsService, StockService, CatalogueChangesService],
})
export class ProductsModule {}
