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

  /** What one unit costs now. */
  @ApiMoney()
  unit_price!: string;

  @ApiMoney({ example: '49.00' })
  subtotal!: string;

  /** Whether the line can be ordered. A line that is `gone` is not in the total. */
  @ApiProperty({ enum: CART_ITEM_STATES, enumName: 'CartItemState' })
  state!: (typeof CART_ITEM_STATES)[number];

  /** What one unit cost when it was last added. */
  @ApiMoney()
  added_price!: string;

  /** Whether `unit_price` differs from `added_price`. */
  price_changed!: boolean;

  /** Grows with every change of the quantity. */
  @ApiProperty({ type: 'integer', example: 1 })
  version!: number;

  /** Token of a guest's cart, in the response to an addition: send it in `X-Cart-Token` from then on. */
  cart_token?: string;
}

export class CartDto {
  items!: CartItemDto[];

  /** Units in the cart. */
  @ApiProperty({ type: 'integer', example: 2 })
  total_items!: number;

  @ApiMoney({ example: '49.00' })
  total!: string;

  /** Of a guest's cart. */
  cart_token?: string;
}

/** The result of merging one line of a guest's cart. */
export class MergedCartItemDto {
  @ApiProperty({ type: 'integer', example: 7 })
  product_id!: number;

  @ApiProperty({ example: 'Oak writing desk' })
  product_name!: string;

  /** What both carts held together. */
  @ApiProperty({ type: 'integer', example: 3 })
  wanted_quantity!: number;

  /** The current units in the cart. */
  @ApiProperty({ type: 'integer', example: 2 })
  quantity!: number;

  /** What one unit cost when the guest added it. */
  @ApiMoney()
  added_price!: string;

  /** What one unit costs now. */
  @ApiMoney()
  unit_price!: string;
}

/** The result of merging a guest's cart into the user's, line by line. */
export class CartMergeDto {
  /** In the cart with all units. */
  added!: MergedCartItemDto[];

  /** In the cart with fewer units: the stock, or a limit of the cart, is too small. */
  capped!: MergedCartItemDto[];

  /** Not sold any more. */
  gone!: MergedCartItemDto[];

  /** Products, added or capped, whose price has changed since the guest added them. */
  price_changed!: MergedCartItemDto[];
}

export class CartSummaryDto {
  /** Units in the cart. */
  @ApiProperty({ type: 'integer', example: 2 })
  total_items!: number;

  @ApiMoney({ example: '49.00' })
  total_cost!: string;
}
