import {
  ApiExtraModels,
  ApiProperty,
  ApiPropertyOptional,
  getSchemaPath,
  IntersectionType,
  OmitType,
  PickType,
} from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn } from 'class-validator';
import {
  ApiMoney,
  Email,
  Id,
  LENGTHS,
  Money,
  NullAsMissing,
  Objects,
  ProductId,
  Optional,
  Text,
  Flag,
  WholeNumber,
} from '../http/fields.js';
import { PageQuery } from '../http/paging.js';
import { DateTime, ReadVersionDto } from '../http/versions.js';
import { EVENT_SOURCES, type EventSource, ORDER_EVENTS, type OrderEventName } from './order-event.entity.js';
import { ORDER_STATUSES, type OrderStatus } from './order-status.js';

/** Most different products in an order. */
export const MAX_LINES = 100;

/** Most lines in a body: a product may have several, with different prices. */
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
  /** Required for a guest, who gets the link of the order at this address; ignored for a user. */
  @NullAsMissing()
  @Email()
  @ApiProperty({ example: 'jane@example.com' })
  email?: string;

  /** Left out, or null: the one in the profile. */
  @NullAsMissing()
  @Text(LENGTHS.address)
  @ApiProperty({ example: '123 Rue de la Paix, 75001 Paris' })
  shipping_address?: string;

  /** Left out, or null: the one in the profile. */
  @NullAsMissing()
  @Text(LENGTHS.address)
  @ApiProperty({ example: '123 Rue de la Paix, 75001 Paris' })
  billing_address?: string;

  @Optional()
  @Text(2000)
  notes?: string;

  /** The expected total: 409 `total_changed` with both totals when it differs. */
  @Optional()
  @Money({ digits: 13 })
  @ApiProperty({ example: '49.00' })
  expected_total?: string;
}

export class CheckoutCartDto extends CheckoutDto {
  /** Leaves out lines that are short, off sale or gone, and orders the others. Those of the cart stay in it. */
  @Optional()
  @Flag()
  skip_unavailable?: boolean;
}

export class CreateOrderDto extends CheckoutCartDto {
  /** Items to order; left out: those of the cart. */
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_BODY_LINES)
  @Objects(() => OrderLineDto)
  items?: OrderLineDto[];
}

/** Fields that are left out stay as they are. */
export class UpdateOrderDto extends IntersectionType(
  OmitType(CreateOrderDto, ['email', 'skip_unavailable', 'shipping_address', 'billing_address']),
  ReadVersionDto,
) {
  /** Left out: stays as it is. */
  @Optional()
  @Text(LENGTHS.address)
  @ApiProperty({ example: '123 Rue de la Paix, 75001 Paris' })
  shipping_address?: string;

  /** Left out: stays as it is. */
  @Optional()
  @Text(LENGTHS.address)
  @ApiProperty({ example: '123 Rue de la Paix, 75001 Paris' })
  billing_address?: string;

  /** The next status of the order; a customer may only cancel, and only while it is pending. */
  @Optional()
  @IsIn(ORDER_STATUSES)
  @ApiProperty({ enum: ORDER_STATUSES, enumName: 'OrderStatus' })
  status?: OrderStatus;

  /** Whether a pending order is kept from expiring (admin). */
  @Optional()
  @Flag()
  held?: boolean;
}

export class OrdersQuery extends PageQuery {
  @Optional()
  @IsIn(ORDER_STATUSES)
  @ApiProperty({ enum: ORDER_STATUSES, enumName: 'OrderStatus' })
  status?: OrderStatus;

  /** Orders of this user (only for admins). */
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

  /** An order's id, or part of its owner's username, e-mail or name, or of its guest's e-mail (only for admins). */
  @Optional()
  @Text(100)
  search?: string;
}

export class OrderItemDto {
  @ApiProperty({ type: 'integer', example: 31 })
  id!: number;

  @ApiProperty({ type: 'integer', example: 7 })
  product_id!: number;

  /** The product's name at the time of purchase. */
  @ApiProperty({ example: 'Oak writing desk' })
  product_name!: string;

  /** The price of one unit at the time of purchase. */
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

  /** The guest's address; null when the order belongs to an account, or the guest was erased. */
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

  /** Whether an admin keeps the pending order from expiring. */
  held!: boolean;

  /** 1 when it is placed; grows with every change. */
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

/** The response to the buyer of a new order. */
export class PlacedOrderDto extends OrderDto {
  /** Only for a guest's order: its token for `/api/guest-orders/{token}`. */
  guest_token?: string;

  /** Only for a guest's order: the URL of its page. */
  @ApiPropertyOptional({ format: 'uri' })
  guest_link?: string;
}

export class OrderEventDto {
  /** Version of the order after the event. */
  @ApiProperty({ type: 'integer', example: 2 })
  version!: number;

  @ApiProperty({ enum: ['placed', ...ORDER_EVENTS], enumName: 'OrderEventName' })
  event!: 'placed' | OrderEventName;

  /** A request, the shop itself, or its housekeeping (`clock`). */
  @ApiProperty({ enum: EVENT_SOURCES, enumName: 'OrderEventSource' })
  source!: EventSource;

  /** Only shown to admins and to the actor. */
  @ApiProperty({ type: 'integer', nullable: true, example: 2 })
  actor_id!: number | null;

  /** `owner`, `guest`, or `admin` for a user who was one at that time, also on an own order. */
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
