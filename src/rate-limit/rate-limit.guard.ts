import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ThrottlerGuard, type ThrottlerLimitDetail, type ThrottlerRequest } from '@nestjs/throttler';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config/config.js';
import { isV1 } from '../http/v1-failure.js';
import { COUNTED_ON, CREDENTIALS_LIMIT } from './credentials-limit.js';
import { throttled } from './guesses.service.js';
import { NOT_LIMITED } from './not-limited.js';
import { type Hit, SharedLimit } from './shared-limit.js';

/**
 * Counts every request on its address and, by the throttler's own guard, those with credentials also on what they are
 * about: by address or account rather than by route. The headers tell of the counter with the least left.
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  @Inject(HttpAdapterHost)
  private readonly adapterHost!: HttpAdapterHost;
  @Inject(Config)
  private readonly config!: Config;
  @Inject(SharedLimit)
  private readonly requests!: SharedLimit;

  override async onModuleInit(): Promise<void> {
    await super.onModuleInit();
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    if (this.config.rateLimit)
      fastify.addHook('onSend', (request, reply) => this.countUnseen(request, reply));
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const handler = context.getHandler();
    if (!this.config.rateLimit) return true;
    if (this.reflector.getAllAndOverride<boolean>(NOT_LIMITED, [handler, context.getClass()])) return true;

    const http = context.switchToHttp();
    const { isOver, secondsLeft } = await this.count(http.getRequest(), http.getResponse());
    if (isOver) throw throttled(secondsLeft);
    return this.reflector.get(CREDENTIALS_LIMIT, handler) ? super.canActivate(context) : true;
  }

  protected override async handleRequest(request: ThrottlerRequest): Promise<boolean> {
    const { context, limit, ttl, throttler, blockDuration, getTracker, generateKey } = request;
    const { req, res } = this.getRequestResponse(context);
    const tracker = await getTracker(req, context);
    const key = generateKey(context, tracker, throttler.name!);
    const count = await this.storageService.increment(key, ttl, limit, blockDuration, throttler.name!);
    tellCounter(res as unknown as FastifyReply, limit, limit - count.totalHits, count.timeToExpire);
    if (count.isBlocked) this.throwThrottlingException(context, { limit, ttl, key, tracker, ...count });
    return true;
  }

  protected override generateKey(context: ExecutionContext, tracker: string, name: string): string {
    const key = `${context.getHandler().name}:${name}:${tracker}`;
    (context.switchToHttp().getRequest()[COUNTED_ON] ??= []).push(key);
    return key;
  }

  protected override throwThrottlingException(
    _context: ExecutionContext,
    detail: ThrottlerLimitDetail,
  ): never {
    throw throttled(detail.timeToBlockExpire);
  }

  private async count(request: FastifyRequest, reply: FastifyReply): Promise<Hit> {
    const address = await this.getTracker(request as unknown as Record<string, unknown>);
    const hit = await this.requests.hit(address);
    tellCounter(reply, this.requests.limit, hit.remaining, hit.secondsLeft);
    return hit;
  }

  /** Clients of v1 read the counter on every answer, also on one to a request that broke before any guard. */
  private async countUnseen(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (isV1(request.url) && !reply.hasHeader('x-ratelimit-limit')) await this.count(request, reply);
  }
}

function tellCounter(reply: FastifyReply, limit: number, left: number, secondsLeft: number): void {
  const remaining = Math.max(0, left);
  const told = reply.getHeader('x-ratelimit-remaining');
  if (told !== undefined && Number(told) <= remaining) return;
  reply.header('x-ratelimit-limit', limit);
  reply.header('x-ratelimit-remaining', remaining);
  reply.header('x-ratelimit-reset', secondsLeft);
}
