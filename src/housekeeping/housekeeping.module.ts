import { Module } from '@nestjs/common';
import { AccountModule } from '../account/account.module.js';
import { AdminModule } from '../admin/admin.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { CartModule } from '../cart/cart.module.js';
import { FavoritesModule } from '../favorites/favorites.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { ImportsModule } from '../imports/imports.module.js';
import { MailModule } from '../mail/mail.module.js';
import { OrdersModule } from '../orders/orders.module.js';
import { ProductsModule } from '../products/products.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { HousekeepingService } from './housekeeping.service.js';

@Module({
  imports: [
    AccountModule,
    AdminModule,
    AuditModule,
    CartModule,
    FavoritesModule,
    SessionsModule,
    IdempotencyModule,
    ImportsModule,
    MailModule,
    OrdersModule,
    ProductsModule,
    WebhooksModule,
  ],
  providers: [HousekeepingService],
})
export class HousekeepingModule {}
