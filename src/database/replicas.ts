import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type pg from 'pg';
import { ConfigError } from '../config/config-error.js';
import { Config } from '../config/config.js';
import { replicaPool } from './data-source.js';
import { Database, isUnreachable, type Reads } from './database.js';

/** A replica that lags more than this is not used. */
const MAX_LAG_MS = 5_000;

const CHECK_EVERY_MS = 500;

const SERVER = `(SELECT system_identifier FROM pg_control_system()) || '/' || current_database()`;

const PRIMARY = `
  SELECT ${SERVER} AS server, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint AS position`;

const REPLICA = `
  SELECT ${SERVER} AS server, pg_is_in_recovery() AS standby,
         pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint AS position`;

/** All that was committed before `at` (by `performance.now()`) lies before `position` in the primary's WAL. */
interface Mark {
  at: number;
  position: number;
}

/**
 * The primary's standbys in DATABASE_REPLICA_URLS, for reads that may lag. The lag is measured by this process's clock:
 * it records the end of the primary's WAL, and later sees that the replica has replayed up to there. (The time of the
 * last replayed transaction does not show it while there are no writes.) A replica that does not answer, lags too much or
 * was promoted is skipped until it is usable again; the primary answers instead.
 */
@Injectable()
export class Replicas implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger(Replicas.name);
  private readonly replicas: Replica[];
  private next = 0;
  /** Marks of the last `MAX_LAG_MS`, the newest last. */
  private marks: Mark[] = [];
  private timer?: NodeJS.Timeout;

  constructor(
    config: Config,
    private readonly database: Database,
  ) {
    this.replicas = config.replicaUrls.map((url) => new Replica(url));
  }

  /** @throws ConfigError for a server that answers and is no standby of the primary */
  async onModuleInit(): Promise<void> {
    if (this.replicas.length === 0) return;
    await this.check();
    const unrelated = this.replicas.find(({ isUnrelated }) => isUnrelated);
    if (unrelated) {
      throw new ConfigError(`DATABASE_REPLICA_URLS: ${unrelated.name} is no standby of DATABASE_URL`);
    }
    this.checkSoon();
  }

  async onApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await Promise.all(this.replicas.map((replica) => replica.close()));
  }

  /** The next usable replica (round robin), if any. */
  pick(): Replica | undefined {
    for (let tried = 0; tried < this.replicas.length; tried += 1) {
      this.next = (this.next + 1) % this.replicas.length;
      if (this.replicas[this.next]!.isUsable) return this.replicas[this.next];
    }
    return undefined;
  }

  private checkSoon(): void {
    this.timer = setTimeout(async () => {
      await this.check().catch(() => {}); // requests report a primary that does not answer
      this.checkSoon();
    }, CHECK_EVERY_MS).unref();
  }

  private async check(): Promise<void> {
    const at = performance.now();
    const primary = await this.database.queryOne<{ server: string; position: number }>(PRIMARY);
    const { server, position } = primary!;
    this.marks = [...this.marks.filter((mark) => mark.at > at - MAX_LAG_MS), { at, position }];
    await Promise.all(this.replicas.map((replica) => this.checkOne(replica, server)));
  }

  private async checkOne(replica: Replica, server: string): Promise<void> {
    const reason = await replica.catchUp(server, this.marks);
    if (replica.isUsable === replica.wasUsable) return;
    replica.wasUsable = replica.isUsable;
    if (replica.isUsable) this.log.log(`Replica ${replica.name} answers reads that may lag`);
    else this.log.warn(`Replica ${replica.name} is left out: ${reason}`);
  }
}

class Replica implements Reads {
  /** The replica has replayed everything that was committed before this time (`performance.now()`). */
  asOf = -Infinity;
  /** Whether it answers, but is not a standby of the primary, or serves another database. */
  isUnrelated = false;
  /** `isUsable` at the last check; undefined before the first. */
  wasUsable: boolean | undefined;
  private readonly pool: pg.Pool;

  constructor(private readonly url: string) {
    this.pool = replicaPool(url);
  }

  /** Host and port, for the log: the URL holds a password. */
  get name(): string {
    return new URL(this.url).host;
  }

  get isUsable(): boolean {
    return performance.now() - this.asOf < MAX_LAG_MS;
  }

  /** A replica that cannot be reached is skipped until the next check. */
  async query<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    try {
      return (await this.pool.query(sql, parameters)).rows as Row[];
    } catch (error) {
      if (isUnreachable(error)) this.asOf = -Infinity;
      throw error;
    }
  }

  async queryOne<Row>(sql: string, parameters: unknown[] = []): Promise<Row | undefined> {
    const [row] = await this.query<Row>(sql, parameters);
    return row;
  }

  /** Updates `asOf` and `isUnrelated`. @returns the reason to report if the replica is not usable */
  async catchUp(server: string, marks: Mark[]): Promise<string> {
    try {
      const state = await this.queryOne<{ server: string; standby: boolean; position: number }>(REPLICA);
      this.isUnrelated = !state!.standby || state!.server !== server;
      const replayed = marks.findLast(({ position }) => position <= state!.position);
      this.asOf = (!this.isUnrelated && replayed?.at) || -Infinity;
      return this.isUnrelated ? 'it is no standby' : `it is more than ${MAX_LAG_MS / 1000} s behind`;
    } catch (error) {
      this.asOf = -Infinity;
      return (error as Error).message;
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
