import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import { type AnyShopper, CurrentShopper, OpenToGuests, type Shopper } from '../http/access.js';
import { IdPipe } from '../http/id.pipe.js';
import { JsonResponse } from '../http/json-response.js';
import type { Json } from '../http/paging.js';
import {
  AcceptsIdempotencyKey,
  Idempotency,
  type IdempotentRequest,
} from '../idempotency/idempotent-request.js';
import {
  AddCartItemDto,
  CartDto,
  CartItemDto,
  CartSummaryDto,
  RemoveCartItemDto,
  SetQuantityDto,
  UpdateCartItemDto,
} from './cart.dto.js';
import { CartService } from './cart.service.js';

@ApiTags('Cart')
@Controller('cart')
export class CartController {
  constructor(private readonly cart: CartService) {}

  /** Read the cart */
  @Get()
  @OpenToGuests()
  @JsonResponse(CartDto)
  getCart(@CurrentShopper() shopper: Shopper): Promise<Json<CartDto>> {
    return this.cart.find(shopper);
  }

  /** Add units of a product to those in the cart. Without credentials it creates a guest’s cart and returns its token */
  @Post()
  @OpenToGuests({ withoutCart: true })
  @AcceptsIdempotencyKey()
  @JsonResponse(CartItemDto, 201)
  addCartItem(
    @Body() item: AddCartItemDto,
    @CurrentShopper() shopper: AnyShopper,
    @Idempotency() request?: IdempotentRequest,
  ): Promise<Json<CartItemDto>> {
    return this.cart.add(shopper, item, request);
  }

  /** Count the units in the cart and what they cost */
  @Get('summary')
  @OpenToGuests()
  @JsonResponse(CartSummaryDto)
  getCartSummary(@CurrentShopper() shopper: Shopper): Promise<Json<CartSummaryDto>> {
    return this.cart.summarize(shopper);
  }

  /** Set the quantity of a product in the cart, and read the cart */
  @Put('update_item')
  @OpenToGuests()
  @JsonResponse(CartDto)
  updateCart(@Body() item: UpdateCartItemDto, @CurrentShopper() shopper: Shopper): Promise<Json<CartDto>> {
    return this.cart.updateItem(shopper, item);
  }

  /** Remove a product from the cart, and read the cart */
  @Delete('remove')
  @OpenToGuests()
  @JsonResponse(CartDto)
  removeFromCart(
    @Query() query: RemoveCartItemDto,
    @Body() body: RemoveCartItemDto,
    @CurrentShopper() shopper: Shopper,
  ): Promise<Json<CartDto>> {
    return this.cart.remove(shopper, body.product_id ?? query.product_id);
  }

  /** Read one line of the cart; its id is the product's */
  @Get(':id')
  @OpenToGuests()
  @JsonResponse(CartItemDto)
  getCartItem(
    @Param('id', IdPipe) id: number,
    @CurrentShopper() shopper: Shopper,
  ): Promise<Json<CartItemDto>> {
    return this.cart.findItem(shopper, id);
  }

  /** Set the quantity of one line of the cart */
  @Put(':id')
  @OpenToGuests()
  @JsonResponse(CartItemDto)
  replaceCartItem(
    @Param('id', IdPipe) id: number,
    @Body() item: SetQuantityDto,
    @CurrentShopper() shopper: Shopper,
  ): Promise<Json<CartItemDto>> {
    return this.cart.setQuantity(shopper, id, item);
  }

  /** Set the quantity of one line of the cart */
  @Patch(':id')
  @OpenToGuests()
  @JsonResponse(CartItemDto)
  updateCartItem(
    @Param('id', IdPipe) id: number,
    @Body() item: SetQuantityDto,
    @CurrentShopper() shopper: Shopper,
  ): Promise<Json<CartItemDto>> {
    return this.cart.setQuantity(shopper, id, item);
  }

  /** Remove a line from the cart */
  @Delete(':id')
  @OpenToGuests()
  @HttpCode(204)
  @ApiNoContentResponse()
  async removeCartItem(@Param('id', IdPipe) id: number, @CurrentShopper() shopper: Shopper): Promise<void> {
    await this.cart.remove(shopper, id);
  }
}
