import { printBanner } from './banner.js';
import { loadConfig, readEnvironment } from './config/config.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './database/embedded-postgres.js';
import { endFailedStart } from './failed-start.js';
import { whenStarterEnds } from './starter.js';
import { Workers } from './workers.js';

/**
 * `npm run start:cluster`: one listener, and behind it as many processes of `main.ts` as the machine has cores. This
 * process serves nothing itself; it holds the embedded PostgreSQL, replaces workers that die, and renews all on SIGHUP.
 */
async function start(): Promise<void> {
  const config = loadConfig(readEnvironment());
  const postgres = config.databaseUrl ? undefined : await startEmbeddedPostgres(config.dataDir);
  const workers = new Workers(config.workers, {
    WORKERS: String(config.workers), // their share of the connections, also when `.env` says otherwise meanwhile
    ...(postgres && { DATABASE_URL: postgres.url }),
  });

  let stopping: Promise<void> | undefined;
  const stop = (signal: NodeJS.Signals) => void (stopping ??= end(workers, postgres, signal));
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => void workers.rollingRestart());
  if (config.startedByNpm) whenStarterEnds(() => stop('SIGTERM'));

  if (await workers.start()) return printBanner(config, config.workers);
  if (stopping) return;
  await postgres?.stop();
  process.exit(1); // the worker has said why
}

async function end(
  workers: Workers,
  postgres: EmbeddedPostgres | undefined,
  signal: NodeJS.Signals,
): Promise<void> {
  const allDrained = await workers.stop(signal);
  await postgres?.stop();
  process.exit(allDrained ? 0 : 1);
}

await start().catch(endFailedStart);
