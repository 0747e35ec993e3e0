import { Injectable } from '@nestjs/common';
import { databaseFault, isOutOfRange, type Transaction, violates } from '../database/database.js';
import { conflict, type FieldErrors, notFound, Problem } from '../http/problem.js';
import {
  type AvailableStock,
  type StockCause,
  type StockChange,
  StockRepository,
} from './stock.repository.js';

/** The requested units of a product, and the field of the request that names them. */
export interface RequestedItem extends StockDemand {
  field: string;
}

interface StockDemand {
  product_id: number;
  quantity: number;
}

const NOT_NULL_VIOLATION = '23502';

@Injectable()
export class StockService {
  constructor(private readonly stock: StockRepository) {}

  /**
   * Moves stock in the caller's transaction, and writes the ledger. A shortage fails the transaction: the caller must roll
   * back and can then call `explain`.
   *
   * @throws Problem 404 for an unknown product; 409 `stock_too_large` when units come back to a stock that cannot hold them
   */
  async move(changes: StockChange[], cause: StockCause, tx: Transaction): Promise<void> {
    if (changes.length === 0) return;
    const moved = await this.stock.move(changes, cause, tx).catch((error) => {
      // Units that are taken never leave the range: no line has more than an integer holds.
      throw isOutOfRange(error) ? stockTooLarge() : error;
    });
    if (moved < changes.length) throw notFound('product_not_found', 'There is no such product.');
  }

  /**
   * The error for a buyer whose statement failed for lack of stock: 404 naming unknown products, or 409 naming those that
   * are short. Any other error is returned unchanged. It reads outside of any transaction.
   */
  async explain(error: unknown, items: RequestedItem[], advice = ''): Promise<unknown> {
    if (!this.isShortage(error)) return error;
    const stocks = await this.stocksOf(items);
    return unknownProducts(items, stocks) ?? shortage(items, stocks, advice);
  }

  /**
   * The items that are available. It locks the products of all of them until the transaction ends.
   *
   * @param advice what the buyer can do when none is
   * @throws Problem 404 naming products that never existed; 409 naming all items when none is available
   */
  async lockAvailable(items: RequestedItem[], advice: string, tx: Transaction): Promise<RequestedItem[]> {
    const stocks = await this.stocksOf(items, tx);
    const unknown = unknownProducts(items, stocks);
    if (unknown) throw unknown;
    const available = items.filter(
      ({ product_id, quantity }) => quantity <= stocks.get(product_id)!.for_sale,
    );
    if (available.length === 0) throw shortage(items, stocks, advice);
    return available;
  }

  /** Locks the products until the transaction ends, without waiting. @returns false if another transaction has locked one */
  lockAtOnce(lines: StockDemand[], tx: Transaction): Promise<boolean> {
    return this.stock.lockAtOnce([...new Set(lines.map((line) => line.product_id))], tx);
  }

  /** The present price of these units, as a decimal with two digits. */
  priceOf(lines: StockDemand[]): Promise<string> {
    return this.stock.priceOf(lines);
  }

  /** Whether a statement failed because of too little stock, or an unknown product. */
  isShortage(error: unknown): boolean {
    return (
      violates(error, 'products_stock_not_negative') ||
      databaseFault(error)?.sqlState === NOT_NULL_VIOLATION ||
      isOutOfRange(error)
    );
  }

  private async stocksOf(items: RequestedItem[], tx?: Transaction): Promise<Stocks> {
    const ids = items.map(({ product_id }) => product_id);
    const stocks = await this.stock.findAvailableStock(ids, tx);
    return new Map(stocks.map((stock) => [stock.id, stock]));
  }
}

/** Stocks by the id of the product, deleted products included. */
type Stocks = Map<number, AvailableStock>;

/** 404 naming products that never existed, if there are any. */
function unknownProducts(items: RequestedItem[], stocks: Stocks): Problem | undefined {
  const unknown = items.filter(({ product_id }) => !stocks.has(product_id));
  if (unknown.length === 0) return undefined;
  const errors = fieldErrors(unknown, ({ product_id }) => `There is no product ${product_id}.`);
  return new Problem('not_found', 'product_not_found', 'There is no such product.', { errors });
}

/** 409 naming the items that are short, off sale or gone. @param advice what the buyer can do about it */
function shortage(items: RequestedItem[], stocks: Stocks, advice: string): Problem {
  const short = items.filter(({ product_id, quantity }) => quantity > stocks.get(product_id)!.for_sale);
  const errors = fieldErrors(short, ({ product_id, quantity }) => {
    const { name, for_sale } = stocks.get(product_id)!;
    return `Only ${for_sale} of “${name}” left, ${quantity} wanted.`;
  });
  const unavailable = short.map(({ product_id, quantity }) => {
    const { name, for_sale, state } = stocks.get(product_id)!;
    const why = state === 'available' ? 'short' : state;
    return { product_id, product_name: name, state: why, wanted: quantity, available: for_sale };
  });
  return conflict(
    'insufficient_stock',
    `There is not enough stock. ${advice}`.trim(),
    short.length > 0 ? errors : undefined,
    short.length > 0 ? { unavailable } : undefined,
  );
}

function fieldErrors(items: RequestedItem[], message: (item: RequestedItem) => string): FieldErrors {
  return Object.fromEntries(items.map((item) => [item.field, [message(item)]]));
}

function stockTooLarge() {
  const message = 'The stock of a product cannot hold the units that would come back. Lower it first.';
  return conflict('stock_too_large', message);
}
