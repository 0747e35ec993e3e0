import pg from 'pg';
import { DataSource, type DataSourceOptions, type MigrationInterface } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { ServingClient } from './serving-client.js';

/**
 * Server settings of every connection that serves requests, in milliseconds. Statements wait for a lock only briefly; see
 * `Database`. The client gives up (`query_timeout`) after the server does. Both happen within the three seconds in which
 * every request must be answered, even when the database hangs.
 */
export const SESSION = {
  TimeZone: 'UTC',
  DateStyle: 'ISO', // pg reads times in no other
  default_transaction_isolation: 'read committed', // what all locks and retries here assume
  statement_timeout: '1500',
  lock_timeout: '50',
  idle_in_transaction_session_timeout: '5000',
  jit: 'off', // compilation only pays off for statements that run for long
  random_page_cost: '1.1', // keeps small tables from sequential scans inside a checkout
};

/** How long a start, a command or a migration waits for one connection, in milliseconds: the machine may be busy. */
export const CONNECT_MS = 10_000;
/** How long a request does. */
const CONNECT_FOR_REQUEST_MS = 1_000;

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
 * @param isPooled whether a pooler may run each transaction on another server connection, which has neither prepared
 *   statements nor the connection's options
 */
function serving(url: string, isPooled: boolean) {
  return {
    Client: ServingClient,
    isPooled,
    query_timeout: 1800,
    keepAlive: true,
    connectionString: isPooled ? url : withSession(url),
  };
}

/** The pool of connections that serve requests. Until `boundWaitForConnections` it is for the start. */
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
    connectTimeoutMS: CONNECT_MS,
    extra: serving(url, isPooled),
  });
}

/** Makes the pool refuse what gets no connection in time to answer a request. (It reads this option each time.) */
export function boundWaitForConnections({ driver }: DataSource): void {
  ((driver as PostgresDriver).master as pg.Pool).options.connectionTimeoutMillis = CONNECT_FOR_REQUEST_MS;
}

/** Connections to a replica. Their timeouts are short, so that there is time left for the primary. */
export function replicaPool(url: string): pg.Pool {
  const pool = new pg.Pool({
    ...serving(url, false),
    application_name: shared.applicationName,
    max: 10,
    connectionTimeoutMillis: 500,
    query_timeout: 500,
  });
  pool.on('error', () => {}); // the next query fails and reports it
  return pool;
}

/** Two connections without timeouts for migrations, checks and scripts. */
export function maintenanceDataSource(url: string, schema: Schema): DataSource {
  return new DataSource({ ...shared, ...schema, url, poolSize: 2, connectTimeoutMS: CONNECT_MS });
}

/** The address with the session's settings after its own options. (`pg` ignores options beside an address that has some.) */
function withSession(address: string): string {
  const [url = ''] = address.split('#');
  const own = /[?&]options=([^&]*)/.exec(url)?.[1];
  const settings = Object.entries(SESSION).map(
    ([name, value]) => `-c%20${name}=${value.replaceAll(' ', '\\%20')}`,
  );
  return `${url}${url.includes('?') ? '&' : '?'}options=${[...(own ? [own] : []), ...settings].join('%20')}`;
}
