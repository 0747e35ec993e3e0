import type { ExecutionContext } from '@nestjs/common';
import { Global, Module } from '@nestjs/common';
import { getStorageToken, type ThrottlerModuleOptions, ThrottlerModule } from '@nestjs/throttler';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { LoginThrottle } from './login-throttle.js';
import { RateLimitStore } from './rate-limit-store.js';
import { connectRedis } from './redis.js';

const MINUTE_MS = 60_000;

/** Limits on credentials (`CredentialsGuard`); `limitRequests` has the one on all requests. */
@Global()
@Module({
  imports: [ThrottlerModule.forRootAsync({ inject: [Database, Config], useFactory: throttlerOptions })],
  providers: [{ provide: RateLimitStore, useExisting: getStorageToken() }, LoginThrottle],
  exports: [RateLimitStore, LoginThrottle],
})
export class RateLimitModule {}

/** Each route that is limited names its own limits. Routes of one name, such as both logins, share counters. */
async function throttlerOptions(database: Database, config: Config): Promise<ThrottlerModuleOptions> {
  const redis = config.redisUrl ? await connectRedis(config.redisUrl) : undefined;
  return {
    storage: new RateLimitStore(database, redis),
    skipIf: () => !config.rateLimit,
    generateKey: (context: ExecutionContext, tracker, name) =>
      `${context.getHandler().name}:${name}:${tracker}`,
    throttlers: [
      { name: 'account', ttl: MINUTE_MS, limit: 5 },
      { name: 'address', ttl: MINUTE_MS, limit: 30 },
    ],
  };
}
