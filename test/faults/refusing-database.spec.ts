import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { utimesSync } from 'node:fs';
import type { Api } from '../support/api.js';
import { DebianPostgres, describeWithDebianPostgres } from '../support/debian-postgres.js';
import { freePort, PASSWORD, Shop } from '../support/shop.js';
import { until } from '../support/until.js';

/** A database that responds and refuses every statement. */
describe('A database that refuses to serve', () => {
  let shop: Shop;
  let customer: Api;
  let name: string;
  let item: { product_id: number; quantity: number };
  beforeAll(async () => {
    shop = await Shop.open();
    customer = await shop.newCustomer();
    name = new URL(shop.databaseUrl).pathname.slice(1);
    item = { product_id: (await shop.newProduct({ stock: 100 })).id, quantity: 1 };
  });
  afterAll(() => shop.close());

  const endSessions = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name IN ('comptoir', 'comptoir jobs')`;
  const failing = (sqlState: string) => `
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '${sqlState}'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON cart_items EXECUTE FUNCTION refuse()`;
  const working = 'DROP TRIGGER refuse ON cart_items; DROP FUNCTION refuse()';

  it.each([
    [
      'is read-only',
      () => `ALTER DATABASE ${name} SET default_transaction_read_only = on; ${endSessions}`,
      () =>
        `SET default_transaction_read_only = off; ALTER DATABASE ${name} RESET default_transaction_read_only`,
    ],
    [
      'lost a right',
      () => 'REVOKE INSERT, UPDATE ON cart_items FROM comptoir',
      () => 'GRANT ALL ON cart_items TO comptoir',
    ],
    ['is not in the state for a statement', () => failing('55000'), () => working],
    [
      'is being restored',
      () => 'ALTER TABLE cart_items RENAME TO cart_items_old',
      () => 'ALTER TABLE cart_items_old RENAME TO cart_items',
    ],
    ['has a full disk', () => failing('53100'), () => working],
    ['cannot read its disk', () => failing('58030'), () => working],
  ])(
    'one that %s: 503 with Retry-After, not ready, and ready again by itself',
    async (_what, breakIt, mendIt) => {
      await shop.database.query(breakIt());
      await until(async () => (await customer.post('/api/cart', item)).status === 503);
      const refused = await customer.post('/api/cart', item).expect(503);
      expect(refused.body.code).toBe('database_unavailable');
      expect(refused.headers.get('retry-after')).toBe('1');
      await until(async () => (await shop.visitor.get('/api/health/ready')).status === 503);
      await shop.visitor.get('/api/health/live').expect(200);

      await shop.database.query(mendIt());
      await until(async () => (await shop.visitor.get('/api/health/ready')).status === 200);
      await customer.post('/api/cart', item).expect(201);
    },
  );

  it('whose columns get another type is served on, without a restart', async () => {
    const place = () => customer.post('/api/orders', { items: [item] }).expect(201);
    const orders = await Promise.all(Array.from({ length: 8 }, place));
    const edit = (notes: string) =>
      Promise.all(orders.map(({ body }) => customer.patch(`/api/orders/${body.id}`, { notes }).expect(200)));
    for (const notes of ['a', 'b', 'c']) await edit(notes); // prepares the statements on several connections
    await shop.database.query(
      'DROP TRIGGER orders_audited ON orders; ALTER TABLE orders ALTER COLUMN notes TYPE varchar(5000)',
    );
    for (const notes of ['d', 'e', 'f']) await edit(notes);
  });

  it('whose address leads to another server by now: few requests fail, and mails are sent', async () => {
    await shop.database.query(
      `ALTER DATABASE ${name} SET default_transaction_read_only = on; ${endSessions}`,
    );
    const sessions = async (application: string) =>
      (
        await shop.database.query(
          'SELECT FROM pg_stat_activity WHERE datname = $1 AND application_name = $2',
          [name, application],
        )
      ).rowCount!;
    await until(async () => (await sessions('comptoir jobs')) > 0);
    await until(async () => {
      await Promise.all(
        Array.from({ length: 90 }, (_, size) => customer.get(`/api/orders?page_size=${size + 1}`)),
      );
      return (await sessions('comptoir')) >= 8;
    });
    // Sessions stay read-only, as those to a former primary do.
    await shop.database.query(
      `SET default_transaction_read_only = off; ALTER DATABASE ${name} RESET default_transaction_read_only`,
    );
    let refused = -1;
    let account: any;
    await until(async () => {
      refused += 1;
      const person = { username: `late${refused}`, email: `late${refused}@example.com`, password: PASSWORD };
      const { status, body } = await shop.visitor.post('/api/auth/register', person);
      account = body.user;
      return status === 201;
    });
    expect(refused).toBeLessThan(4);
    await until(async () => {
      const mails = await shop.database.query('SELECT FROM sent_mails WHERE user_id = $1', [account.id]);
      return mails.rowCount === 1;
    });
  });

  it('with other defaults for isolation and dates serves all buyers of a product at once', async () => {
    await shop.database.query(`
      ALTER DATABASE ${name} SET default_transaction_isolation = serializable;
      ALTER DATABASE ${name} SET DateStyle = SQL; ${endSessions}`);
    await until(async () => (await shop.visitor.get('/api/health/ready')).status === 200);
    const buyers = await Promise.all(Array.from({ length: 8 }, () => shop.newCustomer()));
    const { id: product_id } = await shop.newProduct({ stock: 40 });
    const bought = buyers.flatMap((buyer) =>
      Array.from({ length: 5 }, () =>
        buyer.post('/api/orders', { items: [{ product_id, quantity: 1 }], skip_unavailable: true }),
      ),
    );
    expect((await Promise.all(bought)).filter(({ status }) => status !== 201)).toEqual([]);
    await shop.visitor.post('/api/auth/token/refresh', { refresh: customer.refresh }).expect(200);
    await shop.database.query(`ALTER DATABASE ${name} RESET ALL; ${endSessions}`);
  });

  it('whose address has options keeps the settings of a session', async () => {
    const options = encodeURIComponent('-c DateStyle=SQL -c search_path=public');
    const app = await shop.startProcess({
      DATABASE_URL: `${shop.databaseUrl}${shop.databaseUrl.includes('?') ? '&' : '?'}options=${options}`,
    });
    const { refresh } = await shop.newCustomer();
    await shop.visitor.at(app.url).post('/api/auth/token/refresh', { refresh }).expect(200); // reads times
  });

  it('is recognised when a TypeORM repository is refused', async () => {
    const favorite = { product_id: item.product_id };
    await until(async () => (await customer.post('/api/favorites', favorite)).status !== 503); // sessions were ended
    await shop.database.query('REVOKE DELETE ON favorites FROM comptoir');
    await customer.delete(`/api/favorites/${item.product_id}`).expect(503);
    await shop.visitor.get('/api/health/ready').expect(503);
    await shop.database.query('GRANT ALL ON favorites TO comptoir');
    await until(async () => (await shop.visitor.get('/api/health/ready')).status === 200);
    await customer.delete(`/api/favorites/${item.product_id}`).expect(204);
  });
});

describeWithDebianPostgres('A start on a database that refuses', () => {
  let debian: DebianPostgres;
  beforeAll(async () => {
    debian = await DebianPostgres.start();
    await debian.query('postgres', 'CREATE ROLE shop LOGIN');
  });
  afterAll(() => debian.stop());

  it('prints what to grant, one privilege after the other, until it opens', async () => {
    const url = new URL(await debian.createDatabase());
    const name = url.pathname.slice(1);
    await debian.query(name, 'REVOKE CREATE ON SCHEMA public FROM PUBLIC');
    url.username = 'shop';
    const steps: [RegExp, string][] = [
      [
        new RegExp(`permission denied for database ${name}.*GRANT CREATE ON DATABASE ${name} TO`),
        `GRANT CREATE ON DATABASE ${name} TO shop`,
      ],
      [
        /permission denied for schema public.*GRANT USAGE, CREATE ON SCHEMA public TO/,
        'GRANT USAGE, CREATE ON SCHEMA public TO shop',
      ],
    ];
    for (const [says, remedy] of steps) {
      const { code, output } = await startOn(url.href);
      expect([code, output]).toEqual([
        1,
        expect.stringMatching(/^Comptoir cannot start\. DATABASE_URL: .*\n$/),
      ]);
      expect(output).toMatch(says);
      await debian.query(name, remedy);
    }
    expect((await startOn(url.href)).output).toMatch(/Comptoir is open/);

    await debian.query(
      name,
      `ALTER DATABASE ${name} SET default_transaction_read_only = on; DELETE FROM migrations`,
    );
    expect((await startOn(url.href)).output).toMatch(/DATABASE_URL: .*read-only.*primary/);
  });

  it('prints that the server accepts only TLS', async () => {
    const url = await debian.createDatabase();
    await debian.onlyTls();
    const { code, output } = await startOn(url);
    expect([code, output]).toEqual([
      1,
      expect.stringMatching(/^Comptoir cannot start\. .*takes only TLS: .*sslmode.*\n$/),
    ]);
  });
});

it('a single process drains on SIGHUP as on SIGTERM', async () => {
  const shop = await Shop.open({ newProcesses: true });
  const [app] = shop.processes;
  const ended = once(app!.child, 'exit');
  app!.child.kill('SIGHUP');
  await until(async () => (await shop.visitor.get('/api/health/ready')).status === 503);
  expect(await ended).toEqual([0, null]);
  await shop.close();
});

const canMount = process.platform === 'linux' && process.getuid?.() === 0;
(canMount ? it : it.skip)('a read-only checkout that is newer than its build is one message', () => {
  const now = new Date();
  utimesSync('src/main.ts', now, new Date(now.getTime() + 60_000));
  try {
    const script = 'mount --bind -o ro . . && cd "$PWD" && exec node scripts/build-if-needed.mjs';
    const { status, stdout, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', script], {
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^The sources are newer than the build in dist\/src\/, .*EROFS.*npm run start:prod\.\n$/,
    );
  } finally {
    utimesSync('src/main.ts', now, new Date(0));
  }
});

/** Output and exit code of a start; a process that opens is stopped. */
async function startOn(databaseUrl: string): Promise<{ code: number | null; output: string }> {
  const app: ChildProcess = spawn(process.execPath, ['dist/src/main.js'], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: databaseUrl,
      DATA_DIR: process.env.TEST_DATA_DIR,
      DEMO: 'false',
      PORT: String(await freePort()),
    },
  });
  let output = '';
  for (const stream of [app.stdout!, app.stderr!]) {
    stream.on('data', (chunk) => {
      output += chunk;
      if (output.includes('Comptoir is open')) app.kill('SIGINT');
    });
  }
  const [code] = await once(app, 'close');
  return { code, output };
}
