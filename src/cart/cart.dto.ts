import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ApiMoney, Clearable, Id, Optional, ProductId, WholeNumber } from '../http/fields.js';
import { ProductDto } from '../products/products.dto.js';

export class AddCartItemDto {
  @ProductId()
  product_id!: number;

  @Optional()
  @WholeNumber({ min: 1 })
  @ApiPropertyOptional({ default: 1 })
  quantity: number = 1;
}

export class SetQuantityDto {
  @WholeNumber({ min: 1 })
  quantity!: number;

  /** The `version` that was read: 409 `cart_item_changed` when the quantity was changed since. */
  @Clearable()
  @Id()
  @ApiPropertyOptional({ example: 1 })
  version?: number | null;
}

export class UpdateCartItemDto extends SetQuantityDto {
  @ProductId()
  product_id!: number;
}

/** `product_id` in the body or in the query: not every client can send a body with DELETE. */
export class RemoveCartItemDto {
  @Optional()
  @ProductId()
  product_id?: number;
}

export const CART_ITEM_STATES = ['available', 'short', 'off_sale', 'gone'] as const;

export class CartItemDto {
  /** The id of its product. */
  @ApiProperty({ type: 'integer', example: 7 })
  id!: number;

  product!: ProductDto;

  @ApiProperty({ type: 'integer', example: 2 })
  quantity!: number;

  /** What one piece costs now. */
  @ApiMoney()
  unit_price!: string;

  @ApiMoney({ example: '49.00' })
  subtotal!: string;

  /** Whether it can be ordered as it is. What is gone counts in no total. */
  @ApiProperty({ enum: CART_ITEM_STATES, enumName: 'CartItemState' })
  state!: (typeof CART_ITEM_STATES)[number];

  /** What one piece cost when it was last added. */
  @ApiMoney()
  added_price!: string;

  /** Whether it costs something else now. */
  price_changed!: boolean;

  /** Grows with every change of the quantity. */
  @ApiProperty({ type: 'integer', example: 1 })
  version!: number;

  /** Of a guest's cart, in the answer to an addition: goes into `X-Cart-Token` from then on. */
  cart_token?: string;
}

export class CartDto {
  items!: CartItemDto[];

  /** Pieces in the cart. */
  @ApiProperty({ type: 'integer', example: 2 })
  total_items!: number;

  @ApiMoney({ example: '49.00' })
  total!: string;

  /** Of a guest's cart. */
  cart_token?: string;
}

/** What became of a line of a guest's cart. */
export class MergedCartItemDto {
  @ApiProperty({ type: 'integer', example: 7 })
  product_id!: number;

  @ApiProperty({ example: 'Oak writing desk' })
  product_name!: string;

  /** What both carts held together. */
  @ApiProperty({ type: 'integer', example: 3 })
  wanted_quantity!: number;

  /** What the cart holds now. */
  @ApiProperty({ type: 'integer', example: 2 })
  quantity!: number;

  /** What one piece cost when the guest added it. */
  @ApiMoney()
  added_price!: string;

  /** What one piece costs now. */
  @ApiMoney()
  unit_price!: string;
}

/** What became of the cart that somebody filled as a guest. */
export class CartMergeDto {
  /** In the cart with all pieces. */
  added!: MergedCartItemDto[];

  /** Not all pieces are in the cart: there are no more, or it takes no more. */
  capped!: MergedCartItemDto[];

  /** Not sold any more. */
  gone!: MergedCartItemDto[];

  /** Of those added or capped, what costs something else than when the guest added it. */
  price_changed!: MergedCartItemDto[];
}

export class CartSummaryDto {
  /** Pieces in the cart. */
  @ApiProperty({ type: 'integer', example: 2 })
  total_items!: number;

  @ApiMoney({ example: '49.00' })
  total_cost!: string;
}
