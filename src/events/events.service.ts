import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { OutgoingHttpHeaders } from 'node:http';
import type { Principal } from '../http/access.js';
import { invalidField, unavailable } from '../http/problem.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { EventsQuery } from './events.dto.js';
import { EventsRepository } from './events.repository.js';
import { EventStream } from './event-stream.js';

const LOOK_MS = 1_000;
/** In looks: a comment that keeps proxies from closing a silent connection, and whether the sessions still count. */
const HEARTBEAT = 15;
const SESSION_CHECK = 5;
const MOST_LISTENERS = 5_000;

/**
 * Tells listeners of the stock of products and of their own orders. A process asks PostgreSQL once a second about all
 * that its listeners watch, and not at all without listeners. NOTIFY would tell at once, but takes a lock that lets one
 * transaction commit at a time, which each sale would wait for; and LISTEN needs a connection that no pooler shares.
 */
@Injectable()
export class EventsService implements OnModuleDestroy {
  private readonly logger = new Logger(EventsService.name);
  private readonly streams = new Set<EventStream>();
  /** Versions of orders that changed lately and were told of. */
  private toldOrders = new Map<number, number>();
  private timer?: NodeJS.Timeout;
  private looks = 0;
  private isStopping = false;

  constructor(
    private readonly events: EventsRepository,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * Answers with a stream. It is written past Nest and Fastify, whose own streams would be most of a listener's memory.
   *
   * @param isPreview nobody listens to the answer
   * @throws Problem 400 when there is nothing to tell: no products, and nobody is signed in; 503 beyond 5,000 listeners
   */
  open(
    { products = [] }: EventsQuery,
    user: Principal | undefined,
    reply: FastifyReply,
    isPreview: boolean,
  ): void {
    if (products.length === 0 && !user)
      throw invalidField('products', 'products is required without an account');
    if (isPreview) return void reply.send('');
    if (this.isStopping) throw unavailable('stopping', 'The process is stopping.');
    if (this.streams.size >= MOST_LISTENERS) throw unavailable('busy', 'The shop is busy; try again.');
    const response = reply.hijack().raw.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders);
    const stream = new EventStream(products, user, response);
    this.streams.add(stream);
    response.once('close', () => this.streams.delete(stream));
    // Clients that lose a process come back at different times.
    stream.send(`retry: ${1_000 + Math.floor(Math.random() * 2_000)}\n${eventText('ready', {})}`);
    this.timer ??= setTimeout(() => void this.lookOn(), 0);
  }

  /** Every listener goes elsewhere. */
  endAll(): void {
    this.isStopping = true;
    for (const stream of this.streams) stream.end();
  }

  onModuleDestroy(): void {
    this.endAll();
    clearTimeout(this.timer);
  }

  private async lookOn(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      this.logger.debug(`events are late: ${(error as Error).message}`);
    }
    const goesOn = this.streams.size > 0 && !this.isStopping;
    this.timer = goesOn ? setTimeout(() => void this.lookOn(), LOOK_MS).unref() : undefined;
  }

  private async look(): Promise<void> {
    this.looks += 1;
    const streams = [...this.streams];
    if (this.looks % HEARTBEAT === 0) for (const stream of streams) stream.send(':\n\n');
    if (this.looks % SESSION_CHECK === 0) await this.endSignedOut(streams);
    await Promise.all([this.tellStocks(streams), this.tellOrders(streams)]);
  }

  private async tellStocks(streams: EventStream[]): Promise<void> {
    const watched = [...new Set(streams.flatMap(({ products }) => products))];
    const texts = new Map(
      (await this.events.findStocks(watched)).map(({ id, stock, available }) => [
        id,
        eventText('stock', { product_id: id, stock, available }),
      ]),
    );
    for (const stream of streams) {
      for (const id of stream.products) if (texts.has(id)) stream.tellProduct(id, texts.get(id)!);
    }
  }

  private async tellOrders(streams: EventStream[]): Promise<void> {
    const users = [...new Set(streams.flatMap(({ user }) => user?.id ?? []))];
    const changed = await this.events.findChangedOrders(users);
    for (const { user_id, id, status, version } of changed) {
      if (this.toldOrders.get(id) === version) continue;
      const text = eventText('order', { id, status, version });
      for (const stream of streams) if (stream.user?.id === user_id) stream.send(text);
    }
    this.toldOrders = new Map(changed.map(({ id, version }) => [id, version]));
  }

  private async endSignedOut(streams: EventStream[]): Promise<void> {
    await Promise.all(
      streams.map(async (stream) => {
        if (stream.user && !(await this.sessions.findOpen(stream.user.sessionId))) stream.end();
      }),
    );
  }
}

function eventText(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
