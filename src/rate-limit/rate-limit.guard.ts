import { type ExecutionContext, Injectable } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerLimitDetail } from '@nestjs/throttler';
import { tooManyRequests } from '../http/problem.js';
import { COUNTED_ON } from './credentials-limit.js';
import { EVERY_REQUEST } from './throttler-store.js';

/** The throttler's guard with counters by address or account rather than by route. */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
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
    throw tooManyRequests(`Request was throttled. Expected available in ${seconds} seconds.`, seconds);
  }
}
