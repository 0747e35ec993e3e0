import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerRequest } from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import { RateLimitStore } from './rate-limit-store.js';
import { setLimitHeaders, throttled } from './throttled.js';

interface CountedRequest extends FastifyRequest {
  /** The counters that this request has incremented. */
  countedOn?: { key: string; limit: number }[];
}

/** Enforces the limits of `@Throttle`. Headers and error are those of the limit with the least left. */
@Injectable()
export class CredentialsGuard extends ThrottlerGuard {
  protected override async handleRequest(request: ThrottlerRequest): Promise<boolean> {
    const { context, limit, ttl, throttler, blockDuration, getTracker, generateKey } = request;
    const http = context.switchToHttp();
    const counted = http.getRequest<CountedRequest>();
    const key = generateKey(context, await getTracker(counted, context), throttler.name!);
    const count = await this.storageService.increment(key, ttl, limit, blockDuration, throttler.name!);
    if (count.isBlocked) throw throttled(limit, count.timeToBlockExpire);
    setLimitHeaders(http.getResponse<FastifyReply>(), limit, limit - count.totalHits);
    (counted.countedOn ??= []).push({ key, limit });
    return true;
  }
}

/** Refunds the hit of a request that succeeds, so that only wrong guesses count. */
@Injectable()
export class RefundOnSuccess implements NestInterceptor {
  constructor(private readonly store: RateLimitStore) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { countedOn = [] } = context.switchToHttp().getRequest<CountedRequest>();
    const refund = () => Promise.all(countedOn.map(({ key, limit }) => this.store.refund(key, limit)));
    return next.handle().pipe(mergeMap((answer) => refund().then(() => answer)));
  }
}
