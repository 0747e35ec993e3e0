import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { maintenanceDataSource } from '../../src/database/data-source.js';
import { SCHEMA } from '../../src/schema.js';
import { Shop } from '../support/shop.js';
import { migrateJobQueue, QUEUE_MIGRATION } from '../../src/database/job-queue.js';

const SEALS = 'migrations/checksums.json';

/** A hash of the content of a file, without regard to its layout. */
function checksum(file: string): string {
  return createHash('sha256').update(readFileSync(file, 'utf8').replace(/\s+/g, ' ')).digest('hex');
}

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

  it('run up, all the way down and up again to the same tables', async () => {
    await dataSource.runMigrations();
    const first = await tables();
    for (const _ of dataSource.migrations) await dataSource.undoLastMigration();
    expect(await tables()).toEqual([]);
    await dataSource.runMigrations();
    expect(await tables()).toEqual(first);
    expect(await dataSource.showMigrations()).toBe(false);
  });

  it('remove data of already erased persons from the history of orders', async () => {
    await dataSource.runMigrations();
    const since = dataSource.migrations.findIndex(({ name }) => name === 'Erasure1796000000000');
    const later = dataSource.migrations.slice(since);
    for (const _ of later) await dataSource.undoLastMigration();
    await dataSource.query(`
      INSERT INTO users (id, username, username_key, email, email_key, password_hash, deleted_at)
      VALUES (1, '', '', '', '', '', now()), (2, 'jo', 'jo', 'jo@example.com', 'jo@example.com', '', NULL);
      INSERT INTO orders (id, user_id, total) VALUES (1, 1, 0), (2, 2, 0), (3, NULL, 0), (4, NULL, 0);
      INSERT INTO guest_orders (order_id, cart_id, email, email_key, language, link_seed)
      VALUES (4, -1, 'g@example.com', 'g@example.com', 'en', '');
      INSERT INTO order_history (order_id, version, event, source, changes)
      SELECT id, 2, 'changed', 'api', '{"notes": ["Ring", ""], "held": [false, true]}' FROM orders`);
    await dataSource.runMigrations();
    const rows = await dataSource.query('SELECT changes FROM order_history ORDER BY order_id');
    const [kept, erased] = ['["Ring",""]', '["erased","erased"]'];
    expect(rows.map(({ changes }: any) => JSON.stringify(changes.notes))).toEqual([
      erased,
      kept,
      erased,
      kept,
    ]);
    expect(rows[0].changes.held).toEqual([false, true]);
    await expect(dataSource.query('UPDATE order_history SET version = 3')).rejects.toThrow('only grows');
  });

  it('create exactly the tables of the entities', async () => {
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('that have landed are never edited: a change is a new migration', () => {
    const files = readdirSync('migrations').filter((file) => file.endsWith('.ts'));
    const sums = Object.fromEntries(files.toSorted().map((file) => [file, checksum(`migrations/${file}`)]));
    const known = JSON.parse(readFileSync(SEALS, 'utf8'));
    // This adds new files only. To edit one on purpose before a release, delete its line first.
    if (process.env.SEAL_MIGRATIONS) {
      writeFileSync(SEALS, `${JSON.stringify({ ...sums, ...known }, null, 2)}\n`);
    } else expect(sums).toEqual(known);
  });

  it('of a newer version do not stop this one from serving, as in a rolling release', async () => {
    const shop = await Shop.open();
    await shop.database.query(`
      INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'Later9999999999999');
      ALTER TABLE users ADD COLUMN later integer NOT NULL DEFAULT 0;
      ALTER TABLE orders ADD COLUMN later text;
      ALTER TABLE order_items ADD COLUMN later text NOT NULL DEFAULT ''`);
    await shop.visitor.get('/api/health/ready').expect(200);
    await shop.startProcess();
    const customer = await shop.newCustomer();
    const items = [{ product_id: (await shop.newProduct()).id, quantity: 1 }];
    await customer.post('/api/orders', { items }).expect(201);
    await shop.close();
  });

  it('of the job queue are checked by the last one: a start loads the queue only to migrate it', async () => {
    await migrateJobQueue(databaseUrl);
    const [{ latest }] = await dataSource.query('SELECT max(id) AS latest FROM graphile_worker.migrations');
    expect(QUEUE_MIGRATION).toBe(latest);
  });
});
