import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Database, type Transaction } from '../database/database.js';
import { CLAIM_GUEST_ORDERS } from './claim-guest-orders.sql.js';
import { GuestOrder } from './guest-order.entity.js';

export type { GuestOrder };

/** Waits for concurrent changes of these orders, so that the history they write is erased as well. */
const LOCK_ORDERS_OF_EMAIL = `
SELECT FROM orders WHERE id IN (SELECT order_id FROM guest_orders WHERE email_key = $1) ORDER BY id FOR NO KEY UPDATE`;

@Injectable()
export class GuestOrdersRepository {
  constructor(
    @InjectRepository(GuestOrder) private readonly guestOrders: Repository<GuestOrder>,
    private readonly database: Database,
  ) {}

  find(orderId: number, tx?: Transaction): Promise<GuestOrder | null> {
    return (tx?.getRepository(GuestOrder) ?? this.guestOrders).findOneBy({ order_id: orderId });
  }

  async claim(userId: number, tx?: Transaction): Promise<void> {
    await this.database.query(CLAIM_GUEST_ORDERS, [userId], tx);
  }

  /** Deletes the guests with this address. @returns the ids of their orders */
  async erase(emailKey: string, tx: Transaction): Promise<number[]> {
    await this.database.query(LOCK_ORDERS_OF_EMAIL, [emailKey], tx);
    const erased = await this.database.query<{ order_id: number; cart_id: number }>(
      'DELETE FROM guest_orders WHERE email_key = $1 RETURNING order_id, cart_id',
      [emailKey],
      tx,
    );
    const carts = erased.map(({ cart_id }) => cart_id);
    // Stored responses hold the address as well.
    await this.database.query('DELETE FROM idempotency_keys WHERE user_id = ANY($1::bigint[])', [carts], tx);
    return erased.map(({ order_id }) => order_id);
  }
}
