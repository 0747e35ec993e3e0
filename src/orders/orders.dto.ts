import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, ValidateNested } from 'class-validator';
import { Id, Optional, Text, WholeNumber } from '../http/fields.js';
import { PageQuery } from '../http/paging.js';
import { ORDER_STATUSES, type OrderStatus } from './order-status.js';

const MAX_LINES = 100;

export class OrderLineDto {
  @Id()
  product_id!: number;

  @Optional()
  @WholeNumber({ min: 1 })
  @ApiPropertyOptional({ default: 1 })
  quantity: number = 1;
}

export class CheckoutDto {
  /** Left out: the one in the profile. */
  @Optional()
  @Text(500)
  @ApiProperty({ example: '123 Rue de la Paix, 75001 Paris' })
  shipping_address?: string;

  /** Left out: the one in the profile. */
  @Optional()
  @Text(500)
  @ApiProperty({ example: '123 Rue de la Paix, 75001 Paris' })
  billing_address?: string;

  @Optional()
  @Text(2000)
  notes?: string;
}

export class CreateOrderDto extends CheckoutDto {
  /** What to order; left out, what the cart holds. */
  @Optional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_LINES)
  @ValidateNested({ each: true })
  @Type(() => OrderLineDto)
  items?: OrderLineDto[];
}

/** What is left out stays as it is. */
export class UpdateOrderDto extends CreateOrderDto {
  /** The next step of the order; a customer may only cancel, and only while it is pending. */
  @Optional()
  @IsIn(ORDER_STATUSES)
  @ApiProperty({ enum: ORDER_STATUSES })
  status?: OrderStatus;
}

export class OrdersQuery extends PageQuery {
  @Optional()
  @IsIn(ORDER_STATUSES)
  @ApiProperty({ enum: ORDER_STATUSES })
  status?: OrderStatus;
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
  @ApiProperty({ format: 'decimal', example: '24.50' })
  unit_price!: string;

  @ApiProperty({ type: 'integer', example: 2 })
  quantity!: number;

  @ApiProperty({ format: 'decimal', example: '49.00' })
  subtotal!: string;
}

export class OrderDto {
  @ApiProperty({ type: 'integer', example: 12 })
  id!: number;

  @ApiProperty({ type: 'integer', example: 2 })
  user_id!: number;

  @ApiProperty({ enum: ORDER_STATUSES })
  status!: OrderStatus;

  items!: OrderItemDto[];

  @ApiProperty({ format: 'decimal', example: '49.00' })
  total!: string;

  shipping_address!: string;

  billing_address!: string;

  notes!: string;

  @ApiProperty({ type: 'string', format: 'date-time' })
  created_at!: string;

  @ApiProperty({ type: 'string', format: 'date-time' })
  updated_at!: string;
}
