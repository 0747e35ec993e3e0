import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Database, type Transaction } from '../database/database.js';
import { JobWorker } from './job-worker.entity.js';
import { RELEASE_STALE_JOBS } from './release-stale-jobs.sql.js';

export interface FailedJob {
  id: string;
  task: string;
  /** Kind of mail and user, as far as the payload names them. */
  about: string;
  attempts: number;
  failed_at: Date;
  error: string;
}

@Injectable()
export class JobsRepository {
  constructor(
    @InjectRepository(JobWorker) private readonly workers: Repository<JobWorker>,
    private readonly database: Database,
  ) {}

  async add(name: string, payload: object, key: string, tx?: Transaction): Promise<void> {
    const text = `SELECT (graphile_worker.add_job($1, $2::json, job_key := $3)).id`;
    await this.database.query(text, [name, JSON.stringify(payload), key], tx);
  }

  /**
   * Deletes jobs, also running ones: `remove_job` would keep the payload of a running job that fails. Not for jobs of a
   * named queue, which would stay locked.
   */
  async remove(keyPrefix: string, tx: Transaction): Promise<void> {
    const text = 'DELETE FROM graphile_worker._private_jobs WHERE starts_with(key, $1)';
    await this.database.query(text, [keyPrefix], tx);
  }

  /** Makes the present attempt the last one. */
  async endWithThisAttempt(id: string): Promise<void> {
    await this.database.query(
      'UPDATE graphile_worker._private_jobs SET max_attempts = attempts WHERE id = $1',
      [id],
    );
  }

  /** Jobs that are not tried again, the newest failure first. */
  findFailed(): Promise<FailedJob[]> {
    return this.database.query<FailedJob>(
      `SELECT j.id, t.identifier AS task, concat_ws(' ', j.payload ->> 'kind', 'user ' || (j.payload ->> 'userId')) AS about,
              j.attempts::int, j.updated_at AS failed_at, j.last_error AS error
       FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
       WHERE j.attempts >= j.max_attempts AND j.locked_at IS NULL
       ORDER BY j.updated_at DESC LIMIT 1000`,
    );
  }

  async heartbeat(workerId: string): Promise<void> {
    await this.workers.upsert({ id: workerId, seen_at: () => 'now()' }, ['id']);
  }

  /** @param silence PostgreSQL interval: a worker without a heartbeat for so long counts as killed */
  async releaseStaleJobs(silence: string): Promise<void> {
    await this.database.query(RELEASE_STALE_JOBS, [silence]);
  }

  async forget(workerId: string): Promise<void> {
    await this.workers
      .createQueryBuilder()
      .delete()
      .where(`id = :workerId OR seen_at < now() - interval '1 day'`, { workerId })
      .execute();
  }
}
