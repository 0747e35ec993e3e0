import {
  ApiExtraModels,
  ApiProperty,
  ApiPropertyOptional,
  getSchemaPath,
  IntersectionType,
  OmitType,
  PickType,
} from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsIn, ValidateNested } from 'class-validator';
import {
  ApiMoney,
  Email,
  Id,
  LENGTHS,
  Money,
  ProductId,
  Optional,
  Text,
  toBoolean,
  WholeNumber,
} from '../http/fields.js';
import { PageQuery } from '../http/paging.js';
import { DateTime, ReadVersionDto } from '../http/versions.js';
import { EVENT_SOURCES, type EventSource, ORDER_EVENTS, type OrderEventName } from './order-event.entity.js';
import { ORDER_STATUSES, type OrderStatus } from './order-status.js';

/** Different products in an order. */
export const MAX_LINES = 100;

/** Lines in a body: a product may have several, of different prices. */
const MAX_BODY_LINES = 1_000;

export class OrderLineDto {
  @ProductId()
  product_id!: number;

  @Optional()
  @WholeNumber({ min: 1 })
  @ApiPropertyOptional({ default: 1 })
  quantity: number = 1;
}

export class CheckoutDto {
  /** Of a guest, who must name one: the link of the order goes there. Of a user the account's counts. */
  @Optional()
  @Email()
  @ApiProperty({ example: 'jane@example.com' })
  email?: string;

  /** Left out: the one in the profile. */
  @Optional()
  @Text(LENGTHS.address)
  @ApiProperty({ example: '123 Rue de la Paix, 75001 Paris' })
  shipping_address?: string;

  /** Left out: the one in the profile. */
  @Optional()
  @Text(LENGTHS.address)
  @ApiProperty({ example: '123 Rue de la Paix, 75001 Paris' })
  billing_address?: string;

  @Optional()
  @Text(2000)
  notes?: string;

  /** What it must come to: 409 `total_changed` with both when it is another total by now. */
  @Optional()
  @Money({ digits: 13 })
  @ApiProperty({ example: '49.00' })
  expected_total?: string;
}

/** What a cart's checkout takes beside the details. */
export class CheckoutCartDto extends CheckoutDto {
  /** Leaves out what is short, off sale or gone; it stays in the cart. */
  @Optional()
  @Transform(toBoolean)
  @IsBoolean()
  skip_unavailable?: boolean;
}

export class CreateOrderDto extends CheckoutCartDto {
  /** What to order; left out, what the cart holds. */
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_BODY_LINES)
  @ValidateNested({ each: true })
  @Type(() => OrderLineDto)
  items?: OrderLineDto[];
}

/** What is left out stays as it is. */
export class UpdateOrderDto extends IntersectionType(OmitType(CreateOrderDto, ['email']), ReadVersionDto) {
  /** The next step of the order; a customer may only cancel, and only while it is pending. */
  @Optional()
  @IsIn(ORDER_STATUSES)
  @ApiProperty({ enum: ORDER_STATUSES, enumName: 'OrderStatus' })
  status?: OrderStatus;

  /** Whether a pending order is kept from running out (admin). */
  @Optional()
  @Transform(toBoolean)
  @IsBoolean()
  held?: boolean;
}

export class OrdersQuery extends PageQuery {
  @Optional()
  @IsIn(ORDER_STATUSES)
  @ApiProperty({ enum: ORDER_STATUSES, enumName: 'OrderStatus' })
  status?: OrderStatus;

  /** Of this user; heeded for an admin. */
  @Optional()
  @Id()
  user_id?: number;

  /** Placed at this time or later. */
  @Optional()
  @DateTime()
  @ApiProperty({ format: 'date-time' })
  created_after?: string;

  /** Placed at this time or earlier. */
  @Optional()
  @DateTime()
  @ApiProperty({ format: 'date-time' })
  created_before?: string;

  /** At least this. */
  @Optional()
  @Money({ digits: 13 })
  min_total?: string;

  /** At most this. */
  @Optional()
  @Money({ digits: 13 })
  max_total?: string;

  /** The number of an order, or part of its owner's username, e-mail or name, or of its guest's e-mail; heeded for an admin. */
  @Optional()
  @Text(100)
  search?: string;
}

export class OrderItemDto {
  @ApiProperty({ type: 'integer', example: 31 })
  id!: number;

  @ApiProperty({ type: 'integer', example: 7 })
  product_id!: number;

  /** As it was called at the moment of purchase. */
  @ApiProperty({ example: 'Oak writing desk' })
  product_name!: string;

  /** What one piece cost at the moment of purchase. */
  @ApiMoney()
  unit_price!: string;

  @ApiProperty({ type: 'integer', example: 2 })
  quantity!: number;

  @ApiMoney({ example: '49.00' })
  subtotal!: string;
}

export class OrderDto {
  @ApiProperty({ type: 'integer', example: 12 })
  id!: number;

  /** Null for an order without an account. */
  @ApiProperty({ type: 'integer', nullable: true, example: 2 })
  user_id!: number | null;

  /** Of the guest who placed it; null when it belongs to an account, and when the person was erased. */
  @ApiProperty({ type: 'string', format: 'email', nullable: true, example: null })
  email!: string | null;

  @ApiProperty({ enum: ORDER_STATUSES, enumName: 'OrderStatus' })
  status!: OrderStatus;

  items!: OrderItemDto[];

  @ApiMoney({ example: '49.00' })
  total!: string;

  shipping_address!: string;

  billing_address!: string;

  notes!: string;

  /** Kept from running out while it is pending. */
  held!: boolean;

  /** 1 as it was placed; grows with every change. */
  @ApiProperty({ type: 'integer', example: 1 })
  version!: number;

  @ApiProperty({ type: 'string', format: 'date-time' })
  created_at!: string;

  @ApiProperty({ type: 'string', format: 'date-time' })
  updated_at!: string;
}

class OrderChangeLineDto extends PickType(OrderItemDto, ['product_id', 'quantity', 'unit_price']) {}

const BeforeAndAfter = (items: object) =>
  ApiPropertyOptional({ type: 'array', items: items as never, minItems: 2, maxItems: 2 });

/** Each field that changed, before and after. */
@ApiExtraModels(OrderChangeLineDto)
export class OrderChangesDto {
  @BeforeAndAfter({ $ref: '#/components/schemas/OrderStatus' })
  status?: [OrderStatus, OrderStatus];

  @BeforeAndAfter({ type: 'boolean' })
  held?: [boolean, boolean];

  @BeforeAndAfter({ type: 'string' })
  shipping_address?: [string, string];

  @BeforeAndAfter({ type: 'string' })
  billing_address?: [string, string];

  @BeforeAndAfter({ type: 'string' })
  notes?: [string, string];

  @BeforeAndAfter({ type: 'array', items: { $ref: getSchemaPath(OrderChangeLineDto) } })
  items?: [OrderChangeLineDto[], OrderChangeLineDto[]];

  @BeforeAndAfter({ type: 'integer', nullable: true })
  user_id?: [number | null, number];
}

/** An order as its buyer is told of it. */
export class PlacedOrderDto extends OrderDto {
  /** Of a guest's order: opens it at `/api/guest-orders/{token}`. */
  guest_token?: string;

  /** Of a guest's order: where that is. */
  @ApiPropertyOptional({ format: 'uri' })
  guest_link?: string;
}

export class OrderEventDto {
  /** Of the order from then on. */
  @ApiProperty({ type: 'integer', example: 2 })
  version!: number;

  @ApiProperty({ enum: ['placed', ...ORDER_EVENTS], enumName: 'OrderEventName' })
  event!: 'placed' | OrderEventName;

  /** A request, the shop itself or its clock. */
  @ApiProperty({ enum: EVENT_SOURCES, enumName: 'OrderEventSource' })
  source!: EventSource;

  /** Named to admins, and to the actor. */
  @ApiProperty({ type: 'integer', nullable: true, example: 2 })
  actor_id!: number | null;

  /** `owner`, `guest`, or the role that the actor had. */
  @ApiProperty({ type: 'string', nullable: true, example: 'admin' })
  actor_role!: string | null;

  @ApiProperty({ type: OrderChangesDto, example: { status: ['pending', 'paid'] } })
  changes!: OrderChangesDto;

  @ApiProperty({ type: 'string', format: 'date-time' })
  created_at!: Date;
}

/** A user's purchases in figures. */
export interface OrderStats {
  orders_count: number;
  /** Decimal with two digits. */
  total_spent: string;
  /** ISO 8601 with microseconds. */
  last_order_at: string | null;
}
