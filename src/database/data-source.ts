import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { CartItem } from '../cart/cart-item.entity.js';
import { Favorite } from '../favorites/favorite.entity.js';
import { OrderItem } from '../orders/order-item.entity.js';
import { Order } from '../orders/order.entity.js';
import { JobWorker } from '../jobs/job-worker.entity.js';
import { AccountToken } from '../account-tokens/account-token.entity.js';
import { Category } from '../products/category.entity.js';
import { Product } from '../products/product.entity.js';
import { StockMovement } from '../products/stock-movement.entity.js';
import { Session } from '../sessions/session.entity.js';
import { User } from '../users/user.entity.js';
import { IdempotencyKey } from '../idempotency/idempotency-key.entity.js';
import { Tables1795219200000 } from '../../migrations/1795219200000-tables.js';
import { Functions1795222800000 } from '../../migrations/1795222800000-functions.js';
import { ServingClient } from './serving-client.js';

/**
 * Server settings of every connection that serves. The client gives up (`query_timeout`) after the server does, and
 * both well within the three seconds in which every request must be answered, also on a frozen database.
 */
export const SESSION = {
  TimeZone: 'UTC',
  statement_timeout: '1500',
  lock_timeout: '1200',
  idle_in_transaction_session_timeout: '5000',
  jit: 'off', // compiling costs more than any statement here runs
  random_page_cost: '1.1', // keeps small tables from sequential scans inside a checkout
};

const shared = {
  type: 'postgres',
  entities: [
    User,
    Session,
    Category,
    Product,
    StockMovement,
    CartItem,
    Order,
    OrderItem,
    Favorite,
    IdempotencyKey,
    AccountToken,
    JobWorker,
  ],
  migrations: [Tables1795219200000, Functions1795222800000],
  migrationsTransactionMode: 'all',
  synchronize: false,
  parseInt8: true,
  applicationName: 'comptoir',
} satisfies Partial<DataSourceOptions>;

/** What stands in the table `migrations` when all have run. */
export const MIGRATION_NAMES = shared.migrations.map(({ name }) => name);

/**
 * @param isPooled whether a pooler gives each transaction another of its own connections: those know neither a
 *   statement's name nor the options that a connection was opened with
 */
function serving(isPooled: boolean) {
  return {
    Client: ServingClient,
    isPooled,
    query_timeout: 1800,
    keepAlive: true,
    ...(!isPooled && { options: sessionOptions() }),
  };
}

/** The one pool that serves requests. */
export function servingDataSource(url: string, poolSize: number, isPooled = false): DataSource {
  return new DataSource({
    ...shared,
    url,
    poolSize,
    connectTimeoutMS: 1000,
    extra: serving(isPooled),
  });
}

/** Connections to a replica. They are given up soon, so that there is time left to ask the primary. */
export function replicaPool(url: string): pg.Pool {
  const pool = new pg.Pool({
    ...serving(false),
    connectionString: url,
    application_name: shared.applicationName,
    max: 10,
    connectionTimeoutMillis: 500,
    query_timeout: 500,
  });
  pool.on('error', () => {}); // whoever asks next is told
  return pool;
}

/** Two unhurried connections for migrations, checks and scripts. */
export function maintenanceDataSource(url: string): DataSource {
  return new DataSource({ ...shared, url, poolSize: 2, connectTimeoutMS: 2000 });
}

function sessionOptions(): string {
  return Object.entries(SESSION)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}
