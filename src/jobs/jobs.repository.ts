import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../database/database.js';

@Injectable()
export class JobsRepository {
  constructor(private readonly database: Database) {}

  async add(name: string, payload: object, tx?: Transaction): Promise<void> {
    const parameters = [name, JSON.stringify(payload)];
    await this.database.query(`SELECT (graphile_worker.add_job($1, $2::json)).id`, parameters, tx);
  }

  async heartbeat(workerId: string): Promise<void> {
    await this.database.query(
      `INSERT INTO job_workers (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET seen_at = now()`,
      [workerId],
    );
  }

  /** @param silence PostgreSQL interval after which a worker that says nothing counts as killed */
  async releaseStaleJobs(silence: string): Promise<void> {
    await this.database.query(
      `SELECT graphile_worker.force_unlock_workers(array_agg(DISTINCT j.locked_by))
       FROM graphile_worker.jobs j
       WHERE j.locked_at < now() - $1::interval
         AND NOT EXISTS (SELECT 1 FROM job_workers w WHERE w.id = j.locked_by AND w.seen_at > now() - $1::interval)
       HAVING count(*) > 0`,
      [silence],
    );
  }

  async forget(workerId: string): Promise<void> {
    await this.database.query(`DELETE FROM job_workers WHERE id = $1 OR seen_at < now() - interval '1 day'`, [
      workerId,
    ]);
  }
}
