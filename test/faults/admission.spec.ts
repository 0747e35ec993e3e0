import { once } from 'node:events';
import { Agent, get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Shop } from '../support/shop.js';

const RUSH = 1_500;
const FRONTEND = 'https://shop.example.com';

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** R17 on a small scale; `npm run test:load` tests it under load. */
describe('With more concurrent requests for products than can be answered in time', () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await Shop.open({ env: { LIST_CACHE_MS: '0', CORS_ORIGINS: FRONTEND, RATE_LIMIT: 'on' } });
  });
  afterAll(() => shop.close());

  it('the surplus is refused at once, and other kinds of requests are answered', async () => {
    const customer = await shop.newCustomer();
    const slow = await shop.database.connect();
    await slow.query('BEGIN; LOCK TABLE products IN ACCESS EXCLUSIVE MODE');
    const asked = Array.from({ length: RUSH }, () => ask('/api/products/1'));
    await Promise.race(asked);
    const [live, valid, pipelined] = await Promise.all([
      ask('/api/health/live'),
      customer.post('/api/auth/validate_token', { token: customer.token }),
      pipeline(
        'GET /api/products/1 HTTP/1.1\r\nHost: shop\r\n\r\n',
        'HEAD /api/products/1 HTTP/1.1\r\nHost: shop\r\n\r\n',
        'GET /api/products/1 HTTP/1.1\r\nHost: shop\r\nContent-Length: 2\r\n\r\n{}',
        'GET /api/products/1 HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n',
      ),
    ]);
    expect(live.status).toBe(200);
    expect(valid.status).toBe(200);
    const answers = await Promise.all(asked);
    await slow.query('ROLLBACK');
    slow.release();

    expect(answers.map(({ status }) => status)).toEqual(Array(RUSH).fill(503));
    // The accepted ones count against the limit of their address, and wait a second for the table.
    const refused = answers.filter(({ headers }) => !('x-ratelimit-limit' in headers));
    expect(refused.length).toBeGreaterThan(RUSH / 5);
    expect(refused.length).toBeLessThan(RUSH);
    const { headers, body } = refused.at(-1)!;
    expect(headers['retry-after']).toBe('1');
    expect(headers['content-type']).toMatch('application/problem+json');
    expect(headers['access-control-allow-origin']).toBe(FRONTEND);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(JSON.parse(body)).toMatchObject({ status: 503, code: 'busy' });

    // One after the other on a connection; a HEAD without a body, and the last one ends the connection.
    const refusals = pipelined.split(/(?=HTTP\/1)/);
    expect(refusals.map((refusal) => refusal.slice(0, 12))).toEqual(Array(4).fill('HTTP/1.1 503'));
    expect(refusals.map((refusal) => /"code":"busy"/.test(refusal))).toEqual([true, false, true, true]);
    expect(refusals.map((refusal) => /^connection: (.*)/im.exec(refusal)![1])).toEqual([
      ...Array(3).fill('keep-alive'),
      'close',
    ]);

    await shop.visitor.get('/api/products/1').expect(200);
  });

  const agent = new Agent({ keepAlive: true });
  afterAll(() => agent.destroy());

  /** Sends requests on one connection at once. @returns the text that comes back until it ends */
  async function pipeline(...requests: string[]): Promise<string> {
    const { hostname, port } = new URL(shop.url);
    const socket = connect(Number(port), hostname);
    socket.write(requests.join(''));
    return text(socket);
  }

  async function ask(path: string): Promise<Answer> {
    const request = get(shop.url + path, {
      agent,
      headers: { origin: FRONTEND, accept: 'application/problem+json' },
    });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const body = await text(response);
    return { status: response.statusCode!, headers: response.headers, body };
  }
});
