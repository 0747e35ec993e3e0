import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../database/database.js';
import { timestampWithMicroseconds } from '../database/sql.js';
import type { Json, PageRow, PageStart } from '../http/paging.js';
import { orderJson } from './order-json.js';
import type { OrderStatus } from './order-status.js';
import type { CheckoutDto, OrderDto, OrderLineDto, OrderStats } from './orders.dto.js';

/** Whose orders a query may see: one user's that he did not delete, or, for an admin, all. */
export type Reach = { owner: number } | 'all';

export interface LockedOrder {
  user_id: number;
  status: OrderStatus;
  shipping_address: string;
  billing_address: string;
  notes: string;
}

export interface PlacedOrder {
  json: Json<OrderDto>;
  /** Whether it took the last piece of a product. */
  sold_out: boolean;
}

export interface OrderLine {
  product_id: number;
  quantity: number;
}

/** Reach as a condition on `o`, with the owner as parameter 1 (NULL for all). */
const WITHIN_REACH = `($1::bigint IS NULL OR (o.user_id = $1 AND o.deleted_at IS NULL))`;

/**
 * The whole checkout in one statement, and so in one transaction and one round trip: it takes the lines,
 * locks their products in the order of their ids (two baskets can then not wait for each other), takes the
 * stock, and writes order, items and ledger. The lock is FOR UPDATE: past the weaker FOR NO KEY UPDATE
 * the foreign keys of carts and ledger take locks of their own, and hot products deadlock.
 *
 * A line that cannot be had breaks the statement, and nothing of it stays: too few pieces, or a product that
 * is not on sale (its stock is set to -1), against `products_stock_not_negative`; an unknown product against
 * the item's name, which must not be null.
 *
 * Parameters: user, shipping address, billing address, notes, and those of `lines`.
 *
 * @param lines SQL that answers (product_id, quantity)
 */
function placing(lines: string): string {
  return `WITH lines AS (${lines}),
   locked AS MATERIALIZED (
     SELECT id FROM products WHERE id IN (SELECT product_id FROM lines) ORDER BY id FOR UPDATE
   ), sold AS (
     UPDATE products p SET
       stock = CASE WHEN p.on_sale AND p.deleted_at IS NULL THEN p.stock - l.quantity ELSE -1 END,
       stock_sequence = p.stock_sequence + 1,
       updated_at = now()
     FROM lines l JOIN locked ON locked.id = l.product_id
     WHERE p.id = l.product_id
     RETURNING p.id, p.name, p.price, p.stock, p.stock_sequence, l.quantity
   ), placed AS (
     INSERT INTO orders (user_id, total, shipping_address, billing_address, notes)
     SELECT u.id, basket.total, coalesce($2, u.shipping_address, ''), coalesce($3, u.billing_address, ''),
            coalesce($4, '')
     FROM users u, (SELECT coalesce(sum(quantity * price), 0) AS total FROM sold) basket
     WHERE u.id = $1 AND EXISTS (SELECT FROM lines)
     RETURNING *
   ), items AS (
     INSERT INTO order_items (order_id, product_id, product_name, unit_price, quantity)
     SELECT placed.id, l.product_id, s.name, s.price, l.quantity
     FROM placed, lines l LEFT JOIN sold s ON s.id = l.product_id
     RETURNING *
   ), ledger AS (
     INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason, order_id)
     SELECT s.id, s.stock_sequence, -s.quantity, s.stock, 'sale', placed.id FROM placed, sold s
   )
   SELECT ${orderJson('items')}::text AS json, (SELECT bool_or(stock = 0) FROM sold) AS sold_out FROM placed o`;
}

const PLACE_FROM_CART = placing(
  `DELETE FROM cart_items WHERE user_id = $1 RETURNING product_id, quantity::bigint`,
);

const PLACE_LINES = placing(
  `SELECT * FROM unnest($5::bigint[], $6::bigint[]) AS line (product_id, quantity)`,
);

@Injectable()
export class OrdersRepository {
  constructor(private readonly database: Database) {}

  /** Orders what the user's cart holds, and empties it. @returns undefined for an empty cart */
  async placeFromCart(
    userId: number,
    details: CheckoutDto,
    tx?: Transaction,
  ): Promise<PlacedOrder | undefined> {
    const parameters = [userId, details.shipping_address, details.billing_address, details.notes];
    return this.database.queryOne<PlacedOrder>(PLACE_FROM_CART, parameters, tx);
  }

  /** Orders these lines, of which no two name one product. */
  async placeLines(
    userId: number,
    details: CheckoutDto,
    lines: OrderLine[],
    tx?: Transaction,
  ): Promise<PlacedOrder | undefined> {
    return this.database.queryOne<PlacedOrder>(
      PLACE_LINES,
      [
        userId,
        details.shipping_address,
        details.billing_address,
        details.notes,
        lines.map((line) => line.product_id),
        lines.map((line) => line.quantity),
      ],
      tx,
    );
  }

  /** One row more than the page holds, newest first. */
  findPage(reach: Reach, status: OrderStatus | undefined, start: PageStart): Promise<PageRow[]> {
    const parameters: unknown[] = [start.size + 1, start.offset];
    const bind = (value: unknown) => `$${parameters.push(value)}`;
    const matching = ['true'];
    if (reach !== 'all') matching.push(`o.user_id = ${bind(reach.owner)}::bigint AND o.deleted_at IS NULL`);
    if (status) matching.push(`o.status = ${bind(status)}`);
    const where = matching.join(' AND ');
    const after = start.after ? `AND o.id < ${bind(start.after.id)}::bigint` : '';
    return this.database.query<PageRow>(
      `SELECT total.count, page.id, '' AS key,
              CASE WHEN o.id IS NOT NULL THEN ${orderJson('order_items')}::text END AS json
       FROM (SELECT count(*) AS count FROM orders o WHERE ${where}) total
       LEFT JOIN (
         SELECT o.id FROM orders o WHERE ${where} ${after} ORDER BY o.id DESC LIMIT $1::bigint OFFSET $2::bigint
       ) page ON true
       LEFT JOIN orders o ON o.id = page.id
       ORDER BY page.id DESC`,
      parameters,
    );
  }

  async find(id: number, reach: Reach, tx?: Transaction): Promise<Json<OrderDto> | undefined> {
    const row = await this.database.queryOne<{ json: string }>(
      `SELECT ${orderJson('order_items')}::text AS json FROM orders o WHERE o.id = $2 AND ${WITHIN_REACH}`,
      [ownerIn(reach), id],
      tx,
    );
    return row?.json;
  }

  /** What the user's paid, shipped and delivered orders come to. */
  async findStats(userId: number): Promise<OrderStats> {
    const stats = await this.database.queryOne<OrderStats>(
      `SELECT coalesce(sum(total), 0.00)::text AS total_spent, count(*)::int AS orders_count,
              ${timestampWithMicroseconds('max(created_at)')} AS last_order_at
       FROM orders WHERE user_id = $1 AND status IN ('paid', 'shipped', 'delivered') AND deleted_at IS NULL`,
      [userId],
    );
    return stats!;
  }

  /** Reads an order and keeps it as it is until the transaction ends. */
  lock(id: number, reach: Reach, tx: Transaction): Promise<LockedOrder | undefined> {
    return this.database.queryOne<LockedOrder>(
      `SELECT o.user_id, o.status, o.shipping_address, o.billing_address, o.notes
       FROM orders o WHERE o.id = $2 AND ${WITHIN_REACH} FOR NO KEY UPDATE`,
      [ownerIn(reach), id],
      tx,
    );
  }

  findLines(id: number, tx: Transaction): Promise<OrderLine[]> {
    return this.database.query<OrderLine>(
      `SELECT product_id, quantity FROM order_items WHERE order_id = $1 ORDER BY id`,
      [id],
      tx,
    );
  }

  /** Lines that stay keep the price of their purchase, new ones get today's. */
  async replaceLines(id: number, lines: OrderLine[], tx: Transaction): Promise<void> {
    const ids = lines.map((line) => line.product_id);
    await this.database.query(
      `DELETE FROM order_items WHERE order_id = $1 AND product_id <> ALL($2::bigint[])`,
      [id, ids],
      tx,
    );
    await this.database.query(
      `INSERT INTO order_items (order_id, product_id, product_name, unit_price, quantity)
       SELECT $1, p.id, p.name, p.price, line.quantity
       FROM unnest($2::bigint[], $3::bigint[]) AS line (product_id, quantity) JOIN products p ON p.id = line.product_id
       ON CONFLICT ON CONSTRAINT order_items_pkey DO UPDATE SET quantity = excluded.quantity`,
      [id, ids, lines.map((line) => line.quantity)],
      tx,
    );
    await this.database.query(
      `UPDATE orders SET total = (SELECT sum(quantity * unit_price) FROM order_items WHERE order_id = $1) WHERE id = $1`,
      [id],
      tx,
    );
  }

  async update(id: number, changes: Partial<LockedOrder>, tx: Transaction): Promise<void> {
    await this.database.query(
      `UPDATE orders SET
         status = coalesce($2, status), shipping_address = coalesce($3, shipping_address),
         billing_address = coalesce($4, billing_address), notes = coalesce($5, notes), updated_at = now()
       WHERE id = $1`,
      [id, changes.status, changes.shipping_address, changes.billing_address, changes.notes],
      tx,
    );
  }

  /** Cancelled, and out of its owner's sight. */
  async softDelete(id: number, tx: Transaction): Promise<void> {
    await this.database.query(
      `UPDATE orders SET status = 'cancelled', deleted_at = now(), updated_at = now() WHERE id = $1`,
      [id],
      tx,
    );
  }

  /** What the user's cart holds, for explaining why it cannot be ordered. */
  findCartLines(userId: number): Promise<OrderLineDto[]> {
    return this.database.query<OrderLineDto>(
      `SELECT product_id, quantity FROM cart_items WHERE user_id = $1 ORDER BY product_id`,
      [userId],
    );
  }
}

function ownerIn(reach: Reach): number | null {
  return reach === 'all' ? null : reach.owner;
}
