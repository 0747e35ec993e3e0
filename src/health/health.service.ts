import { Injectable } from '@nestjs/common';
import { unavailable } from '../http/problem.js';
import { HealthRepository } from './health.repository.js';

const CHECK_VALID_MS = 1000;

/** Whether this process can serve. It checks the database at most once a second. */
@Injectable()
export class HealthService {
  private isStopping = false;
  private latest?: { until: number; migrated: Promise<boolean> };

  constructor(private readonly health: HealthRepository) {}

  /** Makes this process not ready, so that load balancers send no more requests. */
  stop(): void {
    this.isStopping = true;
  }

  /** @throws Problem 503 when the database does not answer, cannot be written to or lacks a migration, or the process is stopping */
  async refuseUnlessReady(): Promise<void> {
    if (this.isStopping) throw unavailable('stopping', 'The process is stopping.');
    if (!this.latest || this.latest.until < performance.now()) {
      this.latest = { until: performance.now() + CHECK_VALID_MS, migrated: this.check() };
    }
    const isMigrated = await this.latest.migrated;
    if (this.health.hasRefused) throw unavailable('database_unavailable', 'The database cannot serve now.');
    if (!isMigrated) throw unavailable('not_migrated', 'The database lacks a migration.');
  }

  private async check(): Promise<boolean> {
    await this.health.tryToWrite();
    return this.health.isMigrated();
  }
}
