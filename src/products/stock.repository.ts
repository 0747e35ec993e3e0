import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../database/database.js';
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

export interface LedgerFault {
  product_id: number;
  fault: string;
}

@Injectable()
export class StockRepository {
  constructor(private readonly database: Database) {}

  /**
   * Moves stock and writes the ledger in one statement. Locks the products in the order of their ids. What goes
   * must be on sale and there: `products_stock_not_negative` refuses the rest.
   *
   * @returns how many of the products exist
   */
  async move(changes: StockChange[], reason: StockReason, orderId: number, tx: Transaction): Promise<number> {
    const rows = await this.database.query(
      `WITH changes AS (
         SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS c (product_id, delta)
       ), locked AS MATERIALIZED (
         SELECT id FROM products WHERE id IN (SELECT product_id FROM changes) ORDER BY id FOR UPDATE
       ), moved AS (
         UPDATE products p SET
           stock = CASE WHEN c.delta > 0 OR (p.on_sale AND p.deleted_at IS NULL) THEN p.stock + c.delta ELSE -1 END,
           stock_sequence = p.stock_sequence + 1,
           updated_at = now()
         FROM changes c JOIN locked ON locked.id = c.product_id
         WHERE p.id = c.product_id
         RETURNING p.id, p.stock_sequence, c.delta, p.stock
       )
       INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason, order_id)
       SELECT id, stock_sequence, delta, stock, $3, $4 FROM moved
       RETURNING product_id`,
      [changes.map((change) => change.product_id), changes.map((change) => change.delta), reason, orderId],
      tx,
    );
    return rows.length;
  }

  findAvailableStock(productIds: number[]): Promise<AvailableStock[]> {
    return this.database.query<AvailableStock>(
      `SELECT id, name, CASE WHEN on_sale AND deleted_at IS NULL THEN stock ELSE 0 END AS for_sale
       FROM products WHERE id = ANY($1::bigint[])`,
      [productIds],
    );
  }

  /** Products whose stock the ledger does not explain, and orders whose pieces it does not hold. */
  findLedgerFaults(tx?: Transaction): Promise<LedgerFault[]> {
    return this.database.query<LedgerFault>(
      `
      WITH chain AS (
        SELECT product_id, sequence, delta, stock_after,
               lag(sequence, 1, 0) OVER by_sequence AS sequence_before,
               lag(stock_after, 1, 0) OVER by_sequence AS stock_before
        FROM stock_movements WINDOW by_sequence AS (PARTITION BY product_id ORDER BY sequence)
      ), newest AS (
        SELECT DISTINCT ON (product_id) product_id, sequence, stock_after
        FROM stock_movements ORDER BY product_id, sequence DESC
      ), moved AS (
        SELECT order_id, product_id, -sum(delta) AS quantity FROM stock_movements
        WHERE order_id IS NOT NULL GROUP BY order_id, product_id
      ), ordered AS (
        SELECT i.order_id, i.product_id, CASE WHEN o.status = 'cancelled' THEN 0 ELSE i.quantity END AS quantity
        FROM order_items i JOIN orders o ON o.id = i.order_id
      )
      SELECT product_id, 'movement ' || sequence || ' does not follow from the one before' AS fault FROM chain
      WHERE sequence <> sequence_before + 1 OR stock_after <> stock_before + delta
      UNION ALL
      SELECT p.id, 'stock is ' || p.stock || ', the ledger says ' || coalesce(n.stock_after::text, 'nothing')
      FROM products p LEFT JOIN newest n ON n.product_id = p.id
      WHERE (p.stock, p.stock_sequence) IS DISTINCT FROM (n.stock_after, n.sequence)
      UNION ALL
      SELECT product_id, 'order ' || order_id || ' holds ' || coalesce(o.quantity, 0)
                         || ', the ledger says ' || coalesce(m.quantity, 0)
      FROM moved m FULL JOIN ordered o USING (order_id, product_id)
      WHERE coalesce(m.quantity, 0) <> coalesce(o.quantity, 0)`,
      [],
      tx,
    );
  }
}
