import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ThrottlerGuard, type ThrottlerLimitDetail, type ThrottlerRequest } from '@nestjs/throttler';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isV1 } from '../http/v1-failure.js';
import { COUNTED_ON } from './credentials-limit.js';
import { throttled } from './guesses.service.js';
import { EVERY_REQUEST } from './throttler-store.js';

/**
 * The throttler's guard with counters by address or account rather than by route. Its headers tell of the counter
 * with the least left.
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  @Inject(HttpAdapterHost)
  private readonly adapterHost!: HttpAdapterHost;

  override async onModuleInit(): Promise<void> {
    await super.onModuleInit();
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('onSend', (request, reply) => this.countUnseen(request, reply));
  }

  protected override async handleRequest(request: ThrottlerRequest): Promise<boolean> {
    const { context, limit, ttl, throttler, blockDuration, getTracker, generateKey } = request;
    const { req, res } = this.getRequestResponse(context);
    const tracker = await getTracker(req, context);
    const key = generateKey(context, tracker, throttler.name!);
    const count = await this.storageService.increment(key, ttl, limit, blockDuration, throttler.name!);
    tellCounter(res as unknown as FastifyReply, limit, count.totalHits, count.timeToExpire);
    if (count.isBlocked) this.throwThrottlingException(context, { limit, ttl, key, tracker, ...count });
    return true;
  }

  protected override generateKey(context: ExecutionContext, tracker: string, name: string): string {
    if (name === EVERY_REQUEST) return tracker;
    const key = `${context.getHandler().name}:${name}:${tracker}`;
    (context.switchToHttp().getRequest()[COUNTED_ON] ??= []).push(key);
    return key;
  }

  protected override throwThrottlingException(
    _context: ExecutionContext,
    detail: ThrottlerLimitDetail,
  ): never {
    const seconds = detail.timeToBlockExpire;
    throw throttled(seconds);
  }

  /** Clients of v1 read the counter on every answer, also on one to a request that broke before any guard. */
  private async countUnseen(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const every = this.throttlers.find(({ name }) => name === EVERY_REQUEST);
    if (!every || !isV1(request.url) || reply.hasHeader('x-ratelimit-limit')) return;
    const limit = every.limit as number;
    const key = await this.getTracker(request as unknown as Record<string, unknown>);
    const count = await this.storageService.increment(key, every.ttl as number, limit, 0, EVERY_REQUEST);
    tellCounter(reply, limit, count.totalHits, count.timeToExpire);
  }
}

export function tellCounter(reply: FastifyReply, limit: number, hits: number, secondsLeft: number): void {
  const remaining = Math.max(0, limit - hits);
  const told = reply.getHeader('x-ratelimit-remaining');
  if (told !== undefined && Number(told) <= remaining) return;
  reply.header('x-ratelimit-limit', limit);
  reply.header('x-ratelimit-remaining', remaining);
  reply.header('x-ratelimit-reset', secondsLeft);
}
