import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseProxy } from '../support/database-proxy.js';
import { freePort, Shop } from '../support/shop.js';
import { until } from '../support/until.js';

const WAITS = /^Comptoir waits up to 60 s for PostgreSQL, which does not answer \(\w+\)\.$/gm;
const FIRST_START_LOCK = 0x66697273;

describe('A start', () => {
  let shop: Shop;
  let proxy: DatabaseProxy;
  let folder: string;
  beforeEach(async () => {
    shop = await Shop.open({ processes: 0, empty: true });
    proxy = await DatabaseProxy.open(shop.databaseUrl);
    folder = await mkdtemp(join(tmpdir(), 'comptoir-starts-'));
  });
  afterEach(async () => {
    await proxy.close();
    await rm(folder, { recursive: true });
    await shop.close();
  });

  const begin = (program: string, args: string[] = [], env: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [`dist/src/${program}.js`, ...args], {
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: proxy.databaseUrl,
        DATA_DIR: folder,
        BCRYPT_COST: '4',
        ...env,
      },
    });
    const run = { child, output: '', code: once(child, 'close').then(([code]) => code as number | null) };
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (run.output += chunk));
    return run;
  };
  const beginShop = async (env: Record<string, string> = {}) =>
    begin('main', [], { PORT: String(await freePort()), ...env });
  const opened = async (run: ReturnType<typeof begin>) => {
    await until(() => run.output.includes('Comptoir is open') || run.child.exitCode !== null);
    expect(run.output).toContain('Comptoir is open');
    run.child.kill('SIGINT');
    expect(await run.code).toBe(0);
  };

  it('succeeds where each connection takes seconds, and so do commands', async () => {
    proxy.connectMs = 1_300; // a request waits for a second
    const app = await beginShop();
    await opened(app);
    expect(app.output).not.toMatch(WAITS);

    proxy.connectMs = 2_300;
    const file = join(folder, 'shop.backup');
    const commands = [begin('cli/backup', [file]), begin('cli/admin', ['list']), begin('cli/check-ledger')];
    expect(await Promise.all(commands.map(({ code }) => code))).toEqual([0, 0, 0]);
  });

  it('waits for a server that is not there yet, or goes away meanwhile, and says so once', async () => {
    proxy.drop();
    const app = await beginShop();
    await until(() => proxy.connections >= 3);
    expect(app.output.match(WAITS)).toHaveLength(1);

    const other = await shop.database.connect(); // as another process that fills the shop
    await other.query('SELECT pg_advisory_lock($1)', [FIRST_START_LOCK]);
    proxy.resume();
    const has = async (condition: string) => (await other.query(condition)).rowCount! > 0;
    await until(() => has(`SELECT WHERE to_regclass('users') IS NOT NULL`)); // migrations use an advisory lock as well
    const { rows } = await other.query('SELECT now() AS migrated');
    await until(() =>
      has(`SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'comptoir'
        AND query LIKE '%pg_try_advisory%' AND query_start > '${rows[0].migrated.toISOString()}'`),
    );
    const before = proxy.connections;
    proxy.drop();
    await until(() => proxy.connections > before);
    other.release(true);
    proxy.resume();
    await opened(app);
    expect(app.output.match(WAITS)).toHaveLength(2);
  });

  it('ends by itself at a signal while it waits: Linux ignores signals without a listener for process 1', async () => {
    proxy.drop();
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      const app = await beginShop();
      const before = proxy.connections;
      await until(() => proxy.connections > before);
      app.child.kill(signal);
      expect(await app.code).toBe(0); // null if the signal had ended it
    }
    proxy.resume();
    await opened(await beginShop({ DEMO: 'false' }));
  });

  it('ends at once with one message when waiting would not help', async () => {
    await opened(await beginShop({ DEMO: 'false' }));
    const url = new URL(proxy.databaseUrl);
    url.pathname += '_missing';
    const nowhere = { DATABASE_URL: url.href };
    const runs = [await beginShop(nowhere), begin('cli/admin', ['list'], nowhere)];
    expect(await Promise.all(runs.map(({ code }) => code))).toEqual([1, 2]);
    for (const { output } of runs) {
      expect(output).toMatch(
        /^(Comptoir cannot start. )?DATABASE_URL: PostgreSQL has no such database \(3D000\)\n$/,
      );
    }
  });
});
