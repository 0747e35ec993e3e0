import { type ExecutionContext, Injectable } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerLimitDetail, type ThrottlerRequest } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { COUNTED_ON } from './credentials-limit.js';
import { throttled } from './guesses.service.js';
import { tellCounter } from './rate-limit-headers.js';

/** The throttler's guard for routes that take credentials, with counters by address and account, not by route. */
@Injectable()
export class CredentialsGuard extends ThrottlerGuard {
  /** The address, of IPv6 the network that a subscriber has. */
  addressOf(request: FastifyRequest): Promise<string> {
    return this.getTracker(request as unknown as Record<string, unknown>);
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
}
