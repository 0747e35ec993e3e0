import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import cluster from 'node:cluster';
import { printBanner } from './banner.js';
import { ConfigError } from './config/config-error.js';
import { type Config, loadConfig, readEnvironment } from './config/config.js';
import { findServer } from './database/find-server.js';
import { openDatabase, whenReachable } from './database/open-database.js';
import { endFailedStart } from './failed-start.js';
import { SeedService } from './seed/seed.service.js';
import { createApp } from './create-app.js';
import { stopGracefully } from './graceful-stop.js';
import { MOST_UNACCEPTED } from './http/more-listeners.js';
import { HousekeepingService } from './housekeeping/housekeeping.service.js';
import { JobsService } from './jobs/jobs.service.js';
import { SCHEMA } from './schema.js';
import { startedPart } from './start-times.js';
import { reportAlive } from './workers.js';

/** They end a start that waits for PostgreSQL. Without a listener Linux ignores them for process 1 of a container. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Opens the shop, or ends the process. */
export function start(): Promise<void> {
  startedPart('modules');
  return open().catch(endFailedStart);
}

async function open(): Promise<void> {
  const config = loadConfig(readEnvironment());
  const end = () => process.exit(0);
  const signals = cluster.isWorker ? [] : SIGNALS;
  for (const signal of signals) process.on(signal, end);
  await openShop(config, (app, closeDatabase) => {
    for (const signal of signals) process.off(signal, end);
    stopGracefully(app, closeDatabase);
  });
  if (cluster.isWorker) reportAlive();
  else printBanner(config);
}

/**
 * @param whenMade called before the app initializes and listens, with a function that closes its database
 * @throws ConfigError when the database or the address cannot be used
 */
export async function openShop(
  config: Config,
  whenMade: (app: NestFastifyApplication, closeDatabase: () => Promise<void>) => void,
): Promise<void> {
  const server = await findServer(config);
  startedPart('server');
  const database = await openDatabase(server, SCHEMA, cluster.isWorker ? config.workers : 1);
  startedPart('database');
  try {
    const app = await createApp(config, database.dataSource);
    whenMade(app, () => database.close());
    startedPart('app');
    await whenReachable(() => app.get(SeedService).prepare());
    startedPart('demo');
    await app.init();
    database.hurry();
    await listen(app, config);
    startedPart('listen');
    app.get(JobsService).work();
    app.get(HousekeepingService).begin();
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** @throws ConfigError when the address is in use, or may not be listened on */
async function listen(app: NestFastifyApplication, { port, host }: Config): Promise<void> {
  try {
    await app.getHttpAdapter().getInstance().listen({ port, host, backlog: MOST_UNACCEPTED }); // Nest's own listen logs what it throws
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (!syscall) throw error;
    const variable = code === 'EADDRINUSE' || code === 'EACCES' ? 'PORT' : 'HOST';
    throw new ConfigError(`${variable}: cannot listen there (${code})`);
  }
}
