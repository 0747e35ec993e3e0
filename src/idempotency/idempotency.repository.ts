import { Injectable } from '@nestjs/common';
import { Database, type Transaction, violates } from '../database/database.js';
import type { IdempotentRequest } from './idempotent-request.js';
import type { Answer } from './idempotency.service.js';

export interface StoredResponse extends Answer {
  fingerprint: Buffer;
}

const LIFETIME = `interval '24 hours'`;

@Injectable()
export class IdempotencyRepository {
  constructor(private readonly database: Database) {}

  /** Waits while another transaction keeps an answer for the key, and breaks when it did. */
  async keep(
    userId: number,
    { key, fingerprint }: IdempotentRequest,
    { status, body }: Answer,
    tx: Transaction,
  ): Promise<void> {
    await this.database.query(
      `INSERT INTO idempotency_keys (user_id, key, fingerprint, status, body) VALUES ($1, $2, $3, $4, $5)`,
      [userId, key, fingerprint, status, body],
      tx,
    );
  }

  find(userId: number, key: string): Promise<StoredResponse | undefined> {
    return this.database.queryOne<StoredResponse>(
      `SELECT fingerprint, status, body FROM idempotency_keys
       WHERE user_id = $1 AND key = $2 AND created_at > now() - ${LIFETIME}`,
      [userId, key],
    );
  }

  /** Whether a statement broke on keeping an answer for a key that has one. */
  isTaken(error: unknown): boolean {
    return violates(error, 'idempotency_keys_pkey');
  }

  async deleteIfExpired(userId: number, key: string): Promise<void> {
    await this.database.query(
      `DELETE FROM idempotency_keys WHERE user_id = $1 AND key = $2 AND created_at <= now() - ${LIFETIME}`,
      [userId, key],
    );
  }

  /** @returns how many, at most `limit` */
  async deleteExpired(limit: number): Promise<number> {
    const rows = await this.database.query(
      `DELETE FROM idempotency_keys WHERE (user_id, key) IN (
         SELECT user_id, key FROM idempotency_keys WHERE created_at <= now() - ${LIFETIME} LIMIT $1
       ) RETURNING 1`,
      [limit],
    );
    return rows.length;
  }
}
