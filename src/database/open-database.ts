import { setTimeout as pause } from 'node:timers/promises';
import { type Config, ConfigError } from '../config/config.js';
import type { DataSource } from 'typeorm';
import { maintenanceDataSource, servingDataSource } from './data-source.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { migrateJobQueue } from './job-queue.js';

export interface OpenDatabase {
  dataSource: DataSource;
  embedded: boolean;
  /** Closes the pool and, on the embedded server, stops it when nobody else uses it. */
  close(): Promise<void>;
}

const WAIT_FOR_SERVER_MS = 5_000;
const MIGRATION_LOCK = 0x636f6d70; // "comp"

/**
 * Finds or starts PostgreSQL, refuses one that could lose an acknowledged order, migrates it and opens the
 * pool that serves requests.
 *
 * @throws ConfigError when the server cannot be reached or is set up unsafely
 */
export async function openDatabase(config: Config): Promise<OpenDatabase> {
  return open(config, async (url) => {
    await prepare(url);
    return servingDataSource(url).initialize();
  });
}

/**
 * The database as it is, for a check or a script that takes its time.
 *
 * @throws ConfigError when the server cannot be reached
 */
export function openForMaintenance(config: Config): Promise<OpenDatabase> {
  return open(config, connect);
}

async function open(config: Config, connectTo: (url: string) => Promise<DataSource>): Promise<OpenDatabase> {
  const embedded = config.databaseUrl ? undefined : await startEmbeddedPostgres(config.dataDir);
  try {
    const dataSource = await connectTo(config.databaseUrl ?? embedded!.url);
    return {
      dataSource,
      embedded: Boolean(embedded),
      async close() {
        if (dataSource.isInitialized) await dataSource.destroy();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

async function prepare(url: string): Promise<void> {
  const maintenance = await connect(url);
  try {
    await refuseUnsafeServer(maintenance);
    await migrate(maintenance, url);
  } finally {
    await maintenance.destroy();
  }
}

async function connect(url: string): Promise<DataSource> {
  const giveUpAt = Date.now() + WAIT_FOR_SERVER_MS;
  for (;;) {
    const dataSource = maintenanceDataSource(url);
    try {
      return await dataSource.initialize();
    } catch (error) {
      const { code, message } = error as Error & { code?: string };
      if (Date.now() > giveUpAt || wrongAddress(code)) {
        throw new ConfigError(`DATABASE_URL: PostgreSQL does not answer there (${code ?? message})`);
      }
      await pause(500);
    }
  }
}

/** Wrong password, role or database name: waiting does not mend it. */
function wrongAddress(code: string | undefined): boolean {
  return code === '28P01' || code === '28000' || code === '3D000' || code === 'ENOTFOUND';
}

async function refuseUnsafeServer(dataSource: DataSource): Promise<void> {
  const [settings] = await dataSource.query<Record<string, string>[]>(`
    SELECT current_setting('fsync') AS fsync,
           current_setting('full_page_writes') AS full_page_writes,
           current_setting('synchronous_commit') AS synchronous_commit,
           current_setting('server_encoding') AS server_encoding,
           current_setting('server_version_num')::int >= 140000 AS recent`);
  const refuse = (what: string) => {
    throw new ConfigError(`DATABASE_URL: the PostgreSQL server ${what}`);
  };
  if (settings!.fsync === 'off') refuse('runs with fsync=off and would lose orders in a crash');
  if (settings!.full_page_writes === 'off') refuse('runs with full_page_writes=off and could tear pages');
  if (settings!.synchronous_commit === 'off')
    refuse('runs with synchronous_commit=off and would lose orders');
  if (settings!.server_encoding !== 'UTF8') refuse('does not store UTF8');
  if (!settings!.recent) refuse('is older than version 14');
}

/**
 * Migrations run once however many processes start together: TypeORM itself takes no lock
 * (typeorm/typeorm#4588), so they run while another connection holds an advisory one. It ends with its
 * transaction, and so also with a process that is killed in the middle.
 */
async function migrate(dataSource: DataSource, url: string): Promise<void> {
  await dataSource.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await dataSource.runMigrations();
    await migrateJobQueue(url);
  });
}
