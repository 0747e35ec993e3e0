import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { LINK_PURPOSES, type LinkPurpose } from './link-purpose.js';

/** The one link of a purpose that a user has: a newer one takes the older one's row. */
@Entity('account_links')
@Check(
  'account_links_purpose_known',
  `purpose IN (${LINK_PURPOSES.map((purpose) => `'${purpose}'`).join(', ')})`,
)
export class Link {
  @ForeignKey('User', 'id', { name: 'account_links_user_id_fkey' })
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'account_links_pkey' })
  user_id!: number;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'account_links_pkey' })
  purpose!: LinkPurpose;

  /** SHA-256 of the token; the token itself is in the mail alone. */
  @Column('bytea')
  token_hash!: Buffer;

  /** The user's address at that time: the link is good only while it is still that. */
  @Column('text')
  email!: string;

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
