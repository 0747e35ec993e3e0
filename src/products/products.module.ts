import { Module } from '@nestjs/common';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { CatalogueChangesService } from './catalogue-changes.service.js';
import { ProductsController } from './products.controller.js';
import { ProductsRepository } from './products.repository.js';
import { ProductsService } from './products.service.js';
import { ReadCache } from './read-cache.js';
import { StockRepository } from './stock.repository.js';
import { StockService } from './stock.service.js';

@Module({
  imports: [IdempotencyModule],
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
