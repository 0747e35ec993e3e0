import { Controller, Delete, Get, HttpCode, Param, Post, UseInterceptors } from '@nestjs/common';
import { ApiNoContentResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentUser, type Principal, Public, Roles } from '../http/access.js';
import { FromOwnPage } from '../http/form-body.js';
import { IdPipe } from '../http/id.pipe.js';
import { JsonResponse } from '../http/json-response.js';
import type { Json } from '../http/paging.js';
import { GuestOrdersService } from './guest-orders.service.js';
import { OrderPageInterceptor } from './order-page.interceptor.js';
import { OrderDto } from './orders.dto.js';

const ApiToken = () =>
  ApiParam({ name: 'token', description: '`guest_token` of the order.', schema: { type: 'string' } });

@ApiTags('Orders')
@Controller()
export class GuestOrdersController {
  constructor(private readonly guestOrders: GuestOrdersService) {}

  /** Read an order that was placed without an account, by the token of its link */
  @Get('guest-orders/:token')
  @Public()
  @UseInterceptors(OrderPageInterceptor)
  @ApiToken()
  @JsonResponse(OrderDto)
  getGuestOrder(@Param('token') token: string): Promise<Json<OrderDto>> {
    return this.guestOrders.find(token);
  }

  /** Cancel a pending order that was placed without an account */
  @Post('guest-orders/:token/cancel')
  @Public()
  @FromOwnPage()
  @HttpCode(200)
  @UseInterceptors(OrderPageInterceptor)
  @ApiToken()
  @JsonResponse(OrderDto)
  cancelGuestOrder(@Param('token') token: string): Promise<Json<OrderDto>> {
    return this.guestOrders.cancel(token);
  }

  /** Erase the guest who placed an order; the orders of that e-mail address stay for accounting (admin) */
  @Delete('orders/:id/guest')
  @Roles('admin')
  @HttpCode(204)
  @ApiNoContentResponse()
  eraseGuest(@Param('id', IdPipe) id: number, @CurrentUser() user: Principal): Promise<void> {
    return this.guestOrders.erasePersonOf(id, user);
  }
}
