import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Database } from '../database/database.js';

interface Counter {
  hits: number;
  ms_left: number;
}

/**
 * Counters in an unlogged table: they survive a restart of the shop, but a crash of PostgreSQL empties them. The library's
 * own statement compares `expires_at` with the process's clock; this one uses the database's.
 */
export class PostgresLimiter extends RateLimiterPostgres {
  constructor(
    private readonly database: Database,
    points: number,
  ) {
    super({
      storeClient: database,
      storeType: 'pool',
      tableCreated: true,
      points,
      duration: 60,
      keyPrefix: '',
    });
  }

  /** The library calls it with negative `hits` for a refund. A full counter accepts no more hits. */
  _upsert(key: string, hits: number, windowMs: number): Promise<Counter | undefined> {
    return this.database.queryOne<Counter>(
      `INSERT INTO rate_limits AS r (key, hits, expires_at)
       VALUES ($1, greatest(0, $2::int), now() + $3::bigint * interval '1 millisecond')
       ON CONFLICT (key) DO UPDATE SET
         hits = CASE WHEN r.expires_at <= now() THEN excluded.hits ELSE greatest(0, least(r.hits, $4::int) + $2) END,
         expires_at = CASE WHEN r.expires_at <= now() THEN excluded.expires_at ELSE r.expires_at END
       RETURNING hits, floor(extract(epoch FROM expires_at - now()) * 1000)::int AS ms_left`,
      [key, hits, windowMs, this.points],
    );
  }

  _getRateLimiterRes(_key: string, _hits: number, { hits, ms_left }: Counter): RateLimiterRes {
    return new RateLimiterRes(Math.max(0, this.points - hits), ms_left, hits);
  }
}

/** @returns how many, at most `limit` */
export async function deleteExpiredCounters(database: Database, limit: number): Promise<number> {
  const rows = await database.query(
    `DELETE FROM rate_limits WHERE key IN (SELECT key FROM rate_limits WHERE expires_at < now() LIMIT $1) RETURNING 1`,
    [limit],
  );
  return rows.length;
}
