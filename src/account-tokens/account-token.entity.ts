import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { TOKEN_PURPOSES, type AccountTokenPurpose } from './account-token-purpose.js';

/** The one link of a purpose that a user has: a newer one takes the older one's row. */
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

  /** SHA-256 of the token; the token itself is in the mail alone. */
  @Column('bytea')
  token_hash!: Buffer;

  /** The user's address at that time: the link is good only while it is still that. */
  @Column('text')
  email!: string;

  /** The `identifierKey` of the address. */
  @Column('text')
  email_key!: string;

  /** The address that `change_email` makes the user's. */
  @Column('text', { nullable: true })
  new_email!: string | null;

  @Column('timestamptz')
  requested_at!: Date;

  @Column('timestamptz')
  expires_at!: Date;

  @Column('timestamptz', { nullable: true })
  used_at!: Date | null;

  /** The password or the address was changed meanwhile. */
  @Column('timestamptz', { nullable: true })
  revoked_at!: Date | null;
}
