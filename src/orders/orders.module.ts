import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CartModule } from '../cart/cart.module.js';
import { ReadCacheModule } from '../http/read-cache.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { ProductsModule } from '../products/products.module.js';
import { OrderCountRepository } from './order-count.repository.js';
import { Order } from './order.entity.js';
import { OrdersController } from './orders.controller.js';
import { OrdersRepository } from './orders.repository.js';
import { OrdersService } from './orders.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([Order]),
    ProductsModule,
    CartModule,
    IdempotencyModule,
    ReadCacheModule,
  ],
  controllers: [OrdersController],
  providers: [OrdersService, OrdersRepository, OrderCountRepository],
  exports: [OrdersService],
})
export class OrdersModule {}
