import pg from 'pg';
import { DataSource, type DataSourceOptions, type MigrationInterface } from 'typeorm';
import { ServingClient } from './serving-client.js';

/**
 * Server settings of every connection that serves. A lock is waited for only a moment here; see `Database`. The client gives up (`query_timeout`) after the server does, and
 * both well within the three seconds in which every request must be answered, also on a frozen database.
 */
export const SESSION = {
  TimeZone: 'UTC',
  statement_timeout: '1500',
  lock_timeout: '50',
  idle_in_transaction_session_timeout: '5000',
  jit: 'off', // compiling costs more than any statement here runs
  random_page_cost: '1.1', // keeps small tables from sequential scans inside a checkout
};

/** The entities, and the migrations that make their tables. */
export interface Schema {
  entities: (new () => object)[];
  migrations: (new () => MigrationInterface)[];
}

const shared = {
  type: 'postgres',
  migrationsTransactionMode: 'all',
  synchronize: false,
  parseInt8: true,
  applicationName: 'comptoir',
} satisfies Partial<DataSourceOptions>;

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
export function servingDataSource(
  url: string,
  schema: Schema,
  poolSize: number,
  isPooled = false,
): DataSource {
  return new DataSource({
    ...shared,
    ...schema,
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
  pool.on('error', () => {}); // the next query is told
  return pool;
}

/** Two unhurried connections for migrations, checks and scripts. */
export function maintenanceDataSource(url: string, schema: Schema): DataSource {
  return new DataSource({ ...shared, ...schema, url, poolSize: 2, connectTimeoutMS: 2000 });
}

function sessionOptions(): string {
  return Object.entries(SESSION)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}
