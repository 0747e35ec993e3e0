import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { Database } from '../database/database.js';

/** Ids counted by one statement, which stays well below `statement_timeout`. */
const BATCH = 100_000;

const ATTEMPTS = 40;
const PAUSE_MS = 25;

/**
 * Counts all orders without a counter that every checkout would have to lock. Orders are never deleted and take their ids
 * from one sequence, so the number of orders up to an id is final once no open transaction can still insert below it.
 * `order_counts` holds such an id (the watermark) and the number of orders up to it. Queries count the rows above it. A
 * restore of data alone leaves a second row, that of the empty shop: the higher watermark counts.
 */
@Injectable()
export class OrderCountRepository {
  constructor(private readonly database: Database) {}

  /**
   * Advances the watermark to the present newest id. It gives up until the next call when a transaction is open for long.
   *
   * A transaction that has taken an id holds the writer's lock (RowExclusiveLock) on the table until it ends. So after all
   * transactions have ended that held this lock when the newest id was read, each id up to it is either visible to every
   * later statement, or will never be.
   */
  async advanceWatermark(): Promise<void> {
    const newest = await this.newestId();
    const writers = await this.writers();
    for (let attempt = 1; writers.length > 0; attempt += 1) {
      if (attempt > ATTEMPTS) return;
      await pause(PAUSE_MS);
      const still = await this.writers();
      if (!writers.some((writer) => still.includes(writer))) break;
    }
    while (await this.advance(newest));
  }

  private async newestId(): Promise<number> {
    const row = await this.database.queryOne<{ id: number }>(
      `SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS id FROM orders_id_seq`,
    );
    return row!.id;
  }

  private async writers(): Promise<string[]> {
    const rows = await this.database.query<{ transaction: string }>(
      `SELECT virtualtransaction AS transaction FROM pg_locks
       WHERE relation = 'orders'::regclass AND mode = 'RowExclusiveLock' AND granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    return rows.map(({ transaction }) => transaction);
  }

  /** @returns whether there may be more to count */
  private async advance(newest: number): Promise<boolean> {
    const { counted_up_to } = (await this.database.queryOne<{ counted_up_to: number }>(
      `SELECT max(counted_up_to) AS counted_up_to FROM order_counts`,
    ))!;
    if (counted_up_to >= newest) return false;
    // The condition on the old watermark makes concurrent processes count nothing twice.
    await this.database.query(
      `UPDATE order_counts SET
         counted_up_to = $2,
         total = total + (SELECT count(*) FROM orders WHERE id > $1::bigint AND id <= $2::bigint)
       WHERE counted_up_to = $1`,
      [counted_up_to, Math.min(newest, counted_up_to + BATCH)],
    );
    return true;
  }
}
