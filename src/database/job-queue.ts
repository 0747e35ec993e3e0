/** The last migration of the installed graphile-worker; test/guards/migrations.spec.ts compares them. */
export const QUEUE_MIGRATION = 19;

/** Brings the queue's own schema, `graphile_worker`, up to date. The caller holds the migration lock. */
export async function migrateJobQueue(url: string): Promise<void> {
  const { Logger, runMigrations } = await import('graphile-worker');
  await runMigrations({ connectionString: url, maxPoolSize: 1, logger: new Logger(() => () => {}) });
}
