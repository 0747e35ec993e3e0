import { Module } from '@nestjs/common';
import { IdempotencyModule } from '../idempotency/idempotency.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { HousekeepingService } from './housekeeping.service.js';

@Module({
  imports: [SessionsModule, IdempotencyModule],
  providers: [HousekeepingService],
})
export class HousekeepingModule {}
