import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AccountModule } from './account/account.module.js';
import { AdminModule } from './admin/admin.module.js';
import { AuthModule } from './auth/auth.module.js';
import { AuthV1Module } from './auth-v1/auth-v1.module.js';
import { CartModule } from './cart/cart.module.js';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { DatabaseModule } from './database/database.module.js';
import type { OpenDatabase } from './database/open-database.js';
import { EventsModule } from './events/events.module.js';
import { FavoritesModule } from './favorites/favorites.module.js';
import { SeedModule } from './seed/seed.module.js';
import { HealthModule } from './health/health.module.js';
import { ProblemFilter } from './http/problem.filter.js';
import { IndexController } from './http/index.controller.js';
import { HousekeepingModule } from './housekeeping/housekeeping.module.js';
import { ImportsModule } from './imports/imports.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { MailboxModule } from './mail/mailbox.module.js';
import { OrdersModule } from './orders/orders.module.js';
import { ProductsModule } from './products/products.module.js';
import { RateLimitModule } from './rate-limit/rate-limit.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';
import { UsersModule } from './users/users.module.js';
import { WelcomeModule } from './welcome/welcome.module.js';

@Module({})
export class AppModule {
  static over(config: Config, dataSource: OpenDatabase['dataSource']): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(config),
        DatabaseModule.over(dataSource),
        JobsModule,
        RateLimitModule,
        AuthModule,
        AuthV1Module,
        AccountModule, // its /users/me before the users' own :id
        UsersModule,
        ProductsModule,
        CartModule,
        OrdersModule,
        FavoritesModule,
        WebhooksModule,
        ImportsModule, // its /admin/imports before the admin's own :model
        AdminModule,
        EventsModule,
        HealthModule,
        SeedModule,
        HousekeepingModule,
        WelcomeModule,
        ...(config.mailDelivery === 'mailbox' ? [MailboxModule] : []),
      ],
      controllers: [IndexController],
      providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
    };
  }
}
