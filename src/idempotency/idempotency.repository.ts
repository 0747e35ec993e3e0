import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../database/database.js';
import type { IdempotentRequest } from './idempotent-request.js';

export interface FirstAnswer {
  fingerprint: Buffer;
  status: number;
  body: string;
}

@Injectable()
export class IdempotencyRepository {
  constructor(private readonly database: Database) {}

  /**
   * Takes the key for this transaction; waits while another one that has it is under way.
   *
   * @returns whether it was free (or older than 24 hours)
   */
  async claim(userId: number, { key, fingerprint }: IdempotentRequest, tx: Transaction): Promise<boolean> {
    const rows = await this.database.query(
      `INSERT INTO idempotency_keys AS k (user_id, key, fingerprint) VALUES ($1, $2, $3)
       ON CONFLICT ON CONSTRAINT idempotency_keys_pkey DO UPDATE
         SET fingerprint = excluded.fingerprint, status = NULL, body = NULL, created_at = now()
         WHERE k.created_at < now() - interval '24 hours'
       RETURNING 1`,
      [userId, key, fingerprint],
      tx,
    );
    return rows.length === 1;
  }

  find(userId: number, key: string, tx: Transaction): Promise<FirstAnswer | undefined> {
    return this.database.queryOne<FirstAnswer>(
      `SELECT fingerprint, status, body FROM idempotency_keys WHERE user_id = $1 AND key = $2`,
      [userId, key],
      tx,
    );
  }

  async store(userId: number, key: string, status: number, body: string, tx: Transaction): Promise<void> {
    await this.database.query(
      `UPDATE idempotency_keys SET status = $3, body = $4 WHERE user_id = $1 AND key = $2`,
      [userId, key, status, body],
      tx,
    );
  }

  /** @returns how many, at most `limit` */
  async deleteExpired(limit: number): Promise<number> {
    const rows = await this.database.query(
      `DELETE FROM idempotency_keys WHERE (user_id, key) IN (
         SELECT user_id, key FROM idempotency_keys WHERE created_at < now() - interval '24 hours' LIMIT $1
       ) RETURNING 1`,
      [limit],
    );
    return rows.length;
  }
}
