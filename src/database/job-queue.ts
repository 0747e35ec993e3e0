import { Logger, runMigrations } from 'graphile-worker';

/** Brings the queue's own schema, `graphile_worker`, up to date. The caller holds the migration lock. */
export async function migrateJobQueue(url: string): Promise<void> {
  await runMigrations({ connectionString: url, maxPoolSize: 1, logger: new Logger(() => () => {}) });
}
