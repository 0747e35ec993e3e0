import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { maintenanceDataSource } from '../../src/database/data-source.js';
import { SCHEMA } from '../../src/schema.js';
import { migrateJobQueue, QUEUE_MIGRATION } from '../../src/database/job-queue.js';

describe('The migrations', () => {
  const name = `migrations_${randomBytes(6).toString('hex')}`;
  const server = new pg.Pool({ connectionString: process.env.TEST_DATABASE_URL, max: 1 });
  let dataSource: DataSource;
  let databaseUrl: string;

  beforeAll(async () => {
    await server.query(`CREATE DATABASE ${name}`);
    const url = new URL(process.env.TEST_DATABASE_URL!);
    url.pathname = `/${name}`;
    databaseUrl = url.href;
    dataSource = await maintenanceDataSource(databaseUrl, SCHEMA).initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await server.query(`DROP DATABASE ${name}`);
    await server.end();
  });

  const tables = async () => {
    const rows = await dataSource.query(
      `SELECT table_name, column_name, data_type, column_default, is_nullable FROM information_schema.columns
       WHERE table_schema = 'public' AND table_name <> 'migrations' ORDER BY 1, 2`,
    );
    return rows;
  };

  it('go up, all the way down and up again to the same tables', async () => {
    await dataSource.runMigrations();
    const first = await tables();
    for (const _ of dataSource.migrations) await dataSource.undoLastMigration();
    expect(await tables()).toEqual([]);
    await dataSource.runMigrations();
    expect(await tables()).toEqual(first);
    expect(await dataSource.showMigrations()).toBe(false);
  });

  it('leave nothing of the entities out, and add nothing that they do not say', async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('of the job queue are known by their last: a start looks at that, and loads the queue only to migrate it', async () => {
    await migrateJobQueue(databaseUrl);
    const [{ latest }] = await dataSource.query('SELECT max(id) AS latest FROM graphile_worker.migrations');
    expect(QUEUE_MIGRATION).toBe(latest);
  });
});
