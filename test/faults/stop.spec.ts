import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import type { Api } from '../support/api.js';
import { send } from '../support/keep-alive.js';
import { AppProcess, freePort, Shop } from '../support/shop.js';
import { expectWithin, inTime } from '../support/slowness.js';
import { until } from '../support/until.js';

const MAIN = 'dist/src/main.js';
const WAITS_FOR_A_LOCK = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;

describe('Stopping', () => {
  let shop: Shop;
  let customer: Api;
  /** Takes more than nine seconds, and runs beside the first tests. */
  let halfSentRequest: Promise<void>;
  beforeAll(async () => {
    shop = await Shop.open();
    customer = await shop.newCustomer();
    halfSentRequest = stopUnderHalfARequest();
    halfSentRequest.catch(() => {}); // reported by its test
  });
  afterAll(() => shop.close());

  it('R16: fails no request of 24 keep-alive clients in 2 stops, and exits in time although a connection is silent', async () => {
    const product = await shop.newProduct({ stock: 1_000_000 });
    let answered = 0;
    const failed: string[] = [];
    for (let stop = 0; stop < 2; stop += 1) {
      const app = await shop.startProcess({}, MAIN);
      const agent = new Agent({ keepAlive: true });
      let gone = false;
      const clients = Array.from({ length: 24 }, async (_, index) => {
        while (!gone) {
          const answer = await (index % 3
            ? send(agent, app.url, 'GET', '/api/products?page_size=5')
            : send(agent, app.url, 'POST', '/api/orders', customer.token, {
                items: [{ product_id: product.id, quantity: 1 }],
              }));
          if (typeof answer === 'number' && answer < 300) answered += 1;
          else failed.push(String(answer));
        }
      });
      const silent = connect(Number(new URL(app.url).port), '127.0.0.1'); // sends nothing
      silent.on('error', () => {});
      await pause(400);
      const ended = app.stop();
      await pause(400); // a load balancer polls readiness, and then uses another process
      gone = true;
      expect(await ended).toBe(0); // otherwise it has exited by force after nine seconds
      await Promise.all(clients);
      agent.destroy();
      shop.processes.splice(shop.processes.indexOf(app), 1);
    }
    console.log(`R16: ${failed.length} of ${answered + failed.length} requests failed in 2 stops`);
    expect(failed).toEqual([]);
  });

  it('is "not ready" at once, and finishes pending requests', async () => {
    const product = await shop.newProduct();
    const app = await shop.startProcess({}, MAIN);
    const agent = new Agent({ keepAlive: true });
    expect(await send(agent, app.url, 'GET', '/api/health/ready')).toBe(200);

    const blocker = await shop.database.connect();
    await blocker.query('BEGIN');
    await blocker.query('SELECT FROM products WHERE id = $1 FOR UPDATE', [product.id]);
    const slow = send(agent, app.url, 'POST', '/api/orders', customer.token, {
      items: [{ product_id: product.id, quantity: 1 }],
    });
    await until(async () => (await shop.database.query(WAITS_FOR_A_LOCK)).rowCount === 1);
    const ended = app.stop();
    await until(async () => (await send(agent, app.url, 'GET', '/api/health/ready')) === 503);
    await blocker.query('ROLLBACK');
    blocker.release();

    expect(await slow).toBe(201);
    expect(await ended).toBe(0);
    shop.processes.splice(shop.processes.indexOf(app), 1);
    expect(app.output).not.toMatch(/"level":[56]0/);
  });

  it('ends the connections of requests that are refused in an overload, too', async () => {
    const app = await shop.startProcess({}, MAIN);
    const agent = new Agent({ keepAlive: true });
    const headersOf = async () => {
      const [response] = (await once(request(`${app.url}/api/products/1`, { agent }).end(), 'response')) as [
        IncomingMessage,
      ];
      response.resume();
      return response.headers;
    };
    const blocker = await shop.database.connect();
    await blocker.query('BEGIN; LOCK TABLE products IN ACCESS EXCLUSIVE MODE');
    const ended = app.stop();
    await until(async () => (await send(agent, app.url, 'GET', '/api/health/ready')) === 503);
    const answers = await Promise.allSettled(Array.from({ length: 500 }, headersOf));
    await blocker.query('ROLLBACK');
    blocker.release();
    const all = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    expect(all.some(({ date }) => date === undefined)).toBe(true); // refused before Fastify
    expect([...new Set(all.map(({ connection }) => connection))]).toEqual(['close']);
    expect(await ended).toBe(0);
    agent.destroy();
    shop.processes.splice(shop.processes.indexOf(app), 1);
  });

  it('ends in time although a client holds a connection and a half-sent request', () => halfSentRequest);

  async function stopUnderHalfARequest(): Promise<void> {
    await inTime(async () => {
      const app = await shop.startProcess({}, MAIN);
      const agent = new Agent({ keepAlive: true });
      await send(agent, app.url, 'GET', '/api/health/live');
      const half = request(`${app.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': 100 },
      });
      half.on('error', () => {});
      half.write('{"username":');
      await pause(100);
      const began = performance.now();
      expect([0, 1]).toContain(await app.stop()); // 1 when it had to exit by force
      half.destroy();
      agent.destroy();
      shop.processes.splice(shop.processes.indexOf(app), 1);
      expectWithin(10_000, performance.now() - began);
    });
  }
});

describe('A start', () => {
  const SECRET = 'Hq7vY2kM9sXw4tBz8nLc3pRf6jGd1aEu';
  const production = {
    NODE_ENV: 'production',
    JWT_SECRET: SECRET,
    DATABASE_URL: 'postgres://shop:hidden-password@127.0.0.1:1/shop',
    PUBLIC_URL: 'https://shop.example.com',
  };
  let dataDir: string;
  /** Waits for a server that does not respond, beside the first tests. */
  let endsWithoutDatabase: ReturnType<typeof startWithoutDatabase>;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'comptoir-start-'));
    endsWithoutDatabase = startWithoutDatabase();
    endsWithoutDatabase.catch(() => {}); // reported by its test
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  // S21: [fault, variable in the message, environment]
  const bad: [string, string, Record<string, string | undefined>][] = [
    ['no secret in production', 'JWT_SECRET', { ...production, JWT_SECRET: undefined }],
    ['an empty secret in production', 'JWT_SECRET', { ...production, JWT_SECRET: '' }],
    ['a short secret in production', 'JWT_SECRET', { ...production, JWT_SECRET: 'only-eighteen-byte' }],
    ['a secret of one letter in production', 'JWT_SECRET', { ...production, JWT_SECRET: 'q'.repeat(64) }],
    [
      'a secret from an example in production',
      'JWT_SECRET',
      { ...production, JWT_SECRET: `please-change-me-${SECRET}` },
    ],
    ['demo data in production', 'DEMO', { ...production, DEMO: 'true' }],
    ['no rate limit in production', 'RATE_LIMIT', { ...production, RATE_LIMIT: 'off' }],
    ['no database in production', 'DATABASE_URL', { ...production, DATABASE_URL: undefined }],
    ['any origin', 'CORS_ORIGINS', { ...production, CORS_ORIGINS: '*' }],
    ['an origin with a wildcard', 'CORS_ORIGINS', { ...production, CORS_ORIGINS: 'https://*.shop-q7.com' }],
    ['every proxy trusted', 'TRUST_PROXY', { ...production, TRUST_PROXY: 'true' }],
    ['a proxy network that is none', 'TRUST_PROXY', { ...production, TRUST_PROXY: '10.77.0.0/99' }],
    ['every address a proxy', 'TRUST_PROXY', { ...production, TRUST_PROXY: '0.0.0.0/0' }],
    [
      "the demo's password for the admin in production",
      'ADMIN_PASSWORD',
      {
        ...production,
        ADMIN_EMAIL: 'boss@example.com',
        ADMIN_PASSWORD: 'password123',
      },
    ],
    ['an admin without a password', 'ADMIN_PASSWORD', { ADMIN_EMAIL: 'boss-q7@example.com' }],
    [
      'a short admin password',
      'ADMIN_PASSWORD',
      { ADMIN_EMAIL: 'boss@example.com', ADMIN_PASSWORD: 'tiny-q7' },
    ],
    [
      'an admin address that is none',
      'ADMIN_EMAIL',
      { ADMIN_EMAIL: 'boss-q7', ADMIN_PASSWORD: 'long enough' },
    ],
    ['a port that is no number', 'PORT', { PORT: 'eighty-q7' }],
    ['a port out of range', 'PORT', { PORT: '70007' }],
    ['an address that is none', 'PUBLIC_URL', { PUBLIC_URL: 'shop-q7' }],
    ['a script for an address', 'PUBLIC_URL', { PUBLIC_URL: 'javascript:alert(7)' }],
    ['another database', 'DATABASE_URL', { DATABASE_URL: 'mysql://root:hidden-password@localhost/shop' }],
    [
      'a database address with a bad port',
      'DATABASE_URL',
      { DATABASE_URL: 'postgres://root:hidden-password@localhost:999999/x' },
    ],
    ['a Redis that is none', 'REDIS_URL', { REDIS_URL: 'http://root:hidden-password@q7.example.com' }],
    ['no workers', 'WORKERS', { WORKERS: '0' }],
    ['an unknown log level', 'LOG_LEVEL', { LOG_LEVEL: 'loud-q7' }],
    ['an unknown environment', 'NODE_ENV', { NODE_ENV: 'prod-q7' }],
    ['a folder that cannot be', 'DATA_DIR', { DATA_DIR: '/dev/null/q7' }],
    ['a folder that cannot be, with a secret', 'DATA_DIR', { DATA_DIR: '/dev/null/q7', JWT_SECRET: SECRET }],
  ];

  const unknownHost: (typeof bad)[number] = [
    'a database host that is unknown',
    'DATABASE_URL',
    { DATABASE_URL: 'postgres://root:hidden-password@q7.invalid/x' },
  ];

  it('S21: refuses each of 29 invalid configurations with one message that names the variable and not the value', async () => {
    const program = `
      import { loadConfig } from ${urlOf('dist/src/config/config.js')};
      const messages = JSON.parse(process.argv[1]).map((env) => {
        try { return loadConfig(env) && 'accepted'; } catch (error) { return error.name + ' ' + error.message; }
      });
      console.log(JSON.stringify(messages));`;
    const messages = await messagesOf(
      program,
      bad.map(([, , env]) => ({ DATA_DIR: dataDir, ...env })),
    );
    bad.forEach(([what, variable, env], index) => {
      const message = messages[index]!;
      expect([what, message]).toEqual([
        what,
        expect.stringMatching(new RegExp(`^ConfigError [^:\\n]*\\b${variable}\\b[^\\n]*$`)),
      ]);
      if (!/^(true|off|\*|0)?$/.test(env[variable] ?? '')) expect(message).not.toContain(env[variable]);
      expect(message).not.toMatch(/hidden-password|password123|q7/);
    });
  });

  it.each([bad[2]!, unknownHost])(
    'S21: with %s ends with one message that names %s and no value',
    async (_what, variable, env) => {
      await inTime(async () => {
        const { code, output, ms } = await end({ DATA_DIR: dataDir, ...env });
        expect([code, output]).toEqual([
          1,
          expect.stringMatching(new RegExp(`^Comptoir cannot start\\. .*\\b${variable}\\b.*\\n$`)),
        ]);
        expect(output).not.toMatch(/hidden-password|only-eighteen|q7/);
        expectWithin(10_000, ms);
      });
    },
  );

  it('on a port in use ends with a message that names PORT', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    const { code, output } = await end({
      DATA_DIR: dataDir,
      DATABASE_URL: await emptyDatabase(),
      PORT: String(port),
    });
    other.close();
    expect([code, output]).toEqual([1, expect.stringMatching(/^Comptoir cannot start\. PORT\b.*\n$/m)]);
  });

  it('ends with a clear message when DATABASE_URL is refused, unresponsive or not PostgreSQL', async () => {
    const messages = await endsWithoutDatabase;
    expect(messages).toEqual(Array(5).fill(expect.stringMatching(/^ConfigError DATABASE_URL: .*$/)));
    expect(String(messages)).not.toContain('hidden-password');
  });

  /** @returns for each of these environments what a start throws, all in one process */
  async function startWithoutDatabase(): Promise<string[]> {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    const talker = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(
      0,
      '127.0.0.1',
    );
    await Promise.all([silent, talker].map((server) => server.listening || once(server, 'listening')));
    const urls = [
      `postgres://shop:hidden-password@127.0.0.1:${await freePort()}/shop`,
      `postgres://shop:hidden-password@127.0.0.1:${(silent.address() as any).port}/shop`,
      `postgres://shop:hidden-password@127.0.0.1:${(talker.address() as any).port}/shop`,
      process.env.TEST_DATABASE_URL!.replace(/:[^:@]+@/, ':hidden-password@'),
      process.env.TEST_DATABASE_URL!.replace(/\/[^/]*$/, '/no_such_database'),
    ];
    const program = `
      import { createRequire } from 'node:module';
      import { loadConfig } from ${urlOf('dist/src/config/config.js')};
      const { openShop } = createRequire(import.meta.url)(${JSON.stringify(resolve('dist/src/start.js'))});
      const starts = JSON.parse(process.argv[1]).map((env) => openShop(loadConfig(env), () => {}));
      const messages = (await Promise.allSettled(starts)).map(({ reason }) => reason?.name + ' ' + reason?.message);
      console.log(JSON.stringify(messages));
      process.exit();`;
    const messages = await messagesOf(
      program,
      urls.map((DATABASE_URL) => ({ DATA_DIR: dataDir, DATABASE_URL })),
    );
    silent.close();
    talker.close();
    return messages;
  }

  it('opens few connections, since the first tasks of housekeeping run one after another', async () => {
    const shop = await Shop.open();
    for (let turn = 0; turn < 10; turn += 1) {
      const { rowCount } = await shop.database.query(
        `SELECT FROM pg_stat_activity WHERE application_name = 'comptoir' AND datname = current_database()`,
      );
      expect(rowCount).toBeLessThan(5);
      await pause(100); // with a connection for each task there would be ten by now
    }
    await shop.close();
  });

  it('R23: of 5 processes at once on an empty database migrates and seeds it once', async () => {
    const DATABASE_URL = await emptyDatabase();
    const apps = await Promise.all(
      Array.from({ length: 5 }, () => AppProcess.inHost({ DATABASE_URL, DATA_DIR: dataDir })),
    );
    const client = new pg.Client(DATABASE_URL);
    await client.connect();
    const { rows } = await client.query(`
      SELECT (SELECT count(*)::int = count(DISTINCT name) AND count(*) > 0 FROM migrations) AS migrated_once,
             (SELECT count(*)::int FROM users) AS users,
             (SELECT count(*) = count(DISTINCT name) AND count(*) > 0 FROM products) AS filled_once`);
    await client.end();
    expect(rows).toEqual([{ migrated_once: true, users: 3, filled_once: true }]);
    const ready = await Promise.all(apps.map(({ url }) => fetch(`${url}/api/health/ready`)));
    expect(ready.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await Promise.all(apps.map((app) => app.stop()))).toEqual([0, 0, 0, 0, 0]);
  });

  it('R23: succeeds after the first one was killed in the middle', async () => {
    const DATABASE_URL = await emptyDatabase();
    for (const delay of [700, 900]) {
      const child = spawn(process.execPath, [MAIN], {
        env: { PATH: process.env.PATH, DATABASE_URL, DATA_DIR: dataDir, PORT: String(await freePort()) },
      });
      await pause(delay);
      child.kill('SIGKILL');
    }
    const app = await AppProcess.inHost({ DATABASE_URL, DATA_DIR: dataDir });
    expect((await fetch(`${app.url}/api/health/ready`)).status).toBe(200);
    expect(await app.stop()).toBe(0);
  });

  it('creates the first admin from ADMIN_EMAIL and ADMIN_PASSWORD in production, and no demo account', async () => {
    const app = await AppProcess.inHost({
      ...production,
      HOST: '127.0.0.1',
      DATABASE_URL: await emptyDatabase(),
      DATA_DIR: dataDir,
      ADMIN_EMAIL: 'boss@example.com',
      ADMIN_PASSWORD: 'a long phrase of mine',
    });
    const login = (email: string, password: string) =>
      fetch(`${app.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password }),
      });
    expect((await login('boss@example.com', 'a long phrase of mine')).status).toBe(200);
    expect((await login('admin@example.com', 'password123')).status).toBe(401);
    expect(app.output).not.toMatch(/a long phrase|password123/);
    expect(await app.stop()).toBe(0);
  });

  function urlOf(file: string): string {
    return JSON.stringify(pathToFileURL(resolve(file)).href);
  }

  /** Runs a program that takes environments as JSON, and prints a message for each. */
  async function messagesOf(
    program: string,
    environments: Record<string, string | undefined>[],
  ): Promise<string[]> {
    const args = ['--input-type=module', '-e', program, JSON.stringify(environments)];
    return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout);
  }

  async function end(env: Record<string, string | undefined>) {
    const began = performance.now();
    const child = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env.PATH, HOST: '127.0.0.1', ...env } as NodeJS.ProcessEnv,
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const timer = setTimeout(() => child.kill('SIGKILL'), 60_000);
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    clearTimeout(timer);
    return { code, output, ms: performance.now() - began };
  }

  async function emptyDatabase(): Promise<string> {
    const name = `empty_${Math.random().toString(36).slice(2)}`;
    const client = new pg.Client(process.env.TEST_DATABASE_URL);
    await client.connect();
    await client.query(`CREATE DATABASE ${name}`);
    await client.end();
    const url = new URL(process.env.TEST_DATABASE_URL!);
    url.pathname = `/${name}`;
    return url.href;
  }
});
