import { Injectable } from '@nestjs/common';
import fastq from 'fastq';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { DataSource, type EntityManager, QueryFailedError } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { Principal } from '../http/access.js';
import { unavailable } from '../http/problem.js';
import { maintenanceDataSource, type Schema } from './data-source.js';
import { withoutHurry } from './pooler.js';
import { OUTDATED_PLAN, READ_ONLY } from './serving-client.js';

/** A transaction: passed as the last parameter to every call that belongs to it. */
export type Transaction = EntityManager;

export type BeginTransaction = <Result>(work: (tx: Transaction) => Promise<Result>) => Promise<Result>;

/** An error of PostgreSQL: its SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
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

/** The error of `pg`: TypeORM wraps errors of its query runners. */
function causeOf(error: unknown): unknown {
  return error instanceof QueryFailedError ? error.driverError : error;
}

/** Whether `error` is a violation of the constraint or unique index of that name. */
export function violates(error: unknown, constraint: string): boolean {
  return databaseFault(error)?.constraint === constraint;
}

/** Whether a value is not one of its type (class 22 of SQLSTATE). */
export function isInvalidValue(error: unknown): boolean {
  return databaseFault(error)?.sqlState.startsWith('22') ?? false;
}

/** Whether a number does not fit its column. */
export function isOutOfRange(error: unknown): boolean {
  return databaseFault(error)?.sqlState === NUMERIC_VALUE_OUT_OF_RANGE;
}

/** Whether PostgreSQL could not be reached, or did not answer in time. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code = '', message, syscall } = causeOf(error) as NodeJS.ErrnoException;
  return (
    (code === 'ENOENT' && syscall === 'connect') || // the socket of a server that has stopped
    /^(08|28|3D000|53300|57P0|ECONN|EPIPE|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EAI_AGAIN)/.test(
      code,
    ) ||
    /timeout exceeded when trying to connect|timeout expired|Query read timeout|Connection terminated|not queryable/i.test(
      message,
    ) ||
    /^QueryRunner(Provider)?AlreadyReleasedError$/.test(error.name)
  );
}

/** Whether a statement gave up waiting for a lock. */
export function isLockTimeout(error: unknown): boolean {
  return databaseFault(error)?.sqlState === LOCK_NOT_AVAILABLE;
}

/**
 * Whether PostgreSQL answers but cannot serve any request: it is read-only or a standby (25006), the role lacks a right
 * (42501), the database takes no connections (55000) or lacks a schema or table, as while it is being restored (3F000,
 * 42P01), it is out of disk or memory (53), or has a system error (58).
 */
export function cannotServe(error: unknown): boolean {
  return /^(25006|3F000|42501|42P01|53|55000|58)/.test(databaseFault(error)?.sqlState ?? '');
}

const REFUSAL_LASTS_MS = 3_000;
const LOCK_NOT_AVAILABLE = '55P03';
const NUMERIC_VALUE_OUT_OF_RANGE = '22003';
/** Shares of the pool's connections that may wait longer for a lock: in queues for one row, and for any other lock. */
const SHARE_OF_QUEUES = 0.3;
const SHARE_OF_OTHER_LOCKS = 0.2;
const LONGEST_LOCK_WAIT_MS = 1_000;
const DEADLOCK_DETECTED = '40P01';
const SERIALIZATION_FAILURE = '40001';
/** After these errors nothing was done, and another attempt can succeed. */
const REPEATABLE = [DEADLOCK_DETECTED, SERIALIZATION_FAILURE, OUTDATED_PLAN];
const ATTEMPTS = 3;

export type Query = <Row>(sql: string, parameters?: unknown[]) => Promise<Row[]>;

/** Where a repository may read from: the primary, or a replica. */
export interface Reads {
  query<Row>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  queryOne<Row>(sql: string, parameters?: unknown[]): Promise<Row | undefined>;
}

/** Bounds how many connections one kind of work takes. */
type Bulkhead = fastq.queueAsPromised<() => Promise<unknown>>;

/**
 * Access to PostgreSQL for hand-written SQL and for transactions.
 *
 * A statement waits for a lock in two steps, so that statements that wait for long do not take all connections of the
 * pool: first briefly (`lock_timeout` of the connection); then it is run again, on one of few connections that may wait
 * for a second.
 */
@Injectable()
export class Database implements Reads {
  private readonly pool: pg.Pool;
  private readonly forQueues: Bulkhead;
  private readonly forOtherLocks: Bulkhead;
  /** The last statement in the queue for each row. */
  private readonly queues = new Map<unknown, Promise<unknown>>();
  private refusedAt = -Infinity;
  private idleClosedAt = -Infinity;

  constructor(private readonly dataSource: DataSource) {
    this.pool = (dataSource.driver as PostgresDriver).master as pg.Pool;
    this.forQueues = bulkhead(SHARE_OF_QUEUES * this.pool.options.max!);
    this.forOtherLocks = bulkhead(SHARE_OF_OTHER_LOCKS * this.pool.options.max!);
    this.guardRepositories();
  }

  /** URL of the server, for connections outside this pool. */
  get url(): string {
    return (this.dataSource.options as { url: string }).url;
  }

  /** Whether the server could not serve (see `cannotServe`) in the last seconds. */
  get hasRefused(): boolean {
    return performance.now() - this.refusedAt < REFUSAL_LASTS_MS;
  }

  /** Whether the connections go through a pooler such as PgBouncer. */
  get isPooled(): boolean {
    return (this.dataSource.options as { extra: { isPooled: boolean } }).extra.isPooled;
  }

  /**
   * Runs one statement, in `tx` or as its own transaction; then it is retried as `transaction` is.
   *
   * @throws Problem 503 `busy` when it waits for a lock for more than a second
   */
  query<Row>(sql: string, parameters: unknown[] = [], tx?: Transaction): Promise<Row[]> {
    if (tx) return rowsOf(tx.query(sql, parameters));
    return this.retried(
      () => this.send<Row>(sql, parameters),
      () => this.waitingForLock((waiting) => rowsOf<Row>(waiting.query(sql, parameters)), this.forOtherLocks),
    );
  }

  /** `query` that waits for a lock only briefly, and then fails; see `isLockTimeout`. */
  queryBriefly<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.retried(() => this.send<Row>(sql, parameters));
  }

  /**
   * `query` in a queue of all statements that wait for the same row, so that a row that is locked for long takes one
   * connection at most.
   *
   * @param key names the row
   * @throws Problem 503 `busy` after a second in the queue
   */
  queryInQueue<Row>(key: unknown, sql: string, parameters: unknown[] = []): Promise<Row[]> {
    const since = performance.now();
    const work = (tx: Transaction) => rowsOf<Row>(tx.query(sql, parameters));
    const last = this.queues.get(key);
    const result = (async () => {
      await last?.catch(ignore);
      return this.retried(() => this.waitingForLock(work, this.forQueues, since));
    })();
    this.queues.set(key, result);
    void result.catch(ignore).finally(() => {
      if (this.queues.get(key) === result) this.queues.delete(key);
    });
    return result;
  }

  /** `query` for a statement that returns one row or none. */
  async queryOne<Row>(sql: string, parameters: unknown[] = [], tx?: Transaction): Promise<Row | undefined> {
    const [row] = await this.query<Row>(sql, parameters, tx);
    return row;
  }

  /**
   * Runs `work` in the caller's transaction or, without one, in a READ COMMITTED transaction of its own. That one is run
   * again after a deadlock, a serialization failure, an outdated plan or a brief lock timeout, so `work` must be repeatable.
   *
   * @throws Problem 503 `busy` when it waits for a lock for more than a second
   */
  transaction<Result>(work: (tx: Transaction) => Promise<Result>, tx?: Transaction): Promise<Result> {
    if (tx) return work(tx);
    return this.retried(
      () => this.dataSource.transaction(work),
      () => this.waitingForLock(work, this.forOtherLocks),
    );
  }

  /**
   * `transaction` for an action of a user: the audit log, which triggers write, names `by` as the actor. Every change that
   * an admin can make runs in one.
   *
   * @param by undefined for the shop's own work
   * @param bulkId id of a bulk change, for which the log holds one entry instead of one for each row
   */
  transactionBy<Result>(
    by: Principal | undefined,
    work: (tx: Transaction) => Promise<Result>,
    tx?: Transaction,
    bulkId?: number,
  ): Promise<Result> {
    return this.transaction(async (own) => {
      if (by) await this.actAs(by, own, bulkId);
      return work(own);
    }, tx);
  }

  /**
   * A transaction on a connection of its own, without timeouts: for imports.
   *
   * @param work may `begin` further such transactions, one at a time, which commit independently
   */
  async unhurriedTransaction<Result>(
    work: (tx: Transaction, begin: BeginTransaction) => Promise<Result>,
  ): Promise<Result> {
    const entities = this.dataSource.options.entities as Schema['entities'];
    const dataSource = await maintenanceDataSource(this.url, { entities, migrations: [] }).initialize();
    const begin: BeginTransaction = (inner) =>
      dataSource.transaction(async (tx) => {
        await withoutHurry(tx);
        return inner(tx);
      });
    try {
      return await begin((tx) => work(tx, begin));
    } finally {
      await dataSource.destroy();
    }
  }

  /** From now on the audit log names `by` for what `tx` does. @param bulkId as `transactionBy` has it */
  async actAs(by: Principal | undefined, tx: Transaction, bulkId?: number): Promise<void> {
    await tx.query(`SELECT set_config('comptoir.actor', $1, true)`, [by ? actor(by, bulkId) : '']);
  }

  /**
   * Gives statements of TypeORM's repositories outside a transaction the retries of `query`. TypeORM makes a query runner
   * for each. Before a statement waits longer for a lock, its first connection returns to the pool.
   */
  private guardRepositories(): void {
    const { dataSource } = this;
    const create = dataSource.createQueryRunner.bind(dataSource);
    dataSource.createQueryRunner = (mode) => {
      const runner = create(mode);
      const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<any>;
      runner.query = (...args: unknown[]) => {
        if (runner.isTransactionActive) return query(...args);
        const whenLocked = async () => {
          await runner.release();
          const onAnother = ({ queryRunner }: Transaction) =>
            (queryRunner!.query as typeof query).apply(queryRunner, args);
          return this.waitingForLock(onAnother, this.forOtherLocks);
        };
        return this.retried(() => query(...args), whenLocked);
      };
      return runner;
    };
  }

  /**
   * Idle connections may still lead to the former primary after a failover, which reads would not notice. A database that
   * stays read-only must not cost each read a new connection, so this is done once a second at most.
   */
  private closeIdleConnections(): void {
    if (performance.now() - this.idleClosedAt < 1_000) return;
    this.idleClosedAt = performance.now();
    const close = (error: unknown, _client: unknown, release: (destroy?: boolean) => void) =>
      error || release(true);
    for (let count = this.pool.idleCount; count > 0; count -= 1) this.pool.connect(close);
  }

  /** Uses TypeORM's pool directly, without a query runner for each statement. */
  private async send<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return (await this.pool.query(sql, parameters)).rows as Row[];
  }

  /** @param whenLocked runs instead of `work` after a lock timeout */
  private async retried<Result>(
    work: () => Promise<Result>,
    whenLocked?: () => Promise<Result>,
  ): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (cannotServe(error)) this.refusedAt = performance.now();
        const state = databaseFault(error)?.sqlState;
        if (state === READ_ONLY) this.closeIdleConnections();
        if (state === LOCK_NOT_AVAILABLE && whenLocked) return this.retried(whenLocked);
        if (!REPEATABLE.includes(state ?? '') || attempt === ATTEMPTS) throw error;
        await pause(Math.random() * 20 * attempt);
      }
    }
  }

  /**
   * Runs `work` in a transaction that waits up to a second for a lock, on one of these connections.
   *
   * @throws Problem 503 `busy` after a second since `since`
   */
  private waitingForLock<Result>(
    work: (tx: Transaction) => Promise<Result>,
    connections: Bulkhead,
    since = performance.now(),
  ): Promise<Result> {
    const begin = async (tx: Transaction) => {
      await tx.query(`SET LOCAL lock_timeout = ${LONGEST_LOCK_WAIT_MS}`);
      return work(tx);
    };
    return connections.push(async () => {
      if (performance.now() - since > LONGEST_LOCK_WAIT_MS) throw busy();
      try {
        return await this.dataSource.transaction(begin);
      } catch (error) {
        throw isLockTimeout(error) ? busy() : error;
      }
    }) as Promise<Result>;
  }
}

function actor({ id, role, sessionId, requestId }: Principal, bulk_id?: number): string {
  return JSON.stringify({ actor_id: id, role, session_id: sessionId, request_id: requestId, bulk_id });
}

function bulkhead(connections: number): Bulkhead {
  return fastq.promise((work: () => Promise<unknown>) => work(), Math.max(1, Math.floor(connections)));
}

function ignore(): void {}

function busy() {
  return unavailable('busy', 'The shop is busy; try again.');
}

/** TypeORM returns `[rows, count]` for UPDATE and DELETE, and only the rows for other statements. */
async function rowsOf<Row>(answer: Promise<any>): Promise<Row[]> {
  const result = await answer;
  return result.length === 2 && Array.isArray(result[0]) && typeof result[1] === 'number'
    ? result[0]
    : result;
}
