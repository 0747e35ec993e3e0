import { DataSource, type DataSourceOptions } from 'typeorm';
import { CartItem } from '../cart/cart-item.entity.js';
import { Favorite } from '../favorites/favorite.entity.js';
import { OrderItem } from '../orders/order-item.entity.js';
import { Order } from '../orders/order.entity.js';
import { JobWorker } from '../jobs/job-worker.entity.js';
import { Link } from '../links/link.entity.js';
import { Category } from '../products/category.entity.js';
import { Product } from '../products/product.entity.js';
import { StockMovement } from '../products/stock-movement.entity.js';
import { Session } from '../sessions/session.entity.js';
import { User } from '../users/user.entity.js';
import { IdempotencyKey } from '../idempotency/idempotency-key.entity.js';
import { Shop1795219200000 } from '../../migrations/1795219200000-shop.js';
import { Accounts1795222800000 } from '../../migrations/1795222800000-accounts.js';
import { NamedStatementsClient } from './named-statements.js';

/**
 * Server settings of every connection. The client gives up (`query_timeout`) after the server does, and
 * both well within the three seconds in which every request must be answered, also on a frozen database.
 */
const session = [
  'timezone=UTC',
  'statement_timeout=1500',
  'lock_timeout=1200',
  'idle_in_transaction_session_timeout=5000',
  'jit=off', // compiling costs more than any statement here runs
  'random_page_cost=1.1', // keeps small tables from sequential scans inside a checkout
];

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
    Link,
    JobWorker,
  ],
  migrations: [Shop1795219200000, Accounts1795222800000],
  migrationsTransactionMode: 'all',
  synchronize: false,
  parseInt8: true,
  applicationName: 'comptoir',
} satisfies Partial<DataSourceOptions>;

/** What stands in the table `migrations` when all have run. */
export const MIGRATION_NAMES = shared.migrations.map(({ name }) => name);

/** The one pool that serves requests. */
export function servingDataSource(url: string, poolSize: number): DataSource {
  return new DataSource({
    ...shared,
    url,
    poolSize,
    connectTimeoutMS: 1000,
    extra: {
      Client: NamedStatementsClient,
      query_timeout: 1800,
      keepAlive: true,
      options: session.map((setting) => `-c ${setting}`).join(' '),
    },
  });
}

/** Two unhurried connections for migrations, checks and scripts. */
export function maintenanceDataSource(url: string): DataSource {
  return new DataSource({
    ...shared,
    url,
    poolSize: 2,
    connectTimeoutMS: 2000,
    extra: { options: '-c timezone=UTC' },
  });
}
