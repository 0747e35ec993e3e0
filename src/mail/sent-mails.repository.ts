import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Database, type Transaction } from '../database/database.js';
import { SentMail } from './sent-mail.entity.js';

export type NewSentMail = Omit<SentMail, 'sent_at'>;

@Injectable()
export class SentMailsRepository {
  constructor(
    @InjectRepository(SentMail) private readonly mails: Repository<SentMail>,
    private readonly database: Database,
  ) {}

  /**
   * Records a sent mail, unless its recipient was erased meanwhile. It locks the row of the user or of the guest's order,
   * so that an erasure either comes first, or deletes the record.
   */
  async insert({ id, kind, user_id, order_id, email, subject, queued_at }: NewSentMail): Promise<void> {
    const reader =
      user_id === null
        ? 'SELECT FROM guest_orders WHERE order_id = $4 FOR KEY SHARE'
        : 'SELECT FROM users WHERE id = $3 AND deleted_at IS NULL FOR KEY SHARE';
    await this.database.query(
      `WITH reader AS (${reader})
       INSERT INTO sent_mails (id, kind, user_id, order_id, email, subject, queued_at)
       SELECT $1::bigint, $2::text, $3::bigint, $4::bigint, $5::text, $6::text, $7::timestamptz FROM reader
       ON CONFLICT (id) DO UPDATE SET sent_at = now()`,
      [id, kind, user_id, order_id, email, subject, queued_at],
    );
  }

  /** Includes mails to a guest about an order that the user's account took over later. */
  async deleteOfUser(userId: number, tx: Transaction): Promise<void> {
    await this.database.query(
      `DELETE FROM sent_mails
       WHERE user_id = $1 OR order_id = ANY(ARRAY(SELECT id FROM orders WHERE user_id = $1))`,
      [userId],
      tx,
    );
  }

  async deleteOfOrder(orderId: number, tx: Transaction): Promise<void> {
    await tx.getRepository(SentMail).delete({ order_id: orderId });
  }

  /** @returns how many went, at most `limit` */
  async deleteOlder(days: number, limit: number): Promise<number> {
    const old = this.mails
      .createQueryBuilder('m')
      .select('m.id')
      .where('m.sent_at < now() - make_interval(days => :days)', { days })
      .limit(limit);
    const { affected } = await this.mails
      .createQueryBuilder()
      .delete()
      .where(`id IN (${old.getQuery()})`, { days })
      .execute();
    return affected ?? 0;
  }
}
