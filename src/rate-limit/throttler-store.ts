import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { Counters } from './counters.js';

/** Fixed windows on the shared counters, instead of the throttler's own list of every hit. */
@Injectable()
export class ThrottlerStore implements ThrottlerStorage {
  constructor(private readonly counters: Counters) {}

  async increment(key: string, ttl: number, limit: number) {
    const { hits, msLeft } = await this.counters.hit(key, ttl);
    const secondsLeft = Math.max(1, Math.ceil(msLeft / 1000));
    return {
      totalHits: hits,
      timeToExpire: secondsLeft,
      isBlocked: hits > limit,
      timeToBlockExpire: secondsLeft,
    };
  }
}
