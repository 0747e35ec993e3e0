import { type ExecutionContext, Global, Module } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { type ThrottlerModuleOptions, ThrottlerModule } from '@nestjs/throttler';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { Counters } from './counters.js';
import { accountIn, CREDENTIALS_LIMIT, type CredentialsLimit } from './credentials-limit.js';
import { CredentialsGuard } from './credentials.guard.js';
import { EveryRequestLimit } from './every-request-limit.js';
import { GuessesService } from './guesses.service.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import { RateLimitsRepository } from './rate-limits.repository.js';
import { RedisCounters } from './redis-counters.js';
import { SharedLimit } from './shared-limit.js';
import { ThrottlerStore } from './throttler-store.js';

const MINUTE_MS = 60_000;
const REQUESTS_A_MINUTE = 6_000;

@Global()
@Module({
  providers: [
    {
      provide: Counters,
      inject: [Database, Config],
      useFactory: (database: Database, { redisUrl }: Config) => {
        const inDatabase = new RateLimitsRepository(database);
        return redisUrl ? RedisCounters.connect(redisUrl, inDatabase) : inDatabase;
      },
    },
    {
      provide: SharedLimit,
      inject: [Counters],
      useFactory: (counters: Counters) => new SharedLimit(counters, REQUESTS_A_MINUTE, MINUTE_MS),
    },
    ThrottlerStore,
    GuessesService,
  ],
  exports: [Counters, SharedLimit, ThrottlerStore, GuessesService],
})
class RateLimitStoreModule {}

@Global()
@Module({
  imports: [
    RateLimitStoreModule,
    ThrottlerModule.forRootAsync({
      inject: [Reflector, ThrottlerStore],
      useFactory: limitsOnCredentials,
    }),
  ],
  providers: [CredentialsGuard, EveryRequestLimit, { provide: APP_GUARD, useClass: RateLimitGuard }],
  exports: [EveryRequestLimit],
})
export class RateLimitModule {}

function limitsOnCredentials(reflector: Reflector, storage: ThrottlerStore): ThrottlerModuleOptions {
  const limitOf = (context: ExecutionContext) =>
    reflector.get<CredentialsLimit>(CREDENTIALS_LIMIT, context.getHandler());
  const throttlers = [
    {
      name: 'account',
      ttl: MINUTE_MS,
      skipIf: (context: ExecutionContext) => !limitOf(context).account,
      limit: (context: ExecutionContext) => limitOf(context).account!.hits,
      getTracker: (request: Record<string, unknown>, context: ExecutionContext) =>
        accountIn(request, limitOf(context).account!.named),
    },
    { name: 'address', ttl: MINUTE_MS, limit: (context: ExecutionContext) => limitOf(context).address },
  ];
  return { storage, throttlers };
}
