import type { OnApplicationShutdown } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import type { Database } from '../database/database.js';
import { deleteExpiredCounters, PostgresLimiter } from './rate-limits.repository.js';
import { type RedisClient, redisLimiter } from './redis.js';
import { throttled } from './throttled.js';

/** A counter after a hit. */
export interface Counted {
  /** Whether the counter was full, so that the hit was not counted. */
  isOver: boolean;
  remaining: number;
  /** Seconds until the window ends; at least one. */
  secondsLeft: number;
}

/**
 * Exact counters for requests with credentials, in windows of a minute, shared by all processes: in Redis if it is
 * configured, with PostgreSQL as insurance while Redis does not answer; else in PostgreSQL.
 */
export class RateLimitStore implements ThrottlerStorage, OnApplicationShutdown {
  /** Limiters, by the number of hits that they allow. */
  private readonly limiters = new Map<number, RateLimiterAbstract>();

  constructor(
    private readonly database: Database,
    private readonly redis?: RedisClient,
  ) {}

  /** For the throttler's guard. */
  async increment(key: string, _ttl: number, limit: number) {
    const { isOver, remaining, secondsLeft } = await this.consume(key, limit);
    return {
      totalHits: limit - remaining,
      timeToExpire: secondsLeft,
      isBlocked: isOver,
      timeToBlockExpire: secondsLeft,
    };
  }

  /** Counts a hit on a key, unless it has `limit` hits in this window already. */
  async consume(key: string, limit: number): Promise<Counted> {
    const { consumedPoints, msBeforeNext } = await this.limiterOf(limit).penalty(key);
    return {
      isOver: consumedPoints > limit,
      remaining: Math.max(0, limit - consumedPoints),
      secondsLeft: Math.max(1, Math.ceil(msBeforeNext / 1000)),
    };
  }

  /** Counts a hit. @throws Problem 429 beyond `limit` hits in a minute */
  async admit(key: string, limit: number): Promise<void> {
    const { isOver, secondsLeft } = await this.consume(key, limit);
    if (isOver) throw throttled(limit, secondsLeft);
  }

  /** Refunds a counted hit. */
  async refund(key: string, limit: number): Promise<void> {
    await this.limiterOf(limit).reward(key);
  }

  /** Deletes expired counters in PostgreSQL; Redis expires its own. @returns how many, at most `limit` */
  deleteExpired(limit: number): Promise<number> {
    return deleteExpiredCounters(this.database, limit);
  }

  onApplicationShutdown(): void {
    this.redis?.destroy();
  }

  private limiterOf(limit: number): RateLimiterAbstract {
    let limiter = this.limiters.get(limit);
    if (!limiter) {
      const postgres = new PostgresLimiter(this.database, limit);
      limiter = this.redis ? redisLimiter(this.redis, limit, postgres) : postgres;
      this.limiters.set(limit, limiter);
    }
    return limiter;
  }
}
