import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { Database, type Transaction } from '../database/database.js';
import { jsonObject } from '../database/sql.js';
import type { Json } from '../http/paging.js';
import { productJson } from '../products/product-json.js';
import type { CartDto, CartItemDto, CartSummaryDto } from './cart.dto.js';

/** What came of a change to one line of a cart. */
export interface CartChange {
  /** The cart afterwards. */
  cart: Json<CartDto>;
  changed: boolean;
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

/** The cart made of the lines that the SQL `items` names. */
function cartJson(items: string, media: string): string {
  return `SELECT row_to_json(cart)::text FROM (
      SELECT coalesce(json_agg(${itemJson(media)} ORDER BY i.created_at, i.product_id), '[]'::json) AS items,
             ${PIECES} AS total_items, ${COST} AS total
      FROM ${items} i JOIN products p ON p.id = i.product_id
    ) cart`;
}

@Injectable()
export class CartRepository {
  private readonly media: string;

  constructor(
    private readonly database: Database,
    config: Config,
  ) {
    this.media = `${config.publicUrl}/media/`;
  }

  async find(userId: number): Promise<Json<CartDto>> {
    const row = await this.database.queryOne<{ cart: string }>(
      `SELECT (${cartJson('(SELECT * FROM cart_items WHERE user_id = $1)', '$2::text')}) AS cart`,
      [userId, this.media],
    );
    return row!.cart;
  }

  async findItem(userId: number, productId: number): Promise<Json<CartItemDto> | undefined> {
    const row = await this.database.queryOne<{ json: string }>(
      `SELECT ${itemJson('$3::text')}::text AS json
       FROM cart_items i JOIN products p ON p.id = i.product_id
       WHERE i.user_id = $1 AND i.product_id = $2`,
      [userId, productId, this.media],
    );
    return row?.json;
  }

  async summarize(userId: number): Promise<Json<CartSummaryDto>> {
    const row = await this.database.queryOne<{ json: string }>(
      `SELECT row_to_json(summary)::text AS json FROM (
         SELECT ${PIECES} AS total_items, ${COST} AS total_cost
         FROM cart_items i JOIN products p ON p.id = i.product_id WHERE i.user_id = $1
       ) summary`,
      [userId],
    );
    return row!.json;
  }

  /** Adds to what the cart holds of the product, unless the sum is more than there is. */
  add(userId: number, productId: number, quantity: number, tx?: Transaction): Promise<CartChange> {
    return this.change(
      `INSERT INTO cart_items AS i (user_id, product_id, quantity)
       SELECT $1, id, $3 FROM product WHERE stock >= $3::integer
       ON CONFLICT ON CONSTRAINT cart_items_pkey DO UPDATE SET quantity = i.quantity + excluded.quantity
         WHERE i.quantity::bigint + excluded.quantity <= (SELECT stock FROM product)
       RETURNING i.*`,
      [userId, productId, quantity],
      tx,
    );
  }

  /** Sets the quantity of a line that is there, unless it is more than there is. */
  setQuantity(userId: number, productId: number, quantity: number): Promise<CartChange> {
    return this.change(
      `UPDATE cart_items i SET quantity = $3
       FROM product WHERE i.user_id = $1 AND i.product_id = product.id AND stock >= $3::integer
       RETURNING i.*`,
      [userId, productId, quantity],
    );
  }

  /** @returns whether the product was in the cart */
  async remove(userId: number, productId: number): Promise<boolean> {
    const rows = await this.database.query(
      `DELETE FROM cart_items WHERE user_id = $1 AND product_id = $2 RETURNING product_id`,
      [userId, productId],
    );
    return rows.length === 1;
  }

  /**
   * A change of one line and the whole cart after it, in one statement. The statement's snapshot does not
   * see its own change, so the line comes from the change and only the others from the table.
   */
  private async change(
    change: string,
    parameters: [userId: number, productId: number, quantity: number],
    tx?: Transaction,
  ): Promise<CartChange> {
    const row = await this.database.queryOne<CartChange>(
      `WITH product AS (
         SELECT p.id, ${FOR_SALE} AS stock FROM products p WHERE p.id = $2 AND p.deleted_at IS NULL
       ), changed AS (${change}), items AS (
         SELECT * FROM changed UNION ALL SELECT * FROM cart_items WHERE user_id = $1 AND product_id <> $2
       )
       SELECT (${cartJson('items', '$4::text')}) AS cart,
              EXISTS (SELECT FROM changed) AS changed,
              (SELECT stock FROM product) AS stock`,
      [...parameters, this.media],
      tx,
    );
    return row!;
  }
}
