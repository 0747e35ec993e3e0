import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { type Ask, type Counted, Counters } from './counters.js';

/** Counters in PostgreSQL, in a table without a write-ahead log: they survive restarts, and a crash empties them. */
@Injectable()
export class RateLimitsRepository extends Counters {
  constructor(private readonly database: Database) {
    super();
  }

  /** In the order of keys, so that two processes never wait for each other in a circle. */
  async hitMany(asks: Ask[], windowMs: number): Promise<Counted[]> {
    const rows = await this.database.query<{ key: string; hits: number; ms_left: number }>(
      `INSERT INTO rate_limits AS r (key, hits, expires_at)
       SELECT key, hits, now() + $3::bigint * interval '1 millisecond'
       FROM unnest($1::text[], $2::int[]) AS asked (key, hits) ORDER BY key
       ON CONFLICT (key) DO UPDATE SET
         hits = CASE WHEN r.expires_at <= now() THEN excluded.hits ELSE r.hits + excluded.hits END,
         expires_at = CASE WHEN r.expires_at <= now() THEN excluded.expires_at ELSE r.expires_at END
       RETURNING r.key, r.hits, floor(extract(epoch FROM r.expires_at - now()) * 1000)::int AS ms_left`,
      [asks.map(({ key }) => key), asks.map(({ hits }) => hits), windowMs],
    );
    const counted = new Map(rows.map(({ key, hits, ms_left }) => [key, { hits, msLeft: ms_left }]));
    return asks.map(({ key }) => counted.get(key)!);
  }

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

  async deleteExpired(limit: number): Promise<number> {
    const rows = await this.database.query(
      `DELETE FROM rate_limits WHERE key IN (SELECT key FROM rate_limits WHERE expires_at < now() LIMIT $1) RETURNING 1`,
      [limit],
    );
    return rows.length;
  }
}
