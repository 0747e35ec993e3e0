import { type ExecutionContext, Global, Module } from '@nestjs/common';
import { APP_GUARD, Reflector } from '@nestjs/core';
import { type ThrottlerModuleOptions, ThrottlerModule } from '@nestjs/throttler';
import { Config } from '../config/config.js';
import { accountIn, CREDENTIALS_LIMIT, type CredentialsLimit } from './credentials-limit.js';
import { EveryRequestLimit, MINUTE_MS, REQUESTS_A_MINUTE } from './every-request-limit.js';
import { GuessesService } from './guesses.service.js';
import { RateLimitGuard } from './rate-limit.guard.js';
import { RateLimitsRepository } from './rate-limits.repository.js';
import { EVERY_REQUEST, ThrottlerStore } from './throttler-store.js';

@Global()
@Module({
  providers: [RateLimitsRepository, ThrottlerStore, EveryRequestLimit, GuessesService],
  exports: [RateLimitsRepository, ThrottlerStore, EveryRequestLimit, GuessesService],
})
class RateLimitStoreModule {}

@Module({
  imports: [
    RateLimitStoreModule,
    ThrottlerModule.forRootAsync({
      inject: [Config, Reflector, ThrottlerStore],
      useFactory: limits,
    }),
  ],
  providers: [{ provide: APP_GUARD, useClass: RateLimitGuard }],
})
export class RateLimitModule {}

function limits(config: Config, reflector: Reflector, storage: ThrottlerStore): ThrottlerModuleOptions {
  const limitOf = (context: ExecutionContext) =>
    reflector.get<CredentialsLimit | undefined>(CREDENTIALS_LIMIT, context.getHandler());
  const throttlers = [
    { name: EVERY_REQUEST, ttl: MINUTE_MS, limit: REQUESTS_A_MINUTE },
    {
      name: 'account',
      ttl: MINUTE_MS,
      skipIf: (context: ExecutionContext) => !limitOf(context)?.account,
      limit: (context: ExecutionContext) => limitOf(context)!.account!.hits,
      getTracker: (request: Record<string, unknown>, context: ExecutionContext) =>
        accountIn(request, limitOf(context)!.account!.named),
    },
    {
      name: 'address',
      ttl: MINUTE_MS,
      skipIf: (context: ExecutionContext) => !limitOf(context),
      limit: (context: ExecutionContext) => limitOf(context)!.address,
    },
  ];
  return { storage, throttlers: config.rateLimit ? throttlers : [] };
}
