import 'reflect-metadata';
import { printBanner } from './banner.js';
import { ConfigError, loadConfig } from './config/config.js';
import { openDatabase } from './database/open-database.js';
import { FirstStartService } from './first-start/first-start.service.js';
import { createApp } from './http/create-app.js';
import { stopGracefully } from './http/graceful-stop.js';

async function start(): Promise<void> {
  const config = loadConfig(process.env);
  const database = await openDatabase(config);
  const app = await createApp(config, database.dataSource);
  stopGracefully(app, () => database.close());
  await app.get(FirstStartService).prepare();
  await app.listen({ port: config.port, host: config.host });
  printBanner(config, database);
}

try {
  await start();
} catch (error) {
  const { name, message, stack } = error as Error;
  console.error(
    error instanceof ConfigError ? `Comptoir cannot start. ${message}` : (stack ?? `${name}: ${message}`),
  );
  process.exit(1);
}
