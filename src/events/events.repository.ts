import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { FIND_CHANGED_ORDERS } from './find-changed-orders.sql.js';
import { FIND_STOCKS } from './find-stocks.sql.js';

export interface WatchedStock {
  id: number;
  stock: number;
  available: boolean;
}

export interface ChangedOrder {
  user_id: number;
  id: number;
  status: string;
  version: number;
}

@Injectable()
export class EventsRepository {
  constructor(private readonly database: Database) {}

  async findStocks(products: number[]): Promise<WatchedStock[]> {
    return products.length > 0 ? this.database.query(FIND_STOCKS, [products]) : [];
  }

  /** Orders that were placed or changed in the last ten seconds. */
  async findChangedOrders(users: number[]): Promise<ChangedOrder[]> {
    return users.length > 0 ? this.database.query(FIND_CHANGED_ORDERS, [users]) : [];
  }
}
