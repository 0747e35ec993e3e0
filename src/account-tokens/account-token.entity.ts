import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { TOKEN_PURPOSES, type AccountTokenPurpose } from './account-token-purpose.js';

/** A mailed link. A user has one row for each purpose: a newer link overwrites the older one. */
@Entity('account_tokens')
@Check(
  'account_tokens_purpose_known',
  `purpose IN (${TOKEN_PURPOSES.map((purpose) => `'${purpose}'`).join(', ')})`,
)
export class AccountToken {
  @ForeignKey('User', 'id', { name: 'account_tokens_user_id_fkey' })
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'account_tokens_pkey' })
  user_id!: number;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'account_tokens_pkey' })
  purpose!: AccountTokenPurpose;

  /** SHA-256 of the token; only the mail holds the token itself. */
  @Column('bytea')
  token_hash!: Buffer;

  /** The user's address when the link was sent. The link is valid only while the user still has it. */
  @Column('text')
  email!: string;

  /** The `identifierKey` of the address. */
  @Column('text')
  email_key!: string;

  /** For `change_email`: the user's next address. */
  @Column('text', { nullable: true })
  new_email!: string | null;

  @Column('timestamptz')
  requested_at!: Date;

  @Column('timestamptz')
  expires_at!: Date;

  @Column('timestamptz', { nullable: true })
  used_at!: Date | null;

  /** Set when the password or the address is changed before the link is used. */
  @Column('timestamptz', { nullable: true })
  revoked_at!: Date | null;
}
