import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Database, type Transaction } from '../database/database.js';
import { JobWorker } from './job-worker.entity.js';
import { RELEASE_STALE_JOBS } from './release-stale-jobs.sql.js';

@Injectable()
export class JobsRepository {
  constructor(
    @InjectRepository(JobWorker) private readonly workers: Repository<JobWorker>,
    private readonly database: Database,
  ) {}

  async add(name: string, payload: object, tx?: Transaction): Promise<void> {
    const parameters = [name, JSON.stringify(payload)];
    await this.database.query(`SELECT (graphile_worker.add_job($1, $2::json)).id`, parameters, tx);
  }

  async heartbeat(workerId: string): Promise<void> {
    await this.workers.upsert({ id: workerId, seen_at: () => 'now()' }, ['id']);
  }

  /** @param silence PostgreSQL interval after which a worker that says nothing counts as killed */
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
