import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { Api, type ApiResponse } from '../support/api.js';
import { DatabaseProxy } from '../support/database-proxy.js';
import { times } from '../support/long.js';
import { AppProcess, PASSWORD, Shop } from '../support/shop.js';
import { expectWithin, inTime } from '../support/slowness.js';
import { until } from '../support/until.js';

/** Every request must be answered within this time, whatever happens to the database; with a margin for the machine. */
const ANSWERED_MS = 3000;
const SLACK_MS = 700;

describe('When an app process is killed', () => {
  let shop: Shop;
  beforeAll(async () => (shop = await Shop.open({ processes: 2 })));
  afterAll(() => shop.close());

  it('R5: every confirmed order is kept, and none is placed twice, in 4 kills under load', async () => {
    const product = await shop.newProduct({ stock: 1_000_000 });
    const customers = await Promise.all(Array.from({ length: 16 }, () => shop.newCustomer()));
    const acknowledged = new Map<string, { id: number; customer: Api }>();
    let rushing = true;
    let starting = false;
    let retries = 0;

    const rush = customers.map(async (customer, index) => {
      for (let turn = 0; rushing; turn += 1) {
        const key = `${index}-${turn}`;
        const order = { items: [{ product_id: product.id, quantity: 1 }], notes: key };
        for (let attempt = index; ; attempt += 1) {
          const { url } = shop.processes[attempt % 2]!;
          const answer = await customer
            .at(url)
            .post('/api/orders', order, { 'idempotency-key': key })
            .then(undefined, () => undefined);
          if (answer?.status === 201) {
            acknowledged.set(key, { id: answer.body.id, customer });
            if (starting) await pause(500); // leaves the processor to the process that starts
            break;
          }
          retries += 1;
          if (answer) expect(answer.status).toBe(503);
          await pause(10);
        }
      }
    });

    for (let cycle = 0; cycle < 4; cycle += 1) {
      await pause(200 + Math.random() * 300);
      const victim = shop.processes[cycle % 2]!;
      await victim.stop('SIGKILL');
      starting = true;
      const port = new URL(victim.url).port;
      await shop.startProcess({ PORT: port });
      starting = false;
      shop.processes[cycle % 2] = shop.processes.pop()!;
    }
    rushing = false;
    await Promise.all(rush);

    const { rows } = await shop.database.query(
      'SELECT notes, count(*)::int AS times, min(id) AS id FROM orders GROUP BY notes',
    );
    const stored = new Map(rows.map(({ notes, times, id }) => [notes, { times, id: Number(id) }]));
    const lost = [...acknowledged].filter(([key, { id }]) => stored.get(key)?.id !== id);
    const twice = rows.filter(({ times }) => times > 1);
    expect([lost, twice, stored.size]).toEqual([[], [], acknowledged.size]);
    expect(await shop.stockOf(product.id)).toBe(1_000_000 - acknowledged.size);

    for (const [key, { id, customer }] of [...acknowledged].slice(-50)) {
      const order = { items: [{ product_id: product.id, quantity: 1 }], notes: key };
      const retry = await customer.post('/api/orders', order, { 'idempotency-key': key }).expect(201);
      expect(retry.body.id).toBe(id);
    }
    console.log(`R5: 0 of ${acknowledged.size} orders lost or doubled in 4 kills, ${retries} retries`);
  });
});

describe('When PostgreSQL ends connections', () => {
  let shop: Shop;
  beforeAll(async () => (shop = await Shop.open()));
  afterAll(() => shop.close());

  it('R11: requests get success or 503, and no connection leaks, in many terminated backends', async () => {
    const product = await shop.newProduct({ stock: 1_000_000 });
    const customers = await Promise.all(Array.from({ length: 12 }, () => shop.newCustomer()));
    const statuses: Record<number, number> = {};
    let rushing = true;
    const rush = customers.map(async (customer, index) => {
      for (let turn = 0; rushing; turn += 1) {
        const { status } = await customer.post(
          '/api/orders',
          { items: [{ product_id: product.id, quantity: 1 }] },
          turn % 2 ? { 'idempotency-key': `${index}-${turn}` } : {},
        );
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
    });

    for (let terminated = 0; terminated < times(50, 100);) {
      const { rows } = await shop.database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'comptoir' ORDER BY random() LIMIT 2`,
      );
      terminated += rows.length;
      await pause(15);
    }
    rushing = false;
    await Promise.all(rush);

    console.log('R11:', statuses);
    expect(Object.keys(statuses).filter((status) => !['201', '503'].includes(status))).toEqual([]);
    expect(statuses[201]).toBeGreaterThan(0);
    expect(shop.processes[0]!.child.exitCode).toBeNull();
    const after = await Promise.all(
      Array.from({ length: 60 }, (_, index) => customers[index % 12]!.get('/api/orders/my-orders')),
    );
    expect(after.filter(({ status }) => status !== 200)).toEqual([]);
    expect(await backendsOf(shop)).toBeLessThanOrEqual(10);
  });

  it('requests get 503 while PostgreSQL has no free connection, and then succeed again', async () => {
    const customer = await shop.newCustomer();
    const name = new URL(shop.databaseUrl).pathname.slice(1);
    await inTime(async () => {
      await shop.database.query(`ALTER DATABASE ${name} CONNECTION LIMIT 0`);
      await terminateAll(shop);
      const answers = await Promise.all(Array.from({ length: 30 }, () => timed(customer.get('/api/cart'))));
      await shop.visitor.get('/api/health/live').expect(200);
      await shop.visitor.get('/api/health/ready').expect(503);
      await administer(`ALTER DATABASE ${name} CONNECTION LIMIT -1`);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
      const cart = await untilServed(() => customer.get('/api/cart'));
      const ready = await untilServed(() => shop.visitor.get('/api/health/ready'));
      expectWithin(2000, cart);
      expectWithin(5000, ready);
    });
  });
});

describe('When the network to PostgreSQL fails', () => {
  let shop: Shop;
  let proxy: DatabaseProxy;
  let app: AppProcess;
  let customer: Api;

  beforeAll(async () => {
    shop = await Shop.open();
    proxy = await DatabaseProxy.open(shop.databaseUrl);
    app = await shop.startProcess({ DATABASE_URL: proxy.databaseUrl });
    customer = (await shop.newCustomer()).at(app.url);
  });
  afterAll(async () => {
    proxy.resume();
    await shop.close();
    await proxy.close();
  });

  it.each(['drop', 'blackhole'] as const)(
    'R10: answers 503 within 3 seconds while it %ss, and serves again at once when it heals',
    (fault) => inTime(() => expectServed(fault)),
  );

  async function expectServed(fault: 'drop' | 'blackhole'): Promise<void> {
    const product = await shop.newProduct();
    const orders = Array.from({ length: 20 }, () =>
      timed(customer.post('/api/orders', { items: [{ product_id: product.id, quantity: 1 }] })),
    );
    proxy[fault]();
    const during = await rushFor(2000, () => timed(customer.get('/api/cart')));
    const reads = await Promise.all(Array.from({ length: 40 }, () => timed(customer.get('/api/orders'))));
    const live = await timed(customer.get('/api/health/live'));
    const ready = await timed(customer.get('/api/health/ready'));
    proxy.resume();

    expect([live.status, ready.status]).toEqual([200, 503]);
    const refused = [...during, ...reads, ready];
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
    for (const { status } of await Promise.all(orders)) expect([201, 409, 503]).toContain(status);
    const cart = await untilServed(() => customer.get('/api/cart'));
    const readyAgain = await untilServed(() => customer.get('/api/health/ready'));
    expect(app.child.exitCode).toBeNull();
    expectWithin(500, live.ms);
    expectWithin(ANSWERED_MS + SLACK_MS, slowest(refused));
    expectWithin(2000, cart);
    expectWithin(2000, readyAgain);
  }
});

/** On a server of its own, since other tests use the others. */
describe('When PostgreSQL itself fails', () => {
  let dataDir: string;
  let server: ChildProcess;
  let app: AppProcess;
  let customer: Api;
  let admin: Api;
  let databaseUrl: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'comptoir-kill-'));
    await chmod(dataDir, 0o711);
    [server, databaseUrl] = await startServer(dataDir);
    app = await AppProcess.inHost({
      DATABASE_URL: databaseUrl,
      DATA_DIR: dataDir,
      RATE_LIMIT: 'off',
      LOG_LEVEL: 'error',
    });
    [admin, customer] = await Promise.all(
      ['admin', 'john'].map((name) => signIn(app.url, `${name}@example.com`)),
    );
  });

  afterAll(async () => {
    await signalServer(dataDir, 'SIGCONT');
    await app?.stop();
    server?.stdin!.end();
    await once(server, 'close');
    await rm(dataDir, { recursive: true, force: true, maxRetries: 10 });
  });

  it('R8: requests get 503 within 3 seconds while all its processes are suspended, and succeed within 2 seconds afterwards', () =>
    inTime(async () => {
      await customer.get('/api/cart').expect(200);
      const pids = await signalServer(dataDir, 'SIGSTOP');
      let answers: TimedResponse[];
      let lives: TimedResponse[];
      try {
        [answers, lives] = await Promise.all([
          rushFor(3000, () => timed(customer.post('/api/cart', { product_id: 1, quantity: 1 })), 24),
          rushFor(3000, () => timed(customer.get('/api/health/live')), 1),
        ]);
        const ready = await timed(customer.get('/api/health/ready'));
        expect(ready.status).toBe(503);
      } finally {
        await signalServer(dataDir, 'SIGCONT');
      }
      const readyAgain = await untilServed(() => customer.get('/api/health/ready'));
      const cart = await untilServed(() => customer.get('/api/cart'));

      const worst = slowest(answers);
      console.log(
        `R8: ${pids.length} processes frozen, ${answers.length} requests, slowest ${worst.toFixed()} ms, ` +
          `served again after ${(readyAgain + cart).toFixed()} ms`,
      );
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
      expect(answers.every(({ headers }) => headers.has('retry-after'))).toBe(true);
      expect(new Set(lives.map(({ status }) => status))).toEqual(new Set([200]));
      expectWithin(ANSWERED_MS + SLACK_MS, worst);
      expectWithin(1000, slowest(lives));
      expectWithin(2000 + SLACK_MS, readyAgain);
      expectWithin(2000 + SLACK_MS, cart);
    }));

  it('R6: every confirmed order is kept when the server is killed under load, 3 times', async () => {
    const product = (
      await admin.post('/api/products', { name: 'Rush', price: '1.00', stock: 1_000_000 }).expect(201)
    ).body.id;
    const acknowledged = new Set<number>();
    let sent = 0;
    let rushing = true;
    const rush = Array.from({ length: 12 }, async (_, index) => {
      for (let turn = 0; rushing; turn += 1) {
        const order = { items: [{ product_id: product, quantity: 1 }] };
        for (;;) {
          sent += 1;
          const { status, body } = await customer.post('/api/orders', order, {
            'idempotency-key': `${index}-${turn}`,
          });
          if (status === 201) {
            acknowledged.add(body.id);
            break;
          }
          expect(status).toBe(503);
          await pause(100); // leaves the processor to the server that starts
        }
      }
    });
    for (let cycle = 0; cycle < 3; cycle += 1) {
      await pause(300);
      const killed = server;
      await signalServer(dataDir, 'SIGKILL');
      killed.kill('SIGKILL');
      [server] = await startServer(dataDir);
      await untilServed(() => customer.get('/api/health/ready'));
    }
    rushing = false;
    await Promise.all(rush);

    const client = new pg.Client(databaseUrl);
    await client.connect();
    const { rows } = await client.query('SELECT order_id AS id FROM order_items WHERE product_id = $1', [
      product,
    ]);
    const { rows: left } = await client.query('SELECT stock FROM products WHERE id = $1', [product]);
    await client.end();
    console.log(`R6: 0 of ${acknowledged.size} orders lost in 3 crashes of PostgreSQL, ${sent} requests`);
    expect(rows.map(({ id }) => Number(id)).sort((a, b) => a - b)).toEqual(
      [...acknowledged].sort((a, b) => a - b),
    );
    expect(left[0].stock).toBe(1_000_000 - acknowledged.size);
    expect(app.child.exitCode).toBeNull();
  });
});

type TimedResponse = ApiResponse & { ms: number };

async function timed(call: PromiseLike<ApiResponse>): Promise<TimedResponse> {
  const began = performance.now();
  const response = await call;
  return { ...response, ms: performance.now() - began };
}

/** Clients that each send the next request when the last is answered. */
async function rushFor(
  ms: number,
  send: () => Promise<TimedResponse>,
  clients = 8,
): Promise<TimedResponse[]> {
  const answers: TimedResponse[] = [];
  const end = performance.now() + ms;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() < end) {
        answers.push(await send());
        await pause(100);
      }
    }),
  );
  return answers;
}

/** Repeats a request until it succeeds. @returns the time in milliseconds */
async function untilServed(ask: () => PromiseLike<ApiResponse>): Promise<number> {
  const began = performance.now();
  await until(async () => (await ask()).status === 200);
  return performance.now() - began;
}

function slowest(answers: TimedResponse[]): number {
  return Math.max(...answers.map(({ ms }) => ms));
}

async function backendsOf(shop: Shop): Promise<number> {
  const { rows } = await shop.database.query(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'comptoir'`,
  );
  return rows[0].n;
}

async function terminateAll(shop: Shop): Promise<void> {
  await shop.database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'comptoir'`,
  );
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client(process.env.TEST_DATABASE_URL);
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

async function signIn(url: string, email: string): Promise<Api> {
  const { body } = await new Api(url).post('/api/auth/login', { email, password: PASSWORD }).expect(200);
  return new Api(url, body.access, body.user);
}

const MODULE = pathToFileURL(resolve('dist/src/database/embedded-postgres.js')).href;

/** The embedded server, owned by a process that exits when its input ends. */
async function startServer(dataDir: string): Promise<[ChildProcess, string]> {
  const program = `
    import { startEmbeddedPostgres } from ${JSON.stringify(MODULE)};
    const database = await startEmbeddedPostgres(process.argv[1]);
    console.log(database.url);
    process.stdin.resume().once('end', () => database.stop());`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', program, dataDir]);
  let errors = '';
  holder.stderr.on('data', (chunk) => (errors += chunk));
  const [output] = await Promise.race([once(holder.stdout, 'data'), once(holder, 'close')]);
  if (!Buffer.isBuffer(output)) throw new Error(errors);
  return [holder, output.toString().trim()];
}

/** Sends a signal to the postmaster of this folder and to its children. @returns their pids */
async function signalServer(dataDir: string, signal: NodeJS.Signals): Promise<number[]> {
  const postmaster = Number.parseInt(
    await readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8'),
    10,
  );
  const pids = [postmaster];
  for (const entry of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === postmaster) pids.push(Number(entry));
  }
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it exited with its postmaster
    }
  }
  return pids;
}
