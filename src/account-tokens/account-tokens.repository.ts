import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Repository } from 'typeorm';
import { Database, type Transaction } from '../database/database.js';
import { identifierKey } from '../http/identifier.js';
import type { AccountTokenPurpose } from './account-token-purpose.js';
import { AccountToken } from './account-token.entity.js';
import { ISSUE_ACCOUNT_TOKEN } from './issue-account-token.sql.js';

export interface IssuedToken {
  userId: number;
  purpose: AccountTokenPurpose;
  tokenHash: Buffer;
  email: string;
  newEmail: string | null;
  requestedAt: Date;
}

export interface RedeemedToken {
  user_id: number;
  email: string;
  new_email: string | null;
}

const GENUINE = 'user_id = :userId AND purpose = :purpose AND token_hash = :tokenHash';

/** The account is not deleted, and mails of this purpose would still go to the address that the link was sent to. */
const OWNER_HAS_ADDRESS = `EXISTS (SELECT FROM users u
  WHERE u.id = user_id AND u.deleted_at IS NULL AND account_tokens.email_key =
    CASE purpose WHEN 'reset_password' THEN coalesce(u.recovery_email_key, u.email_key) ELSE u.email_key END)`;

const USABLE = `${GENUINE} AND used_at IS NULL AND revoked_at IS NULL AND expires_at > now() AND ${OWNER_HAS_ADDRESS}`;

@Injectable()
export class AccountTokensRepository {
  constructor(
    @InjectRepository(AccountToken) private readonly tokens: Repository<AccountToken>,
    private readonly database: Database,
  ) {}

  /**
   * Writes a link over the user's older one of the same purpose. Issuing the same token again restarts its lifetime, but
   * does not make a used or revoked link usable.
   *
   * @param lifetime PostgreSQL interval
   * @returns whether the link can be used: not when it was used or revoked, or a newer one was requested
   */
  async issue(link: IssuedToken, lifetime: string): Promise<boolean> {
    const { userId, purpose, tokenHash, email, newEmail, requestedAt } = link;
    const parameters = [
      userId,
      purpose,
      tokenHash,
      email,
      identifierKey(email),
      newEmail,
      requestedAt,
      lifetime,
    ];
    const row = await this.database.queryOne<{ usable: boolean }>(ISSUE_ACCOUNT_TOKEN, parameters);
    return row?.usable ?? false;
  }

  isUsable(userId: number, purpose: AccountTokenPurpose, tokenHash: Buffer): Promise<boolean> {
    const query = this.tokens.createQueryBuilder('account_tokens');
    return query.where(USABLE, { userId, purpose, tokenHash }).getExists();
  }

  /** Marks the link as used. Of many concurrent calls only one gets the row. */
  async redeem(
    userId: number,
    purpose: AccountTokenPurpose,
    tokenHash: Buffer,
    tx: Transaction,
  ): Promise<RedeemedToken | undefined> {
    const { raw } = await tx
      .getRepository(AccountToken)
      .createQueryBuilder()
      .update({ used_at: () => 'now()' })
      .where(USABLE, { userId, purpose, tokenHash })
      .returning(['user_id', 'email', 'new_email'])
      .execute();
    return raw[0];
  }

  /** Whether this is a genuine verification link, used or not, of an address that is verified. */
  isVerified(userId: number, tokenHash: Buffer): Promise<boolean> {
    return this.tokens
      .createQueryBuilder('account_tokens')
      .innerJoin('users', 'u', 'u.id = account_tokens.user_id AND u.email_verified_at IS NOT NULL')
      .where(`${GENUINE} AND ${OWNER_HAS_ADDRESS}`, { userId, purpose: 'verify_email', tokenHash })
      .getExists();
  }

  async revokeAllOf(userId: number, tx: Transaction): Promise<void> {
    const unused = { user_id: userId, revoked_at: IsNull(), used_at: IsNull() };
    await tx.getRepository(AccountToken).update(unused, { revoked_at: () => 'now()' });
  }
}
