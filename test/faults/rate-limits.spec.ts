import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Api, ApiResponse } from '../support/api.js';
import { itWithRedis, startRedis } from '../support/redis.js';
import { PASSWORD, Shop } from '../support/shop.js';

/** Attempts a minute on one account, and from one address on all accounts together. */
const ON_ACCOUNT = 10;
const FROM_ADDRESS = 100;

/** S16, S17: password guessing is limited for every account and address; shopping is not affected. */
describe('Rate limits', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await Shop.open({ processes: 2, env: { RATE_LIMIT: 'on' } });
  });
  beforeEach(() => shop.database.query('DELETE FROM rate_limits'));
  afterAll(() => shop.close());

  it('allow ten wrong logins a minute on one account, and return the time of the next attempt', async () => {
    const { username } = await account();
    const answers = await guess(username, 15);
    expect(answers.map(({ status }) => status)).toEqual([
      ...Array(ON_ACCOUNT).fill(401),
      ...Array(5).fill(429),
    ]);
    const { headers, body } = answers.at(-1)!;
    expect(body.code).toBe('too_many_requests');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
  });

  it('refuse the right password, too, so that guesses learn nothing, and accept it a minute later', async () => {
    const { username } = await account();
    await guess(username, ON_ACCOUNT);
    await login(username, PASSWORD).expect(429);
    await shop.database.query(`UPDATE rate_limits SET expires_at = expires_at - interval '1 minute'`);
    await login(username, PASSWORD).expect(200);
  });

  it('do not count successful logins', async () => {
    const { username } = await account();
    for (let times = 0; times < 3 * ON_ACCOUNT; times += 1) await login(username, PASSWORD).expect(200);
    await guess(username, ON_ACCOUNT - 1);
    await login(username, PASSWORD).expect(200);
    expect((await guess(username, 2)).map(({ status }) => status)).toEqual([401, 429]);
  });

  it('are shared by all routes and spellings of an account', async () => {
    const { username } = await account();
    const paths = ['/api/auth/login', '/login', '/api/token/', '/auth/token', '/api//auth//login', '/token'];
    const statuses: number[] = [];
    for (let turn = 0; turn < 12; turn += 1) {
      const name = turn % 2 ? username.toUpperCase() : username;
      const { status } = await shop.visitor.post(paths[turn % paths.length]!, {
        username: name,
        password: 'wrong',
      });
      statuses.push(status);
    }
    expect(statuses).toEqual([...Array(ON_ACCOUNT).fill(401), 429, 429]);
  });

  it('are shared by an account’s username and address', async () => {
    const { username, email } = await account();
    const answers = [...(await guess(username, ON_ACCOUNT)), ...(await guess(email, ON_ACCOUNT))];
    expect(answers.map(({ status }) => status)).toEqual([
      ...Array(ON_ACCOUNT).fill(401),
      ...Array(ON_ACCOUNT).fill(429),
    ]);
    const mixed = await shop.visitor.post('/api/auth/login', {
      username,
      email: 'other@example.com',
      password: 'wrong',
    });
    expect(mixed.status).toBe(429);
  });

  it('do not depend on members that the route does not read', async () => {
    const { email } = await account();
    const statuses: number[] = [];
    for (let turn = 0; turn < ON_ACCOUNT + 2; turn += 1) {
      const { status } = await shop.visitor.post('/api/v1/auth/login', {
        username: `nobody${turn}`,
        email,
        password: 'wrong',
      });
      statuses.push(status);
    }
    expect(statuses).toEqual([...Array(ON_ACCOUNT).fill(401), 429, 429]);
  });

  it('do not affect many successful logins at once', async () => {
    const { username } = await account();
    const rush = await Promise.all(Array.from({ length: 30 }, () => login(username, PASSWORD)));
    expect(rush.map(({ status }) => status)).toEqual(Array(30).fill(200));
  });

  it('apply to one address that tries many accounts', async () => {
    const statuses: number[] = [];
    for (let turn = 0; turn < FROM_ADDRESS + 20; turn += 10) {
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) => login(`nobody${turn + index}@example.com`, 'wrong')),
      );
      statuses.push(...answers.map(({ status }) => status));
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(FROM_ADDRESS);
    expect(statuses.slice(-20)).toEqual(Array(20).fill(429));
  });

  it('S17: are not affected by headers that name another address', async () => {
    const { username } = await account();
    const headers = [
      'x-forwarded-for',
      'forwarded',
      'x-real-ip',
      'x-client-ip',
      'cf-connecting-ip',
      'true-client-ip',
      'x-forwarded-host',
    ];
    await login('first', 'wrong').expect(401);
    await nearlyUsedUp();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => {
        const address = `10.1.${index}.7`;
        const spoofed = headers.map((name) => [name, name === 'forwarded' ? `for=${address}` : address]);
        const guessed = { username: `no${index}`, password: 'wrong' };
        return shop.visitor.post('/api/auth/login', guessed, Object.fromEntries(spoofed));
      }),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
    const known = await Promise.all(
      Array.from({ length: 15 }, (_, index) =>
        shop.visitor.post(
          '/api/auth/login',
          { username, password: 'wrong' },
          { 'x-forwarded-for': `10.9.9.${index}` },
        ),
      ),
    );
    expect(known.map(({ status }) => status)).toEqual(Array(15).fill(429));
  });

  it('S17: apply to two processes and across a restart, also to concurrent attempts', async () => {
    const { username } = await account();
    const rush = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        patiently(() => login(username, 'wrong', shop.processes[index % 2]!.url)),
      ),
    );
    expect(rush.filter(({ status }) => status === 401)).toHaveLength(ON_ACCOUNT);
    expect(rush.filter(({ status }) => status === 429)).toHaveLength(30);
    const restarted = await shop.startProcess();
    await login(username, 'wrong', restarted.url).expect(429);
    await login(username, PASSWORD, restarted.url).expect(429);
    await shop.stopProcess(restarted);
  });

  it('apply to registration, by name and by address', async () => {
    const taken = { username: 'john', email: 'x@example.com', password: PASSWORD };
    const byName: number[] = [];
    for (let turn = 0; turn < 13; turn += 1)
      byName.push((await shop.visitor.post('/api/auth/signup', taken)).status);
    expect(byName).toEqual([...Array(10).fill(400), 429, 429, 429]);

    const byAddress = await Promise.all(
      Array.from({ length: 80 }, (_, index) =>
        shop.visitor.post('/api/register', { ...taken, username: `many${index}`, email: 'bad' }),
      ),
    );
    const stopped = byAddress.filter(({ status }) => status === 429);
    expect(stopped.length).toBeGreaterThanOrEqual(20);
    expect(stopped.every(({ headers }) => headers.has('retry-after'))).toBe(true);
  });

  it('apply to changes of address on every route of an account, since each sends a mail', async () => {
    const customer = await shop.newCustomer();
    const paths: [string, string][] = [
      ['PATCH', '/api/users/me'],
      ['PUT', `/api/users/${customer.user.id}`],
      ['PUT', '/api/v1/auth/profile'],
    ];
    const change = (turn: number, body: object) => {
      const [method, path] = paths[turn % paths.length]!;
      return customer.send(method, path, { body });
    };
    const statuses: number[] = [];
    for (let turn = 0; turn < 7; turn += 1) {
      const { status } = await change(turn, { email: `new${turn}.${customer.user.email}` });
      statuses.push(status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429]);
    for (const turn of [0, 1, 2]) await change(turn, { name: 'Renamed' }).expect(200);
    await shop.database.query(`DELETE FROM rate_limits WHERE key LIKE '%new-email%'`);
    await change(0, { email: `last.${customer.user.email}` }).expect(200);
  });

  it('do not affect a customer who shops ten times as fast as a human can', async () => {
    const { api } = await account();
    const { rows } = await shop.database.query('SELECT id FROM products WHERE stock > 5 LIMIT 1');
    const product_id = Number(rows[0].id);
    for (let round = 0; round < 40; round += 1) {
      await Promise.all([
        ...Array.from({ length: 10 }, (_, page) =>
          api.get(`/api/products?page_size=2&page=${1 + (page % 3)}`).expect(200),
        ),
        api.get('/api/cart').expect(200),
        api.post('/api/favorites', { product_id }),
      ]);
    }
  });

  it('use the forwarded address behind a trusted proxy', async () => {
    const app = await shop.startProcess({ TRUST_PROXY: '127.0.0.1' });
    const from = (address: string, name: string) =>
      shop.visitor
        .at(app.url)
        .post('/api/auth/login', { username: name, password: 'wrong' }, { 'x-forwarded-for': address });
    const exhaust = async (address: (index: number) => string) => {
      await shop.database.query('DELETE FROM rate_limits');
      await from(address(0), 'first').expect(401);
      await nearlyUsedUp();
      const answers = await Promise.all(
        Array.from({ length: 30 }, (_, index) => from(address(index), `who${index}`)),
      );
      return answers.filter(({ status }) => status === 401).length;
    };
    expect(await exhaust(() => '203.0.113.7')).toBe(10);
    await from('203.0.113.8', 'elsewhere').expect(401);
    // The header has the client's own value left of the proxy's.
    await from('198.51.100.1, 203.0.113.7', 'spoofer').expect(429);
    // Some proxies append the port of the client's connection.
    expect(await exhaust((index) => `203.0.113.7:${50_000 + index}`)).toBe(10);
    await from('203.0.113.7', 'without a port').expect(429);
    await from('203.0.113.7:50000, 127.0.0.1:50001', 'behind two proxies').expect(429);
    expect(await exhaust((index) => `[2001:db8:1:4::1]:${50_000 + index}`)).toBe(10);
    // A subscriber has a /64 of IPv6 addresses.
    expect(await exhaust((index) => `2001:db8:1:2::${(index + 1).toString(16)}`)).toBe(10);
    await from('2001:db8:1:3::1', 'neighbour').expect(401);
    await shop.stopProcess(app);
  });

  itWithRedis('hold across two processes that count in Redis, and in the database without it', async () => {
    const redis = await startRedis();
    const env = { REDIS_URL: redis.url };
    const apps = await Promise.all([shop.startProcess(env), shop.startProcess(env)]);
    const urls = apps.map(({ url }) => url);
    const { username } = await account();
    const rush = await Promise.all(
      Array.from({ length: 30 }, (_, index) => patiently(() => login(username, 'wrong', urls[index % 2]))),
    );
    expect(rush.filter(({ status }) => status === 401)).toHaveLength(ON_ACCOUNT);
    expect(rush.filter(({ status }) => status === 429)).toHaveLength(20);
    const other = await account();
    for (let turn = 0; turn < 2 * ON_ACCOUNT; turn += 1) {
      await login(other.username, PASSWORD, urls[turn % 2]).expect(200);
    }
    expect((await shop.database.query('SELECT FROM rate_limits')).rowCount).toBe(0);

    redis.process.kill('SIGSTOP');
    const without = await guess(other.username, ON_ACCOUNT + 1, urls[0]);
    expect(without.map(({ status }) => status)).toEqual([...Array(ON_ACCOUNT).fill(401), 429]);
    await redis.stop();
    await login(other.username, PASSWORD, urls[1]).expect(429);
    for (const app of apps) await shop.stopProcess(app);
  });

  it('have a Retry-After of the counter that refused, also below /api/v1', async () => {
    const { email } = await account();
    const guessed = () => shop.visitor.post('/api/v1/auth/login', { email, password: 'wrong' });
    for (let turn = 0; turn < ON_ACCOUNT; turn += 1) {
      const { headers } = await guessed().expect(401);
      expect(headers.get('x-ratelimit-remaining')).toBe(String(FROM_ADDRESS - 1 - turn));
      expect(headers.has('x-ratelimit-reset')).toBe(false);
    }
    tellsOfFullCounter((await guessed().expect(429)).headers, ON_ACCOUNT);
    await nearlyUsedUp(0);
    tellsOfFullCounter((await guessed().expect(429)).headers, FROM_ADDRESS);
  });

  it('do not stop anybody from shopping while their counters are unavailable', async () => {
    const blocker = await shop.database.connect();
    await blocker.query('BEGIN');
    await blocker.query('LOCK TABLE rate_limits IN ACCESS EXCLUSIVE MODE');
    await Promise.all(Array.from({ length: 20 }, () => shop.visitor.get('/api/products').expect(200)));
    await blocker.query('ROLLBACK');
    blocker.release();
  });

  it('allow one address 6,000 requests a minute, and unlimited requests for health', async () => {
    const app = await shop.startProcess(); // with new counters
    const { url } = app;
    const visitor = shop.visitor.at(url);
    const flood = await flooded(url, 6_050);
    expect(flood).toEqual({ 404: 6_000, 429: 50 });
    const { headers, body } = await visitor.get('/api/products').expect(429);
    expect(body.code).toBe('too_many_requests');
    tellsOfFullCounter(headers, 6_000);
    await visitor.get('/api/health/ready').expect(200);
    await visitor.get('/api/health/live').expect(200);
    await shop.stopProcess(app);
  });

  /** Number of responses of each status to this many requests. */
  async function flooded(url: string, requests: number): Promise<Record<number, number>> {
    const agent = new Agent({ keepAlive: true, maxSockets: 50 });
    const statuses: Record<number, number> = {};
    await Promise.all(
      Array.from({ length: requests }, async () => {
        const request = get(`${url}/api/nothing`, { agent });
        const [response] = (await once(request, 'response')) as [IncomingMessage];
        response.resume();
        statuses[response.statusCode!] = (statuses[response.statusCode!] ?? 0) + 1;
      }),
    );
    agent.destroy();
    return statuses;
  }

  function tellsOfFullCounter(headers: Headers, limit: number): void {
    const retryAfter = Number(headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThanOrEqual(1);
    expect(retryAfter).toBeLessThanOrEqual(60);
    expect(headers.get('x-ratelimit-limit')).toBe(String(limit));
    expect(headers.get('x-ratelimit-remaining')).toBe('0');
    const answeredAt = Date.parse(headers.get('date')!) / 1000;
    expect(Math.abs(Number(headers.get('x-ratelimit-reset')) - answeredAt - retryAfter)).toBeLessThan(3);
  }

  /** Leaves this many attempts to every address that has made one. */
  async function nearlyUsedUp(left = 10): Promise<void> {
    const { rowCount } = await shop.database.query(
      `UPDATE rate_limits SET hits = $1 WHERE key LIKE 'signIn:address:%'`,
      [FROM_ADDRESS - left],
    );
    expect(rowCount).toBe(1);
  }

  async function account(): Promise<{ username: string; email: string; api: Api }> {
    const api = await shop.newCustomer();
    await shop.database.query('DELETE FROM rate_limits');
    return { username: api.user.username, email: api.user.email, api };
  }

  function login(name: string, password: string, url = shop.url) {
    return shop.visitor.at(url).post('/api/auth/login', { username: name, password });
  }

  /** Repeats a request after `Retry-After` while the shop is busy: forty at once are many for a slow machine. */
  async function patiently(ask: () => Promise<ApiResponse>): Promise<ApiResponse> {
    for (;;) {
      const answer = await ask();
      if (answer.status !== 503) return answer;
      await pause(Number(answer.headers.get('retry-after')) * 1_000);
    }
  }

  async function guess(name: string, times: number, url = shop.url): Promise<ApiResponse[]> {
    const answers: ApiResponse[] = [];
    for (let turn = 0; turn < times; turn += 1) answers.push(await login(name, `wrong${turn}`, url));
    return answers;
  }
});
