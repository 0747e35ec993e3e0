import { Injectable } from '@nestjs/common';
import { createBatcher } from '../database/create-batcher.js';
import { Database, type Transaction } from '../database/database.js';
import { AT_MOST_A_PAGE, countedTotal, knownTotal, pageSql } from '../database/page-sql.js';
import { timestampWithMicroseconds } from '../database/sql.js';
import type { IdempotentRequest } from '../idempotency/idempotent-request.js';
import { STORE_RESPONSES, keyParameters } from '../idempotency/store-responses.js';
import type { Json, PageRow, PageStart } from '../http/paging.js';
import { orderJson } from './order-json.js';
import type { OrderStatus } from './order-status.js';
import type { CheckoutDto, OrderDto, OrderLineDto, OrderStats } from './orders.dto.js';

/** Whose orders a query may see: one user's that he did not delete, or, for an admin, all. */
export type OrderScope = { owner: number } | 'all';

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

/** OrderScope as a condition on `o`, with the owner as parameter 1 (NULL for all). */
const IN_SCOPE = `($1::bigint IS NULL OR (o.user_id = $1 AND o.deleted_at IS NULL))`;

/** What a buyer says of the order to place. */
export interface Placement extends CheckoutDto {
  userId: number;
  request?: IdempotentRequest;
}

/** An order of these lines, of which no two name one product. */
export interface LinesPlacement extends Placement {
  lines: OrderLine[];
}

/**
 * The whole checkout in one statement, and so in one transaction and one round trip, for one buyer or several: it
 * takes the lines, locks their products in the order of their ids (two baskets can then not wait for each other),
 * takes the stock, writes orders, items and ledger, and keeps the answers. The lock is FOR UPDATE: past the weaker
 * FOR NO KEY UPDATE the foreign keys of carts and ledger take locks of their own, and hot products deadlock.
 *
 * A line that cannot be had breaks the statement, and nothing of it stays: too few pieces, or a product that
 * is not on sale (its stock is set to -1), against `products_stock_not_negative`; an unknown product against
 * the item's name, which must not be null.
 *
 * Parameters: arrays of users, shipping addresses, billing addresses, notes, and the keys and fingerprints of their
 * requests; then those of `lines`.
 *
 * @param lines SQL that answers (user_id, product_id, quantity, position), a product once for each user
 */
function placing(lines: string): string {
  return `WITH lines AS (${lines}),
   buyers AS (
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[])
       AS b (user_id, shipping_address, billing_address, notes, key, fingerprint)
   ), locked AS MATERIALIZED (
     SELECT id FROM products WHERE id IN (SELECT product_id FROM lines) ORDER BY id FOR UPDATE
   ), requested AS (
     SELECT product_id, count(*) AS sales, sum(quantity) AS quantity FROM lines GROUP BY product_id
   ), sold AS (
     UPDATE products p SET
       stock = CASE WHEN p.on_sale AND p.deleted_at IS NULL THEN p.stock - d.quantity ELSE -1 END,
       stock_sequence = p.stock_sequence + d.sales,
       updated_at = now()
     FROM requested d JOIN locked ON locked.id = d.product_id
     WHERE p.id = d.product_id
     RETURNING p.id, p.name, p.price, p.stock + d.quantity AS stock_before, p.stock_sequence - d.sales AS sequence_before
   ), sales AS (
     SELECT l.*, s.name, s.price, s.sequence_before + count(*) OVER sold_before AS sequence,
            s.stock_before - sum(l.quantity) OVER sold_before AS stock_after
     FROM lines l LEFT JOIN sold s ON s.id = l.product_id
     WINDOW sold_before AS (PARTITION BY l.product_id ORDER BY l.user_id)
   ), placed AS (
     INSERT INTO orders (user_id, total, shipping_address, billing_address, notes)
     SELECT u.id, basket.total, coalesce(b.shipping_address, u.shipping_address, ''),
            coalesce(b.billing_address, u.billing_address, ''), coalesce(b.notes, '')
     FROM buyers b JOIN users u ON u.id = b.user_id
     JOIN (SELECT user_id, coalesce(sum(quantity * price), 0) AS total FROM sales GROUP BY user_id) basket
       ON basket.user_id = u.id
     RETURNING *
   ), items AS (
     INSERT INTO order_items (order_id, product_id, product_name, unit_price, quantity)
     SELECT placed.id, s.product_id, s.name, s.price, s.quantity
     FROM placed JOIN sales s ON s.user_id = placed.user_id
     ORDER BY placed.id, s.position
     RETURNING *
   ), ledger AS (
     INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason, order_id)
     SELECT s.product_id, s.sequence, -s.quantity, s.stock_after, 'sale', placed.id
     FROM placed JOIN sales s ON s.user_id = placed.user_id
   ), answers AS (
     SELECT o.user_id, ${orderJson('items')}::text AS json, b.key, b.fingerprint,
            EXISTS (SELECT FROM sales s WHERE s.user_id = o.user_id AND s.stock_after = 0) AS sold_out
     FROM placed o JOIN buyers b ON b.user_id = o.user_id
   ), kept AS (${STORE_RESPONSES})
   SELECT user_id, json, sold_out FROM answers`;
}

/** Exact in every snapshot: what is settled, and a count of the few that are not. See `OrderCountRepository`. */
const ALL_ORDERS = `SELECT total + (SELECT count(*) FROM orders WHERE id > counted_up_to) FROM order_counts`;

/** Locks the lines in the order in which additions to carts lock theirs. */
const PLACE_FROM_CARTS = placing(
  `DELETE FROM cart_items i
   USING (
     SELECT user_id, product_id FROM cart_items WHERE user_id = ANY($1::bigint[])
     ORDER BY product_id, user_id FOR UPDATE
   ) held
   WHERE i.user_id = held.user_id AND i.product_id = held.product_id
   RETURNING i.user_id, i.product_id, i.quantity::bigint, i.created_at AS position`,
);

const PLACE_LINES = placing(
  `SELECT * FROM unnest($7::bigint[], $8::bigint[], $9::bigint[])
     WITH ORDINALITY AS line (user_id, product_id, quantity, position)`,
);

/** One order a user in a statement, and few enough that their products are not locked for long. */
const TOGETHER = { distinctBy: ({ userId }: Placement) => userId, size: 20 };

@Injectable()
export class OrdersRepository {
  constructor(private readonly database: Database) {}

  /** Orders what the user's cart holds, and empties it; undefined for an empty cart. */
  readonly placeFromCart = createBatcher(
    (placements: Placement[]) => this.place(PLACE_FROM_CARTS, placements),
    TOGETHER,
  );

  readonly placeLines = createBatcher((placements: LinesPlacement[]) => {
    const lines = placements.flatMap(({ userId, lines: own }) => own.map((line) => ({ userId, ...line })));
    return this.place(PLACE_LINES, placements, [
      lines.map(({ userId }) => userId),
      lines.map(({ product_id }) => product_id),
      lines.map(({ quantity }) => quantity),
    ]);
  }, TOGETHER);

  private async place(
    statement: string,
    placements: Placement[],
    lines: unknown[] = [],
  ): Promise<(PlacedOrder | undefined)[]> {
    const orders = await this.database.query<PlacedOrder & { user_id: number }>(statement, [
      placements.map(({ userId }) => userId),
      placements.map(({ shipping_address }) => shipping_address),
      placements.map(({ billing_address }) => billing_address),
      placements.map(({ notes }) => notes),
      ...keyParameters(placements.map(({ request }) => request)),
      ...lines,
    ]);
    const byUser = new Map(orders.map((order) => [order.user_id, order]));
    return placements.map(({ userId }) => byUser.get(userId));
  }

  /** Newest first. */
  async findPage(scope: OrderScope, status: OrderStatus | undefined, start: PageStart): Promise<PageRow> {
    const parameters: unknown[] = [start.size];
    const bind = (value: unknown) => `$${parameters.push(value)}`;
    const conditions: string[] = [];
    if (scope !== 'all') conditions.push(`o.user_id = ${bind(scope.owner)}::bigint AND o.deleted_at IS NULL`);
    if (status) conditions.push(`o.status = ${bind(status)}`);
    const listed = `orders o WHERE ${['true', ...conditions].join(' AND ')}`;
    const after = start.after ? `AND o.id < ${bind(start.after.id)}::bigint` : '';
    // Not where it is 0: for any number of rows PostgreSQL expects many, and plans anew for each.
    const skipped = start.offset > 0 ? `OFFSET ${bind(start.offset)}::bigint` : '';
    // A page far down is found in an index alone; only the rows that it shows are then read.
    const text = pageSql(
      conditions.length > 0 ? countedTotal(listed) : knownTotal(ALL_ORDERS),
      `SELECT o.id, '' AS key, ${orderJson('order_items')}::text AS json
       FROM orders o WHERE o.id = ANY(ARRAY(
         SELECT id FROM (
           SELECT o.id FROM ${listed} ${after} ORDER BY o.id DESC ${skipped} ${AT_MOST_A_PAGE}
         ) found LIMIT $1::bigint + 1
       ))
       ORDER BY o.id DESC`,
      '$1',
    );
    return (await this.database.queryOne<PageRow>(text, parameters))!;
  }

  async find(id: number, scope: OrderScope, tx?: Transaction): Promise<Json<OrderDto> | undefined> {
    const row = await this.database.queryOne<{ json: string }>(
      `SELECT ${orderJson('order_items')}::text AS json FROM orders o WHERE o.id = $2 AND ${IN_SCOPE}`,
      [ownerIn(scope), id],
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
  lock(id: number, scope: OrderScope, tx: Transaction): Promise<LockedOrder | undefined> {
    return this.database.queryOne<LockedOrder>(
      `SELECT o.user_id, o.status, o.shipping_address, o.billing_address, o.notes
       FROM orders o WHERE o.id = $2 AND ${IN_SCOPE} FOR NO KEY UPDATE`,
      [ownerIn(scope), id],
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

function ownerIn(scope: OrderScope): number | null {
  return scope === 'all' ? null : scope.owner;
}
