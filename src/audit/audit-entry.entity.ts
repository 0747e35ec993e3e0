import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/**
 * Who changed what. Triggers write an entry in the transaction of the change. The table is append-only: a trigger
 * refuses UPDATE and DELETE, except in the functions that erase a person and delete old entries (see the migration).
 */
@Entity('audit_log')
@Index('audit_log_by_row', ['model', 'row_id', 'id'])
@Index('audit_log_by_actor', ['actor_id', 'id'])
@Index('audit_log_by_time', ['at', 'id'])
@Index('audit_log_by_bulk', { synchronize: false })
export class AuditEntry {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'audit_log_pkey',
  })
  id!: number;

  @Column('timestamptz', { default: () => 'now()' })
  at!: Date;

  /** Null: the shop itself (housekeeping), a command, or a statement typed into the database. */
  @Column('bigint', { nullable: true })
  actor_id!: number | null;

  /** The actor's role at that time. */
  @Column('text', { nullable: true })
  actor_role!: string | null;

  @Column('uuid', { nullable: true })
  session_id!: string | null;

  /** The request id of the process's log. */
  @Column('text', { nullable: true })
  request_id!: string | null;

  @Column('text')
  action!: string;

  /** The table of the row. */
  @Column('text')
  model!: string;

  @Column('text', { nullable: true })
  row_id!: string | null;

  /** Only the fields that changed; null for what is new. */
  @Column('jsonb', { nullable: true })
  before!: Record<string, unknown> | null;

  /** Only the fields that changed; null for what is deleted. */
  @Column('jsonb', { nullable: true })
  after!: Record<string, unknown> | null;

  /** The bulk change that this entry belongs to. */
  @Column('bigint', { nullable: true })
  bulk_id!: number | null;
}
