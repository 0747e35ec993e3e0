import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A process that runs jobs, with its last heartbeat. Jobs of a process without heartbeat are released. */
@Entity('job_workers')
export class JobWorker {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'job_workers_pkey' })
  id!: string;

  @Column('timestamptz', { default: () => 'now()' })
  seen_at!: Date;
}
