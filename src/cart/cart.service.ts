import { Injectable } from '@nestjs/common';
import type { Json } from '../http/paging.js';
import { conflict, invalidField, notFound } from '../http/problem.js';
import { IdempotencyService } from '../idempotency/idempotency.service.js';
import type { IdempotentRequest } from '../idempotency/idempotent-request.js';
import { unknownProduct } from '../products/products.service.js';
import type { AddCartItemDto, CartDto, CartItemDto, CartSummaryDto, UpdateCartItemDto } from './cart.dto.js';
import { type CartLine, CartRepository } from './cart.repository.js';

/** One cart a user. It reserves nothing: what is in it may be sold to somebody else. */
@Injectable()
export class CartService {
  constructor(
    private readonly carts: CartRepository,
    private readonly idempotency: IdempotencyService,
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

  /**
   * Adds pieces of a product to those already in the cart.
   *
   * @throws Problem 404 for an unknown product, 409 when there are not that many
   */
  async add(
    userId: number,
    { product_id, quantity }: AddCartItemDto,
    request?: IdempotentRequest,
  ): Promise<Json<CartItemDto>> {
    const { body } = await this.idempotency.replayIfStored(userId, request, async () => {
      const change = await this.carts.add({ userId, productId: product_id, quantity, request });
      if (change.stock === null) throw unknownProduct();
      if (change.item === null) throw shortage(change.stock);
      return { status: 201, body: change.item };
    });
    return body;
  }

  /** @throws Problem as `setQuantity` does */
  async updateItem(userId: number, { product_id, quantity }: UpdateCartItemDto): Promise<Json<CartDto>> {
    await this.setQuantity(userId, product_id, quantity);
    return this.find(userId);
  }

  /** @throws Problem 404 when the product is not in the cart, 409 when there are not that many */
  async setQuantity(userId: number, productId: number, quantity: number): Promise<Json<CartItemDto>> {
    const change = await this.carts.setQuantity(userId, productId, quantity);
    if (change.item !== null) return change.item;
    await this.findItem(userId, productId);
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
}

function shortage(left: number) {
  const message = `Only ${left} left.`;
  return conflict('insufficient_stock', message, { quantity: [message] });
}

function notInCart() {
  return notFound('cart_item_not_found', 'This product is not in the cart.');
}
