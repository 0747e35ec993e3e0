import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Raw, Repository } from 'typeorm';
import { createBatcher } from '../database/create-batcher.js';
import { Database, type Transaction } from '../database/database.js';
import { DELETE_ABANDONED_CARTS } from './delete-abandoned-carts.sql.js';
import { GuestCart } from './guest-cart.entity.js';

interface FoundCart {
  id: number;
  token_hash: Buffer;
  /** Whether `prolong` is due. */
  is_stale: boolean;
}

const LIVE = Raw((column) => `${column} > now()`);

/** Thirty days from the last use. The time of use is written at most once an hour, hence the additional hour. */
const LIFETIME = `interval '30 days 1 hour'`;
const IS_STALE = `expires_at < now() + interval '30 days'`;

@Injectable()
export class GuestCartsRepository {
  constructor(
    @InjectRepository(GuestCart) private readonly carts: Repository<GuestCart>,
    private readonly database: Database,
  ) {}

  readonly find = createBatcher<Buffer, FoundCart | undefined>(async (hashes) => {
    const found = await this.database.query<FoundCart>(
      `SELECT id, token_hash, ${IS_STALE} AS is_stale FROM guest_carts
       WHERE token_hash = ANY($1::bytea[]) AND expires_at > now()`,
      [hashes],
    );
    const byHash = new Map(found.map((cart) => [cart.token_hash.toString('base64'), cart]));
    return hashes.map((hash) => byHash.get(hash.toString('base64')));
  });

  async prolong(id: number): Promise<void> {
    await this.carts.update({ id }, { expires_at: () => `now() + ${LIFETIME}` });
  }

  /** @returns the id of the new cart, or of the one that has this token already */
  async insert(tokenHash: Buffer): Promise<number> {
    const row = await this.database.queryOne<{ id: number }>(
      `INSERT INTO guest_carts (token_hash, expires_at) VALUES ($1, now() + ${LIFETIME})
       ON CONFLICT (token_hash) DO UPDATE SET expires_at = excluded.expires_at RETURNING id`,
      [tokenHash],
    );
    return row!.id;
  }

  /** Waits for concurrent additions before it checks that the cart is empty. */
  async deleteIfEmpty(id: number): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.database.query('SELECT FROM guest_carts WHERE id = $1 FOR UPDATE', [id], tx);
      await this.database.query(
        `DELETE FROM guest_carts WHERE id = $1 AND NOT EXISTS (SELECT FROM cart_items WHERE user_id = $1)`,
        [id],
        tx,
      );
    });
  }

  /**
   * Deletes a cart whose lines are about to be merged. Of many concurrent calls only one gets its id. It waits for
   * concurrent additions; later ones find no cart.
   */
  async take(tokenHash: Buffer, tx: Transaction): Promise<number | undefined> {
    const { raw } = await tx
      .getRepository(GuestCart)
      .createQueryBuilder()
      .delete()
      .where({ token_hash: tokenHash, expires_at: LIVE })
      .returning('id')
      .execute();
    return raw[0]?.id;
  }

  /** @returns how many, at most `limit` */
  async deleteExpired(limit: number): Promise<number> {
    const row = await this.database.queryOne<{ carts: number }>(DELETE_ABANDONED_CARTS, [limit]);
    return row!.carts;
  }
}
