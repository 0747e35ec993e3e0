import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, Repository } from 'typeorm';
import { Database, type Transaction } from '../database/database.js';
import { MOVE_STOCK } from './move-stock.sql.js';
import { Product } from './product.entity.js';
import type { StockReason } from './stock-movement.entity.js';

/** Pieces of a product that come (positive) or go (negative). */
export interface StockChange {
  product_id: number;
  delta: number;
}

/** A product and what a buyer could have of it. */
export interface AvailableStock {
  id: number;
  name: string;
  for_sale: number;
}

@Injectable()
export class StockRepository {
  constructor(
    @InjectRepository(Product) private readonly products: Repository<Product>,
    private readonly database: Database,
  ) {}

  /**
   * Moves stock and writes the ledger in one statement. Locks the products in the order of their ids. What goes
   * must be on sale and there: `products_stock_not_negative` refuses the rest.
   *
   * @returns how many of the products exist
   */
  async move(changes: StockChange[], reason: StockReason, orderId: number, tx: Transaction): Promise<number> {
    const rows = await this.database.query(
      MOVE_STOCK,
      [changes.map((change) => change.product_id), changes.map((change) => change.delta), reason, orderId],
      tx,
    );
    return rows.length;
  }

  async findAvailableStock(productIds: number[]): Promise<AvailableStock[]> {
    const products = await this.products.find({
      select: { id: true, name: true, stock: true, on_sale: true, deleted_at: true },
      where: { id: In(productIds) },
    });
    return products.map(({ id, name, stock, on_sale, deleted_at }) => ({
      id,
      name,
      for_sale: on_sale && !deleted_at ? stock : 0,
    }));
  }
}
