import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../database/database.js';
import { unprocessable } from '../http/problem.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import type { IdempotentRequest } from './idempotent-request.js';

/** What a client got: a status and the JSON text of the body. */
export interface Answer {
  status: number;
  body: string;
}

/**
 * Does a piece of work once for each key of a user (draft-ietf-httpapi-idempotency-key-header). The key is
 * taken, the work done and the answer kept in one transaction, so a retry that races the first request waits
 * for it and gets its answer. Only success uses a key up: after a refusal or a failure the same key may try
 * again.
 */
@Injectable()
export class IdempotencyService {
  constructor(
    private readonly keys: IdempotencyRepository,
    private readonly database: Database,
  ) {}

  /**
   * @param work gets the transaction to work in, or undefined when no key asks for one
   * @throws Problem 422 when the key was used for another request
   */
  async once(
    userId: number,
    request: IdempotentRequest | undefined,
    work: (tx?: Transaction) => Promise<Answer>,
  ): Promise<Answer> {
    if (!request) return work();
    return this.database.transaction(async (tx) => {
      if (!(await this.keys.claim(userId, request, tx))) return this.firstAnswer(userId, request, tx);
      const answer = await work(tx);
      await this.keys.store(userId, request.key, answer.status, answer.body, tx);
      return answer;
    });
  }

  deleteExpired(limit: number): Promise<number> {
    return this.keys.deleteExpired(limit);
  }

  private async firstAnswer(
    userId: number,
    { key, fingerprint }: IdempotentRequest,
    tx: Transaction,
  ): Promise<Answer> {
    const first = await this.keys.find(userId, key, tx);
    if (!first?.fingerprint.equals(fingerprint)) {
      throw unprocessable('idempotency_key_reused', 'This Idempotency-Key belongs to another request.');
    }
    return { status: first.status, body: first.body };
  }
}
