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

/** Handed as the last parameter to every call that belongs to the same transaction. */
export type Transaction = EntityManager;

export type BeginTransaction = <Result>(work: (tx: Transaction) => Promise<Result>) => Promise<Result>;

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

/** Whether PostgreSQL could not be reached, or did not answer in time. */
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

/** Whether a row that another transaction has locked was not released in time. */
export function isLockTimeout(error: unknown): boolean {
  return databaseFault(error)?.sqlState === LOCK_NOT_AVAILABLE;
}

/**
 * Whether PostgreSQL answers and can do nothing for anybody: it is read-only or a standby (25006), takes a right away
 * from us (42501), is out of space or memory (53), or its system fails (58).
 */
export function cannotServe(error: unknown): boolean {
  return /^(25006|42501|53|58)/.test(databaseFault(error)?.sqlState ?? '');
}

const REFUSAL_COUNTS_MS = 3_000;
const LOCK_NOT_AVAILABLE = '55P03';
/** Of the pool's connections, those that may wait for longer: in lines for a row, and for whatever else there is. */
const WAITING_IN_LINES = 0.3;
const WAITING_FOR_OTHERS = 0.2;
const PATIENCE_MS = 1_000;
const DEADLOCK_DETECTED = '40P01';
const SERIALIZATION_FAILURE = '40001';
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
 * A lock is waited for in two steps, so that whoever needs a row that is held for long does not hold the connections of
 * all others meanwhile: at first for a moment (`lock_timeout` of the connection), and then, again from the beginning,
 * on one of few connections that may wait for a second.
 */
@Injectable()
export class Database implements Reads {
  private readonly pool: pg.Pool;
  private readonly forLines: Bulkhead;
  private readonly forOthers: Bulkhead;
  /** The last in each line. */
  private readonly lines = new Map<unknown, Promise<unknown>>();
  private refusedAt = -Infinity;

  constructor(private readonly dataSource: DataSource) {
    this.pool = (dataSource.driver as PostgresDriver).master as pg.Pool;
    this.forLines = bulkhead(WAITING_IN_LINES * this.pool.options.max!);
    this.forOthers = bulkhead(WAITING_FOR_OTHERS * this.pool.options.max!);
    this.guardRepositories();
  }

  /** Address of the server, for a pool that is not for requests. */
  get url(): string {
    return (this.dataSource.options as { url: string }).url;
  }

  /** Whether the server refused a statement in the last seconds although there is nothing wrong with it. */
  get hasRefused(): boolean {
    return performance.now() - this.refusedAt < REFUSAL_COUNTS_MS;
  }

  /** Whether a pooler stands between, so that no statement may have a name. */
  get isPooled(): boolean {
    return (this.dataSource.options as { extra: { isPooled: boolean } }).extra.isPooled;
  }

  /**
   * Rows of one statement; a statement outside a transaction is its own, and retried like one.
   *
   * @throws Problem 503 `busy` when a row is held for more than a second
   */
  query<Row>(sql: string, parameters: unknown[] = [], tx?: Transaction): Promise<Row[]> {
    if (tx) return rowsOf(tx.query(sql, parameters));
    return this.retried(
      () => this.send<Row>(sql, parameters),
      () => this.patiently((waiting) => rowsOf<Row>(waiting.query(sql, parameters)), this.forOthers),
    );
  }

  /** `query` that gives up after a moment when a row is held; see `isLockTimeout`. */
  queryBriefly<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.retried(() => this.send<Row>(sql, parameters));
  }

  /**
   * `query` that waits from the beginning, in the line of all who wait for the same: so that what is held for long holds
   * one connection at most.
   *
   * @throws Problem 503 `busy` after a second in the line
   */
  queryPatiently<Row>(line: unknown, sql: string, parameters: unknown[] = []): Promise<Row[]> {
    const since = performance.now();
    const work = (tx: Transaction) => rowsOf<Row>(tx.query(sql, parameters));
    const last = this.lines.get(line);
    const turn = (async () => {
      await last?.catch(ignore);
      return this.retried(() => this.patiently(work, this.forLines, since));
    })();
    this.lines.set(line, turn);
    void turn.catch(ignore).finally(() => {
      if (this.lines.get(line) === turn) this.lines.delete(line);
    });
    return turn;
  }

  /** Like `query`, for a statement that answers one row or none. */
  async queryOne<Row>(sql: string, parameters: unknown[] = [], tx?: Transaction): Promise<Row | undefined> {
    const [row] = await this.query<Row>(sql, parameters, tx);
    return row;
  }

  /**
   * Runs `work` in the caller's transaction or, without one, in a READ COMMITTED transaction of its own, again when
   * PostgreSQL chose it as a deadlock's victim, or a row was held.
   *
   * @throws Problem 503 `busy` when a row is held for more than a second
   */
  transaction<Result>(work: (tx: Transaction) => Promise<Result>, tx?: Transaction): Promise<Result> {
    if (tx) return work(tx);
    return this.retried(
      () => this.dataSource.transaction(work),
      () => this.patiently(work, this.forOthers),
    );
  }

  /**
   * `transaction` for what a user does: the audit log, which triggers write, names `by`. Everything that an admin may
   * change is changed in one.
   *
   * @param by undefined for the shop's own work
   * @param bulkId of a change of many rows, of which the log holds one entry in place of one for each
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
   * A transaction on a connection of its own, whose statements may take their time and wait for locks: for imports.
   *
   * @param work may begin others like it, one at a time, which commit by themselves
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
   * The statements of TypeORM's repositories outside a transaction, for which TypeORM makes a query runner each: what holds
   * for `query` holds for them. While one waits for a lock, its first connection is back in the pool.
   */
  private guardRepositories(): void {
    const { dataSource } = this;
    const create = dataSource.createQueryRunner.bind(dataSource);
    dataSource.createQueryRunner = (mode) => {
      const runner = create(mode);
      const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<any>;
      runner.query = (...args: unknown[]) => {
        if (runner.isTransactionActive) return query(...args);
        const patiently = async () => {
          await runner.release();
          const again = ({ queryRunner }: Transaction) =>
            (queryRunner!.query as typeof query).apply(queryRunner, args);
          return this.patiently(again, this.forOthers);
        };
        return this.retried(() => query(...args), patiently);
      };
      return runner;
    };
  }

  /** Straight to TypeORM's pool, since a query runner around a statement costs more than sending it. */
  private async send<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return (await this.pool.query(sql, parameters)).rows as Row[];
  }

  /** @param whenLocked does the work when a row is held */
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
        if (state === LOCK_NOT_AVAILABLE && whenLocked) return this.retried(whenLocked);
        const victim = state === DEADLOCK_DETECTED || state === SERIALIZATION_FAILURE;
        if (!victim || attempt === ATTEMPTS) throw error;
        await pause(Math.random() * 20 * attempt);
      }
    }
  }

  private patiently<Result>(
    work: (tx: Transaction) => Promise<Result>,
    among: Bulkhead,
    since = performance.now(),
  ): Promise<Result> {
    const begin = async (tx: Transaction) => {
      await tx.query(`SET LOCAL lock_timeout = ${PATIENCE_MS}`);
      return work(tx);
    };
    return among.push(async () => {
      if (performance.now() - since > PATIENCE_MS) throw busy();
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

/** TypeORM answers `[rows, count]` to UPDATE and DELETE and the rows alone to everything else. */
async function rowsOf<Row>(answer: Promise<any>): Promise<Row[]> {
  const result = await answer;
  return result.length === 2 && Array.isArray(result[0]) && typeof result[1] === 'number'
    ? result[0]
    : result;
}
