import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountModule } from '../account/account.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { ReadCacheModule } from '../http/read-cache.module.js';
import { OrdersModule } from '../orders/orders.module.js';
import { ProductsModule } from '../products/products.module.js';
import { UsersModule } from '../users/users.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { AuditRestoreController } from './audit-restore.controller.js';
import { AuditRestoreService } from './audit-restore.service.js';
import { BulkChange } from './bulk-change.entity.js';
import { BulkController } from './bulk.controller.js';
import { BulkRepository } from './bulk.repository.js';
import { BulkService } from './bulk.service.js';
import { ModelsController } from './models.controller.js';
import { ModelsRepository } from './models.repository.js';
import { ModelsService } from './models.service.js';
import { OverviewController } from './overview.controller.js';
import { OverviewRepository } from './overview.repository.js';
import { OverviewService } from './overview.service.js';
import { UsersAdminController } from './users-admin.controller.js';
import { UsersAdminService } from './users-admin.service.js';

@Module({
  imports: [
    TypeOrmModule.forFeature([BulkChange]),
    UsersModule,
    AccountModule,
    OrdersModule,
    ProductsModule,
    AuditModule,
    WebhooksModule,
    ReadCacheModule,
  ],
  exports: [BulkService],
  controllers: [
    AuditRestoreController,
    BulkController,
    OverviewController,
    UsersAdminController,
    ModelsController,
  ],
  providers: [
    AuditRestoreService,
    BulkService,
    BulkRepository,
    ModelsService,
    ModelsRepository,
    OverviewService,
    OverviewRepository,
    UsersAdminService,
  ],
})
export class AdminModule {}
