import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { EventEmitter } from 'node:events';
import type { Job, LogFunctionFactory, Runner, TaskList, WorkerPool } from 'graphile-worker';
import pg from 'pg';
import { Database, type Transaction } from '../database/database.js';
import { ServingClient } from '../database/serving-client.js';
import { type FailedJob, JobsRepository } from './jobs.repository.js';
import { PermanentFailure } from './permanent-failure.js';

/** Webhooks take one at most; see `queue_webhook_delivery`. The pool that this needs is part of `JOB_CONNECTIONS`. */
const CONCURRENCY = 2;
const HEARTBEAT_MS = 2_000;

/** PostgreSQL interval: a worker without a heartbeat for so long counts as killed. */
const HEARTBEAT_TIMEOUT = '10 seconds';
const RESTART_MS = 2_000;

/** How long after a job its outcome may not be committed yet. */
const OUTCOME_MS = 50;

/** How long a stop waits for running jobs before it aborts them. */
const PATIENCE_MS = 2_000;

/** Does the work of a job. `abort` fires when the process is stopping: the job must then throw, and is retried. */
export type JobHandler = (
  payload: never,
  job: { id: string; createdAt: Date; isLastAttempt: boolean },
  abort: AbortSignal,
) => Promise<void>;

/**
 * Background work (graphile-worker). A job is a row that is written in a transaction, and runs at least once after the
 * commit. A job that fails is tried again after e, e², … e¹⁰ seconds (6 hours), 25 times in all, unless it throws a
 * `PermanentFailure`. Then it stays with its last error: `npm run admin -- failed-jobs`.
 */
@Injectable()
export class JobsService implements OnModuleDestroy {
  private readonly logger = new Logger(JobsService.name);
  private readonly tasks: TaskList = {};
  private pool?: pg.Pool;
  private starting?: Promise<void>;
  private runner?: Runner;
  private workerId?: string;
  private heartbeat?: NodeJS.Timeout;
  private restart?: NodeJS.Timeout;
  private isStopping = false;

  constructor(
    private readonly jobs: JobsRepository,
    private readonly database: Database,
  ) {}

  /** Registers the handler of a kind of jobs. Call it before `work`. Jobs without a handler wait. */
  handle(name: string, handler: JobHandler): void {
    this.tasks[name] = async (payload, { job, abortSignal }) => {
      try {
        await handler(payload as never, identityOf(job), abortSignal);
      } catch (error) {
        if (error instanceof PermanentFailure) await this.jobs.endWithThisAttempt(job.id);
        throw error;
      }
    };
  }

  /**
   * Adds a job, which runs after the commit of `tx`, or at once without it.
   *
   * @param key unique key of the job, for `remove`
   */
  add(name: string, payload: object, key: string, tx?: Transaction): Promise<void> {
    return this.jobs.add(name, payload, key, tx);
  }

  /** Jobs that are not tried again, the newest failure first. */
  listFailed(): Promise<FailedJob[]> {
    return this.jobs.findFailed();
  }

  /** Removes jobs by the prefix of their keys; a job that is running ends, but is not run again. */
  remove(keyPrefix: string, tx: Transaction): Promise<void> {
    return this.jobs.remove(keyPrefix, tx);
  }

  /** Starts to run jobs, in the background. Call it after the server listens. */
  work(): void {
    if (this.isStopping || Object.keys(this.tasks).length === 0) return;
    const config: pg.PoolConfig & { isPooled: boolean } = {
      Client: ServingClient, // else the queue would stay on a server that became a standby
      isPooled: this.database.isPooled,
      connectionString: this.database.url,
      application_name: 'comptoir jobs',
      max: CONCURRENCY + 1, // one listens for new jobs
      connectionTimeoutMillis: 5_000,
      query_timeout: 10_000,
      keepAlive: true,
    };
    this.pool = new pg.Pool(config);
    this.pool.on('error', (error) =>
      this.logger.warn(`a connection of the job queue ended: ${error.message}`),
    );
    this.pool.on('connect', (client) => client.on('error', () => {})); // graphile-worker warns without it
    this.heartbeat = setInterval(() => void this.beat(), HEARTBEAT_MS).unref();
    this.starting = this.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.heartbeat);
    clearTimeout(this.restart);
    await this.starting;
    await this.runner?.stop().catch(() => {});
    await this.pool?.end();
    if (this.workerId) await this.jobs.forget(this.workerId).catch(() => {});
  }

  /** Starts the runner, and again whenever it ends by itself, as it may after a long outage of PostgreSQL. */
  private async start(): Promise<void> {
    const again = (error?: Error) => {
      if (this.isStopping) return;
      this.logger.warn(`the job runner ended and starts again: ${error?.message ?? 'no reason given'}`);
      this.restart = setTimeout(() => {
        this.starting = this.start();
      }, RESTART_MS).unref();
    };
    try {
      const { Logger: QueueLogger, run } = await import('graphile-worker'); // loaded only by processes that run jobs
      if (this.isStopping) return;
      const events = new EventEmitter();
      events.once('pool:create', ({ workerPool }) => {
        this.workerId = workerPool.id;
        events.on('job:complete', ({ job }) => job.job_queue_id && lookForNextJob(workerPool));
      });
      this.runner = await run({
        pgPool: this.pool,
        taskList: this.tasks,
        parsedCronItems: [],
        concurrency: CONCURRENCY,
        noHandleSignals: true,
        logger: new QueueLogger(this.queueLog()),
        events,
        preset: {
          worker: {
            gracefulShutdownAbortTimeout: PATIENCE_MS,
            // With -1 (no batches), a failure to store an outcome is an unhandled rejection, which ends the process.
            completeJobBatchDelay: 0,
            failJobBatchDelay: 0,
            preparedStatements: !this.database.isPooled, // a pooler may lose notifications as well: it polls every 2 s
          },
        },
      });
      await this.beat();
      this.runner.promise.then(() => again(), again);
    } catch (error) {
      again(error as Error);
    }
  }

  private async beat(): Promise<void> {
    try {
      if (this.workerId) await this.jobs.heartbeat(this.workerId);
      await this.jobs.releaseStaleJobs(HEARTBEAT_TIMEOUT);
    } catch (error) {
      this.logger.debug(`heartbeat failed: ${(error as Error).message}`);
    }
  }

  private queueLog(): LogFunctionFactory {
    return () => (level, message) => {
      if (level === 'error' || level === 'warning') this.logger.warn(message);
      else this.logger.debug(message);
    };
  }
}

/**
 * A named queue is locked until the outcome of its job is committed. graphile-worker looks for the next job before that,
 * finds the queue locked, and would then wait two seconds for its next poll.
 */
function lookForNextJob(workers: WorkerPool): void {
  setTimeout(() => {
    try {
      workers.nudge(1);
    } catch {
      // The pool has ended meanwhile.
    }
  }, OUTCOME_MS).unref();
}

function identityOf({ id, created_at, attempts, max_attempts }: Job) {
  return { id, createdAt: new Date(created_at), isLastAttempt: attempts >= max_attempts };
}
