import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import { Counters } from '../rate-limit/counters.js';
import { SessionsService } from '../sessions/sessions.service.js';

const HOUR_MS = 3_600_000;
const BATCH = 1_000; // each well within the time that a statement has

/** Deletes what has run out, so that no table grows for ever. */
@Injectable()
export class HousekeepingService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(HousekeepingService.name);
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly sessions: SessionsService,
    private readonly idempotency: IdempotencyService,
    private readonly counters: Counters,
  ) {}

  onApplicationBootstrap(): void {
    void this.tidy();
    this.timer = setInterval(() => void this.tidy(), HOUR_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async tidy(): Promise<void> {
    for (const expiring of [this.sessions, this.idempotency, this.counters]) {
      try {
        while ((await expiring.deleteExpired(BATCH)) === BATCH);
      } catch (error) {
        this.logger.warn(`housekeeping is put off: ${(error as Error).message}`);
      }
    }
  }
}
