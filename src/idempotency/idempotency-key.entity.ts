import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** The response to the first request with an idempotency key, for its retries. */
@Entity('idempotency_keys')
@Index('idempotency_keys_created_at', ['created_at'])
export class IdempotencyKey {
  /** Owner of the key: a user's id, or the negative id of a guest's cart. */
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'idempotency_keys_pkey' })
  user_id!: number;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'idempotency_keys_pkey' })
  key!: string;

  /** SHA-256 of method, path and body. */
  @Column('bytea')
  fingerprint!: Buffer;

  @Column('smallint')
  status!: number;

  @Column('text')
  body!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at!: Date;
}
