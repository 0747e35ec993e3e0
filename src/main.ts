import cluster from 'node:cluster';
import { printBanner } from './banner.js';
import { loadConfig, readEnvironment } from './config/config.js';
import { openDatabase } from './database/open-database.js';
import { endFailedStart } from './failed-start.js';
import { startedPart } from './start-times.js';

async function start(): Promise<void> {
  startedPart('node and settings');
  const config = loadConfig(readEnvironment());
  const [{ openShop }, database] = await Promise.all([
    import('./open-shop.js').finally(() => startedPart('modules')), // takes as long as the database, which opens meanwhile
    openDatabase(config, cluster.isWorker ? config.workers : 1),
  ]);
  startedPart('rest of the database');
  await openShop(config, database);
  if (!cluster.isWorker) printBanner(config);
}

await start().catch(endFailedStart);
