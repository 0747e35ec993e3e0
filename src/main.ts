import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import cluster from 'node:cluster';
import 'reflect-metadata';
import { printBanner } from './banner.js';
import { type Config, ConfigError, loadConfig, readEnvironment } from './config/config.js';
import { openDatabase } from './database/open-database.js';
import { endFailedStart } from './failed-start.js';
import { FirstStartService } from './first-start/first-start.service.js';
import { createApp } from './http/create-app.js';
import { stopGracefully } from './http/graceful-stop.js';

async function start(): Promise<void> {
  const config = loadConfig(readEnvironment());
  const database = await openDatabase(config, cluster.isWorker ? config.workers : 1);
  try {
    const app = await createApp(config, database.dataSource);
    stopGracefully(app, () => database.close());
    await app.get(FirstStartService).prepare();
    await listen(app, config);
  } catch (error) {
    await database.close();
    throw error;
  }
  if (!cluster.isWorker) printBanner(config);
}

/** @throws ConfigError when the address is taken, or not ours to listen on */
async function listen(app: NestFastifyApplication, { port, host }: Config): Promise<void> {
  try {
    await app.init();
    await app.getHttpAdapter().getInstance().listen({ port, host }); // Nest's own listen logs what it throws
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (!syscall) throw error;
    const variable = code === 'EADDRINUSE' || code === 'EACCES' ? 'PORT' : 'HOST';
    throw new ConfigError(`${variable}: cannot listen there (${code})`);
  }
}

await start().catch(endFailedStart);
