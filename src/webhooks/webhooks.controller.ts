import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type Principal, Roles } from '../http/access.js';
import { Conditional } from '../http/conditional.js';
import { IdPipe } from '../http/id.pipe.js';
import { JsonResponse } from '../http/json-response.js';
import { type Json, onePage, type Page, PageOf, PageQuery } from '../http/paging.js';
import { AcceptsIfMatch, IfMatch, type Precondition } from '../http/preconditions.js';
import {
  AcceptsIdempotencyKey,
  Idempotency,
  type IdempotentRequest,
} from '../idempotency/idempotent-request.js';
import {
  CreateWebhookDto,
  UpdateWebhookDto,
  WebhookDeliveryDto,
  WebhookDto,
  WebhookWithSecretDto,
} from './webhooks.dto.js';
import { WebhooksService } from './webhooks.service.js';

@ApiTags('Webhooks')
@Controller('admin/webhooks')
@Roles('admin')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  /** List the receivers of events */
  @Get()
  @ApiOkResponse({ type: PageOf(WebhookDto) })
  async listWebhooks(): Promise<Page<WebhookDto>> {
    return onePage(await this.webhooks.list());
  }

  /** Add a receiver; only this response shows the secret that signs its messages */
  @Post()
  @AcceptsIdempotencyKey()
  @JsonResponse(WebhookWithSecretDto, 201)
  createWebhook(
    @Body() webhook: CreateWebhookDto,
    @CurrentUser() user: Principal,
    @Idempotency() request?: IdempotentRequest,
  ): Promise<Json<WebhookWithSecretDto>> {
    return this.webhooks.create(webhook, user, request);
  }

  /** Read a receiver */
  @Get(':id')
  @Conditional()
  @ApiOkResponse({ type: WebhookDto })
  getWebhook(@Param('id', IdPipe) id: number): Promise<WebhookDto> {
    return this.webhooks.find(id);
  }

  /** Change a receiver, or switch it on or off */
  @Patch(':id')
  @AcceptsIfMatch()
  @ApiOkResponse({ type: WebhookDto })
  updateWebhook(
    @Param('id', IdPipe) id: number,
    @Body() changes: UpdateWebhookDto,
    @CurrentUser() user: Principal,
    @IfMatch() precondition?: Precondition,
  ): Promise<WebhookDto> {
    return this.webhooks.update(id, changes, user, precondition);
  }

  /** Delete a receiver with its deliveries */
  @Delete(':id')
  @AcceptsIfMatch()
  @HttpCode(204)
  @ApiNoContentResponse()
  deleteWebhook(
    @Param('id', IdPipe) id: number,
    @CurrentUser() user: Principal,
    @IfMatch() precondition?: Precondition,
  ): Promise<void> {
    return this.webhooks.delete(id, user, precondition);
  }

  /** Make a new secret; for a day the former one signs as well */
  @Post(':id/rotate-secret')
  @HttpCode(200)
  @AcceptsIdempotencyKey()
  @JsonResponse(WebhookWithSecretDto)
  rotateWebhookSecret(
    @Param('id', IdPipe) id: number,
    @CurrentUser() user: Principal,
    @Idempotency() request?: IdempotentRequest,
  ): Promise<Json<WebhookWithSecretDto>> {
    return this.webhooks.rotateSecret(id, user, request);
  }

  /** Send the event `webhook.test`, even while the receiver is switched off */
  @Post(':id/test')
  @HttpCode(202)
  @JsonResponse(WebhookDeliveryDto, 202)
  testWebhook(
    @Param('id', IdPipe) id: number,
    @CurrentUser() user: Principal,
  ): Promise<Json<WebhookDeliveryDto>> {
    return this.webhooks.test(id, user);
  }

  /** List the deliveries of the last 30 days with the responses, the newest first */
  @Get(':id/deliveries')
  @JsonResponse(PageOf(WebhookDeliveryDto))
  listWebhookDeliveries(
    @Param('id', IdPipe) id: number,
    @Query() query: PageQuery,
  ): Promise<Json<Page<WebhookDeliveryDto>>> {
    return this.webhooks.listDeliveries(id, query);
  }

  /** Send a delivery once more, with the same `webhook-id` */
  @Post(':id/deliveries/:deliveryId/replay')
  @HttpCode(202)
  @JsonResponse(WebhookDeliveryDto, 202)
  replayWebhookDelivery(
    @Param('id', IdPipe) id: number,
    @Param('deliveryId', IdPipe) deliveryId: number,
    @CurrentUser() user: Principal,
  ): Promise<Json<WebhookDeliveryDto>> {
    return this.webhooks.replay(id, deliveryId, user);
  }
}
