import { normalizeIp } from '@nestjs/throttler';
import type { FastifyInstance } from 'fastify';
import cluster from 'node:cluster';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Config } from '../config/config.js';
import { setLimitHeaders, throttled } from './throttled.js';

const REQUESTS_A_MINUTE = 6_000;

/**
 * The generous limit on all requests of one address, except health checks. Each process counts its share of it in memory,
 * without a round trip. IPv6 addresses are counted by the subscriber's network.
 *
 * @throws Problem 429 beyond the limit
 */
export function limitRequests(fastify: FastifyInstance, { rateLimit, workers }: Config): void {
  if (!rateLimit) return;
  const limit = Math.ceil(REQUESTS_A_MINUTE / (cluster.isWorker ? workers : 1));
  const limiter = new RateLimiterMemory({ points: limit, duration: 60 });
  fastify.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/api/health/')) return;
    const { consumedPoints, msBeforeNext } = await limiter.penalty(normalizeIp(request.ip));
    if (consumedPoints > limit) throw throttled(limit, Math.max(1, Math.ceil(msBeforeNext / 1000)));
    setLimitHeaders(reply, limit, limit - consumedPoints);
  });
}
