import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { createBatcher } from '../database/create-batcher.js';
import { Database } from '../database/database.js';
import { jsonObject } from '../database/sql.js';
import type { Json } from '../http/paging.js';
import type { IdempotentRequest } from '../idempotency/idempotent-request.js';
import { STORE_RESPONSES, keyParameters } from '../idempotency/store-responses.js';
import { productJson } from '../products/product-json.js';
import type { CartDto, CartItemDto, CartSummaryDto } from './cart.dto.js';

/** Pieces of a product for a user's cart. */
export interface CartAddition {
  userId: number;
  productId: number;
  quantity: number;
  request?: IdempotentRequest;
}

/** What came of a change to one line of a cart. */
export interface CartChange {
  /** The line afterwards, or null when it was not changed. */
  item: Json<CartItemDto> | null;
  /** Pieces of the product on sale, or null for an unknown product. */
  stock: number | null;
}

/** Pieces that a product `p` has for sale. */
const FOR_SALE = `CASE WHEN p.on_sale THEN p.stock ELSE 0 END`;

const PIECES = `coalesce(sum(i.quantity), 0)`;
const COST = `coalesce(sum(i.quantity * p.price), 0)::numeric(24, 2)::text`;

/** A line `i` of a cart with its product `p`. */
function itemJson(media: string): string {
  return jsonObject({
    id: 'p.id',
    product: productJson(media),
    quantity: 'i.quantity',
    unit_price: 'p.price::text',
    subtotal: '(i.quantity * p.price)::numeric(24, 2)::text',
  });
}

const CART = `
  SELECT row_to_json(cart)::text AS json FROM (
    SELECT coalesce(json_agg(${itemJson('$2::text')} ORDER BY i.created_at, i.product_id), '[]'::json) AS items,
           ${PIECES} AS total_items, ${COST} AS total
    FROM cart_items i JOIN products p ON p.id = i.product_id WHERE i.user_id = $1
  ) cart`;

const ITEM = `
  SELECT ${itemJson('$3::text')}::text AS json
  FROM cart_items i JOIN products p ON p.id = i.product_id
  WHERE i.user_id = $1 AND i.product_id = $2`;

const SUMMARY = `
  SELECT row_to_json(summary)::text AS json FROM (
    SELECT ${PIECES} AS total_items, ${COST} AS total_cost
    FROM cart_items i JOIN products p ON p.id = i.product_id WHERE i.user_id = $1
  ) summary`;

/**
 * Adds to the carts of distinct users, for arrays of (user, product, quantity, key, fingerprint) and media; keeps what
 * it answers them, and answers a `CartChange` for each. Lines are taken in the order of their products, as a
 * checkout takes them.
 */
const ADD = `
  WITH wanted AS (
    SELECT p.*, ${FOR_SALE} AS for_sale, w.*
    FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::text[], $5::bytea[])
      AS w (user_id, product_id, quantity, key, fingerprint)
    LEFT JOIN products p ON p.id = w.product_id AND p.deleted_at IS NULL
  ), changed AS (
    INSERT INTO cart_items AS i (user_id, product_id, quantity)
    SELECT user_id, product_id, quantity FROM wanted WHERE for_sale >= quantity ORDER BY product_id, user_id
    ON CONFLICT ON CONSTRAINT cart_items_pkey DO UPDATE SET quantity = i.quantity + excluded.quantity
      WHERE i.quantity::bigint + excluded.quantity
            <= (SELECT for_sale FROM wanted w WHERE w.user_id = excluded.user_id)
    RETURNING i.*
  ), answers AS (
    SELECT i.user_id, ${itemJson('$6::text')}::text AS json, p.key, p.fingerprint
    FROM changed i JOIN wanted p ON p.user_id = i.user_id
  ), kept AS (${STORE_RESPONSES})
  SELECT user_id, answers.json AS item, CASE WHEN wanted.id IS NOT NULL THEN wanted.for_sale END AS stock
  FROM wanted LEFT JOIN answers USING (user_id)`;

const SET_QUANTITY = `
  WITH product AS (
    SELECT p.*, ${FOR_SALE} AS for_sale FROM products p WHERE p.id = $2 AND p.deleted_at IS NULL
  ), changed AS (
    UPDATE cart_items i SET quantity = $3
    FROM product WHERE i.user_id = $1 AND i.product_id = product.id AND for_sale >= $3::integer
    RETURNING i.*
  )
  SELECT (SELECT ${itemJson('$4::text')}::text FROM changed i, product p) AS item,
         (SELECT for_sale FROM product) AS stock`;

@Injectable()
export class CartRepository {
  private readonly media: string;

  constructor(
    private readonly database: Database,
    config: Config,
  ) {
    this.media = config.mediaUrl;
  }

  async find(userId: number): Promise<Json<CartDto>> {
    const row = await this.database.queryOne<{ json: string }>(CART, [userId, this.media]);
    return row!.json;
  }

  async findItem(userId: number, productId: number): Promise<Json<CartItemDto> | undefined> {
    const row = await this.database.queryOne<{ json: string }>(ITEM, [userId, productId, this.media]);
    return row?.json;
  }

  async summarize(userId: number): Promise<Json<CartSummaryDto>> {
    const row = await this.database.queryOne<{ json: string }>(SUMMARY, [userId]);
    return row!.json;
  }

  /** Adds to what the cart holds of the product, unless the sum is more than there is. */
  readonly add = createBatcher((additions: CartAddition[]) => this.addAll(additions), {
    distinctBy: ({ userId }) => userId,
  });

  /** Sets the quantity of a line that is there, unless it is more than there is. */
  async setQuantity(userId: number, productId: number, quantity: number): Promise<CartChange> {
    return (await this.database.queryOne<CartChange>(SET_QUANTITY, [
      userId,
      productId,
      quantity,
      this.media,
    ]))!;
  }

  /** @returns whether the product was in the cart */
  async remove(userId: number, productId: number): Promise<boolean> {
    const rows = await this.database.query(
      `DELETE FROM cart_items WHERE user_id = $1 AND product_id = $2 RETURNING product_id`,
      [userId, productId],
    );
    return rows.length === 1;
  }

  private async addAll(additions: CartAddition[]): Promise<CartChange[]> {
    const changes = await this.database.query<CartChange & { user_id: number }>(ADD, [
      additions.map(({ userId }) => userId),
      additions.map(({ productId }) => productId),
      additions.map(({ quantity }) => quantity),
      ...keyParameters(additions.map(({ request }) => request)),
      this.media,
    ]);
    const byUser = new Map(changes.map((change) => [change.user_id, change]));
    return additions.map(({ userId }) => byUser.get(userId)!);
  }
}
