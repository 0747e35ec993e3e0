import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A process that runs jobs, and when it last said so: the jobs of one that was killed are taken from it. */
@Entity('job_workers')
export class JobWorker {
  @PrimaryColumn('text', { primaryKeyConstraintName: 'job_workers_pkey' })
  id!: string;

  @Column('timestamptz', { default: () => 'now()' })
  seen_at!: Date;
}
