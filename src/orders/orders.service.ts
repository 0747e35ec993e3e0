import { Injectable } from '@nestjs/common';
import type { CartSummaryDto } from '../cart/cart.dto.js';
import { CartService } from '../cart/cart.service.js';
import { Config } from '../config/config.js';
import { Database } from '../database/database.js';
import type { Principal, Shopper } from '../http/access.js';
import { type Json, listAddress, type Page, readPage } from '../http/paging.js';
import { invalid, invalidField } from '../http/problem.js';
import { ReadCache } from '../http/read-cache.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import type { IdempotentRequest } from '../idempotency/idempotent-request.js';
import { type RequestedItem, StockService } from '../products/stock.service.js';
import { GuestOrdersService } from './guest-orders.service.js';
import { merged, type OrderLine } from './order-lines.js';
import { refuseMoreThan, requestedItemsOf, scopeOf, totalChanged, unknownOrder } from './order-problems.js';
import {
  type CheckoutCartDto,
  type CreateOrderDto,
  MAX_LINES,
  type OrderDto,
  type OrdersQuery,
  type OrderStats,
  type PlacedOrderDto,
} from './orders.dto.js';
import { OrderCountRepository } from './order-count.repository.js';
import { type ListScope, OrdersRepository, type PlacedOrder, type Placement } from './orders.repository.js';

const ORDERING = '-id';
const LEAVE_OUT = 'skip_unavailable leaves out unavailable products.';

/** Placing orders and reading them. Locks are taken in one order everywhere: cart, an order, products by id. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly count: OrderCountRepository,
    private readonly stock: StockService,
    private readonly carts: CartService,
    private readonly guestOrders: GuestOrdersService,
    private readonly cache: ReadCache,
    private readonly idempotency: IdempotencyService,
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  /**
   * Orders the shopper's cart and empties it. With `skip_unavailable` unavailable lines stay in the cart. A guest must give
   * an e-mail, and gets the link of the order in the response.
   *
   * @throws Problem 400 `cart_empty`; 409 `insufficient_stock` naming products that are short, off sale or gone,
   *   `total_changed`
   */
  async checkout(
    shopper: Shopper,
    { skip_unavailable, email, ...details }: CheckoutCartDto,
    request?: IdempotentRequest,
  ): Promise<Json<PlacedOrderDto>> {
    const placement = { ...details, ...(await this.buyerOf(shopper, email)), request };
    try {
      return await this.placeOnce(placement, () =>
        skip_unavailable ? this.placeAvailableOfCart(placement) : this.orders.placeFromCart(placement),
      );
    } catch (error) {
      if (this.orders.isOtherTotal(error)) {
        const total = await this.costOfCart(shopper.id, skip_unavailable);
        throw totalChanged(details.expected_total!, total);
      }
      throw await this.stock.explain(error, await this.requestedItemsOfCart(shopper.id, error), LEAVE_OUT);
    }
  }

  /**
   * Orders the lines of the body, or the cart when it names none. With `skip_unavailable` unavailable lines are left out,
   * but not those that name a product that never existed.
   *
   * @throws Problem 400 for more of a product than a line takes; 404 naming unknown products; 409 as `checkout` does
   */
  async place(
    shopper: Shopper,
    order: CreateOrderDto,
    request?: IdempotentRequest,
  ): Promise<Json<PlacedOrderDto>> {
    const { items, skip_unavailable, email, ...details } = order;
    if (!items) return this.checkout(shopper, { ...details, email, skip_unavailable }, request);
    const lines = merged(items);
    refuseMoreThan(this.config.maxQuantity, items, lines);
    if (lines.length > MAX_LINES) {
      throw invalidField('items', `An order has at most ${MAX_LINES} different products.`);
    }
    const wanted = requestedItemsOf(items, lines);
    const placement = { ...details, ...(await this.buyerOf(shopper, email)), lines, request };
    try {
      return await this.placeOnce(placement, () =>
        skip_unavailable ? this.placeAvailable(placement, wanted) : this.orders.placeLines(placement),
      );
    } catch (error) {
      if (this.orders.isOtherTotal(error)) {
        throw totalChanged(details.expected_total!, await this.costOf(wanted, skip_unavailable));
      }
      throw await this.stock.explain(error, wanted, LEAVE_OUT);
    }
  }

  /** All orders for an admin, one's own otherwise. @throws Problem 404 for a page past the end */
  list(query: OrdersQuery, by: Principal): Promise<Json<Page<OrderDto>>> {
    return this.listWithin(scopeOf(by), query, '/api/orders');
  }

  /** @throws Problem 404 for a page past the end */
  listOwn(query: OrdersQuery, by: Principal): Promise<Json<Page<OrderDto>>> {
    return this.listWithin({ owner: by.id }, query, '/api/orders/my-orders');
  }

  /** @throws Problem 404 for an unknown order and for another user's */
  async find(id: number, by: Principal): Promise<Json<OrderDto>> {
    const order = await this.orders.find(id, scopeOf(by));
    if (!order) throw unknownOrder();
    return order;
  }

  /** Housekeeping: advances the watermark of the count of all orders. */
  advanceOrderCount(): Promise<void> {
    return this.count.advanceWatermark();
  }

  /** Number and total of a user's paid, shipped and delivered orders. */
  statsOf(userId: number): Promise<OrderStats> {
    return this.orders.findStats(userId);
  }

  /** The buyer, with a guest's contact data; a user's e-mail is that of the account. */
  private async buyerOf(
    { id, guest }: Shopper,
    email: string | undefined,
  ): Promise<Pick<Placement, 'buyerId' | 'guest'>> {
    if (!guest) return { buyerId: id };
    return { buyerId: id, guest: await this.guestOrders.contactOf(guest, email) };
  }

  /** Needs more than the one statement of a checkout: the lines are only known after the products are locked. */
  private placeAvailableOfCart(placement: Placement): Promise<PlacedOrder | undefined> {
    const { buyerId } = placement;
    return this.database.transaction(async (tx) => {
      const held = await this.carts.lockLines(buyerId, tx);
      if (held.length === 0) return undefined;
      const lines = await this.stock.lockAvailable(cartFields(held), LEAVE_OUT, tx);
      const products = lines.map((line) => line.product_id);
      await this.carts.removeAll(buyerId, products, tx);
      return this.orders.placeLines({ ...placement, lines }, tx);
    });
  }

  private placeAvailable(placement: Placement, wanted: RequestedItem[]): Promise<PlacedOrder | undefined> {
    return this.database.transaction(async (tx) => {
      const lines = await this.stock.lockAvailable(wanted, LEAVE_OUT, tx);
      return this.orders.placeLines({ ...placement, lines }, tx);
    });
  }

  private async costOfCart(ownerId: number, skip?: boolean): Promise<string> {
    if (skip) return this.costOf(cartFields(await this.carts.findLines(ownerId)), skip);
    return (JSON.parse(await this.carts.summarize({ id: ownerId })) as CartSummaryDto).total_cost;
  }

  private async costOf(wanted: RequestedItem[], skip?: boolean): Promise<string> {
    if (!skip) return this.stock.priceOf(wanted);
    const available = await this.database.transaction((tx) =>
      this.stock.lockAvailable(wanted, LEAVE_OUT, tx),
    );
    return this.stock.priceOf(available);
  }

  private async placeOnce(
    { buyerId, guest, request }: Placement,
    place: () => Promise<PlacedOrder | undefined>,
  ): Promise<Json<PlacedOrderDto>> {
    let isNew = false;
    const { body } = await this.idempotency.replayIfStored(buyerId, request, async () => {
      const order = await place();
      if (!order) throw invalid('cart_empty', 'The cart is empty.');
      isNew = true;
      return { status: 201, body: order.json };
    });
    this.cache.clear();
    if (!guest) return body;
    return isNew ? this.guestOrders.withLink(body, guest) : this.guestOrders.withStoredLink(body);
  }

  private listWithin(scope: ListScope, query: OrdersQuery, path: string): Promise<Json<Page<OrderDto>>> {
    const { page: _page, page_size: _size, cursor: _cursor, ...filters } = query;
    const byTime = filters.created_after !== undefined || filters.created_before !== undefined;
    const address = listAddress(`${this.config.publicUrl}${path}`, filters);
    return readPage(query, byTime ? '-created_at' : ORDERING, address, (start) =>
      this.orders.findPage(scope, filters, start),
    );
  }

  /** The products of the cart, which the failed checkout left unchanged, if a shortage is the reason. */
  private async requestedItemsOfCart(ownerId: number, error: unknown): Promise<RequestedItem[]> {
    if (!this.stock.isShortage(error)) return [];
    const lines = await this.carts.findLines(ownerId);
    return cartFields(lines);
  }
}

function cartFields(lines: OrderLine[]): RequestedItem[] {
  return lines.map(({ product_id, quantity }) => ({ product_id, quantity, field: `product_${product_id}` }));
}
