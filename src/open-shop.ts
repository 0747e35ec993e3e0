import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Config, ConfigError } from './config/config.js';
import type { OpenDatabase } from './database/open-database.js';
import { FirstStartService } from './first-start/first-start.service.js';
import { createApp } from './http/create-app.js';
import { stopGracefully } from './http/graceful-stop.js';
import { JobsService } from './jobs/jobs.service.js';
import { startedPart } from './start-times.js';

/** Serves requests, and then does jobs, until the process is told to stop. */
export async function openShop(config: Config, database: OpenDatabase): Promise<void> {
  try {
    const app = await createApp(config, database.dataSource);
    stopGracefully(app, () => database.close());
    startedPart('app');
    await app.get(FirstStartService).prepare();
    startedPart('demo shop');
    await listen(app, config);
    startedPart('routes');
    app.get(JobsService).work();
  } catch (error) {
    await database.close();
    throw error;
  }
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
