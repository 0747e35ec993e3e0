import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { Config } from '../config/config.js';
import { Database, type Reads } from '../database/database.js';
import { Replicas } from '../database/replicas.js';
import { entityTag } from './conditional.js';

const MAX_PAGES = 1_000;
const MAX_BYTES = 8 * 1024 * 1024;

/** The request that reads a page. */
export type Reader = Pick<FastifyRequest, 'url' | 'headers' | 'freshness'>;

/** Reads a page as JSON text. It is called again, with the primary, when a replica failed. */
type Query = (from: Reads) => Promise<string>;

interface Page {
  answer: Promise<string>;
  /** The page shows every change that was committed before this moment, by `performance.now()`. */
  asOf: number;
  /** Set when `answer` has resolved. */
  body?: string;
  tag?: string;
}

/**
 * A cache of public pages by canonical URL, at most LIST_CACHE_MS old; concurrent readers of one URL share one query. The
 * age of a page counts from before its query was sent. Every write to the catalogue calls `clear`.
 *
 * Requests with `Authorization` bypass the cache and read the primary, since their sender's last write may have gone
 * through another process. A cached page is sent by an `onRequest` hook, before any guard, pipe or controller of Nest.
 */
@Injectable()
export class ReadCache implements OnModuleInit {
  private readonly pages: LRUCache<string, Page>;
  private readonly maxAgeMs: number;
  /** A replica that has not replayed this moment may lack a write of this process. */
  private clearedAt = -Infinity;

  constructor(
    config: Config,
    private readonly database: Database,
    private readonly replicas: Replicas,
    private readonly adapterHost: HttpAdapterHost,
  ) {
    this.maxAgeMs = config.listCacheMs;
    this.pages = new LRUCache({
      max: MAX_PAGES,
      maxSize: MAX_BYTES,
      ttl: this.maxAgeMs,
      ttlResolution: 0, // lru-cache would otherwise use a stale clock after the process was suspended
      sizeCalculation: ({ body = '' }, address) => 2 * (address.length + body.length), // a UTF-16 unit has 2 bytes
    });
  }

  onModuleInit(): void {
    const { httpAdapter } = this.adapterHost as { httpAdapter: HttpAdapterHost['httpAdapter'] | null };
    if (!httpAdapter) return; // a command answers no requests
    httpAdapter.getInstance<FastifyInstance>().addHook('onRequest', (request, reply, done) => {
      const page = request.method === 'GET' && !isSignedIn(request) ? this.pages.get(request.url) : undefined;
      if (page?.body === undefined) return done();
      request.freshness = { asOf: page.asOf, maxAgeMs: this.maxAgeMs };
      page.tag ??= entityTag(page.body);
      reply
        .header('content-type', 'application/json; charset=utf-8')
        .header('etag', page.tag)
        .send(page.body);
    });
  }

  /** The page at the reader's URL, from the cache or by `query`. @throws what `query` throws */
  async read(reader: Reader, query: Query): Promise<string> {
    if (isSignedIn(reader)) return query(this.database);
    if (this.maxAgeMs === 0) return this.ask(query).answer;
    const page = this.pages.get(reader.url) ?? this.begin(reader.url, query);
    const body = await page.answer;
    reader.freshness = { asOf: page.asOf, maxAgeMs: this.maxAgeMs };
    return body;
  }

  /** Drops all pages. Call it after a write has committed, and before it is answered. */
  clear(): void {
    this.pages.clear();
    this.clearedAt = performance.now();
  }

  private begin(address: string, query: Query): Page {
    const start = performance.now();
    const page = this.ask(query);
    this.pages.set(address, page, { start });
    page.answer.then(
      (body) => this.keep(address, page, body, start),
      () => this.pages.peek(address) === page && this.pages.delete(address),
    );
    return page;
  }

  /** Stores a new object: lru-cache would not calculate the size of the present one again. */
  private keep(address: string, page: Page, body: string, start: number): void {
    if (this.pages.peek(address) === page) this.pages.set(address, { ...page, body }, { start });
  }

  /** Reads from a replica that has all writes of this process, if there is one; else, or when it fails, from the primary. */
  private ask(query: Query): Page {
    const now = performance.now();
    const replica = this.replicas.pick();
    if (!replica || replica.asOf <= this.clearedAt) return { answer: query(this.database), asOf: now };
    const page: Page = { answer: query(replica), asOf: replica.asOf };
    page.answer = page.answer.catch(() => {
      page.asOf = now;
      return query(this.database);
    });
    return page;
  }
}

function isSignedIn({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return headers.authorization !== undefined;
}
