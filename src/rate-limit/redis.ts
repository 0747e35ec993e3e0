import { Logger } from '@nestjs/common';
import type { createClient } from '@redis/client';
import { setTimeout as pause } from 'node:timers/promises';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { ConfigError } from '../config/config-error.js';
import type { PostgresLimiter } from './rate-limits.repository.js';

export type RedisClient = ReturnType<typeof createClient>;

const ANSWER_WITHIN_MS = 500;
const CONNECT_WITHIN_MS = 5_000;

/**
 * Counts ARGV[1] hits (negative for a refund) in a window of ARGV[2] seconds; a counter with ARGV[3] hits is full and
 * accepts no more. @returns {hits, ms left}
 */
const COUNT = `
  local hits = math.min(tonumber(redis.call('GET', KEYS[1]) or 0), tonumber(ARGV[3])) + tonumber(ARGV[1])
  local left = redis.call('PTTL', KEYS[1])
  if left <= 0 then left = 1000 * ARGV[2] end
  redis.call('SET', KEYS[1], math.max(0, hits), 'PX', left)
  return {hits, left}`;

/** A limiter in Redis. While Redis does not answer, `insuranceLimiter` counts. */
export function redisLimiter(
  storeClient: RedisClient,
  points: number,
  insuranceLimiter: PostgresLimiter,
): RateLimiterRedis {
  return new RateLimiterRedis({
    storeClient,
    useRedisPackage: true,
    rejectIfRedisNotReady: true,
    customIncrTtlLuaScript: COUNT,
    points,
    duration: 60,
    keyPrefix: 'comptoir:limit',
    insuranceLimiter,
  });
}

/**
 * Connects to Redis. The client library is only loaded here, so that it costs nothing without Redis.
 *
 * @throws ConfigError when no Redis answers at this address
 */
export async function connectRedis(url: string): Promise<RedisClient> {
  const { createClient } = await import('@redis/client');
  const client: RedisClient = createClient({
    url,
    disableOfflineQueue: true,
    pingInterval: 1_000,
    commandOptions: { timeout: ANSWER_WITHIN_MS },
    socket: { connectTimeout: 1_000, socketTimeout: 3_000 },
  });
  const logger = new Logger('Redis');
  let outage: Error | undefined; // logged once when it begins, and once when it ends
  client.on('error', (error: Error) => {
    if (!outage) logger.warn(`Redis does not answer, the database counts instead: ${error.message}`);
    outage = error;
  });
  client.on('ready', () => {
    if (outage) logger.log('Redis answers again');
    outage = undefined;
  });
  const failure: NodeJS.ErrnoException | undefined = await Promise.race([
    client.connect().then(
      () => undefined,
      (error) => error,
    ),
    pause(CONNECT_WITHIN_MS, new Error('no answer'), { ref: false }),
  ]);
  if (!failure) return client;
  client.destroy();
  throw new ConfigError(`REDIS_URL: Redis does not answer there (${failure.code ?? failure.message})`);
}
