import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { RateLimitsRepository } from './rate-limits.repository.js';

interface Window {
  hits: number;
  endsAt: number;
}

/** Name of the generous limit that every request counts against. */
export const EVERY_REQUEST = 'default';

const MAX_WINDOWS = 100_000;

/**
 * Fixed windows: one number per key instead of the throttler's own list of every hit. The generous limit is
 * kept in this process, since it sees every request; the tight ones on credentials in the database, so that
 * more processes or a restart give nobody more guesses.
 */
@Injectable()
export class ThrottlerStore implements ThrottlerStorage {
  private readonly windows = new Map<string, Window>();

  constructor(private readonly shared: RateLimitsRepository) {}

  async increment(key: string, ttl: number, limit: number, _blockDuration: number, name: string) {
    const { hits, secondsLeft } =
      name === EVERY_REQUEST ? this.hit(key, ttl) : await this.hitShared(key, ttl);
    return {
      totalHits: hits,
      timeToExpire: secondsLeft,
      isBlocked: hits > limit,
      timeToBlockExpire: secondsLeft,
    };
  }

  private hit(key: string, ttl: number): { hits: number; secondsLeft: number } {
    const now = Date.now();
    let window = this.windows.get(key);
    if (!window || window.endsAt <= now) {
      if (this.windows.size >= MAX_WINDOWS) this.windows.clear();
      window = { hits: 0, endsAt: now + ttl };
      this.windows.set(key, window);
    }
    window.hits += 1;
    return { hits: window.hits, secondsLeft: Math.ceil((window.endsAt - now) / 1000) };
  }

  private async hitShared(key: string, ttl: number): Promise<{ hits: number; secondsLeft: number }> {
    const { hits, seconds_left } = await this.shared.hit(key, ttl);
    return { hits, secondsLeft: seconds_left };
  }
}
