import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module.js';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';
import { WebhookEndpoint } from './webhook-endpoint.entity.js';
import { WebhookEvent } from './webhook-event.entity.js';
import { WebhookSender } from './webhook-sender.js';
import { WebhooksController } from './webhooks.controller.js';
import { WebhooksRepository } from './webhooks.repository.js';
import { WebhooksService } from './webhooks.service.js';

@Module({
  imports: [
    AuditModule,
    IdempotencyModule,
    TypeOrmModule.forFeature([WebhookEndpoint, WebhookEvent, WebhookDelivery]),
  ],
  controllers: [WebhooksController],
  providers: [WebhooksService, WebhooksRepository, WebhookSender],
  exports: [WebhooksService],
})
export class WebhooksModule {}
