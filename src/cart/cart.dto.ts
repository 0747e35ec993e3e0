import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Id, Optional, WholeNumber } from '../http/fields.js';
import { ProductDto } from '../products/products.dto.js';

export class AddCartItemDto {
  @Id()
  product_id!: number;

  @Optional()
  @WholeNumber({ min: 1 })
  @ApiPropertyOptional({ default: 1 })
  quantity: number = 1;
}

export class SetQuantityDto {
  @WholeNumber({ min: 1 })
  quantity!: number;
}

export class UpdateCartItemDto extends SetQuantityDto {
  @Id()
  product_id!: number;
}

/** `product_id` in the body or in the query: not every client can send a body with DELETE. */
export class RemoveCartItemDto {
  @Optional()
  @Id()
  product_id?: number;
}

export class CartItemDto {
  /** The id of its product. */
  @ApiProperty({ type: 'integer', example: 7 })
  id!: number;

  product!: ProductDto;

  @ApiProperty({ type: 'integer', example: 2 })
  quantity!: number;

  /** What one piece costs now. */
  @ApiProperty({ format: 'decimal', example: '24.50' })
  unit_price!: string;

  @ApiProperty({ format: 'decimal', example: '49.00' })
  subtotal!: string;
}

export class CartDto {
  items!: CartItemDto[];

  /** Pieces in the cart. */
  @ApiProperty({ type: 'integer', example: 2 })
  total_items!: number;

  @ApiProperty({ format: 'decimal', example: '49.00' })
  total!: string;
}

export class CartSummaryDto {
  /** Pieces in the cart. */
  @ApiProperty({ type: 'integer', example: 2 })
  total_items!: number;

  @ApiProperty({ format: 'decimal', example: '49.00' })
  total_cost!: string;
}
