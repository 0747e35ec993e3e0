import { createHmac, hkdfSync } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Api } from '../support/api.js';
import { PASSWORD, Shop } from '../support/shop.js';
import { until } from '../support/until.js';

const SECRET = 'a secret that only this test and its processes know';
const HOUR_S = 3600;

/** Expiry uses the database's clock: those of processes may be wrong, and differ. */
describe('A process whose clock is wrong', () => {
  let shop: Shop;
  let right: string;
  let early: string;
  let late: string;

  beforeAll(async () => {
    shop = await Shop.open({ env: { JWT_SECRET: SECRET, RATE_LIMIT: 'on' } });
    right = shop.url;
    early = (await shop.startProcess(withClock(-HOUR_S), 'dist/src/main.js')).url;
    late = (await shop.startProcess(withClock(HOUR_S), 'dist/src/main.js')).url;
  });
  beforeEach(() => shop.database.query('DELETE FROM rate_limits'));
  afterAll(() => shop.close());

  it('signs tokens that are valid in every process until their expiry', async () => {
    const { user } = await shop.newCustomer();
    for (const url of [early, late, right]) {
      const { body } = await login(user.email, url).expect(200);
      const { body: v1 } = await shop.visitor
        .at(url)
        .post('/api/v1/auth/login', { email: user.email, password: PASSWORD })
        .expect(200);
      const refreshed = await shop.visitor
        .at(url)
        .post('/api/auth/token/refresh', { refresh: body.refresh })
        .expect(200);
      const tokens: [string, number][] = [
        [body.access, 900],
        [refreshed.body.access, 900],
        [v1.data.token, 7 * 24 * HOUR_S],
      ];
      for (const [token, lifetime] of tokens) {
        const { iat, exp } = claimsOf(token);
        expect(exp - iat).toBe(lifetime);
        expect(Math.abs(iat - (await databaseTime()))).toBeLessThan(30);
        for (const at of [early, late, right]) {
          await shop.visitor.at(at).withToken(token).get('/api/cart').expect(200);
          await shop.visitor.at(at).post('/api/auth/validate_token', { token }).expect(200);
        }
      }
    }
  });

  it('refuses expired tokens', async () => {
    const customer = await shop.newCustomer();
    const expired = resigned(customer.token!, { exp: (await databaseTime()) - 1 });
    const lasting = resigned(customer.token!, { exp: (await databaseTime()) + 60 });
    for (const url of [early, late, right]) {
      await customer.at(url).withToken(lasting).get('/api/cart').expect(200);
      for (const again of [1, 2]) {
        const { body } = await customer.at(url).withToken(expired).get('/api/cart').expect(401);
        expect([again, body.code]).toEqual([again, 'token_not_valid']);
      }
      await shop.visitor.at(url).post('/api/auth/validate_token', { token: expired }).expect(401);
    }
  });

  it('allows no additional password guesses', async () => {
    const { user } = await shop.newCustomer();
    const statuses: number[] = [];
    for (let turn = 0; turn < 12; turn += 1) {
      const { status } = await login(user.email, [early, late, right][turn % 3]!, 'wrong');
      statuses.push(status);
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);

    // Otherwise the processes' clocks are right, and the test proves nothing.
    for (const [url, shift] of [
      [early, -HOUR_S],
      [late, HOUR_S],
    ] as const) {
      const { headers } = await login(user.email, url, 'wrong').expect(429);
      const reset = Number(headers.get('x-ratelimit-reset'));
      expect(Math.abs(reset - (await databaseTime()) - shift)).toBeLessThan(120);
    }
  });

  it('undoes a bulk change for a day, and returns the end of that time', async () => {
    const { id } = await shop.newProduct();
    const admin = await shop.admin();
    for (const url of [early, late, right]) {
      const there = admin.at(url);
      const action = { kind: 'price_percent', percent: '10' };
      const { body: preview } = await there
        .post('/api/admin/bulk/preview', { model: 'products', ids: [id], action })
        .expect(200);
      let change: any = (await there.post('/api/admin/bulk', { token: preview.token }).expect(202)).body;
      await until(async () => {
        change = (await there.get(`/api/admin/bulk/changes/${change.id}`).expect(200)).body;
        return change.status === 'done';
      });
      const left = Date.parse(change.undo_until) / 1000 - (await databaseTime());
      expect(Math.abs(left - 24 * HOUR_S)).toBeLessThan(600);
    }
  });

  describe('alone', () => {
    const received: IncomingHttpHeaders[] = [];
    const receiver = createServer((request, response) => {
      received.push(request.headers);
      request.resume().once('end', () => response.writeHead(204, { connection: 'close' }).end());
    });
    let alone: Shop;
    let admin: Api;

    beforeAll(async () => {
      await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
      const env = { ...withClock(HOUR_S), WEBHOOK_PRIVATE_ADDRESSES: 'true' };
      alone = await Shop.open({ newProcesses: true, env });
      admin = await alone.admin();
    });
    afterAll(async () => {
      receiver.close();
      await alone.close();
    });

    it('signs webhooks with a time that receivers accept, and with the former secret while that is valid', async () => {
      const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
      const hook = { url, events: ['order.paid'] };
      const { id } = (await admin.post('/api/admin/webhooks', hook).expect(201)).body;
      await admin.post(`/api/admin/webhooks/${id}/rotate-secret`).expect(200);
      for (const [left, signatures] of [
        ['30 minutes', 2],
        ['-1 second', 1],
      ] as const) {
        await alone.database.query(
          'UPDATE webhook_endpoints SET former_secret_until = now() + $1::interval',
          [left],
        );
        received.length = 0;
        await admin.post(`/api/admin/webhooks/${id}/test`).expect(202);
        await until(() => received.length === 1);
        const { 'webhook-signature': signature, 'webhook-timestamp': timestamp } = received[0]!;
        expect(String(signature).split(' ')).toHaveLength(signatures);
        expect(Math.abs(Number(timestamp) - (await databaseTime()))).toBeLessThan(300);
      }
    });

    it('marks what ends soon', async () => {
      const items = [{ product_id: (await alone.newProduct()).id }];
      const { body: order } = await admin.post('/api/orders', { items }).expect(201);
      const endingSoonAt = async (age: string) => {
        await alone.database.query('UPDATE orders SET created_at = now() - $2::interval WHERE id = $1', [
          order.id,
          age,
        ]);
        return (await admin.get('/api/admin/overview').expect(200)).body.expiring_orders.count;
      };
      const others = await endingSoonAt('1 hour');
      expect(await endingSoonAt('59 hours 30 minutes')).toBe(others);
      expect(await endingSoonAt('60 hours 30 minutes')).toBe(others + 1);
    });
  });

  function login(email: string, url: string, password = PASSWORD) {
    return shop.visitor.at(url).post('/api/auth/login', { email, password });
  }

  async function databaseTime(): Promise<number> {
    const { rows } = await shop.database.query('SELECT extract(epoch FROM now())::float8 AS now');
    return rows[0].now;
  }
});

/** Settings of a process with a shifted time. */
function withClock(shiftS: number): Record<string, string> {
  const source = `
    const Right = Date;
    const now = () => Right.now() + ${shiftS * 1000};
    globalThis.Date = class Date extends Right {
      constructor(...time) { super(...(time.length ? time : [now()])); }
      static now = now;
    };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(source)}` };
}

function claimsOf(token: string): Record<string, any> {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
}

/** The token with other claims, and a valid signature. */
function resigned(token: string, changes: object): string {
  const body = Buffer.from(JSON.stringify({ ...claimsOf(token), ...changes })).toString('base64url');
  const text = `${token.split('.')[0]}.${body}`;
  const key = Buffer.from(hkdfSync('sha256', SECRET, '', 'comptoir access-token', 32));
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}
