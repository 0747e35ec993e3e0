import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import pg from 'pg';
import { FIND_LEDGER_FAULTS } from '../../src/products/find-ledger-faults.sql.js';
import { Api } from '../support/api.js';
import { CommandHost } from '../support/commands.js';
import { DebianPostgres, describeWithDebianPostgres } from '../support/debian-postgres.js';
import { AppProcess, PASSWORD, Shop } from '../support/shop.js';
import { until } from '../support/until.js';

let shop: Shop;
let commands: CommandHost;
let folder: string;
let file: string;
let other: any;

/** A shop with data, of which a backup is made while it sells. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(await realpath(tmpdir()), 'backup-'));
  await chmod(folder, 0o755); // for the account that PostgreSQL runs as
  file = path.join(folder, 'shop.backup');
  shop = await Shop.open();
  commands = new CommandHost(shop);
  const admin = await shop.admin();
  other = await shop.newProduct({ name: 'A tab\there, a \\. and\na new line', stock: 1_000 });
  await admin.delete(`/api/products/${(await shop.newProduct()).id}`).expect(204);
  const buyer = await shop.newCustomer();
  await buyer.post('/api/cart', { product_id: other.id, quantity: 2 }).expect(201);

  let isDone = false;
  let sold = 0;
  const selling = Array.from({ length: 4 }, async () => {
    while (!isDone) {
      await buyer.post('/api/orders', { items: [{ product_id: other.id, quantity: 1 }] }).expect(201);
      sold += 1;
    }
  });
  const made = await commandOn(shop.databaseUrl, 'backup', file);
  isDone = true;
  await Promise.all(selling);
  expect(sold).toBeGreaterThan(0);
  expect(made).toEqual({
    code: 0,
    errors: '',
    said: expect.stringMatching(/shop\.backup holds \d+ rows\.$/),
  });
});
afterAll(async () => {
  commands.stop();
  await rm(folder, { recursive: true, force: true });
  await shop.close();
});

it('is readable by its owner only, and does not replace an existing file', async () => {
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await commandOn(shop.databaseUrl, 'backup', file)).toEqual({
    code: 2,
    errors: `${file} is there already.\n`,
    said: '',
  });
});

it('is complete when two are made at the same time under one name', async () => {
  const twice = path.join(folder, 'twice.backup');
  const holder = await shop.database.connect();
  await holder.query('BEGIN; LOCK TABLE guest_carts');
  const made: Promise<unknown>[] = [];
  for (const count of [1, 2]) {
    await shop.newProduct();
    made.push(command('backup', { DATABASE_URL: shop.databaseUrl }, twice));
    const waiting = `SELECT FROM pg_stat_activity WHERE application_name = 'comptoir backup'
      AND datname = current_database() AND wait_event_type = 'Lock'`;
    await until(async () => (await shop.database.query(waiting)).rowCount === count);
  }
  await holder.query('ROLLBACK');
  holder.release();
  expect(await Promise.all(made)).toMatchObject([{ code: 0 }, { code: 0 }]);
  const empty = await Shop.open({ empty: true, processes: 0 });
  expect(await commandOn(empty.databaseUrl, 'restore', twice)).toMatchObject({ code: 0, errors: '' });
  await empty.close();
});

it('that is damaged, truncated, in another format or of a newer version is refused, and nothing changes', async () => {
  const empty = await Shop.open({ empty: true, processes: 0 });
  const text = gunzipSync(await readFile(file)).toString();
  const bad: [string, string | Buffer, RegExp][] = [
    [
      'changed',
      gzipSync(text.replace('john@example.com', 'jack@example.com')),
      /damaged: its checksum differs/,
    ],
    ['cut', (await readFile(file)).subarray(0, -200), /damaged/],
    ['incomplete', gzipSync(text.slice(0, -2_000)), /not complete|damaged/],
    ['other', 'id,name\n1,ada\n', /no backup of a shop/],
    ['newer', gzipSync(text.replace('"migrations":[', '"migrations":["Later9",')), /made by a newer version/],
    [
      'of another table',
      gzipSync(text.replace(/"table":"users"/, '"table":"nothing"')),
      /no table "public"\."nothing"/,
    ],
  ];
  for (const [name, content, reason] of bad) {
    await writeFile(path.join(folder, name), content);
    const { code, errors } = await commandOn(empty.databaseUrl, 'restore', path.join(folder, name));
    expect([name, code, errors]).toEqual([name, 2, expect.stringMatching(reason)]);
    expect(errors).not.toMatch(/^\s+at /m);
  }
  const { rows } = await empty.database.query('SELECT count(*)::int AS users FROM users');
  expect(rows).toEqual([{ users: 0 }]);
  expect(await commandOn(shop.databaseUrl, 'restore', file)).toMatchObject({
    code: 2,
    errors: 'The database is not empty. Restore into a new one.\n',
  });
  await empty.close();
});

it('is restored into a new embedded PostgreSQL; it was made from the server of a running shop', async () => {
  const dataDir = path.join(folder, 'data');
  const env = { DATA_DIR: dataDir };
  expect(await command('restore', env, file)).toMatchObject({ code: 0, errors: '' });
  const app = await AppProcess.inHost({ ...env, RATE_LIMIT: 'off', LOG_LEVEL: 'warn' });
  await sellsOn(app.url);
  const again = path.join(folder, 'again.backup');
  expect(await command('backup', env, again)).toMatchObject({ code: 0, errors: '' });
  expect(await command('check-ledger', env)).toEqual({
    code: 0,
    errors: '',
    said: 'The ledger explains every stock.',
  });
  expect(await command('restore', env, again)).toMatchObject({
    code: 2,
    errors: expect.stringMatching(/not empty/),
  });
  expect(await app.stop('SIGINT')).toBe(0);
});

describeWithDebianPostgres("on Debian's PostgreSQL", () => {
  let debian: DebianPostgres;
  beforeAll(async () => (debian = await DebianPostgres.start()));
  afterAll(() => debian.stop());

  it('is restored on another major version, where the shop continues to sell', async () => {
    const url = await debian.createDatabase();
    expect(await commandOn(url, 'restore', file)).toMatchObject({ code: 0, errors: '' });
    expect(await contentOf(url)).toEqual(await contentOfBackup());
    await openOn(url);
  });

  it('can be made by pg_dump and restored by pg_restore, in one go or first schema, then data', async () => {
    const source = await debian.createDatabase();
    await commandOn(source, 'restore', file);
    const dump = path.join(folder, 'shop.dump');
    await debian.run('pg_dump', '-Fc', '-f', dump, source);
    const whole = await debian.createDatabase();
    await debian.run('pg_restore', '--exit-on-error', '-d', whole, dump);
    const inParts = await debian.createDatabase();
    await debian.run('pg_restore', '--exit-on-error', '--schema-only', '-d', inParts, dump);
    await debian.run(
      'pg_restore',
      '--exit-on-error',
      '--data-only',
      '--disable-triggers',
      '-d',
      inParts,
      dump,
    );
    for (const url of [whole, inParts]) {
      expect(await contentOf(url)).toEqual(await contentOf(source));
      await openOn(url);
    }

    const migrated = await debian.createDatabase();
    const empty = { DATABASE_URL: migrated, DATA_DIR: process.env.TEST_DATA_DIR, DEMO: 'false' };
    await (await AppProcess.inHost({ ...empty, LOG_LEVEL: 'error' })).stop('SIGINT');
    await expect(
      debian.run('pg_restore', '--data-only', '--disable-triggers', '-d', migrated, dump),
    ).rejects.toThrow('errors ignored on restore: 3'); // the migrations and the kinds of jobs
    await openOn(migrated);
  });

  async function openOn(url: string): Promise<void> {
    const app = await AppProcess.inHost({
      DATABASE_URL: url,
      DATA_DIR: process.env.TEST_DATA_DIR,
      RATE_LIMIT: 'off',
      LOG_LEVEL: 'warn',
    });
    await sellsOn(app.url);
    await app.stop('SIGINT');
    expect(await rowsOf(url, FIND_LEDGER_FAULTS)).toEqual([]);
  }
});

/** Former users sign in, see their data, and buy; new accounts and products get unused ids. */
async function sellsOn(url: string): Promise<void> {
  const visitor = new Api(url);
  const signIn = async (email: string) => {
    const { body } = await visitor.post('/api/auth/login', { email, password: PASSWORD }).expect(200);
    return visitor.withToken(body.access, body.user, body.refresh);
  };
  const admin = await signIn('admin@example.com');
  const { body: found } = await visitor.get(`/api/products/${other.id}`).expect(200);
  expect(found.name).toBe(other.name);
  const { body: added } = await admin
    .post('/api/products', { name: 'Newest', price: '1.00', stock: 1 })
    .expect(201);
  expect(added.id).toBeGreaterThan(other.id);
  const { body: list } = await visitor.get('/api/products').expect(200);
  const { body: all } = await visitor.get('/api/products?page_size=100').expect(200);
  expect(list.count).toBe(all.results.length);
  const { body: hits } = await visitor.get('/api/products?search=newest').expect(200);
  expect(hits.results.map(({ id }: { id: number }) => id)).toContain(added.id);

  const orderCount = async () => (await admin.get('/api/orders').expect(200)).body.count;
  const before = await orderCount();
  const buyer = await signIn('jane@example.com');
  const items = [{ product_id: other.id, quantity: 3 }];
  await buyer.post('/api/orders', { items }).expect(201);
  expect(await orderCount()).toBe(before + 1);
  expect((await visitor.get(`/api/products/${other.id}`)).body.stock).toBe(found.stock - 3);
}

async function commandOn(databaseUrl: string, name: string, ...args: string[]) {
  const { code, said, stderr } = await commands.run(name, args, { DATABASE_URL: databaseUrl });
  return { code, said, errors: stderr };
}

/** In a process of its own, which starts the embedded PostgreSQL or uses it. */
function command(name: string, env: Record<string, string>, ...args: string[]) {
  const settings = { PATH: process.env.PATH, DATA_DIR: process.env.TEST_DATA_DIR, ...env };
  return new Promise<{ code: number; said: string; errors: string }>((resolve) => {
    execFile(
      process.execPath,
      [`dist/src/cli/${name}.js`, ...args],
      { env: settings },
      (error, stdout, errors) =>
        resolve({
          code: error ? Number(error.code) : 0,
          said: stdout.trim().split('\n').at(-1)!,
          errors,
        }),
    );
  });
}

/** Number of rows and a hash of them, for each table that customers would miss. */
async function contentOf(url: string) {
  const content: Record<string, unknown> = {};
  for (const table of [
    'users',
    'products',
    'stock_movements',
    'orders',
    'order_items',
    'cart_items',
    'categories',
  ]) {
    const sql = `SELECT count(*)::int AS rows, md5(string_agg(t::text, ',' ORDER BY t::text COLLATE "C")) AS hash FROM ${table} t`;
    [content[table]] = await rowsOf(url, sql);
  }
  return content;
}

/** The same for the backup, restored on its own server. */
async function contentOfBackup() {
  const here = await Shop.open({ empty: true, processes: 0 });
  await commandOn(here.databaseUrl, 'restore', file);
  const content = await contentOf(here.databaseUrl);
  await here.close();
  return content;
}

async function rowsOf(url: string, sql: string): Promise<any[]> {
  const client = new pg.Client({ connectionString: url, options: '-c TimeZone=UTC' });
  await client.connect();
  return (await client.query(sql).finally(() => client.end())).rows;
}
