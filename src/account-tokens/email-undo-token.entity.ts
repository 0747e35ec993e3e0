import { Column, CreateDateColumn, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A link that restores an account's earlier address. It stays valid when the address is changed again. */
@Entity('email_undo_tokens')
@Index('email_undo_tokens_by_user', ['user_id'])
@Index('email_undo_tokens_by_email', ['email_key'])
export class EmailUndoToken {
  /** SHA-256 of the token; only the mail holds the token itself. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'email_undo_tokens_pkey' })
  token_hash!: Buffer;

  @ForeignKey('User', 'id', { name: 'email_undo_tokens_user_id_fkey' })
  @Column('bigint')
  user_id!: number;

  /** The address to restore. No other account can take it before `expires_at`. */
  @Column('text')
  email!: string;

  /** The `identifierKey` of the address. */
  @Column('text')
  email_key!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  created_at!: Date;

  @Column('timestamptz')
  expires_at!: Date;

  @Column('timestamptz', { nullable: true })
  used_at!: Date | null;
}
