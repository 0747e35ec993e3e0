import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type Principal } from '../http/access.js';
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
  @JsonResponse(CartDto)
  getCart(@CurrentUser() user: Principal): Promise<Json<CartDto>> {
    return this.cart.find(user.id);
  }

  /** Add a product to the cart; again adds up */
  @Post()
  @AcceptsIdempotencyKey()
  @JsonResponse(CartItemDto, 201)
  addCartItem(
    @Body() item: AddCartItemDto,
    @CurrentUser() user: Principal,
    @Idempotency() request?: IdempotentRequest,
  ): Promise<Json<CartItemDto>> {
    return this.cart.add(user.id, item, request);
  }

  /** Count the pieces in the cart and what they cost */
  @Get('summary')
  @JsonResponse(CartSummaryDto)
  getCartSummary(@CurrentUser() user: Principal): Promise<Json<CartSummaryDto>> {
    return this.cart.summarize(user.id);
  }

  /** Set the quantity of a product in the cart, and read the cart */
  @Put('update_item')
  @JsonResponse(CartDto)
  updateCart(@Body() item: UpdateCartItemDto, @CurrentUser() user: Principal): Promise<Json<CartDto>> {
    return this.cart.updateItem(user.id, item);
  }

  /** Take a product out of the cart, and read the cart */
  @Delete('remove')
  @JsonResponse(CartDto)
  removeFromCart(
    @Query() query: RemoveCartItemDto,
    @Body() body: RemoveCartItemDto,
    @CurrentUser() user: Principal,
  ): Promise<Json<CartDto>> {
    return this.cart.remove(user.id, body.product_id ?? query.product_id);
  }

  /** Read one line of the cart; its id is the product's */
  @Get(':id')
  @JsonResponse(CartItemDto)
  getCartItem(@Param('id', IdPipe) id: number, @CurrentUser() user: Principal): Promise<Json<CartItemDto>> {
    return this.cart.findItem(user.id, id);
  }

  /** Set the quantity of one line of the cart */
  @Put(':id')
  @JsonResponse(CartItemDto)
  replaceCartItem(
    @Param('id', IdPipe) id: number,
    @Body() item: SetQuantityDto,
    @CurrentUser() user: Principal,
  ): Promise<Json<CartItemDto>> {
    return this.cart.setQuantity(user.id, id, item);
  }

  /** Set the quantity of one line of the cart */
  @Patch(':id')
  @JsonResponse(CartItemDto)
  updateCartItem(
    @Param('id', IdPipe) id: number,
    @Body() item: SetQuantityDto,
    @CurrentUser() user: Principal,
  ): Promise<Json<CartItemDto>> {
    return this.cart.setQuantity(user.id, id, item);
  }

  /** Take one line out of the cart */
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  async removeCartItem(@Param('id', IdPipe) id: number, @CurrentUser() user: Principal): Promise<void> {
    await this.cart.remove(user.id, id);
  }
}
