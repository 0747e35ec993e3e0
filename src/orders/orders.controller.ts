import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiBody, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CurrentShopper, CurrentUser, OpenToGuests, type Principal, type Shopper } from '../http/access.js';
import { Conditional } from '../http/conditional.js';
import { IdPipe } from '../http/id.pipe.js';
import { JsonResponse } from '../http/json-response.js';
import { type Json, onePage, type Page, PageOf } from '../http/paging.js';
import { AcceptsIfMatch, IfMatch, type Precondition } from '../http/preconditions.js';
import {
  AcceptsIdempotencyKey,
  Idempotency,
  type IdempotentRequest,
} from '../idempotency/idempotent-request.js';
import { OrderChangesService } from './order-changes.service.js';
import {
  CheckoutCartDto,
  CreateOrderDto,
  OrderDto,
  OrderEventDto,
  OrdersQuery,
  PlacedOrderDto,
  UpdateOrderDto,
} from './orders.dto.js';
import { OrdersService } from './orders.service.js';

@ApiTags('Orders')
@Controller('orders')
export class OrdersController {
  constructor(
    private readonly orders: OrdersService,
    private readonly changes: OrderChangesService,
  ) {}

  /** List orders, newest first: all for an admin, the user's own otherwise */
  @Get()
  @JsonResponse(PageOf(OrderDto))
  listOrders(@Query() query: OrdersQuery, @CurrentUser() user: Principal): Promise<Json<Page<OrderDto>>> {
    return this.orders.list(query, user);
  }

  /** Order the items of the body or, without them, the cart */
  @Post()
  @OpenToGuests()
  @AcceptsIdempotencyKey()
  @ApiBody({ type: CreateOrderDto, required: false })
  @JsonResponse(PlacedOrderDto, 201)
  placeOrder(
    @Body() order: CreateOrderDto,
    @CurrentShopper() shopper: Shopper,
    @Idempotency() request?: IdempotentRequest,
  ): Promise<Json<PlacedOrderDto>> {
    return this.orders.place(shopper, order, request);
  }

  /** Order what is in the cart, and empty it */
  @Post('checkout')
  @OpenToGuests()
  @AcceptsIdempotencyKey()
  @ApiBody({ type: CheckoutCartDto, required: false })
  @JsonResponse(PlacedOrderDto, 201)
  checkout(
    @Body() details: CheckoutCartDto,
    @CurrentShopper() shopper: Shopper,
    @Idempotency() request?: IdempotentRequest,
  ): Promise<Json<PlacedOrderDto>> {
    return this.orders.checkout(shopper, details, request);
  }

  /** List the user's own orders, newest first */
  @Get('my-orders')
  @JsonResponse(PageOf(OrderDto))
  listMyOrders(@Query() query: OrdersQuery, @CurrentUser() user: Principal): Promise<Json<Page<OrderDto>>> {
    return this.orders.listOwn(query, user);
  }

  /** Read an order */
  @Get(':id')
  @Conditional()
  @JsonResponse(OrderDto)
  getOrder(@Param('id', IdPipe) id: number, @CurrentUser() user: Principal): Promise<Json<OrderDto>> {
    return this.orders.find(id, user);
  }

  /** List what happened to an order: when, what, by whom */
  @Get(':id/history')
  @ApiOkResponse({ type: PageOf(OrderEventDto) })
  async listOrderEvents(
    @Param('id', IdPipe) id: number,
    @CurrentUser() user: Principal,
  ): Promise<Page<OrderEventDto>> {
    return onePage(await this.changes.listHistory(id, user));
  }

  /** Change a pending order, or set its next status (admin) */
  @Put(':id')
  @AcceptsIfMatch()
  @JsonResponse(OrderDto)
  replaceOrder(
    @Param('id', IdPipe) id: number,
    @Body() changes: UpdateOrderDto,
    @CurrentUser() user: Principal,
    @IfMatch() precondition?: Precondition,
  ): Promise<Json<OrderDto>> {
    return this.changes.update(id, changes, user, precondition);
  }

  /** Change some fields of a pending order, or set its next status (admin) */
  @Patch(':id')
  @AcceptsIfMatch()
  @JsonResponse(OrderDto)
  updateOrder(
    @Param('id', IdPipe) id: number,
    @Body() changes: UpdateOrderDto,
    @CurrentUser() user: Principal,
    @IfMatch() precondition?: Precondition,
  ): Promise<Json<OrderDto>> {
    return this.changes.update(id, changes, user, precondition);
  }

  /** Delete a pending order; it is restocked */
  @Delete(':id')
  @AcceptsIfMatch()
  @HttpCode(204)
  @ApiNoContentResponse()
  deleteOrder(
    @Param('id', IdPipe) id: number,
    @CurrentUser() user: Principal,
    @IfMatch() precondition?: Precondition,
  ): Promise<void> {
    return this.changes.delete(id, user, precondition);
  }
}
