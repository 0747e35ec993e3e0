import { Module } from '@nestjs/common';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { ProductsModule } from '../products/products.module.js';
import { OrderCountRepository } from './order-count.repository.js';
import { OrdersController } from './orders.controller.js';
import { OrdersRepository } from './orders.repository.js';
import { OrdersService } from './orders.service.js';

@Module({
  imports: [ProductsModule, IdempotencyModule],
  controllers: [OrdersController],
  providers: [OrdersService, OrdersRepository, OrderCountRepository],
  exports: [OrdersService],
})
export class OrdersModule {}
