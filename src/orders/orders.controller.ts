import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiBody, ApiNoContentResponse, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type Principal } from '../http/access.js';
import { IdPipe } from '../http/id.pipe.js';
import { JsonResponse } from '../http/json-response.js';
import { type Json, type Page, PageOf } from '../http/paging.js';
import {
  AcceptsIdempotencyKey,
  Idempotency,
  type IdempotentRequest,
} from '../idempotency/idempotent-request.js';
import { CheckoutDto, CreateOrderDto, OrderDto, OrdersQuery, UpdateOrderDto } from './orders.dto.js';
import { OrdersService } from './orders.service.js';

@ApiTags('Orders')
@Controller('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  /** List orders, newest first: all of them for an admin, one's own otherwise */
  @Get()
  @JsonResponse(PageOf(OrderDto))
  list(@Query() query: OrdersQuery, @CurrentUser() user: Principal): Promise<Json<Page<OrderDto>>> {
    return this.orders.list(query, user);
  }

  /** Order the items of the body or, without them, the cart */
  @Post()
  @AcceptsIdempotencyKey()
  @ApiBody({ type: CreateOrderDto, required: false })
  @JsonResponse(OrderDto, 201)
  place(
    @Body() order: CreateOrderDto,
    @CurrentUser() user: Principal,
    @Idempotency() request?: IdempotentRequest,
  ): Promise<Json<OrderDto>> {
    return this.orders.place(user.id, order, request);
  }

  /** Order what is in the cart, and empty it */
  @Post('checkout')
  @AcceptsIdempotencyKey()
  @ApiBody({ type: CheckoutDto, required: false })
  @JsonResponse(OrderDto, 201)
  checkout(
    @Body() details: CheckoutDto,
    @CurrentUser() user: Principal,
    @Idempotency() request?: IdempotentRequest,
  ): Promise<Json<OrderDto>> {
    return this.orders.checkout(user.id, details, request);
  }

  /** List one's own orders, newest first */
  @Get('my-orders')
  @JsonResponse(PageOf(OrderDto))
  listOwn(@Query() query: OrdersQuery, @CurrentUser() user: Principal): Promise<Json<Page<OrderDto>>> {
    return this.orders.listOwn(query, user);
  }

  /** Read an order */
  @Get(':id')
  @JsonResponse(OrderDto)
  find(@Param('id', IdPipe) id: number, @CurrentUser() user: Principal): Promise<Json<OrderDto>> {
    return this.orders.find(id, user);
  }

  /** Change a pending order, or take it to its next status (admin) */
  @Put(':id')
  @JsonResponse(OrderDto)
  replace(
    @Param('id', IdPipe) id: number,
    @Body() changes: UpdateOrderDto,
    @CurrentUser() user: Principal,
  ): Promise<Json<OrderDto>> {
    return this.orders.update(id, changes, user);
  }

  /** Change some fields of a pending order, or take it to its next status (admin) */
  @Patch(':id')
  @JsonResponse(OrderDto)
  update(
    @Param('id', IdPipe) id: number,
    @Body() changes: UpdateOrderDto,
    @CurrentUser() user: Principal,
  ): Promise<Json<OrderDto>> {
    return this.orders.update(id, changes, user);
  }

  /** Delete a pending order; its stock comes back */
  @Delete(':id')
  @HttpCode(204)
  @ApiNoContentResponse()
  delete(@Param('id', IdPipe) id: number, @CurrentUser() user: Principal): Promise<void> {
    return this.orders.delete(id, user);
  }
}
