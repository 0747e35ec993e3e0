import { Injectable } from '@nestjs/common';
import { CartService } from '../cart/cart.service.js';
import { Config } from '../config/config.js';
import { Database, type Transaction } from '../database/database.js';
import type { Principal } from '../http/access.js';
import { type Json, listAddress, type Page, pageStart, writePage } from '../http/paging.js';
import { conflict, forbidden, invalid, notFound } from '../http/problem.js';
import { ReadCache } from '../http/read-cache.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import type { IdempotentRequest } from '../idempotency/idempotent-request.js';
import { type RequestedItem, StockService } from '../products/stock.service.js';
import { canBecome } from './order-status.js';
import type {
  CheckoutDto,
  CreateOrderDto,
  OrderDto,
  OrdersQuery,
  OrderStats,
  UpdateOrderDto,
} from './orders.dto.js';
import { OrderCountRepository } from './order-count.repository.js';
import {
  type LockedOrder,
  type OrderLine,
  OrdersRepository,
  type PlacedOrder,
  type OrderScope,
} from './orders.repository.js';

const ORDERING = '-id';

/**
 * Locks are taken in one order everywhere: cart, an order that exists, products by id. A checkout never waits
 * for an existing order, so nothing that holds one can be waited for in a circle.
 */
@Injectable()
export class OrdersService {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly count: OrderCountRepository,
    private readonly stock: StockService,
    private readonly carts: CartService,
    private readonly cache: ReadCache,
    private readonly idempotency: IdempotencyService,
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  /**
   * Orders the user's cart and empties it.
   *
   * @throws Problem 400 `cart_empty`; 409 `insufficient_stock` naming what is short
   */
  async checkout(userId: number, details: CheckoutDto, request?: IdempotentRequest): Promise<Json<OrderDto>> {
    try {
      return await this.placeOnce(userId, request, () =>
        this.orders.placeFromCart({ userId, ...details, request }),
      );
    } catch (error) {
      throw await this.stock.explain(error, await this.requestedItemsOfCart(userId, error));
    }
  }

  /**
   * Orders the lines of the body, or the cart when it names none.
   *
   * @throws Problem 404 naming unknown products; 409 `insufficient_stock` naming what is short
   */
  async place(userId: number, order: CreateOrderDto, request?: IdempotentRequest): Promise<Json<OrderDto>> {
    const { items, ...details } = order;
    if (!items) return this.checkout(userId, details, request);
    const lines = merged(items);
    try {
      return await this.placeOnce(userId, request, () =>
        this.orders.placeLines({ userId, ...details, lines, request }),
      );
    } catch (error) {
      throw await this.stock.explain(error, requestedItemsOf(items, lines));
    }
  }

  /** All orders for an admin, one's own otherwise. @throws Problem 404 for a page past the end */
  list(query: OrdersQuery, by: Principal): Promise<Json<Page<OrderDto>>> {
    return this.listWithin(reachOf(by), query, '/api/orders');
  }

  /** @throws Problem 404 for a page past the end */
  listOwn(query: OrdersQuery, by: Principal): Promise<Json<Page<OrderDto>>> {
    return this.listWithin({ owner: by.id }, query, '/api/orders/my-orders');
  }

  /** @throws Problem 404 for an unknown order and for another's */
  async find(id: number, by: Principal): Promise<Json<OrderDto>> {
    const order = await this.orders.find(id, reachOf(by));
    if (!order) throw unknownOrder();
    return order;
  }

  /** Housekeeping: keeps the count of all orders from having to begin far down. */
  advanceOrderCount(): Promise<void> {
    return this.count.advanceWatermark();
  }

  /** What a user's paid, shipped and delivered orders come to. */
  statsOf(userId: number): Promise<OrderStats> {
    return this.orders.findStats(userId);
  }

  /**
   * Changes items, addresses and notes of a pending order (stock follows), or takes it to its next status. What
   * is said again as it is changes nothing, so that a client may send back what it read.
   *
   * @throws Problem 404 for an unknown order and for another's; 403 when a customer sets a status; 409
   *   `order_not_editable`, `invalid_status_transition` or `insufficient_stock`
   */
  async update(id: number, changes: UpdateOrderDto, by: Principal): Promise<Json<OrderDto>> {
    const lines = changes.items && merged(changes.items);
    let held: OrderLine[] = [];
    try {
      const answer = await this.database.transaction(async (tx) => {
        const order = await this.locked(id, by, tx);
        if (lines) {
          held = await this.orders.findLines(id, tx);
          await this.changeLines(id, order, held, lines, tx);
        }
        refuseEditing(order, changes);
        if (changes.status && changes.status !== order.status)
          await this.advance(id, order, changes.status, by, tx);
        const { items: _items, ...fields } = changes;
        await this.orders.update(id, fields, tx);
        return (await this.orders.find(id, reachOf(by), tx))!;
      });
      if (lines || changes.status === 'cancelled') this.cache.clear();
      return answer;
    } catch (error) {
      throw await this.stock.explain(error, addedDemand(changes.items ?? [], lines ?? [], held));
    }
  }

  /** Gives the stock back and keeps the row for the books. @throws Problem 404; 409 unless it is pending */
  async delete(id: number, by: Principal): Promise<void> {
    await this.database.transaction(async (tx) => {
      const order = await this.locked(id, by, tx);
      if (order.status !== 'pending') throw notEditable(order);
      await this.orders.softDelete(id, tx);
      await this.restock(id, 'deletion', tx);
    });
    this.cache.clear();
  }

  private async placeOnce(
    userId: number,
    request: IdempotentRequest | undefined,
    place: () => Promise<PlacedOrder | undefined>,
  ): Promise<Json<OrderDto>> {
    const { body } = await this.idempotency.replayIfStored(userId, request, async () => {
      const order = await place();
      if (!order) throw invalid('cart_empty', 'The cart is empty.');
      return { status: 201, body: order.json };
    });
    this.cache.clear();
    return body;
  }

  private async listWithin(
    scope: OrderScope,
    query: OrdersQuery,
    path: string,
  ): Promise<Json<Page<OrderDto>>> {
    const row = await this.orders.findPage(scope, query.status, pageStart(query, ORDERING));
    const address = listAddress(`${this.config.publicUrl}${path}`, { status: query.status });
    return writePage<OrderDto>(row, query, ORDERING, address);
  }

  private async locked(id: number, by: Principal, tx: Transaction): Promise<LockedOrder> {
    const order = await this.orders.lock(id, reachOf(by), tx);
    if (!order) throw unknownOrder();
    return order;
  }

  private async changeLines(
    id: number,
    order: LockedOrder,
    held: OrderLine[],
    lines: OrderLine[],
    tx: Transaction,
  ): Promise<void> {
    const before = quantities(held);
    const after = quantities(lines);
    const changes = [...new Set([...before.keys(), ...after.keys()])]
      .map((product_id) => ({
        product_id,
        delta: (before.get(product_id) ?? 0) - (after.get(product_id) ?? 0),
      }))
      .filter(({ delta }) => delta !== 0);
    if (changes.length === 0) return;
    if (order.status !== 'pending') throw notEditable(order);
    await this.stock.move(changes, 'order_change', id, tx);
    await this.orders.replaceLines(id, lines, tx);
  }

  private async advance(
    id: number,
    order: LockedOrder,
    status: LockedOrder['status'],
    by: Principal,
    tx: Transaction,
  ): Promise<void> {
    if (by.role !== 'admin') {
      if (status !== 'cancelled')
        throw forbidden('status_not_yours', 'Only an admin sets the status of an order.');
      if (order.status !== 'pending') throw notEditable(order);
    }
    if (!canBecome(order.status, status)) {
      throw conflict(
        'invalid_status_transition',
        `An order that is ${order.status} cannot become ${status}.`,
      );
    }
    if (status === 'cancelled') await this.restock(id, 'cancellation', tx);
  }

  private async restock(id: number, reason: 'cancellation' | 'deletion', tx: Transaction): Promise<void> {
    const lines = await this.orders.findLines(id, tx);
    const changes = lines.map(({ product_id, quantity }) => ({ product_id, delta: quantity }));
    await this.stock.move(changes, reason, id, tx);
  }

  /** The cart is as it was before the checkout that broke: it names the products, if they are why. */
  private async requestedItemsOfCart(userId: number, error: unknown): Promise<RequestedItem[]> {
    if (!this.stock.isShortage(error)) return [];
    const lines = await this.carts.findLines(userId);
    return lines.map((line) => ({ ...line, field: `product_${line.product_id}` }));
  }
}

function reachOf(by: Principal): OrderScope {
  return by.role === 'admin' ? 'all' : { owner: by.id };
}

/** Lines of which no two name one product. */
function merged(lines: OrderLine[]): OrderLine[] {
  return [...quantities(lines)].map(([product_id, quantity]) => ({ product_id, quantity }));
}

function quantities(lines: OrderLine[]): Map<number, number> {
  const sums = new Map<number, number>();
  for (const { product_id, quantity } of lines) {
    sums.set(product_id, (sums.get(product_id) ?? 0) + quantity);
  }
  return sums;
}

/** What the lines of a body ask for, under the name of the first field that asks for it. */
function requestedItemsOf(items: OrderLine[], lines: OrderLine[]): RequestedItem[] {
  return lines.map(({ product_id, quantity }) => {
    const index = items.findIndex((item) => item.product_id === product_id);
    return { product_id, quantity, field: `items.${index}` };
  });
}

/** What the lines ask for beyond those that the order holds already. */
function addedDemand(items: OrderLine[], lines: OrderLine[], held: OrderLine[]): RequestedItem[] {
  const before = quantities(held);
  return requestedItemsOf(items, lines)
    .map((requested) => ({
      ...requested,
      quantity: requested.quantity - (before.get(requested.product_id) ?? 0),
    }))
    .filter(({ quantity }) => quantity > 0);
}

function refuseEditing(order: LockedOrder, changes: UpdateOrderDto): void {
  const fields = ['shipping_address', 'billing_address', 'notes'] as const;
  const edited = fields.some((field) => changes[field] !== undefined && changes[field] !== order[field]);
  if (edited && order.status !== 'pending') throw notEditable(order);
}

function notEditable({ status }: LockedOrder) {
  return conflict('order_not_editable', `An order that is ${status} cannot be changed any more.`);
}

function unknownOrder() {
  return notFound('order_not_found', 'There is no such order.');
}
