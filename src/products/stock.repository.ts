import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import { Database, type Transaction } from '../database/database.js';
import { MOVE_STOCK } from './move-stock.sql.js';
import { Product } from './product.entity.js';
import type { StockReason } from './stock-movement.entity.js';

/** Units of a product to add (positive) or take (negative). */
export interface StockChange {
  product_id: number;
  delta: number;
}

/** Why stock moves, and the actor: null for housekeeping. */
export interface StockCause {
  reason: StockReason;
  orderId: number;
  actorId: number | null;
}

/** A product and its available stock. */
export interface AvailableStock {
  id: number;
  name: string;
  for_sale: number;
  state: 'available' | 'off_sale' | 'gone';
}

@Injectable()
export class StockRepository {
  constructor(
    @InjectRepository(Product) private readonly products: Repository<Product>,
    private readonly database: Database,
  ) {}

  /**
   * Moves stock and writes the ledger in one statement. It locks the products in the order of their ids. It violates
   * `products_stock_not_negative` when taken units are not on sale or not in stock.
   *
   * @returns how many of the products exist
   */
  async move(changes: StockChange[], cause: StockCause, tx: Transaction): Promise<number> {
    const { reason, orderId, actorId } = cause;
    const rows = await this.database.query(
      MOVE_STOCK,
      [
        changes.map((change) => change.product_id),
        changes.map((change) => change.delta),
        reason,
        orderId,
        actorId,
      ],
      tx,
    );
    return rows.length;
  }

  /** Locks the products without waiting. @returns whether all of them are locked */
  async lockAtOnce(productIds: number[], tx: Transaction): Promise<boolean> {
    const locked = await tx.getRepository(Product).find({
      select: { id: true },
      where: { id: In(productIds) },
      order: { id: 'ASC' },
      lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' },
    });
    return locked.length === productIds.length;
  }

  async priceOf(lines: { product_id: number; quantity: number }[]): Promise<string> {
    const row = await this.database.queryOne<{ price: string }>(
      `SELECT coalesce(sum(p.price * line.quantity), 0)::numeric(24, 2)::text AS price
       FROM unnest($1::bigint[], $2::bigint[]) AS line (product_id, quantity) JOIN products p ON p.id = line.product_id`,
      [lines.map((line) => line.product_id), lines.map((line) => line.quantity)],
    );
    return row!.price;
  }

  /** With `tx` it locks the products, in the order of their ids. */
  async findAvailableStock(productIds: number[], tx?: Transaction): Promise<AvailableStock[]> {
    const products = await (tx?.getRepository(Product) ?? this.products).find({
      select: { id: true, name: true, stock: true, on_sale: true, deleted_at: true },
      where: { id: In(productIds) },
      order: { id: 'ASC' },
      ...(tx && { lock: { mode: 'pessimistic_write' } }),
    });
    return products.map(({ id, name, stock, on_sale, deleted_at }) => ({
      id,
      name,
      for_sale: on_sale && !deleted_at ? stock : 0,
      state: deleted_at ? 'gone' : on_sale ? 'available' : 'off_sale',
    }));
  }
}
