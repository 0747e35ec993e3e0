import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import { Config } from '../config/config.js';
import { createLockingBatcher } from '../database/create-batcher.js';
import { Database, type Query, type Transaction } from '../database/database.js';
import type { Json } from '../http/paging.js';
import type { IdempotentRequest } from '../idempotency/idempotent-request.js';
import { keyParameters } from '../idempotency/store-responses.js';
import { FIND_BLOCKED_BUYERS } from '../products/find-blocked-buyers.sql.js';
import { ADD_TO_CARTS } from './add-to-carts.sql.js';
import { CartItem } from './cart-item.entity.js';
import type { CartDto, CartItemDto, CartSummaryDto } from './cart.dto.js';
import { MERGE_CARTS } from './merge-carts.sql.js';
import { READ_CART_ITEM } from './read-cart-item.sql.js';
import { READ_CART } from './read-cart.sql.js';
import { SET_CART_QUANTITY } from './set-cart-quantity.sql.js';
import { SUMMARIZE_CART } from './summarize-cart.sql.js';

/** Most different products in a cart; an order takes as many. */
export const MAX_CART_LINES = 100;

/** Units of a product to add to a cart. */
export interface CartAddition {
  ownerId: number;
  productId: number;
  quantity: number;
  request?: IdempotentRequest;
}

export interface CartLine {
  product_id: number;
  quantity: number;
}

/** The result of a change to one line of a cart. */
export interface CartChange {
  /** The line afterwards, or null when it was not changed. */
  item: Json<CartItemDto> | null;
  /** Units of the product for sale, or null for an unknown product. */
  stock: number | null;
}

/** A line of a guest's cart that went into a user's. */
export interface MergedLine {
  product_id: number;
  product_name: string;
  /** What both carts held together. */
  wanted_quantity: number;
  /** What the user's cart holds now. */
  quantity: number;
  is_gone: boolean;
  added_price: string;
  unit_price: string;
}

export interface CartAdded extends CartChange {
  /** Other products in the cart. */
  others: number;
}

@Injectable()
export class CartRepository {
  /** Adds to the units in the cart unless the sum exceeds the stock; undefined when a guest's cart does not exist any more. */
  readonly add: (addition: CartAddition) => Promise<CartAdded | undefined>;
  private readonly media: string;
  private readonly maxQuantity: number;

  constructor(
    @InjectRepository(CartItem) private readonly items: Repository<CartItem>,
    private readonly database: Database,
    config: Config,
  ) {
    this.media = config.mediaUrl;
    this.maxQuantity = config.maxQuantity;
    this.add = createLockingBatcher<CartAddition, CartAdded | undefined>(
      database,
      (additions, query) => this.addAll(additions, query),
      (additions) => this.findBlocked(additions),
      { distinctBy: ({ ownerId }) => ownerId },
    );
  }

  async find(ownerId: number, tx?: Transaction): Promise<Json<CartDto>> {
    const row = await this.database.queryOne<{ json: string }>(READ_CART, [ownerId, this.media], tx);
    return row!.json;
  }

  async findItem(ownerId: number, productId: number): Promise<Json<CartItemDto> | undefined> {
    const row = await this.database.queryOne<{ json: string }>(READ_CART_ITEM, [
      ownerId,
      productId,
      this.media,
    ]);
    return row?.json;
  }

  async summarize(ownerId: number): Promise<Json<CartSummaryDto>> {
    const row = await this.database.queryOne<{ json: string }>(SUMMARIZE_CART, [ownerId]);
    return row!.json;
  }

  /** Sets the quantity of a line, unless it exceeds the stock. */
  async setQuantity(
    ownerId: number,
    productId: number,
    quantity: number,
    version?: number | null,
  ): Promise<CartChange> {
    return (await this.database.queryOne<CartChange>(SET_CART_QUANTITY, [
      ownerId,
      productId,
      quantity,
      this.media,
      version,
    ]))!;
  }

  /** @returns whether the product was in the cart */
  async remove(ownerId: number, productId: number, tx: Transaction): Promise<boolean> {
    const line = { user_id: ownerId, product_id: productId };
    const { affected } = await tx.getRepository(CartItem).delete(line);
    return affected === 1;
  }

  /** Locks the lines of a cart until the transaction ends, in the order in which a checkout locks them. */
  lockLines(ownerId: number, tx: Transaction): Promise<CartLine[]> {
    return tx.getRepository(CartItem).find({
      select: { product_id: true, quantity: true, created_at: true },
      where: { user_id: ownerId },
      order: { product_id: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
  }

  async removeAll(ownerId: number, productIds: number[], tx: Transaction): Promise<void> {
    await tx.getRepository(CartItem).delete({ user_id: ownerId, product_id: In(productIds) });
  }

  /** Moves what a guest's cart holds into a user's. */
  merge(guestId: number, userId: number, tx: Transaction): Promise<MergedLine[]> {
    const parameters = [guestId, userId, this.maxQuantity, MAX_CART_LINES];
    return this.database.query<MergedLine>(MERGE_CARTS, parameters, tx);
  }

  findLines(ownerId: number): Promise<CartLine[]> {
    return this.items.find({
      select: { product_id: true, quantity: true },
      where: { user_id: ownerId },
      order: { product_id: 'ASC' },
    });
  }

  /** The product that each of these would have to wait for, if any. */
  private async findBlocked(additions: CartAddition[]): Promise<(number | undefined)[]> {
    const blocked = await this.database.query<{ user_id: number; product_id: number }>(FIND_BLOCKED_BUYERS, [
      additions.map(({ ownerId }) => ownerId),
      additions.map(({ productId }) => productId),
    ]);
    const byUser = new Map(blocked.map(({ user_id, product_id }) => [user_id, product_id]));
    return additions.map(({ ownerId }) => byUser.get(ownerId));
  }

  private async addAll(additions: CartAddition[], query: Query): Promise<(CartAdded | undefined)[]> {
    const changes = await query<CartAdded & { user_id: number }>(ADD_TO_CARTS, [
      additions.map(({ ownerId }) => ownerId),
      additions.map(({ productId }) => productId),
      additions.map(({ quantity }) => quantity),
      ...keyParameters(additions.map(({ request }) => request)),
      this.media,
      this.maxQuantity,
      MAX_CART_LINES,
    ]);
    const byUser = new Map(changes.map((change) => [change.user_id, change]));
    return additions.map(({ ownerId }) => byUser.get(ownerId));
  }
}
