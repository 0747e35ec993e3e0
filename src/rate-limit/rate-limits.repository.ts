import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';

/** Counters that hold across processes and restarts. */
@Injectable()
export class RateLimitsRepository {
  constructor(private readonly database: Database) {}

  /** Counts a hit in the key's current window, opening a new one when the last is over. */
  async hit(key: string, windowMs: number): Promise<{ hits: number; seconds_left: number }> {
    const row = await this.database.queryOne<{ hits: number; seconds_left: number }>(
      `INSERT INTO rate_limits AS r (key, hits, expires_at)
       VALUES ($1, 1, now() + $2::bigint * interval '1 millisecond')
       ON CONFLICT (key) DO UPDATE SET
         hits = CASE WHEN r.expires_at <= now() THEN 1 ELSE r.hits + 1 END,
         expires_at = CASE WHEN r.expires_at <= now() THEN excluded.expires_at ELSE r.expires_at END
       RETURNING r.hits, ceil(extract(epoch FROM r.expires_at - now()))::int AS seconds_left`,
      [key, windowMs],
    );
    return row!;
  }

  /** Counts a hit unless the key's current window is full. @returns whether it was counted */
  async take(key: string, limit: number, windowMs: number): Promise<boolean> {
    const rows = await this.database.query(
      `INSERT INTO rate_limits AS r (key, hits, expires_at)
       VALUES ($1, 1, now() + $3::bigint * interval '1 millisecond')
       ON CONFLICT (key) DO UPDATE SET
         hits = CASE WHEN r.expires_at <= now() THEN 1 ELSE r.hits + 1 END,
         expires_at = CASE WHEN r.expires_at <= now() THEN excluded.expires_at ELSE r.expires_at END
       WHERE r.expires_at <= now() OR r.hits < $2
       RETURNING 1`,
      [key, limit, windowMs],
    );
    return rows.length === 1;
  }

  /** Until the key's window is over; at least one. */
  async secondsLeft(key: string): Promise<number> {
    const row = await this.database.queryOne<{ seconds: number }>(
      `SELECT greatest(1, ceil(extract(epoch FROM expires_at - now())))::int AS seconds FROM rate_limits WHERE key = $1`,
      [key],
    );
    return row?.seconds ?? 1;
  }

  async returnHits(keys: string[]): Promise<void> {
    await this.database.query(`UPDATE rate_limits SET hits = hits - 1 WHERE key = ANY($1) AND hits > 0`, [
      keys,
    ]);
  }

  /** @returns how many, at most `limit` */
  async deleteExpired(limit: number): Promise<number> {
    const rows = await this.database.query(
      `DELETE FROM rate_limits WHERE key IN (SELECT key FROM rate_limits WHERE expires_at < now() LIMIT $1) RETURNING 1`,
      [limit],
    );
    return rows.length;
  }
}
