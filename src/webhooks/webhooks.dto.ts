import { ApiProperty, ApiPropertyOptional, PartialType } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayNotEmpty, ArrayUnique, IsArray, IsIn } from 'class-validator';
import { Flag, Optional, RequiredText, Text, WholeNumber } from '../http/fields.js';
import { WEBHOOK_EVENT_TYPES, type WebhookEventType } from './webhook-event-type.js';

export class CreateWebhookDto {
  /** An https:// address; http:// and private addresses only with WEBHOOK_PRIVATE_ADDRESSES. */
  @RequiredText(2000)
  @ApiProperty({ format: 'uri', example: 'https://erp.example.com/hooks/shop' })
  url!: string;

  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @ArrayMaxSize(WEBHOOK_EVENT_TYPES.length)
  @IsIn(WEBHOOK_EVENT_TYPES, { each: true })
  @ApiProperty({
    enum: WEBHOOK_EVENT_TYPES,
    enumName: 'WebhookEventType',
    isArray: true,
    example: ['order.placed'],
  })
  events!: WebhookEventType[];

  @Optional()
  @Text(200)
  @ApiPropertyOptional({ example: 'Books and parcels' })
  description?: string;

  /** `stock.low` is sent when a stock falls to this or below; 5 when it is left out. */
  @Optional()
  @WholeNumber({ min: 0 })
  @ApiPropertyOptional({ example: 5 })
  low_stock?: number;
}

/** Fields that are left out stay as they are. */
export class UpdateWebhookDto extends PartialType(CreateWebhookDto, { skipNullProperties: false }) {
  /** `true`: events from now on are sent again. */
  @Optional()
  @Flag()
  enabled?: boolean;
}

export class WebhookDto {
  @ApiProperty({ type: 'integer', example: 1 })
  id!: number;

  @ApiProperty({ format: 'uri', example: 'https://erp.example.com/hooks/shop' })
  url!: string;

  @ApiProperty({ enum: WEBHOOK_EVENT_TYPES, enumName: 'WebhookEventType', isArray: true })
  events!: WebhookEventType[];

  @ApiProperty({ example: 'Books and parcels' })
  description!: string;

  @ApiProperty({ type: 'integer', example: 5 })
  low_stock!: number;

  enabled!: boolean;

  /** Why events are not sent there any more. */
  @ApiProperty({ type: 'string', nullable: true, example: null })
  disabled_reason!: string | null;

  @ApiProperty({ type: 'string', format: 'date-time' })
  created_at!: Date;

  @ApiProperty({ type: 'string', format: 'date-time' })
  updated_at!: Date;
}

/** The only response with the secret. */
export class WebhookWithSecretDto extends WebhookDto {
  /** Signs messages (Standard Webhooks). It is only shown here. */
  @ApiProperty({ example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' })
  secret!: string;
}

const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const;

export class WebhookDeliveryDto {
  @ApiProperty({ type: 'integer', example: 7 })
  id!: number;

  /** The `webhook-id` of the message. */
  @ApiProperty({ format: 'uuid' })
  event_id!: string;

  @ApiProperty({ example: 'order.placed' })
  type!: string;

  /** Payload of the event; its members depend on the type. */
  @ApiProperty({ example: '{"id": 12, "status": "pending"}' })
  data!: string;

  @ApiProperty({ enum: DELIVERY_STATUSES, enumName: 'WebhookDeliveryStatus' })
  status!: (typeof DELIVERY_STATUSES)[number];

  @ApiProperty({ type: 'integer', example: 1 })
  attempts!: number;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  attempted_at!: string | null;

  /** HTTP status of the last response. */
  @ApiProperty({ type: 'integer', nullable: true, example: 204 })
  answer_status!: number | null;

  /** Beginning of the last response's body. */
  @ApiProperty({ type: 'string', nullable: true })
  answer!: string | null;

  /** Why there was no response. */
  @ApiProperty({ type: 'string', nullable: true })
  error!: string | null;

  @ApiProperty({ type: 'string', format: 'date-time' })
  created_at!: string;
}
