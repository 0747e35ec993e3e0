import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Raw, Repository } from 'typeorm';
import { type Transaction, violates } from '../database/database.js';
import { IdempotencyKey } from './idempotency-key.entity.js';
import type { Answer, IdempotentRequest } from './idempotent-request.js';

export interface StoredResponse extends Answer {
  fingerprint: Buffer;
}

const EXPIRED = `created_at <= now() - interval '24 hours'`;
const LIVE = Raw((column) => `${column} > now() - interval '24 hours'`);

@Injectable()
export class IdempotencyRepository {
  constructor(@InjectRepository(IdempotencyKey) private readonly keys: Repository<IdempotencyKey>) {}

  /** Waits for another transaction that stores a response for this key, and fails when it commits; see `isTaken`. */
  async store(
    userId: number,
    { key, fingerprint }: IdempotentRequest,
    { status, body }: Answer,
    tx: Transaction,
  ): Promise<void> {
    await tx.getRepository(IdempotencyKey).insert({ user_id: userId, key, fingerprint, status, body });
  }

  find(userId: number, key: string): Promise<StoredResponse | null> {
    return this.keys.findOne({
      select: { fingerprint: true, status: true, body: true },
      where: { user_id: userId, key, created_at: LIVE },
    });
  }

  /** Whether a statement failed because the key has a stored response already. */
  isTaken(error: unknown): boolean {
    return violates(error, 'idempotency_keys_pkey');
  }

  async deleteIfExpired(userId: number, key: string): Promise<void> {
    await this.keys.createQueryBuilder().delete().where({ user_id: userId, key }).andWhere(EXPIRED).execute();
  }

  /** @returns how many, at most `limit` */
  async deleteExpired(limit: number): Promise<number> {
    const expired = this.keys.createQueryBuilder('k').select(['k.user_id', 'k.key']).where(`k.${EXPIRED}`);
    const { affected } = await this.keys
      .createQueryBuilder()
      .delete()
      .where(`(user_id, key) IN (${expired.limit(limit).getQuery()})`)
      .execute();
    return affected ?? 0;
  }
}
