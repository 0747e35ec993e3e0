import { Controller, Get, Header, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentUser, type Principal, Public } from '../http/access.js';
import { Preview } from '../http/preview.js';
import { EventsQuery } from './events.dto.js';
import { EventsService } from './events.service.js';

@ApiTags('Events')
@Controller('events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  /**
   * Listen to the stock of products and, signed in, to the user's own orders
   *
   * Server-sent events. `ready` comes first, and after every reconnect: the client should then reload what it shows. `stock`
   * `{product_id, stock, available}` comes at first and with every change, `order` `{id, status, version}` with every
   * change. Orders need `Authorization`, which `EventSource` cannot send: read the stream with `fetch`.
   */
  @Get()
  @Public({ readsUser: true })
  @Header('content-type', 'text/event-stream; charset=utf-8')
  @Header('cache-control', 'no-store')
  @Header('x-accel-buffering', 'no')
  @ApiOkResponse({ content: { 'text/event-stream': { schema: { type: 'string' } } } })
  watchEvents(
    @Query() query: EventsQuery,
    @Preview() isPreview: boolean,
    @Res() reply: FastifyReply,
    @CurrentUser() user?: Principal,
  ): void {
    this.events.open(query, user, reply, isPreview);
  }
}
