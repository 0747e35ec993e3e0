import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../database/database.js';
import { jsonList, jsonObject, timestamp, verbatim } from '../database/sql.js';
import type { Json } from '../http/paging.js';
import { orderJson } from '../orders/order-json.js';
import { USER_JSON } from '../users/user-json.js';
import type { AccountExportDto } from './account.dto.js';

const SESSION = jsonObject({
  id: 's.id',
  user_agent: 's.user_agent',
  address: 's.address',
  created_at: timestamp('s.created_at'),
  last_used_at: timestamp('s.last_used_at'),
  ended_at: timestamp('s.ended_at'),
});
const FAVORITE = jsonObject({
  product_id: 'p.id',
  product_name: 'p.name',
  created_at: timestamp('f.created_at'),
});
const CART_ITEM = jsonObject({
  product_id: 'p.id',
  product_name: 'p.name',
  created_at: timestamp('c.created_at'),
  quantity: 'c.quantity',
});

const CHANGE = jsonObject({
  at: timestamp('a.at'),
  action: 'a.action',
  before: 'a.before',
  after: 'a.after',
});

const MAIL = jsonObject({
  kind: 'm.kind',
  email: 'm.email',
  subject: 'm.subject',
  sent_at: timestamp('m.sent_at'),
});

/** Includes orders placed as a guest with the user's verified address: the next sign-in gives them to the user. */
const ORDERS_OF_USER = `orders o WHERE o.user_id = u.id OR (u.email_verified_at IS NOT NULL
  AND o.id IN (SELECT g.order_id FROM guest_orders g WHERE g.email_key = u.email_key))`;

const EXPORT = jsonObject({
  exported_at: timestamp('now()'),
  profile: verbatim(USER_JSON),
  recovery_email: 'u.recovery_email',
  new_email: `(SELECT t.new_email FROM account_tokens t WHERE t.user_id = u.id AND t.purpose = 'change_email'
    AND t.used_at IS NULL AND t.revoked_at IS NULL AND t.expires_at > now())`,
  earlier_emails: `(SELECT coalesce(json_agg(t.email ORDER BY t.created_at), '[]'::json) FROM email_undo_tokens t
    WHERE t.user_id = u.id)`,
  sessions: jsonList(SESSION, 's.created_at DESC', 'sessions s WHERE s.user_id = u.id'),
  orders: jsonList(orderJson('order_items'), 'o.id DESC', ORDERS_OF_USER),
  favorites: jsonList(
    FAVORITE,
    'p.id',
    'favorites f JOIN products p ON p.id = f.product_id WHERE f.user_id = u.id',
  ),
  cart: jsonList(
    CART_ITEM,
    'p.id',
    'cart_items c JOIN products p ON p.id = c.product_id WHERE c.user_id = u.id',
  ),
  mails: jsonList(
    MAIL,
    'm.id',
    `sent_mails m WHERE m.user_id = u.id OR m.order_id IN (SELECT o.id FROM ${ORDERS_OF_USER})`,
  ),
  changes: jsonList(CHANGE, 'a.id', `audit_log a WHERE a.model = 'users' AND a.row_id = u.id::text`),
});

interface LockedUser {
  email: string;
  email_verified_at: Date | null;
  recovery_email: string | null;
  deleted_at: Date | null;
  /** Former addresses, and requested new ones. */
  other_emails: string[];
}

/** Locks and does no more: while it waits, the user may get another address, which only a later statement sees. */
const LOCK_USER = 'SELECT FROM users WHERE id = $1 FOR UPDATE';

const READ_USER = `
SELECT email, email_verified_at, recovery_email, deleted_at, ARRAY(
         SELECT email FROM email_undo_tokens WHERE user_id = $1
         UNION SELECT new_email FROM account_tokens WHERE user_id = $1 AND new_email IS NOT NULL
       ) AS other_emails
FROM users WHERE id = $1`;

/** Tables whose rows are deleted with their user (by `user_id`). */
const OF_A_PERSON = [
  'cart_items',
  'favorites',
  'idempotency_keys',
  'account_tokens',
  'email_undo_tokens',
  'sessions',
];

/**
 * Stored responses to other requesters that name one of the addresses in $1: to an admin who made the account, and was
 * perhaps demoted since, and to a guest (a negative id) whose order the account took over.
 */
const FORGET_ANSWERS_TO_OTHERS = `
DELETE FROM idempotency_keys
WHERE (user_id < 0 OR user_id IN (
    SELECT id FROM users WHERE role = 'admin'
    UNION SELECT row_id::bigint FROM audit_log
    WHERE at > now() - interval '2 days' AND model = 'users' AND before ->> 'role' = 'admin'))
  AND EXISTS (SELECT FROM unnest($1::text[]) AS email WHERE strpos(lower(body), lower(to_json(email)::text)) > 0)`;

/**
 * All tables with personal data in one place: a table that is added elsewhere must be exported and erased here. (Mails
 * in the queue hold addresses as well; `MailQueueService.removeAllOf` deletes them.)
 */
@Injectable()
export class AccountRepository {
  constructor(private readonly database: Database) {}

  async export(userId: number): Promise<Json<AccountExportDto>> {
    const row = await this.database.queryOne<{ json: string }>(
      `SELECT ${EXPORT} AS json FROM users u WHERE u.id = $1`,
      [userId],
    );
    return row!.json;
  }

  /**
   * Locks the user's orders, then the user, deleted or not, until the transaction ends. Changes of the orders that have
   * begun commit first, so that the history they write is erased as well.
   */
  async lock(userId: number, tx: Transaction): Promise<LockedUser | undefined> {
    const orders = 'SELECT FROM orders WHERE user_id = $1 ORDER BY id FOR NO KEY UPDATE';
    await this.database.query(orders, [userId], tx);
    await this.database.query(LOCK_USER, [userId], tx);
    return this.database.queryOne(READ_USER, [userId], tx);
  }

  /**
   * Blanks the user's row, which the orders still reference, and deletes the rows of its other tables.
   *
   * @param emails all present and former addresses of the account
   */
  async erase(userId: number, emails: string[], tx: Transaction): Promise<void> {
    await this.database.query(
      `UPDATE users SET username = '', username_key = '', email = '', email_key = '', recovery_email = NULL,
              recovery_email_key = NULL, name = '', phone = NULL, birth_date = NULL, gender = NULL,
              shipping_address = NULL, billing_address = NULL, newsletter_subscription = false, favorite_mails = false, password_hash = '',
              email_verified_at = NULL, deleted_at = now(), updated_at = now()
       WHERE id = $1 AND deleted_at IS NULL`,
      [userId],
      tx,
    );
    for (const table of OF_A_PERSON) {
      await this.database.query(`DELETE FROM ${table} WHERE user_id = $1`, [userId], tx);
    }
    await this.database.query(FORGET_ANSWERS_TO_OTHERS, [emails], tx);
    await this.database.query('SELECT erase_person_from_audit_log($1)', [userId], tx); // after what the erasure itself wrote there
  }

  /** Deletes rows of users erased within the last day: a request that began before the erasure may have written them. */
  async eraseLate(): Promise<void> {
    for (const table of OF_A_PERSON) {
      await this.database.query(
        `DELETE FROM ${table} WHERE user_id = ANY(ARRAY(
           SELECT id FROM users WHERE deleted_at IS NOT NULL AND deleted_at > now() - interval '1 day'))`,
      );
    }
  }
}
