import { printBanner } from './banner.js';
import { loadConfig, readEnvironment } from './config/config.js';
import { startEmbeddedPostgres } from './database/embedded-postgres.js';
import { endFailedStart } from './failed-start.js';
import { whenStarterEnds } from './starter.js';
import { Workers } from './workers.js';

/**
 * `npm run start:cluster`: one listener, and behind it as many processes of `main.ts` as the machine has cores. This
 * process serves nothing itself; it holds the embedded PostgreSQL, replaces workers that die, and renews all on SIGHUP.
 */
async function start(): Promise<void> {
  const config = loadConfig(readEnvironment());
  const starting = config.databaseUrl ? undefined : startEmbeddedPostgres(config.dataDir);
  let workers: Workers | undefined;

  let stopping: Promise<void> | undefined;
  const stop = (signal: NodeJS.Signals) => void (stopping ??= end(signal));
  const end = async (signal: NodeJS.Signals) => {
    const allDrained = (await workers?.stop(signal)) ?? true;
    await (await starting)?.stop();
    process.exit(allDrained ? 0 : 1);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => workers?.rollingRestart());
  if (config.startedByNpm) whenStarterEnds(() => stop('SIGTERM'));

  const postgres = await starting;
  if (stopping) return;
  workers = new Workers(config.workers, {
    WORKERS: String(config.workers), // their share of the connections, also when `.env` says otherwise meanwhile
    ...(postgres && { DATABASE_URL: postgres.url }),
  });
  const areOpen = await workers.start();
  if (stopping) return;
  if (areOpen) return printBanner(config, config.workers);
  await postgres?.stop();
  process.exit(1); // the worker has said why
}

await start().catch(endFailedStart);
