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

/** Answers a page as JSON text; is called again when a replica failed. */
type Query = (from: Reads) => Promise<string>;

interface Page {
  answer: Promise<string>;
  /** The page shows every change that was committed before this moment, by `performance.now()`. */
  asOf: number;
  /** Set once the answer is there. */
  body?: string;
  tag?: string;
}

/**
 * Public pages by their canonical address, at most LIST_CACHE_MS old; concurrent readers of one address share one
 * query. Age counts from before the query was sent. Any write to what the pages show calls `clear`.
 *
 * Requests with `Authorization` are answered by the primary, since their sender's last write may have gone through
 * another process. A page that is in memory is answered by a hook, before any guard, pipe or controller of Nest.
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
      ttlResolution: 0, // else a process that was stopped would read the clock late
      sizeCalculation: ({ body = '' }, address) => 2 * (address.length + body.length), // at most 2 bytes a character
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

  /** The page of this reader's address, from memory or by `query`. @throws what `query` throws */
  async read(reader: Reader, query: Query): Promise<string> {
    if (isSignedIn(reader)) return query(this.database);
    if (this.maxAgeMs === 0) return this.ask(query).answer;
    const page = this.pages.get(reader.url) ?? this.begin(reader.url, query);
    const body = await page.answer;
    reader.freshness = { asOf: page.asOf, maxAgeMs: this.maxAgeMs };
    return body;
  }

  /** Forgets all pages: to be called after the commit of a write, and before its answer. */
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

  /** Keeps a new object: for the one that is there lru-cache would not calculate the size again. */
  private keep(address: string, page: Page, body: string, start: number): void {
    if (this.pages.peek(address) === page) this.pages.set(address, { ...page, body }, { start });
  }

  /** Asks a replica that knows of all writes of this process, if there is one; else, or if that fails, the primary. */
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
