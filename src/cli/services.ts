import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Config, loadConfig, readEnvironment } from '../config/config.js';
import { ConfigModule } from '../config/config.module.js';
import { DatabaseModule } from '../database/database.module.js';
import { joinServer } from '../database/find-server.js';
import { openDatabase } from '../database/open-database.js';
import { SCHEMA } from '../schema.js';

/** Imports only the modules that a command needs. */
class CommandModule {}

/** Runs `work` with the services of these modules, on the database of the settings, without listening for requests. */
export async function withServices<Result>(
  modules: Type[],
  work: (services: INestApplicationContext, config: Config) => Promise<Result>,
): Promise<Result> {
  const config = loadConfig(readEnvironment());
  const database = await openDatabase(await joinServer(config), SCHEMA);
  const imports = [ConfigModule.with(config), DatabaseModule.over(database.dataSource), ...modules];
  const services = await NestFactory.createApplicationContext(
    { module: CommandModule, imports },
    { logger: false, abortOnError: false },
  );
  try {
    return await work(services, config);
  } finally {
    await services.close();
    await database.close();
  }
}
