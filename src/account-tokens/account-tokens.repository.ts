import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../database/database.js';
import type { AccountTokenPurpose } from './account-token-purpose.js';

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

/** The row `l` of that user, purpose and token, whose user `u` still lives and still has the address. */
const FOUND = `l.user_id = $1 AND l.purpose = $2 AND l.token_hash = $3
  AND u.id = l.user_id AND u.deleted_at IS NULL AND lower(u.email) = lower(l.email)`;

const USABLE = `${FOUND} AND l.used_at IS NULL AND l.revoked_at IS NULL AND l.expires_at > now()`;

@Injectable()
export class AccountTokensRepository {
  constructor(private readonly database: Database) {}

  /**
   * Writes a link over the user's older one of that purpose; the same link again gets its whole lifetime back, but
   * not its life.
   *
   * @param lifetime PostgreSQL interval
   * @returns whether the link can be used: not when it was used already, revoked, or a newer one asked for
   */
  async issue(link: IssuedToken, lifetime: string): Promise<boolean> {
    const row = await this.database.queryOne<{ usable: boolean }>(
      `INSERT INTO account_tokens AS l (user_id, purpose, token_hash, email, new_email, requested_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, now() + $7::interval)
       ON CONFLICT ON CONSTRAINT account_tokens_pkey DO UPDATE SET
         token_hash = excluded.token_hash, email = excluded.email, new_email = excluded.new_email,
         requested_at = excluded.requested_at, expires_at = excluded.expires_at,
         used_at = CASE WHEN l.token_hash = excluded.token_hash THEN l.used_at END,
         revoked_at = CASE WHEN l.token_hash = excluded.token_hash THEN l.revoked_at END
       WHERE l.requested_at <= excluded.requested_at
       RETURNING used_at IS NULL AND revoked_at IS NULL AS usable`,
      [link.userId, link.purpose, link.tokenHash, link.email, link.newEmail, link.requestedAt, lifetime],
    );
    return row?.usable ?? false;
  }

  async isUsable(userId: number, purpose: AccountTokenPurpose, tokenHash: Buffer): Promise<boolean> {
    const rows = await this.database.query(`SELECT 1 FROM account_tokens l, users u WHERE ${USABLE}`, [
      userId,
      purpose,
      tokenHash,
    ]);
    return rows.length === 1;
  }

  /** Uses the link up: of many calls at once, one gets the row. */
  redeem(
    userId: number,
    purpose: AccountTokenPurpose,
    tokenHash: Buffer,
    tx: Transaction,
  ): Promise<RedeemedToken | undefined> {
    return this.database.queryOne<RedeemedToken>(
      `UPDATE account_tokens l SET used_at = now() FROM users u WHERE ${USABLE}
       RETURNING l.user_id, l.email, l.new_email`,
      [userId, purpose, tokenHash],
      tx,
    );
  }

  /** Whether the link is genuine, used or not, and the address that it is about is verified. */
  async isVerified(userId: number, tokenHash: Buffer): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT 1 FROM account_tokens l, users u WHERE ${FOUND} AND u.email_verified_at IS NOT NULL`,
      [userId, 'verify_email', tokenHash],
    );
    return rows.length === 1;
  }

  async revokeAllOf(userId: number, tx: Transaction): Promise<void> {
    await this.database.query(
      `UPDATE account_tokens SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL AND used_at IS NULL`,
      [userId],
      tx,
    );
  }
}
