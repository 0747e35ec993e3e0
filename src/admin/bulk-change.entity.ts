import {
  Check,
  Column,
  CreateDateColumn,
  Entity,
  ForeignKey,
  Index,
  PrimaryGeneratedColumn,
  Unique,
} from 'typeorm';
import { BULK_STATUSES, type BulkAction, type BulkStatus } from './bulk-action.js';

/** A bulk change, from its preview to its undoing. */
@Entity('bulk_changes')
@Unique('bulk_changes_token_unique', ['token_hash'])
@Index('bulk_changes_by_time', ['created_at'])
@Check('bulk_changes_status_known', `status IN (${BULK_STATUSES.map((status) => `'${status}'`).join(', ')})`)
export class BulkChange {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'bulk_changes_pkey',
  })
  id!: number;

  /** SHA-256 of the token that runs the change once. */
  @Column('bytea')
  token_hash!: Buffer;

  @ForeignKey('User', 'id', { name: 'bulk_changes_actor_id_fkey' })
  @Column('bigint')
  actor_id!: number;

  @Column('uuid')
  session_id!: string;

  @Column('text')
  request_id!: string;

  @Column('text')
  model!: 'products' | 'orders';

  @Column('jsonb')
  action!: BulkAction;

  @Column('text', { default: 'previewed' })
  status!: BulkStatus;

  /** Rows that it changes. */
  @Column('integer')
  count!: number;

  @Column('integer', { default: 0 })
  done!: number;

  @Column('text', { nullable: true })
  error!: string | null;

  /** Ids of rows that were changed since the preview (the change then failed), or since the change (its undo skipped them). */
  @Column('bigint', { array: true, default: '{}' })
  changed_since!: number[];

  @CreateDateColumn({ type: 'timestamptz' })
  created_at!: Date;

  @Column('timestamptz', { nullable: true })
  finished_at!: Date | null;
}
