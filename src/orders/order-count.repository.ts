import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { Database } from '../database/database.js';

/** Counted in one statement; each well within the time that it has. */
const BATCH = 100_000;

const ATTEMPTS = 40;
const PAUSE_MS = 25;

/**
 * How many orders there are, kept without a counter that every checkout would have to wait for. Rows of orders are
 * never deleted and take their ids from one sequence, so what lies below an id that no transaction can fill any more
 * never changes: `order_counts` holds that id and the number of orders up to it. A query adds those above it.
 */
@Injectable()
export class OrderCountRepository {
  constructor(private readonly database: Database) {}

  /**
   * Moves the id up to the newest one of now. Gives up, until it is called again, when a transaction takes long to commit.
   *
   * A transaction that takes an id holds the lock of a writer on the table by then, until it ends. So, once all
   * transactions have ended that held this lock after the newest id was read, each id up to it is either visible to
   * every later statement, or never will be.
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
      `SELECT counted_up_to FROM order_counts`,
    ))!;
    if (counted_up_to >= newest) return false;
    // Of two processes that do this at once, one finds the id moved already, and counts nothing twice.
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
