import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { type DataSource, type EntityManager, MigrationExecutor } from 'typeorm';
import { ConfigError } from '../config/config-error.js';
import {
  boundWaitForConnections,
  CONNECT_MS,
  maintenanceDataSource,
  type Schema,
  servingDataSource,
} from './data-source.js';
import { isUnreachable } from './database.js';
import type { Server } from './find-server.js';
import { migrateJobQueue, QUEUE_MIGRATION } from './job-queue.js';
import { explainFailedMigration, explainUnreachable, isWrongAddress } from './server-errors.js';
import { isBehindPooler, keepSettingsWithRole, withoutHurry } from './pooler.js';

export interface OpenDatabase {
  dataSource: DataSource;
  /** From now on the pool gives up on a connection in time for the answer to a request. Call it when the start is done. */
  hurry(): void;
  /** Closes the pool and, on the embedded server, stops it when no other process uses it. */
  close(): Promise<void>;
}

/** How long a step of a start or a command tries to reach PostgreSQL, which may be starting as well, or on a busy machine. */
const WAIT_FOR_SERVER_MS = 60_000;
const MIGRATION_LOCK = 0x636f6d70; // "comp"

/** Largest pool of one process, and smallest: with one connection, a transaction that needs a second would never end. */
const MOST_CONNECTIONS = 10;
const LEAST_CONNECTIONS = 2;
/** Connections of each process's job worker, beside its pool. */
const JOB_CONNECTIONS = 3;

/**
 * Refuses a server that could lose an acknowledged order, migrates the database and opens the pool that serves
 * requests.
 *
 * @param processes number of processes that share the server's connections, including this one
 * @throws ConfigError when the server cannot be reached, is set up unsafely or allows too few connections
 */
export function openDatabase(server: Server, schema: Schema, processes = 1): Promise<OpenDatabase> {
  return open(server, async (url) => {
    const { connections, isPooled } = await whenReachable(() => prepare(url, schema));
    const size = poolSize(connections, processes);
    return whenReachable(() => servingDataSource(url, schema, size, isPooled).initialize());
  });
}

/**
 * Connects without migrating and without timeouts, for a check or a script.
 *
 * @throws ConfigError when the server cannot be reached
 */
export function openForMaintenance(server: Server, schema: Schema): Promise<OpenDatabase> {
  return open(server, (url) => whenReachable(() => maintenanceDataSource(url, schema).initialize()));
}

async function open(server: Server, connectTo: (url: string) => Promise<DataSource>): Promise<OpenDatabase> {
  try {
    const dataSource = await connectTo(server.url);
    return {
      dataSource,
      hurry: () => boundWaitForConnections(dataSource),
      async close() {
        if (dataSource.isInitialized) await dataSource.destroy();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** @returns how many connections the server allows, and whether it is behind a pooler */
async function prepare(url: string, schema: Schema): Promise<{ connections: number; isPooled: boolean }> {
  const client = await connect(url);
  try {
    const isPooled = await isBehindPooler(client);
    const { connections } = await inspectServer(client);
    if (isPooled) await whileMaintained(url, schema, (tx) => keepSettingsWithRole(tx));
    if (!(await isMigrated(client, schema))) await whileMaintained(url, schema, (tx) => migrate(tx, url));
    return { connections, isPooled };
  } finally {
    await client.end();
  }
}

/**
 * A connection without timeouts for statements.
 *
 * @throws ConfigError when the server refuses it, and waiting would not help
 */
export async function connect(url: string, applicationName = 'comptoir'): Promise<pg.Client> {
  try {
    const client = new pg.Client({
      connectionString: url,
      application_name: applicationName,
      connectionTimeoutMillis: CONNECT_MS,
    });
    client.on('error', () => {}); // the statement that is running, or the next one, fails with the same error
    await client.connect();
    return client;
  } catch (error) {
    throw isUnreachable(error) && !isWrongAddress(error as Error)
      ? error
      : explainUnreachable(error as Error);
  }
}

/**
 * Does a step of a start, and repeats it for a minute while PostgreSQL cannot be reached. One line on stderr says so.
 *
 * @param work may be interrupted at any statement and then be repeated
 * @throws ConfigError when the minute is over, or waiting would not help, as with a wrong password
 */
export async function whenReachable<Result>(work: () => Promise<Result>): Promise<Result> {
  let giveUpAt: number | undefined;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      if (Date.now() > (giveUpAt ?? Infinity) || isWrongAddress(error as Error)) {
        throw explainUnreachable(error as Error);
      }
      if (giveUpAt === undefined) {
        giveUpAt = Date.now() + WAIT_FOR_SERVER_MS;
        const { code, message } = error as NodeJS.ErrnoException;
        const seconds = WAIT_FOR_SERVER_MS / 1_000;
        console.error(
          `Comptoir waits up to ${seconds} s for PostgreSQL, which does not answer (${code ?? message}).`,
        );
      }
      await pause(500);
    }
  }
}

/**
 * Equal shares for all processes and for one more, which runs during a rolling restart. A tenth of the connections is
 * left for migrations, checks and the operator.
 */
function poolSize(connections: number, processes: number): number {
  const share = Math.floor((connections * 0.9) / (processes + 1)) - JOB_CONNECTIONS;
  if (share >= LEAST_CONNECTIONS) return Math.min(share, MOST_CONNECTIONS);
  throw new ConfigError(
    `${processes > 1 ? 'WORKERS' : 'DATABASE_URL'}: ${processes} processes need more connections than the ` +
      `${connections} that the PostgreSQL server has`,
  );
}

async function inspectServer(client: pg.Client): Promise<{ connections: number }> {
  const { rows } = await client.query(`
    SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS connections,
           current_setting('fsync') AS fsync,
           current_setting('full_page_writes') AS full_page_writes,
           current_setting('synchronous_commit') AS synchronous_commit,
           current_setting('server_encoding') AS server_encoding,
           lower('ÉЖΣ') = 'éжσ' AS folds_letters,
           current_setting('server_version_num')::int >= 140000 AS recent`);
  const [settings] = rows;
  const refuse = (what: string) => {
    throw new ConfigError(`DATABASE_URL: the PostgreSQL server ${what}`);
  };
  if (settings.fsync === 'off') refuse('runs with fsync=off and would lose orders in a crash');
  if (settings.full_page_writes === 'off') refuse('runs with full_page_writes=off and could tear pages');
  if (settings.synchronous_commit === 'off') refuse('runs with synchronous_commit=off and would lose orders');
  if (settings.server_encoding !== 'UTF8') refuse('does not store UTF8');
  if (!settings.folds_letters) {
    refuse(
      'knows no case of letters beyond ASCII in this database (LC_CTYPE C): create it with C.UTF-8 or a language',
    );
  }
  if (!settings.recent) refuse('is older than version 14');
  return settings;
}

/** Whether all migrations have run: then no lock is taken, and the queue's code is not loaded. */
async function isMigrated(client: pg.Client, { migrations }: Schema): Promise<boolean> {
  const tables = await client.query(
    `SELECT to_regclass('migrations') AS ours, to_regclass('graphile_worker.migrations') AS queues`,
  );
  if (!tables.rows[0].ours || !tables.rows[0].queues) return false;
  const { rows } = await client.query(
    `SELECT array_agg(name) AS ours, (SELECT max(id) FROM graphile_worker.migrations) AS queues FROM migrations`,
  );
  return migrations.every(({ name }) => rows[0].ours?.includes(name)) && rows[0].queues >= QUEUE_MIGRATION;
}

/**
 * Runs `work` under an advisory lock, so that migrations run once however many processes start together: TypeORM takes no
 * lock (typeorm/typeorm#4588). The lock ends with its transaction, also when the process is killed. Processes that wait
 * poll and hold no transaction meanwhile, since a pooler may have few connections.
 */
async function whileMaintained(
  url: string,
  schema: Schema,
  work: (tx: EntityManager) => Promise<void>,
): Promise<void> {
  const maintenance = await maintenanceDataSource(url, schema).initialize();
  const workIfFree = async (tx: EntityManager): Promise<boolean> => {
    const [{ taken }] = await tx.query('SELECT pg_try_advisory_xact_lock($1) AS taken', [MIGRATION_LOCK]);
    if (taken) await work(tx);
    return taken;
  };
  try {
    while (!(await maintenance.transaction(workIfFree))) await pause(100);
  } finally {
    await maintenance.destroy();
  }
}

async function migrate(tx: EntityManager, url: string): Promise<void> {
  try {
    await withoutHurry(tx);
    await migrateJobQueue(url);
    await new MigrationExecutor(tx.connection, tx.queryRunner).executePendingMigrations();
  } catch (error) {
    throw isUnreachable(error) ? error : explainFailedMigration(error as Error);
  }
}
