import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { OutgoingHttpHeaders } from 'node:http';
import type { Principal } from '../http/access.js';
import { invalidField, unavailable } from '../http/problem.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { EventsQuery } from './events.dto.js';
import { EventsRepository } from './events.repository.js';
import { EventStream } from './event-stream.js';

const POLL_MS = 1_000;
/** Every so many polls a comment is sent, so that proxies do not close a silent connection. */
const HEARTBEAT_POLLS = 15;
/** Every so many polls the sessions are checked. */
const SESSION_CHECK_POLLS = 5;
const MOST_LISTENERS = 5_000;

/**
 * Sends listeners the stock of products and changes of their own orders. A process polls PostgreSQL once a second for all
 * that its listeners watch, and not at all without listeners. NOTIFY would be immediate, but it takes a lock that
 * serializes commits, and so every sale; and LISTEN needs a connection of its own, which a pooler does not give.
 */
@Injectable()
export class EventsService implements OnModuleDestroy {
  private readonly logger = new Logger(EventsService.name);
  private readonly streams = new Set<EventStream>();
  /** Versions that were sent, by the id of the order, of those that changed lately. */
  private sentOrders = new Map<number, number>();
  private timer?: NodeJS.Timeout;
  private polls = 0;
  private isStopping = false;

  constructor(
    private readonly events: EventsRepository,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * Answers with a stream. It writes to Node's response directly, since the streams of Nest and Fastify would take most of
   * a listener's memory.
   *
   * @param isPreview a HEAD request or a prefetch: the answer ends at once
   * @throws Problem 400 when there is nothing to watch: no products and no signed-in user; 503 beyond 5,000 listeners
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
    // A random delay, so that the clients of a process that ends do not all reconnect at once.
    stream.send(`retry: ${1_000 + Math.floor(Math.random() * 2_000)}\n${eventText('ready', {})}`);
    this.timer ??= setTimeout(() => void this.keepPolling(), 0);
  }

  /** Ends all streams and accepts no more: the listeners reconnect to another process. */
  endAll(): void {
    this.isStopping = true;
    for (const stream of this.streams) stream.end();
  }

  onModuleDestroy(): void {
    this.endAll();
    clearTimeout(this.timer);
  }

  private async keepPolling(): Promise<void> {
    try {
      await this.poll();
    } catch (error) {
      this.logger.debug(`events are late: ${(error as Error).message}`);
    }
    const goesOn = this.streams.size > 0 && !this.isStopping;
    this.timer = goesOn ? setTimeout(() => void this.keepPolling(), POLL_MS).unref() : undefined;
  }

  private async poll(): Promise<void> {
    this.polls += 1;
    const streams = [...this.streams];
    if (this.polls % HEARTBEAT_POLLS === 0) for (const stream of streams) stream.send(':\n\n');
    if (this.polls % SESSION_CHECK_POLLS === 0) await this.endSignedOut(streams);
    await Promise.all([this.sendStocks(streams), this.sendOrders(streams)]);
  }

  private async sendStocks(streams: EventStream[]): Promise<void> {
    const watched = [...new Set(streams.flatMap(({ products }) => products))];
    const texts = new Map(
      (await this.events.findStocks(watched)).map(({ id, stock, available }) => [
        id,
        eventText('stock', { product_id: id, stock, available }),
      ]),
    );
    for (const stream of streams) {
      for (const id of stream.products) if (texts.has(id)) stream.sendProduct(id, texts.get(id)!);
    }
  }

  private async sendOrders(streams: EventStream[]): Promise<void> {
    const users = [...new Set(streams.flatMap(({ user }) => user?.id ?? []))];
    const changed = await this.events.findChangedOrders(users);
    for (const { user_id, id, status, version } of changed) {
      if (this.sentOrders.get(id) === version) continue;
      const text = eventText('order', { id, status, version });
      for (const stream of streams) if (stream.user?.id === user_id) stream.send(text);
    }
    this.sentOrders = new Map(changed.map(({ id, version }) => [id, version]));
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
