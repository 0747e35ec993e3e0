import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';

/** Handed as the last parameter to every call that belongs to the same transaction. */
export type Transaction = EntityManager;

/** What PostgreSQL said, by SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
export interface DatabaseFault {
  sqlState: string;
  constraint?: string;
}

export function databaseFault(error: unknown): DatabaseFault | undefined {
  const cause = causeOf(error);
  return cause instanceof pg.DatabaseError && cause.code
    ? { sqlState: cause.code, constraint: cause.constraint }
    : undefined;
}

/** What `pg` threw: TypeORM wraps what breaks in a transaction. */
function causeOf(error: unknown): unknown {
  return error instanceof QueryFailedError ? error.driverError : error;
}

/** Whether `error` is a violation of the constraint or unique index of that name. */
export function violates(error: unknown, constraint: string): boolean {
  return databaseFault(error)?.constraint === constraint;
}

/** Whether PostgreSQL could not be asked, or did not answer in time: nobody's fault but the server's. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code = '', message } = causeOf(error) as Error & { code?: string };
  return (
    /^(08|28|3D000|53300|57P0|ECONN|EPIPE|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EAI_AGAIN)/.test(
      code,
    ) ||
    /timeout exceeded when trying to connect|Query read timeout|Connection terminated|not queryable/i.test(
      message,
    ) ||
    /^QueryRunner(Provider)?AlreadyReleasedError$/.test(error.name)
  );
}

const DEADLOCK_DETECTED = '40P01';
const SERIALIZATION_FAILURE = '40001';
const ATTEMPTS = 3;

/** Where a repository may read from: the primary, or a replica. */
export interface Reads {
  query<Row>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  queryOne<Row>(sql: string, parameters?: unknown[]): Promise<Row | undefined>;
}

/** The door to PostgreSQL for hand-written SQL and for transactions. */
@Injectable()
export class Database implements Reads {
  private readonly pool: pg.Pool;

  constructor(private readonly dataSource: DataSource) {
    this.pool = (dataSource.driver as PostgresDriver).master as pg.Pool;
  }

  /** Address of the server, for a pool that is not for requests. */
  get url(): string {
    return (this.dataSource.options as { url: string }).url;
  }

  /** Whether a pooler stands between, so that no statement may have a name. */
  get isPooled(): boolean {
    return (this.dataSource.options as { extra: { isPooled: boolean } }).extra.isPooled;
  }

  /**
   * Rows of one statement; a statement outside a transaction is its own, and retried like one. It goes straight to
   * TypeORM's pool, since a query runner around it costs more than sending it.
   */
  query<Row>(sql: string, parameters: unknown[] = [], tx?: Transaction): Promise<Row[]> {
    if (tx) return rowsOf(tx.query(sql, parameters));
    return retried(async () => (await this.pool.query(sql, parameters)).rows as Row[]);
  }

  /** Like `query`, for a statement that answers one row or none. */
  async queryOne<Row>(sql: string, parameters: unknown[] = [], tx?: Transaction): Promise<Row | undefined> {
    const [row] = await this.query<Row>(sql, parameters, tx);
    return row;
  }

  /**
   * Runs `work` in the caller's transaction or, without one, in a READ COMMITTED transaction of its own, again when
   * PostgreSQL chose it as a deadlock's victim.
   */
  transaction<Result>(work: (tx: Transaction) => Promise<Result>, tx?: Transaction): Promise<Result> {
    if (tx) return work(tx);
    return retried(() => this.dataSource.transaction(work));
  }
}

/** TypeORM answers `[rows, count]` to UPDATE and DELETE and the rows alone to everything else. */
async function rowsOf<Row>(answer: Promise<any>): Promise<Row[]> {
  const result = await answer;
  return result.length === 2 && Array.isArray(result[0]) && typeof result[1] === 'number'
    ? result[0]
    : result;
}

async function retried<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const state = databaseFault(error)?.sqlState;
      const victim = state === DEADLOCK_DETECTED || state === SERIALIZATION_FAILURE;
      if (!victim || attempt === ATTEMPTS) throw error;
      await pause(Math.random() * 20 * attempt);
    }
  }
}
