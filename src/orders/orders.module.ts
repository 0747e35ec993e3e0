import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { CartModule } from '../cart/cart.module.js';
import { ReadCacheModule } from '../http/read-cache.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { MailModule } from '../mail/mail.module.js';
import { ProductsModule } from '../products/products.module.js';
import { GuestOrder } from './guest-order.entity.js';
import { GuestOrdersController } from './guest-orders.controller.js';
import { GuestOrdersRepository } from './guest-orders.repository.js';
import { GuestOrdersService } from './guest-orders.service.js';
import { OrderChangesService } from './order-changes.service.js';
import { OrderCountRepository } from './order-count.repository.js';
import { OrderEvent } from './order-event.entity.js';
import { OrderHistoryRepository } from './order-history.repository.js';
import { Order } from './order.entity.js';
import { OrdersController } from './orders.controller.js';
import { OrdersRepository } from './orders.repository.js';
import { OrdersService } from './orders.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([Order, OrderEvent, GuestOrder]),
    AuditModule,
    ProductsModule,
    CartModule,
    MailModule,
    IdempotencyModule,
    ReadCacheModule,
  ],
  controllers: [GuestOrdersController, OrdersController],
  providers: [
    OrdersService,
    OrderChangesService,
    OrdersRepository,
    OrderHistoryRepository,
    OrderCountRepository,
    GuestOrdersService,
    GuestOrdersRepository,
  ],
  exports: [OrdersService, OrderChangesService, GuestOrdersService],
})
export class OrdersModule {}
