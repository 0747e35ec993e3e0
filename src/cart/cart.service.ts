import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Database, type Transaction } from '../database/database.js';
import type { AnyShopper, Shopper } from '../http/access.js';
import type { Json } from '../http/paging.js';
import { conflict, invalidField, notFound, Problem } from '../http/problem.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import type { IdempotentRequest } from '../idempotency/idempotent-request.js';
import { unknownProduct } from '../products/product-problems.js';
import type {
  AddCartItemDto,
  CartDto,
  CartItemDto,
  CartMergeDto,
  CartSummaryDto,
  SetQuantityDto,
  UpdateCartItemDto,
} from './cart.dto.js';
import { type CartLine, CartRepository, MAX_CART_LINES, type MergedLine } from './cart.repository.js';
import { GuestCartsService, invalidCartToken } from './guest-carts.service.js';

/** Carts: one for each user and each guest. A cart reserves no stock: others may buy its products. */
@Injectable()
export class CartService {
  constructor(
    private readonly carts: CartRepository,
    private readonly guestCarts: GuestCartsService,
    private readonly idempotency: IdempotencyService,
    private readonly database: Database,
    private readonly config: Config,
  ) {}

  async find(shopper: Shopper): Promise<Json<CartDto>> {
    return withToken(await this.carts.find(shopper.id), shopper);
  }

  /** Products and quantities alone. */
  findLines(ownerId: number): Promise<CartLine[]> {
    return this.carts.findLines(ownerId);
  }

  /** @throws Problem 404 when the product is not in the cart */
  async findItem({ id }: Shopper, productId: number): Promise<Json<CartItemDto>> {
    const item = await this.carts.findItem(id, productId);
    if (!item) throw notInCart();
    return item;
  }

  summarize({ id }: Pick<Shopper, 'id'>): Promise<Json<CartSummaryDto>> {
    return this.carts.summarize(id);
  }

  /** Locks the lines of a cart until the transaction ends. */
  lockLines(ownerId: number, tx: Transaction): Promise<CartLine[]> {
    return this.carts.lockLines(ownerId, tx);
  }

  removeAll(ownerId: number, productIds: number[], tx: Transaction): Promise<void> {
    return this.carts.removeAll(ownerId, productIds, tx);
  }

  /**
   * Adds units of a product to those already in the cart. A guest without a cart gets one.
   *
   * @throws Problem 400 for more than a line takes; 404 for an unknown product; 409 when there are not that many, or
   *   for one product more than a cart takes; 401 when a guest's cart is gone; 429 beyond a guest's new carts
   */
  async add(
    shopper: AnyShopper,
    item: AddCartItemDto,
    request?: IdempotentRequest,
  ): Promise<Json<CartItemDto>> {
    if (shopper.id !== undefined) return this.addTo(shopper, item, request);
    const opened = await this.guestCarts.open(shopper.guest, request);
    try {
      const line = await this.addTo(opened, item, request);
      opened.guest.sendCartToken(opened.guest.cartToken!);
      return line;
    } catch (error) {
      if (error instanceof Problem) await this.guestCarts.discard(opened.id);
      throw error;
    }
  }

  /**
   * Moves the lines of a guest's cart into a user's and deletes the guest's cart. A second call finds none.
   *
   * @param token the request's `X-Cart-Token`
   * @returns the result of each line; undefined when there is no such cart
   */
  async merge(
    token: string | undefined,
    userId: number,
    tx?: Transaction,
  ): Promise<CartMergeDto | undefined> {
    if (token === undefined) return undefined;
    return this.database.transaction(async (own) => {
      const guestId = await this.guestCarts.take(token, own);
      return guestId === undefined ? undefined : mergeReport(await this.carts.merge(guestId, userId, own));
    }, tx);
  }

  /** @throws Problem as `setQuantity` does */
  async updateItem(shopper: Shopper, { product_id, ...item }: UpdateCartItemDto): Promise<Json<CartDto>> {
    await this.setQuantity(shopper, product_id, item);
    return this.find(shopper);
  }

  /**
   * @throws Problem 400 for more than a line takes; 404 when the product is not in the cart; 409 when there are not
   *   that many, or `cart_item_changed` when the quantity is another one than `version` held
   */
  async setQuantity(
    { id: ownerId }: Shopper,
    productId: number,
    { quantity, version }: SetQuantityDto,
  ): Promise<Json<CartItemDto>> {
    this.refuseMoreThanALine(quantity);
    const change = await this.carts.setQuantity(ownerId, productId, quantity, version);
    if (change.item !== null) return change.item;
    const item = JSON.parse(await this.findItem({ id: ownerId }, productId)) as CartItemDto;
    if (version && version !== item.version) throw changedSince(item);
    throw shortage(change.stock ?? 0);
  }

  /**
   * Reads the cart in the transaction that removes the line, so that a request that failed can be sent again.
   *
   * @throws Problem 400 without a product, 404 when it is not in the cart
   */
  async remove(shopper: Shopper, productId: number | undefined): Promise<Json<CartDto>> {
    if (productId === undefined) {
      throw invalidField('product_id', 'product_id is required, in the body or in the query');
    }
    return this.database.transaction(async (tx) => {
      if (!(await this.carts.remove(shopper.id, productId, tx))) throw notInCart();
      return withToken(await this.carts.find(shopper.id, tx), shopper);
    });
  }

  private async addTo(
    shopper: Shopper,
    { product_id, quantity }: AddCartItemDto,
    request?: IdempotentRequest,
  ): Promise<Json<CartItemDto>> {
    const ownerId = shopper.id;
    const { body } = await this.idempotency.replayIfStored(ownerId, request, async () => {
      const change = await this.carts.add({ ownerId, productId: product_id, quantity, request });
      if (!change) throw invalidCartToken();
      if (change.item !== null) return { status: 201, body: change.item };
      if (change.stock === null) throw unknownProduct();
      if (change.others >= MAX_CART_LINES) throw cartFull();
      const line = await this.carts.findItem(ownerId, product_id);
      const held = line ? (JSON.parse(line) as CartItemDto).quantity : 0;
      this.refuseMoreThanALine(held + quantity);
      throw shortage(change.stock);
    });
    return withToken(body, shopper);
  }

  private refuseMoreThanALine(quantity: number): void {
    const max = this.config.maxQuantity;
    if (quantity > max) throw invalidField('quantity', `At most ${max} units of one product.`);
  }
}

/** Adds the token of a guest's cart to the JSON. */
function withToken<Answer extends CartDto | CartItemDto>(
  json: Json<Answer>,
  { guest }: Shopper,
): Json<Answer> {
  return guest ? `{"cart_token":"${guest.cartToken}",${json.slice(1)}` : json;
}

function mergeReport(merged: MergedLine[]): CartMergeDto {
  const list = (lines: MergedLine[]) => lines.map(({ is_gone: _gone, ...line }) => line);
  const isWhole = ({ quantity, wanted_quantity }: MergedLine) => quantity >= wanted_quantity;
  const there = merged.filter(({ is_gone }) => !is_gone);
  return {
    added: list(there.filter(isWhole)),
    capped: list(there.filter((line) => !isWhole(line))),
    gone: list(merged.filter(({ is_gone }) => is_gone)),
    price_changed: list(there.filter(({ added_price, unit_price }) => added_price !== unit_price)),
  };
}

function cartFull() {
  return conflict('cart_full', `A cart holds at most ${MAX_CART_LINES} different products.`);
}

function changedSince(item: CartItemDto) {
  const message = `It was changed to ${item.quantity} since it was read.`;
  return conflict('cart_item_changed', message, { quantity: [message] }, { item });
}

function shortage(left: number) {
  const message = `Only ${left} left.`;
  return conflict('insufficient_stock', message, { quantity: [message] });
}

function notInCart() {
  return notFound('cart_item_not_found', 'This product is not in the cart.');
}
