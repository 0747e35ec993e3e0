import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config/config.js';
import { Database, type Reads } from '../database/database.js';
import { Replicas } from '../database/replicas.js';
import { entityTag } from '../http/conditional.js';
import { CatalogueChangesService, type PageShown, type Shown } from './catalogue-changes.service.js';

const MAX_PAGES = 1_000;
const MAX_BYTES = 8 * 1024 * 1024;

/** Who reads a page of the catalogue. */
export type Reader = Pick<FastifyRequest, 'url' | 'headers' | 'freshness'>;

/** Asks for a page; may be called twice, if what a replica says cannot be used. */
type Query = (from: Reads) => Promise<string>;

/**
 * Pages of the catalogue for visitors, at most LIST_CACHE_MS old. How a hot read travels:
 *
 * 1. `http/route-aliases.ts` has rewritten its address to the canonical one, which is the key.
 * 2. `answerFromMemory`, a hook behind those for security headers, CORS and the rate limit, finds the page and
 *    answers: no guard, pipe or controller of Nest runs. The same address was valid
 *    when it was asked first.
 * 3. A page that is not there takes the usual way down to `read`, where the first reader asks and the others
 *    wait for his answer.
 *
 * A page's age counts from before its query was sent, by a clock that goes on while the process stands still, and
 * is looked at when a request arrives. What this process itself has written since makes it old at once (see
 * CatalogueChangesService). Who is signed in asks the primary each time, since his last write may have gone through
 * another process; who asks for the same in one tick of the event loop shares the query that goes out after it.
 */
@Injectable()
export class ReadCache implements OnModuleInit {
  /** In the order in which their queries were sent, under the address that asks for them. */
  private readonly pages = new Map<string, CachedPage>();
  private bytes = 0;
  /** Queries that go out when this tick of the event loop is over. */
  private readonly asking = new Map<string, Promise<string>>();
  private readonly maxAgeMs: number;

  constructor(
    config: Config,
    private readonly database: Database,
    private readonly replicas: Replicas,
    private readonly changes: CatalogueChangesService,
    private readonly adapterHost: HttpAdapterHost,
  ) {
    this.maxAgeMs = config.listCacheMs;
  }

  onModuleInit(): void {
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('onRequest', (request, reply, done) => {
      const page = request.method === 'GET' && !isSignedIn(request) ? this.find(request.url) : undefined;
      return page?.body === undefined ? done() : this.answerFromMemory(page, request, reply);
    });
  }

  /** The page of this reader's address, from memory or by `query`. @throws what `query` throws */
  async read(reader: Reader, shows: Shown, query: Query): Promise<string> {
    const { url } = reader;
    if (isSignedIn(reader)) return this.together(`${url} now`, () => query(this.database));
    if (this.maxAgeMs === 0) return this.together(url, () => this.newPage(shows, query).answer);
    const page = this.find(url) ?? this.begin(url, shows, query);
    const body = await page.answer;
    reader.freshness = { asOf: page.asOf, maxAgeMs: this.maxAgeMs };
    return body;
  }

  private async answerFromMemory(
    page: CachedPage,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    request.freshness = { asOf: page.asOf, maxAgeMs: this.maxAgeMs };
    reply.header('content-type', 'application/json; charset=utf-8').header('etag', page.tag).send(page.body);
  }

  /** A page, there or still under way, that a request may be shown which arrives now. */
  private find(address: string): CachedPage | undefined {
    const page = this.pages.get(address);
    const isYoung = page && performance.now() - page.startedAt < this.maxAgeMs;
    return isYoung && this.changes.areIn(page) ? page : undefined;
  }

  /** Asks anew, once for all who ask for the same in one tick of the event loop. */
  private together(what: string, ask: () => Promise<string>): Promise<string> {
    let answer = this.asking.get(what);
    if (!answer) {
      answer = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        this.asking.delete(what);
        return ask();
      });
      this.asking.set(what, answer);
    }
    return answer;
  }

  private begin(address: string, shows: Shown, query: Query): CachedPage {
    const page = this.newPage(shows, query);
    this.forget(address);
    this.pages.set(address, page);
    page.answer.then(
      () => this.weigh(address, page),
      () => this.pages.get(address) === page && this.forget(address),
    );
    return page;
  }

  private newPage(shows: Shown, query: Query): CachedPage {
    return new CachedPage(shows, (started) => this.ask(started, query));
  }

  /** A replica's answer, if one is fit and knows of all that this process has written; else the primary's. */
  private async ask(page: CachedPage, query: Query): Promise<string> {
    const { shows } = page;
    const replica = this.replicas.pick();
    if (replica && this.changes.areIn({ asOf: replica.asOf, shows, productIds: [] })) {
      const { asOf } = replica;
      const body = await query(replica).catch(() => undefined); // whatever it is, the primary knows better
      if (body !== undefined && this.changes.areIn({ asOf, shows, productIds: idsIn(body) })) {
        page.asOf = asOf;
        return (page.body = body);
      }
    }
    return (page.body = await query(this.database));
  }

  /** Counts a page that has come, and drops the oldest beyond what memory is given. */
  private weigh(address: string, page: CachedPage): void {
    if (this.pages.get(address) !== page) return;
    page.bytes = 2 * (address.length + page.body!.length); // at most two a character
    this.bytes += page.bytes;
    for (const [oldest, { startedAt }] of this.pages) {
      const isOld = performance.now() - startedAt >= this.maxAgeMs;
      if (!isOld && this.pages.size <= MAX_PAGES && this.bytes <= MAX_BYTES) break;
      this.forget(oldest);
    }
  }

  private forget(address: string): void {
    this.bytes -= this.pages.get(address)?.bytes ?? 0;
    this.pages.delete(address);
  }
}

class CachedPage implements PageShown {
  readonly startedAt = performance.now();
  asOf = this.startedAt;
  readonly answer: Promise<string>;
  body: string | undefined;
  bytes = 0;
  private ownTag?: string;
  private ownProductIds?: number[];

  constructor(
    readonly shows: Shown,
    ask: (page: CachedPage) => Promise<string>,
  ) {
    this.answer = ask(this);
  }

  get tag(): string {
    return (this.ownTag ??= entityTag(this.body!));
  }

  get productIds(): number[] | undefined {
    return (this.ownProductIds ??= this.body === undefined ? undefined : idsIn(this.body));
  }
}

/** Read only when something was sold since: a page is JSON text from PostgreSQL on. */
function idsIn(body: string): number[] {
  return (JSON.parse(body) as { results: { id: number }[] }).results.map(({ id }) => id);
}

function isSignedIn({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return headers.authorization !== undefined;
}
