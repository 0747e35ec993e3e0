import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type FindOptionsWhere, In, IsNull, MoreThan, Repository } from 'typeorm';
import { createLockingBatcher } from '../database/create-batcher.js';
import { Database, type Query, type Transaction, violates } from '../database/database.js';
import { placeOf } from '../database/page-sql.js';
import { identifierKey } from '../http/identifier.js';
import type { Language } from '../http/language.js';
import { timestampWithMicroseconds } from '../database/sql.js';
import type { IdempotentRequest } from '../idempotency/idempotent-request.js';
import { keyParameters } from '../idempotency/store-responses.js';
import { type Json, type ListedRow, pageOf, type PageRow, type PageStart } from '../http/paging.js';
import { ADD_ORDER_LINES } from './add-order-lines.sql.js';
import { listOrdersSql } from './list-orders.sql.js';
import { type HeldLine, type OrderLine, taken } from './order-lines.js';
import { FIND_BLOCKED_BUYERS } from '../products/find-blocked-buyers.sql.js';
import { FIND_BLOCKED_CARTS } from './find-blocked-carts.sql.js';
import { ORDER_FILTERS, type OrderFilters } from './order-filters.js';
import { OrderItem } from './order-item.entity.js';
import { type OrderStatus, PAID_STATUSES } from './order-status.js';
import { Order } from './order.entity.js';
import type { CheckoutDto, OrderDto, OrderStats } from './orders.dto.js';
import { PLACE_FROM_CARTS } from './place-from-carts.sql.js';
import { PLACE_LINES } from './place-lines.sql.js';
import { READ_ORDER } from './read-order.sql.js';

/** The orders that a query may see: one user's without deleted ones, or all, for an admin. */
export type ListScope = { owner: number } | 'all';

/** `ListScope`, or, for the holder of an order's link, orders that still belong to guests. */
export type OrderScope = ListScope | 'guests';

/** The fields that a change can set. */
export interface OrderFields {
  status: OrderStatus;
  shipping_address: string;
  billing_address: string;
  notes: string;
  held: boolean;
}

export type LockedOrder = OrderFields & Pick<Order, 'id' | 'user_id' | 'version' | 'created_at'>;

export interface PlacedOrder {
  json: Json<OrderDto>;
}

/** Contact data of a guest who orders. */
export interface GuestContact {
  email: string;
  language: Language;
  linkSeed: Buffer;
}

/** An order to place. */
export interface Placement extends CheckoutDto {
  /** A user's id, or the negative one of a guest's cart. */
  buyerId: number;
  guest?: GuestContact;
  request?: IdempotentRequest;
}

/** An order of these lines, with at most one line for each product. */
export interface LinesPlacement extends Placement {
  lines: OrderLine[];
}

type BuyerKind = 'users' | 'guests';
type Place<What> = (placement: What) => Promise<PlacedOrder | undefined>;

/** A batch has one order for each buyer, and few enough that their products are not locked for long. */
const BATCH_OPTIONS = { distinctBy: ({ buyerId }: Placement) => buyerId, size: 20 };

const LOCKED = {
  id: true,
  user_id: true,
  status: true,
  shipping_address: true,
  billing_address: true,
  notes: true,
  held: true,
  version: true,
  created_at: true,
} as const;

const EXPIRED = 'o.created_at <= now() - make_interval(hours => :hours)';

@Injectable()
export class OrdersRepository {
  private readonly fromCarts: Record<BuyerKind, Place<Placement>>;
  private readonly ofLines: Record<BuyerKind, Place<LinesPlacement>>;

  constructor(
    @InjectRepository(Order) private readonly orders: Repository<Order>,
    private readonly database: Database,
  ) {
    const fromCarts = (statement: string) =>
      createLockingBatcher<Placement, PlacedOrder | undefined>(
        database,
        (placements, query) => this.place(statement, placements, [], query),
        (placements) =>
          this.findBlocked(placements, FIND_BLOCKED_CARTS, [placements.map(({ buyerId }) => buyerId)]),
        BATCH_OPTIONS,
      );
    const ofLines = (statement: string) =>
      createLockingBatcher<LinesPlacement, PlacedOrder | undefined>(
        database,
        (placements, query) => this.place(statement, placements, linesOf(placements), query),
        (placements) => this.findBlocked(placements, FIND_BLOCKED_BUYERS, linesOf(placements).slice(0, 2)),
        BATCH_OPTIONS,
      );
    this.fromCarts = { users: fromCarts(PLACE_FROM_CARTS.users), guests: fromCarts(PLACE_FROM_CARTS.guests) };
    this.ofLines = { users: ofLines(PLACE_LINES.users), guests: ofLines(PLACE_LINES.guests) };
  }

  /** Orders the lines of the buyer's cart, and empties it; undefined for an empty cart. */
  placeFromCart(placement: Placement): Promise<PlacedOrder | undefined> {
    return this.fromCarts[kindOf(placement)](placement);
  }

  /** @param tx has locked the products */
  async placeLines(placement: LinesPlacement, tx?: Transaction): Promise<PlacedOrder | undefined> {
    const kind = kindOf(placement);
    if (!tx) return this.ofLines[kind](placement);
    const query: Query = (text, parameters) => this.database.query(text, parameters, tx);
    const [order] = await this.place(PLACE_LINES[kind], [placement], linesOf([placement]), query);
    return order;
  }

  /** For each of these buyers a product that another transaction has locked, if any. */
  private async findBlocked(
    placements: Placement[],
    statement: string,
    parameters: unknown[],
  ): Promise<(number | undefined)[]> {
    const blocked = await this.database.query<{ user_id: number; product_id: number }>(statement, parameters);
    const byBuyer = new Map(blocked.map(({ user_id, product_id }) => [user_id, product_id]));
    return placements.map(({ buyerId }) => byBuyer.get(buyerId));
  }

  /** @param placements all of users, or all of guests */
  private async place(
    statement: string,
    placements: Placement[],
    lines: unknown[],
    query: Query,
  ): Promise<(PlacedOrder | undefined)[]> {
    const guests = placements.flatMap(({ guest }) => guest ?? []);
    const orders = await query<PlacedOrder & { user_id: number }>(statement, [
      placements.map(({ buyerId }) => buyerId),
      placements.map(({ shipping_address }) => shipping_address),
      placements.map(({ billing_address }) => billing_address),
      placements.map(({ notes }) => notes),
      ...keyParameters(placements.map(({ request }) => request)),
      placements.map(({ expected_total }) => expected_total),
      ...(guests.length > 0 ? contactParameters(guests) : []),
      ...lines,
    ]);
    const byBuyer = new Map(orders.map((order) => [order.user_id, order]));
    return placements.map(({ buyerId }) => byBuyer.get(buyerId));
  }

  /** Newest first. */
  async findPage(scope: ListScope, filters: OrderFilters, start: PageStart): Promise<PageRow> {
    const { size, offset, after } = start;
    const all = scope === 'all' ? filters : { ...filters, ...scope, user_id: undefined, search: undefined };
    const given = ORDER_FILTERS.filter((filter) => all[filter] !== undefined);
    const rows = await this.database.query<ListedRow>(listOrdersSql(given, placeOf(start)), [
      size,
      ...(after ? [after.key, after.id] : offset > 0 ? [offset] : []),
      ...given.map((filter) => all[filter]),
      ...(all.search === undefined ? [] : [orderNumberIn(all.search)]),
    ]);
    return pageOf(rows, size);
  }

  async find(id: number, scope: OrderScope, tx?: Transaction): Promise<Json<OrderDto> | undefined> {
    const parameters = [ownerIn(scope), id, scope === 'guests'];
    const row = await this.database.queryOne<{ json: string }>(READ_ORDER, parameters, tx);
    return row?.json;
  }

  /** Number and total of the user's orders that were paid for. */
  async findStats(userId: number): Promise<OrderStats> {
    const stats = await this.orders
      .createQueryBuilder('o')
      .select('coalesce(sum(o.total), 0.00)::text', 'total_spent')
      .addSelect('count(*)::int', 'orders_count')
      .addSelect(timestampWithMicroseconds('max(o.created_at)'), 'last_order_at')
      .where({ user_id: userId, status: In(PAID_STATUSES), deleted_at: IsNull() })
      .getRawOne<OrderStats>();
    return stats!;
  }

  /** Reads an order and locks it until the transaction ends. */
  lock(id: number, scope: OrderScope, tx: Transaction): Promise<LockedOrder | null> {
    return tx.getRepository(Order).findOne({
      select: LOCKED,
      where: { id, ...within(scope) },
      lock: { mode: 'for_no_key_update' },
    });
  }

  /** Who placed an order, and when. */
  findPlacing(id: number, scope: OrderScope): Promise<Pick<Order, 'user_id' | 'created_at'> | null> {
    return this.orders.findOne({
      select: { user_id: true, created_at: true },
      where: { id, ...within(scope) },
    });
  }

  /**
   * The oldest pending orders that are not held.
   *
   * @param after id of the order before them
   * @returns their ids, and whether they are older than `hours`
   */
  findPending(hours: number, after: number, limit: number): Promise<{ id: number; expired: boolean }[]> {
    return this.orders
      .createQueryBuilder('o')
      .select('o.id', 'id')
      .addSelect(EXPIRED, 'expired')
      .where({ id: MoreThan(after), status: 'pending', held: false })
      .orderBy('o.id')
      .limit(limit)
      .setParameters({ hours })
      .getRawMany();
  }

  /** @returns null when it does not expire any more, or another transaction is changing it */
  lockExpired(id: number, hours: number, tx: Transaction): Promise<LockedOrder | null> {
    return tx
      .getRepository(Order)
      .createQueryBuilder('o')
      .where({ id, status: 'pending', held: false })
      .andWhere(EXPIRED, { hours })
      .setLock('for_no_key_update')
      .setOnLocked('skip_locked')
      .getOne();
  }

  findLines(id: number, tx: Transaction): Promise<HeldLine[]> {
    return tx.getRepository(OrderItem).find({
      select: { id: true, product_id: true, quantity: true, unit_price: true },
      where: { order_id: id },
      order: { id: 'ASC' },
    });
  }

  /**
   * Adds units at the present price, on a new line unless the order has one of that price, and removes units from the
   * newest lines first. Updates the total.
   */
  async changeLines(
    id: number,
    held: HeldLine[],
    changes: Map<number, number>,
    tx: Transaction,
  ): Promise<void> {
    const items = tx.getRepository(OrderItem);
    for (const [product_id, units] of changes) {
      if (units > 0) continue;
      const lines = held.filter((line) => line.product_id === product_id);
      for (const line of taken(lines, -units)) {
        if (line.quantity === 0) await items.delete({ order_id: id, id: line.id });
        else await items.update({ order_id: id, id: line.id }, { quantity: line.quantity });
      }
    }
    const added = [...changes].filter(([, units]) => units > 0);
    const parameters = [id, added.map(([product]) => product), added.map(([, units]) => units)];
    if (added.length > 0) await this.database.query(ADD_ORDER_LINES, parameters, tx);
    const total = 'SELECT sum(quantity * unit_price) FROM order_items WHERE order_id = orders.id';
    await tx.getRepository(Order).update({ id }, { total: () => `(${total})` });
  }

  async update(
    id: number,
    changes: Partial<OrderFields> & { version: number },
    tx: Transaction,
  ): Promise<void> {
    await tx.getRepository(Order).update({ id }, { ...changes, updated_at: () => 'now()' });
  }

  async hideFromOwner(id: number, tx: Transaction): Promise<void> {
    await tx.getRepository(Order).update({ id }, { deleted_at: () => 'now()' });
  }

  /** Whether a placement failed because the total differs from `expected_total`. */
  isOtherTotal(error: unknown): boolean {
    return violates(error, 'orders_total_not_negative');
  }
}

function within(scope: OrderScope): FindOptionsWhere<Order> {
  if (scope === 'all') return {};
  return { user_id: scope === 'guests' ? IsNull() : scope.owner, deleted_at: IsNull() };
}

function kindOf({ guest }: Placement): BuyerKind {
  return guest ? 'guests' : 'users';
}

/** The four array parameters that a statement for guests has in addition. */
function contactParameters(guests: GuestContact[]): unknown[] {
  return [
    guests.map(({ email }) => email),
    guests.map(({ email }) => identifierKey(email)),
    guests.map(({ language }) => language),
    guests.map(({ linkSeed }) => linkSeed),
  ];
}

/** Buyers, products and quantities of all lines. */
function linesOf(placements: LinesPlacement[]): [number[], number[], number[]] {
  const lines = placements.flatMap(({ buyerId, lines: own }) => own.map((line) => ({ buyerId, ...line })));
  return [
    lines.map(({ buyerId }) => buyerId),
    lines.map(({ product_id }) => product_id),
    lines.map(({ quantity }) => quantity),
  ];
}

/** The order id that a search may mean. */
function orderNumberIn(search: string): number | null {
  return /^#?\d{1,15}$/.test(search) ? Number(search.replace('#', '')) : null;
}

function ownerIn(scope: OrderScope): number | null {
  return typeof scope === 'object' ? scope.owner : null;
}
