import { Column, CreateDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';

/** The first answer to a request that named a key, for the retries that follow. */
@Entity('idempotency_keys')
@Index('idempotency_keys_created_at', ['created_at'])
export class IdempotencyKey {
  /** Whose key it is: a user's id, or the negative one of a guest's cart. */
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
