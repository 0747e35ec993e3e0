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

  async returnHits(keys: string[]): Promise<void> {
    await this.database.query(`UPDATE rate_limits SET hits = hits - 1 WHERE key = ANY($1) AND hits > 0`, [
      keys,
    ]);
  }

  async deleteExpired(): Promise<void> {
    await this.database.query(`DELETE FROM rate_limits WHERE expires_at < now()`);
  }
}
