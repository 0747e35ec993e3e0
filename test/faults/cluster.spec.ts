import { spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Api, ApiResponse } from '../support/api.js';
import { send } from '../support/keep-alive.js';
import { AppProcess, freePort, Shop } from '../support/shop.js';
import { until } from '../support/until.js';

const CLUSTER = 'dist/src/cluster.js';
const WORKERS = 2;
const CLIENTS = 12;

/** `npm run start:cluster`: no request is lost while workers start and stop. */
describe('A cluster', () => {
  let shop: Shop;
  let app: AppProcess;
  let customer: Api;
  let product: number;

  beforeAll(async () => {
    shop = await Shop.open({ processes: 0 });
    app = await shop.startProcess({ WORKERS: String(WORKERS) }, CLUSTER);
    customer = await shop.newCustomer();
    product = (await shop.newProduct({ stock: 1_000_000 })).id;
  });
  afterAll(() => shop.close());

  it('serves with all its workers and prints the address once', async () => {
    const before = workers().map((pid) => [pid, processorTime(pid)] as const);
    expect(before).toHaveLength(WORKERS);
    const load = new Load(app.url, customer, product);
    await until(() => before.every(([pid, time]) => processorTime(pid) > time));
    expect(await load.end()).toEqual([]);
    expect(app.output.match(/Comptoir is open/g)).toHaveLength(1);
  });

  it('divides the connections of the server', async () => {
    const { rows } = await shop.database.query(`
      SELECT count(*)::int AS used, current_setting('max_connections')::int AS most
      FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'comptoir%'`);
    expect(rows[0].used).toBeLessThan(rows[0].most);
    const { code, output } = await endOf({ WORKERS: '200' });
    expect([code, output]).toEqual([1, expect.stringMatching(/^Comptoir cannot start\. WORKERS: .*\n$/)]);
  });

  it('continues when a worker is killed, and replaces it', async () => {
    const [victim, ...others] = workers();
    const load = new Load(app.url, customer, product);
    await pause(200);
    process.kill(victim!, 'SIGKILL');
    await until(() => serving().length === WORKERS && !serving().includes(victim!));
    const failed = await load.end();
    console.log(`${failed.length} of ${load.answered + failed.length} requests fell with a killed worker`);
    expect(failed.length).toBeLessThanOrEqual(CLIENTS);
    // Node's cluster hands each worker one connection at a time, and loses the one that a killed worker has not accepted.
    expect(failed.filter((what) => what !== 'ECONNRESET').length).toBeLessThanOrEqual(1);
    expect(workers()).toEqual(expect.arrayContaining(others));
  });

  it('sends no new connection to a suspended worker, and replaces it', async () => {
    await until(() => serving().length === WORKERS);
    const [frozen] = workers();
    process.kill(frozen!, 'SIGSTOP');
    const load = new Load(app.url, customer, product, 250); // for ten seconds
    await until(() => app.output.includes(`worker ${frozen} has not answered for 10 s and is killed`));
    expect(await load.end()).toEqual([]);
    await until(() => serving().length === WORKERS && !serving().includes(frozen!));
  });

  it('restarts a worker that exits at once with growing pauses, while the others serve', async () => {
    const known = workers();
    let victim = known.at(-1)!; // the newest, which may not serve yet
    for (const pauseMs of [0, 250, 500, 1_000]) {
      process.kill(victim, 'SIGKILL');
      const killedAt = performance.now();
      const born = () => workers().find((pid) => !known.includes(pid));
      await until(() => born() !== undefined);
      expect(performance.now() - killedAt).toBeGreaterThanOrEqual(pauseMs);
      known.push((victim = born()!));
      await customer.get('/api/cart').expect(200);
    }
  });

  it('is restarted by SIGHUP without a failed request, including a worker that has just started', async () => {
    await until(() => workers().length === WORKERS);
    process.kill(workers().pop()!, 'SIGKILL');
    await until(() => workers().length === WORKERS);
    const before = workers();
    const load = new Load(app.url, customer, product);
    await pause(300);
    app.child.kill('SIGHUP');
    await until(() => app.output.includes('all workers are new'), 120_000); // three starts, one after another
    expect(await load.end()).toEqual([]);
    console.log(`0 of ${load.answered} requests failed while ${WORKERS} workers were renewed`);
    expect(workers()).toHaveLength(WORKERS);
    expect(workers().filter((pid) => before.includes(pid))).toEqual([]);
  });

  it('stops on SIGTERM without a failed request, and in time', async () => {
    const load = new Load(app.url, customer, product);
    await pause(300);
    const pids = workers();
    const ended = app.stop();
    await pause(700); // a load balancer polls readiness, and then uses another machine
    expect(await load.end()).toEqual([]);
    expect(await ended).toBe(0); // otherwise a worker has exited by force after nine seconds
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it.each([
    ['SIGTERM to its first process', 'SIGTERM'],
    ['Ctrl-C, which all its processes get', 'SIGINT'],
  ] as const)('stops gracefully while its first worker starts, by %s', async (_how, signal) => {
    const database = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1'); // accepts connections and never responds
    await once(database, 'listening');
    const { port } = database.address() as AddressInfo;
    const cluster = spawnCluster({ DATABASE_URL: `postgres://127.0.0.1:${port}/` }, { detached: true });
    await once(database, 'connection'); // from the worker
    cluster.child.kill('SIGHUP'); // restarts no worker that does not serve yet
    process.kill(signal === 'SIGINT' ? -cluster.child.pid! : cluster.child.pid!, signal);
    const end = await cluster.end;
    database.close();
    expect(end).toEqual({ code: 0, output: '' });
  });

  it('divides rate limits among its workers, and stops gracefully while a worker starts beside one that serves', async () => {
    const PORT = String(await freePort());
    const cluster = spawnCluster({ DATABASE_URL: shop.databaseUrl, PORT, WORKERS: '2' });
    const visitor = shop.visitor.at(`http://127.0.0.1:${PORT}`);
    let answer: ApiResponse | undefined;
    await until(async () =>
      Boolean((answer = await visitor.get('/api/products').then(undefined, () => undefined))),
    );
    expect(answer!.headers.get('x-ratelimit-limit')).toBe('3000');

    const pid = cluster.child.pid!;
    await until(() => childrenOf(pid).length === 2);
    const [serving, starting] = childrenOf(pid);
    process.kill(starting!, 'SIGKILL');
    await until(() => childrenOf(pid).some((child) => child !== serving && child !== starting));
    cluster.child.kill('SIGTERM');
    const { code, output } = await cluster.end;
    expect(code).toBe(0);
    expect(output).not.toContain('ended before it served');
  });

  it('finishes pending requests when its main process is killed', async () => {
    const cluster = await shop.startProcess({ WORKERS: '1' }, CLUSTER);
    const pids = childrenOf(cluster.child.pid!);
    const blocker = await shop.database.connect();
    await blocker.query('BEGIN');
    await blocker.query('SELECT FROM products WHERE id = $1 FOR UPDATE', [product]);
    const order = { items: [{ product_id: product, quantity: 1 }] };
    const agent = new Agent({ keepAlive: true });
    const slow = send(agent, cluster.url, 'POST', '/api/orders', customer.token, order);
    await pause(200);
    cluster.child.kill('SIGKILL');
    await pause(200);
    await blocker.query('ROLLBACK');
    blocker.release();
    expect(await slow).toBe(201);
    await until(() => !pids.some(isAlive));
  });

  it('that cannot start prints the reason in one line and exits', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    const ends = await Promise.all([
      endOf({ PORT: String(port) }),
      endOf({ WORKERS: 'many' }),
      endOf({ DATABASE_URL: shop.databaseUrl.replace(/:[^:@]+@/, ':wrong-password@') }),
    ]);
    other.close();
    expect(ends.map(({ code }) => code)).toEqual([1, 1, 1]);
    for (const [index, variable] of ['PORT', 'WORKERS', 'DATABASE_URL'].entries()) {
      expect(ends[index]!.output).toMatch(new RegExp(`^Comptoir cannot start\\. ${variable}: .*\\n$`));
    }
  });

  function workers(): number[] {
    return childrenOf(app.child.pid!).filter(isAlive);
  }

  /**
   * Those that hold the socket of the server, which the main process gives to a worker when it listens. A forked process
   * has all sockets of the main process until it executes main.js.
   */
  function serving(): number[] {
    const socket = `socket:[${listenerOn(Number(new URL(app.url).port))}]`;
    return workers().filter((pid) => isMain(pid) && linksOf(pid).includes(socket));
  }

  async function endOf(env: Record<string, string>) {
    return spawnCluster({ DATABASE_URL: shop.databaseUrl, PORT: String(await freePort()), ...env }).end;
  }

  function spawnCluster(env: Record<string, string>, options: SpawnOptions = {}) {
    const child = spawn(process.execPath, [CLUSTER], {
      ...options,
      env: {
        PATH: process.env.PATH,
        DATA_DIR: process.env.TEST_DATA_DIR,
        HOST: '127.0.0.1',
        LOG_LEVEL: 'error',
        ...env,
      },
    });
    let output = '';
    child.stdout!.on('data', (chunk) => (output += chunk));
    child.stderr!.on('data', (chunk) => (output += chunk));
    const end = once(child, 'close').then(([code]) => ({ code, output }));
    return { child, end };
  }
});

/** Clients with keep-alive connections that read and order, without retries. */
class Load {
  answered = 0;
  private readonly failed: string[] = [];
  private readonly agent = new Agent({ keepAlive: true });
  private readonly running: Promise<void>[];
  private isOver = false;

  constructor(url: string, customer: Api, product: number, pauseMs = 50) {
    const order = { items: [{ product_id: product, quantity: 1 }] };
    this.running = Array.from({ length: CLIENTS }, async (_, index) => {
      while (!this.isOver) {
        const answer = await (index % 3
          ? send(this.agent, url, 'GET', '/api/products?page_size=5')
          : send(this.agent, url, 'POST', '/api/orders', customer.token, order));
        if (typeof answer === 'number' && answer < 300) this.answered += 1;
        else this.failed.push(String(answer));
        await pause(pauseMs);
      }
    });
  }

  /** @returns the failures: statuses, and errors of connections */
  async end(): Promise<string[]> {
    this.isOver = true;
    await Promise.all(this.running);
    this.agent.destroy();
    return this.failed;
  }
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number);
}

/** @returns the inode of the socket that listens on a port of 127.0.0.1 */
function listenerOn(port: number): string | undefined {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const sockets = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return sockets.find(([, own, , state]) => own === local && state === '0A')?.[9];
}

function isMain(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('/main.js');
  } catch {
    return false; // it ended
  }
}

/** @returns what the file descriptors of a process refer to */
function linksOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch {
    return []; // it ended, or closed one meanwhile
  }
}

/** In ticks; see proc(5). */
function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
