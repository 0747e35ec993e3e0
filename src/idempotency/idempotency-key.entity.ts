import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** The first answer to a request that named a key, for the retries that follow. */
@Entity('idempotency_keys')
@Index('idempotency_keys_created_at', ['created_at'])
export class IdempotencyKey {
  @ForeignKey('User', 'id', { name: 'idempotency_keys_user_id_fkey' })
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
