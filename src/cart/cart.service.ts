import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import type { Transaction } from '../database/database.js';
import type { Json } from '../http/paging.js';
import { conflict, invalidField, notFound } from '../http/problem.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import type { IdempotentRequest } from '../idempotency/idempotent-request.js';
import { unknownProduct } from '../products/product-problems.js';
import type {
  AddCartItemDto,
  CartDto,
  CartItemDto,
  CartSummaryDto,
  SetQuantityDto,
  UpdateCartItemDto,
} from './cart.dto.js';
import { type CartLine, CartRepository, MAX_CART_LINES } from './cart.repository.js';

/** One cart a user. It reserves nothing: its products may be sold to others. */
@Injectable()
export class CartService {
  constructor(
    private readonly carts: CartRepository,
    private readonly idempotency: IdempotencyService,
    private readonly config: Config,
  ) {}

  find(userId: number): Promise<Json<CartDto>> {
    return this.carts.find(userId);
  }

  /** Products and quantities alone. */
  findLines(userId: number): Promise<CartLine[]> {
    return this.carts.findLines(userId);
  }

  /** @throws Problem 404 when the product is not in the cart */
  async findItem(userId: number, productId: number): Promise<Json<CartItemDto>> {
    const item = await this.carts.findItem(userId, productId);
    if (!item) throw notInCart();
    return item;
  }

  summarize(userId: number): Promise<Json<CartSummaryDto>> {
    return this.carts.summarize(userId);
  }

  /** Keeps the cart as it is until the transaction ends. */
  lockLines(userId: number, tx: Transaction): Promise<CartLine[]> {
    return this.carts.lockLines(userId, tx);
  }

  removeAll(userId: number, productIds: number[], tx: Transaction): Promise<void> {
    return this.carts.removeAll(userId, productIds, tx);
  }

  /**
   * Adds pieces of a product to those already in the cart.
   *
   * @throws Problem 400 for more than a line takes; 404 for an unknown product; 409 when there are not that many, or
   *   for one product more than a cart takes
   */
  async add(
    userId: number,
    { product_id, quantity }: AddCartItemDto,
    request?: IdempotentRequest,
  ): Promise<Json<CartItemDto>> {
    const { body } = await this.idempotency.replayIfStored(userId, request, async () => {
      const change = await this.carts.add({ userId, productId: product_id, quantity, request });
      if (change.item !== null) return { status: 201, body: change.item };
      if (change.stock === null) throw unknownProduct();
      if (change.others >= MAX_CART_LINES) throw cartFull();
      const line = await this.carts.findItem(userId, product_id);
      const held = line ? (JSON.parse(line) as CartItemDto).quantity : 0;
      this.refuseMoreThanALine(held + quantity);
      throw shortage(change.stock);
    });
    return body;
  }

  /** @throws Problem as `setQuantity` does */
  async updateItem(userId: number, { product_id, ...item }: UpdateCartItemDto): Promise<Json<CartDto>> {
    await this.setQuantity(userId, product_id, item);
    return this.find(userId);
  }

  /**
   * @throws Problem 400 for more than a line takes; 404 when the product is not in the cart; 409 when there are not
   *   that many, or `cart_item_changed` when the quantity is another one than `version` held
   */
  async setQuantity(
    userId: number,
    productId: number,
    { quantity, version }: SetQuantityDto,
  ): Promise<Json<CartItemDto>> {
    this.refuseMoreThanALine(quantity);
    const change = await this.carts.setQuantity(userId, productId, quantity, version);
    if (change.item !== null) return change.item;
    const item = JSON.parse(await this.findItem(userId, productId)) as CartItemDto;
    if (version && version !== item.version) throw changedSince(item);
    throw shortage(change.stock ?? 0);
  }

  /** @throws Problem 400 without a product, 404 when it is not in the cart */
  async remove(userId: number, productId: number | undefined): Promise<Json<CartDto>> {
    if (productId === undefined) {
      throw invalidField('product_id', 'product_id is required, in the body or in the query');
    }
    if (!(await this.carts.remove(userId, productId))) throw notInCart();
    return this.find(userId);
  }

  private refuseMoreThanALine(quantity: number): void {
    const max = this.config.maxQuantity;
    if (quantity > max) throw invalidField('quantity', `At most ${max} pieces of one product.`);
  }
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
