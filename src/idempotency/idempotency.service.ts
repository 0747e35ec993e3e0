import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../database/database.js';
import { unprocessable } from '../http/problem.js';
import { IdempotencyRepository } from './idempotency.repository.js';
import type { Answer, IdempotentRequest } from './idempotent-request.js';

/**
 * Does work once for each key of a user (draft-ietf-httpapi-idempotency-key-header). The response is stored in the
 * transaction that does the work, under a primary key: of concurrent requests with one key one commits; the others are
 * rolled back and answered with its response. Only success uses a key: after an error the same key can be used again.
 */
@Injectable()
export class IdempotencyService {
  constructor(
    private readonly keys: IdempotencyRepository,
    private readonly database: Database,
  ) {}

  /**
   * @param work gets the transaction to work in, or undefined when the request has no key
   * @throws Problem 422 when the key was used for another request
   */
  once(
    userId: number,
    request: IdempotentRequest | undefined,
    work: (tx?: Transaction) => Promise<Answer>,
  ): Promise<Answer> {
    if (!request) return work();
    return this.replayIfStored(userId, request, () =>
      this.database.transaction(async (tx) => {
        const answer = await work(tx);
        await this.keys.store(userId, request, answer, tx);
        return answer;
      }),
    );
  }

  /**
   * For work that stores its response itself, in its one statement (`STORE_RESPONSES`). Whatever error the work throws, a
   * key with a stored response is answered with that.
   *
   * @throws Problem 422 when the key was used for another request
   */
  async replayIfStored<Result extends Answer>(
    userId: number,
    request: IdempotentRequest | undefined,
    work: () => Promise<Result>,
  ): Promise<Result | Answer> {
    try {
      return await work();
    } catch (error) {
      if (!request) throw error;
      const first = await this.storedResponse(userId, request);
      if (first) return first;
      if (!this.keys.isTaken(error)) throw error;
      await this.keys.deleteIfExpired(userId, request.key);
      return this.replayIfStored(userId, request, work);
    }
  }

  /** Stores that a request was done for this user, without a response that holds tokens. */
  async storeWithoutResponse(userId: number, request: IdempotentRequest, tx: Transaction): Promise<void> {
    await this.keys.store(userId, request, { status: 201, body: '' }, tx);
  }

  /** Whether this request was done for the user. @throws Problem 422 when the key was used for another request */
  async wasDone(userId: number, request: IdempotentRequest): Promise<boolean> {
    return (await this.storedResponse(userId, request)) !== undefined;
  }

  deleteExpired(limit: number): Promise<number> {
    return this.keys.deleteExpired(limit);
  }

  private async storedResponse(
    userId: number,
    { key, fingerprint }: IdempotentRequest,
  ): Promise<Answer | undefined> {
    const first = await this.keys.find(userId, key);
    if (first && !first.fingerprint.equals(fingerprint)) {
      throw unprocessable('idempotency_key_reused', 'This Idempotency-Key belongs to another request.');
    }
    return first ? { status: first.status, body: first.body } : undefined;
  }
}
