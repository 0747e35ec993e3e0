import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import { RateLimitsRepository } from '../rate-limit/rate-limits.repository.js';
import { SessionsService } from '../sessions/sessions.service.js';

const HOUR_MS = 3_600_000;

/** Deletes what has run out, so that no table grows for ever. */
@Injectable()
export class HousekeepingService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(HousekeepingService.name);
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly sessions: SessionsService,
    private readonly idempotency: IdempotencyService,
    private readonly counters: RateLimitsRepository,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.tidy(), HOUR_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async tidy(): Promise<void> {
    try {
      await this.sessions.deleteExpired();
      await this.idempotency.deleteExpired();
      await this.counters.deleteExpired();
    } catch (error) {
      this.logger.warn(`housekeeping is put off: ${(error as Error).message}`);
    }
  }
}
