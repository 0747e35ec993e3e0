import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, Not, Repository } from 'typeorm';
import { createLockingBatcher } from '../database/create-batcher.js';
import { Database, type Query, type Transaction } from '../database/database.js';
import { AT_MOST_A_PAGE, countedTotal, knownTotal, pageSql } from '../database/page-sql.js';
import { timestampWithMicroseconds } from '../database/sql.js';
import type { IdempotentRequest } from '../idempotency/idempotent-request.js';
import { keyParameters } from '../idempotency/store-responses.js';
import type { Json, PageRow, PageStart } from '../http/paging.js';
import { FIND_BLOCKED_BUYERS } from '../products/find-blocked-buyers.sql.js';
import { FIND_BLOCKED_CARTS } from './find-blocked-carts.sql.js';
import { OrderItem } from './order-item.entity.js';
import { orderJson } from './order-json.js';
import type { OrderStatus } from './order-status.js';
import { Order } from './order.entity.js';
import type { CheckoutDto, OrderDto, OrderStats } from './orders.dto.js';
import { PLACE_FROM_CARTS } from './place-from-carts.sql.js';
import { PLACE_LINES } from './place-lines.sql.js';
import { READ_ORDER } from './read-order.sql.js';
import { UPSERT_ORDER_LINES } from './upsert-order-lines.sql.js';

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
}

export interface OrderLine {
  product_id: number;
  quantity: number;
}

/** What a buyer says of the order to place. */
export interface Placement extends CheckoutDto {
  userId: number;
  request?: IdempotentRequest;
}

/** An order of these lines, of which no two name one product. */
export interface LinesPlacement extends Placement {
  lines: OrderLine[];
}

/** Exact in every snapshot: what is settled, and a count of the few that are not. See `OrderCountRepository`. */
const ALL_ORDERS = `SELECT total + (SELECT count(*) FROM orders WHERE id > counted_up_to) FROM order_counts`;

/** One order a user in a statement, and few enough that their products are not locked for long. */
const TOGETHER = { distinctBy: ({ userId }: Placement) => userId, size: 20 };

@Injectable()
export class OrdersRepository {
  /** Orders what the user's cart holds, and empties it; undefined for an empty cart. */
  readonly placeFromCart: (placement: Placement) => Promise<PlacedOrder | undefined>;
  readonly placeLines: (placement: LinesPlacement) => Promise<PlacedOrder | undefined>;

  constructor(
    @InjectRepository(Order) private readonly orders: Repository<Order>,
    private readonly database: Database,
  ) {
    this.placeFromCart = createLockingBatcher<Placement, PlacedOrder | undefined>(
      database,
      (placements, query) => this.place(PLACE_FROM_CARTS, placements, [], query),
      (placements) =>
        this.findBlocked(placements, FIND_BLOCKED_CARTS, [placements.map(({ userId }) => userId)]),
      TOGETHER,
    );
    this.placeLines = createLockingBatcher<LinesPlacement, PlacedOrder | undefined>(
      database,
      (placements, query) => this.place(PLACE_LINES, placements, linesOf(placements), query),
      (placements) => this.findBlocked(placements, FIND_BLOCKED_BUYERS, linesOf(placements).slice(0, 2)),
      TOGETHER,
    );
  }

  /** The product that each of these buyers would have to wait for, if any. */
  private async findBlocked(
    placements: Placement[],
    statement: string,
    parameters: unknown[],
  ): Promise<(number | undefined)[]> {
    const blocked = await this.database.query<{ user_id: number; product_id: number }>(statement, parameters);
    const byUser = new Map(blocked.map(({ user_id, product_id }) => [user_id, product_id]));
    return placements.map(({ userId }) => byUser.get(userId));
  }

  private async place(
    statement: string,
    placements: Placement[],
    lines: unknown[],
    query: Query,
  ): Promise<(PlacedOrder | undefined)[]> {
    const orders = await query<PlacedOrder & { user_id: number }>(statement, [
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
    const row = await this.database.queryOne<{ json: string }>(READ_ORDER, [ownerIn(scope), id], tx);
    return row?.json;
  }

  /** What the user's paid, shipped and delivered orders come to. */
  async findStats(userId: number): Promise<OrderStats> {
    const stats = await this.orders
      .createQueryBuilder('o')
      .select('coalesce(sum(o.total), 0.00)::text', 'total_spent')
      .addSelect('count(*)::int', 'orders_count')
      .addSelect(timestampWithMicroseconds('max(o.created_at)'), 'last_order_at')
      .where({ user_id: userId, status: In(['paid', 'shipped', 'delivered']), deleted_at: IsNull() })
      .getRawOne<OrderStats>();
    return stats!;
  }

  /** Reads an order and keeps it as it is until the transaction ends. */
  lock(id: number, scope: OrderScope, tx: Transaction): Promise<LockedOrder | null> {
    return tx.getRepository(Order).findOne({
      select: { user_id: true, status: true, shipping_address: true, billing_address: true, notes: true },
      where: { id, ...(scope !== 'all' && { user_id: scope.owner, deleted_at: IsNull() }) },
      lock: { mode: 'for_no_key_update' },
    });
  }

  findLines(id: number, tx: Transaction): Promise<OrderLine[]> {
    return tx.getRepository(OrderItem).find({
      select: { product_id: true, quantity: true },
      where: { order_id: id },
      order: { id: 'ASC' },
    });
  }

  /** Lines that stay keep the price of their purchase, new ones get today's. */
  async replaceLines(id: number, lines: OrderLine[], tx: Transaction): Promise<void> {
    const ids = lines.map((line) => line.product_id);
    await tx.getRepository(OrderItem).delete({ order_id: id, product_id: Not(In(ids)) });
    await this.database.query(UPSERT_ORDER_LINES, [id, ids, lines.map((line) => line.quantity)], tx);
    const total = 'SELECT sum(quantity * unit_price) FROM order_items WHERE order_id = orders.id';
    await tx.getRepository(Order).update({ id }, { total: () => `(${total})` });
  }

  async update(id: number, changes: Partial<LockedOrder>, tx: Transaction): Promise<void> {
    await tx.getRepository(Order).update({ id }, { ...changes, updated_at: () => 'now()' });
  }

  /** Cancelled, and out of its owner's sight. */
  async softDelete(id: number, tx: Transaction): Promise<void> {
    await tx
      .getRepository(Order)
      .update({ id }, { status: 'cancelled', deleted_at: () => 'now()', updated_at: () => 'now()' });
  }
}

/** Users, products and quantities of all lines. */
function linesOf(placements: LinesPlacement[]): [number[], number[], number[]] {
  const lines = placements.flatMap(({ userId, lines: own }) => own.map((line) => ({ userId, ...line })));
  return [
    lines.map(({ userId }) => userId),
    lines.map(({ product_id }) => product_id),
    lines.map(({ quantity }) => quantity),
  ];
}

function ownerIn(scope: OrderScope): number | null {
  return scope === 'all' ? null : scope.owner;
}
