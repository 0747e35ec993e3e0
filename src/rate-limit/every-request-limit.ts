import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config/config.js';
import { throttled } from './guesses.service.js';
import { tellCounter } from './rate-limit.guard.js';
import { EVERY_REQUEST, ThrottlerStore } from './throttler-store.js';

export const MINUTE_MS = 60_000;
export const REQUESTS_A_MINUTE = 6_000;

/** The generous limit of the guard, for what is answered before guards run. */
@Injectable()
export class EveryRequestLimit {
  constructor(
    private readonly store: ThrottlerStore,
    private readonly config: Config,
  ) {}

  /** @throws Problem 429 beyond the limit */
  async count({ ip }: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (!this.config.rateLimit) return;
    const limit = REQUESTS_A_MINUTE;
    const count = await this.store.increment(ip, MINUTE_MS, limit, 0, EVERY_REQUEST);
    tellCounter(reply, limit, count.totalHits, count.timeToExpire);
    if (count.isBlocked) throw throttled(count.timeToBlockExpire);
  }
}
