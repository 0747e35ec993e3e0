import type { FastifyInstance } from 'fastify';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import {
  Agent,
  get,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { Admission } from '../../src/http/admission.js';
import { Shop } from '../support/shop.js';
import { until } from '../support/until.js';

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
    const answers = await Promise.all(asked);
    await slow.query('ROLLBACK'); // before a failure, after which the shop could not close
    slow.release();

    expect(live.status).toBe(200);
    expect(valid.status).toBe(200);
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
    const logged = () => /"refused":\{"browsing":\d+\},"msg":"overload/.test(shop.processes[0]!.output);
    await until(logged);
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

it('Thousands of new connections wait until a process that is busy accepts them', async () => {
  const shop = await Shop.open({ newProcesses: true });
  const { hostname, port } = new URL(shop.url);
  const { child } = shop.processes[0]!;
  const clients: Socket[] = [];
  const open = (count: number) => {
    for (let index = 0; index < count; index += 1) {
      clients.push(connect(Number(port), hostname).on('error', () => {}));
    }
  };
  const socketOf = () => {
    const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n');
    const local = `0100007F:${Number(port).toString(16).toUpperCase().padStart(4, '0')}`;
    const fields = lines.map((line) => line.trim().split(/\s+/));
    const [, , , , queues, , , , , inode] = fields.find(
      ([, own, , state]) => own === local && state === '0A',
    )!;
    return { unaccepted: parseInt(queues!.split(':')[1]!, 16), inode };
  };
  const listeners = () => {
    const folder = `/proc/${child.pid}/fd`;
    const links = readdirSync(folder).map((name) => readlinkSync(path.join(folder, name)));
    return links.filter((link) => link === `socket:[${socketOf().inode}]`).length;
  };
  try {
    open(30);
    await until(() => listeners() > 60);
    child.kill('SIGSTOP');
    open(1_500);
    await until(() => socketOf().unaccepted >= 1_500);
  } finally {
    child.kill('SIGCONT');
    for (const client of clients) client.destroy();
    await shop.close();
  }
});

describe.each([
  ['before an overload', true],
  ['in an overload', false],
])('A connection that was opened %s and whose requests were refused', (_when, isOpenedBefore) => {
  const plain = (start: string, ...lines: string[]) =>
    [`${start} HTTP/1.1`, 'Host: shop', ...lines, '', ''].join('\r\n');
  const GET = plain('GET /api/products');
  const OUTER =
    'POST /api/products HTTP/1.1\r\nContent-Length: 50\r\nX: GET /api/health/b HTTP/1.1\r\nHost: shop\r\n\r\n';
  const INNER_AT = OUTER.indexOf('GET');
  /** As long as the body that it announces. */
  const POST = plain('POST /api/products', 'Content-Length: 63');
  let early: BusyServer;
  let ordinary: BusyServer;

  beforeAll(async () => {
    early = await BusyServer.start(isOpenedBefore);
    ordinary = await BusyServer.start(isOpenedBefore);
    ordinary.decorations.stopEarlyRefusals!();
  });
  afterAll(() => Promise.all([early.close(), ordinary.close()]));

  /** Each in the chunks in which it arrives. */
  it.each<[string, string[]]>([
    ['a GET', [GET]],
    ['a HEAD', [plain('HEAD /api/products')]],
    ['a GET of /api/v1', [plain('GET /api/v1/products')]],
    ['a GET without /api', [plain('GET //products/?page=2')]],
    ['a GET with a body', [`${plain('GET /api/products', 'Content-Length: 2')}{}`]],
    ['a POST', [`${plain('POST /api/products', 'Content-Type: text/plain', 'content-length: 4')}\r\n\r\n`]],
    ['a POST without a body', [plain('POST /api/products')]],
    ['one from an allowed origin', [plain('GET /api/products', `origin: ${FRONTEND}`)]],
    ['one from another origin', [plain('GET /api/products', 'Origin: https://another.example')]],
    ['one that accepts problems', [plain('GET /api/products', 'Accept: application/problem+json')]],
    ['one that keeps the connection', [plain('GET /api/products', 'Connection: keep-alive')]],
  ])('refuses %s without Node’s parser, in the same words', async (_what, chunks) => {
    const [[answer, requests], [expected]] = await Promise.all([early.talk(chunks), ordinary.talk(chunks)]);
    expect([answer, requests]).toEqual([expected, 1]);
    expect(answer).toMatch(/^HTTP\/1.1 503 /);
  });

  it.each<[string, string[]]>([
    ['a health check', [plain('GET /api/health/live')]],
    ['an OPTIONS', [plain('OPTIONS /api/products')]],
    ['requests at once', [GET + plain('HEAD /api/products') + GET]],
    ['a request and a part of the next', [`${GET}GET /api/health/live HT`, 'TP/1.1\r\nHost: shop\r\n\r\n']],
    ['a head in two parts', ['GET /api/products HTTP/1.1\r\nHo', 'st: shop\r\n\r\n', GET]],
    ['a head that another one is a part of', ['GET /api/health/a HTTP/1.1\r\nHost: shop\r\nX: ', GET, GET]],
    [
      'a head that a body is a part of',
      [
        'POST /api/health/a HTTP/1.1\r\nHost: shop\r\nContent-Length: 9\r\nX: ',
        plain('GET /api/products'),
        'GET /api/',
      ],
    ],
    ['a body that is a request', [plain('POST /api/health/a', `Content-Length: ${GET.length}`), GET, GET]],
    [
      'a body that ends in a request',
      [
        plain('POST /api/health/a', 'Content-Length: 50'),
        `${plain('POST /api/products', 'Content-Length: 50')
          .padEnd(50 + GET.length, 'x')
          .slice(0, 50)}${GET}`,
      ],
    ],
    [
      'a body that ends inside of what looks like a request',
      [
        plain('POST /api/health/a', `Content-Length: ${INNER_AT}`),
        `${OUTER}${'GET /api/health/c HTTP/1.1\r\nHost: shop\r\nX: '.padEnd(50, 'x')}`,
        GET,
      ],
    ],
    [
      'a body that ends where one of the same length is announced',
      [
        plain('POST /api/health/a', `Content-Length: ${POST.length}`),
        POST + POST,
        plain('GET /api/products', 'X: '.padEnd(19, 'x')),
      ],
    ],
    ['a body that is longer than announced', [`${plain('POST /api/products', 'Content-Length: 1')}{}`]],
    ['a body in another chunk', [plain('POST /api/products', 'Content-Length: 2'), '{}', GET]],
    [
      'a body of unknown length',
      [plain('POST /api/products', 'Transfer-Encoding: chunked'), `5\r\nGET /\r\n0\r\n\r\n`, GET],
    ],
    ['two origins', [plain('GET /api/products', `Origin: ${FRONTEND}`, 'Origin: https://another.example')]],
    ['a header twice', [plain('GET /api/products', 'Accept: text/html', 'Accept: application/problem+json')]],
    ['two lengths', [`${plain('POST /api/products', 'Content-Length: 2', 'Content-Length: 2')}{}`]],
    ['a length with a sign', [`${plain('POST /api/products', 'Content-Length: +2')}{}`]],
    [
      'a length and chunks',
      [`${plain('POST /api/products', 'Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`],
    ],
    ['an expectation', [plain('GET /api/products', 'Expect: 100-continue')]],
    ['an unknown expectation', [plain('GET /api/products', 'Expect: wonders')]],
    ['another protocol', [plain('GET /api/products', 'Connection: Upgrade', 'Upgrade: websocket')]],
    ['the end of the connection', [plain('GET /api/products', 'Connection: close')]],
    ['HTTP/1.0', ['GET /api/products HTTP/1.0\r\nHost: shop\r\n\r\n']],
    ['no host', ['GET /api/products HTTP/1.1\r\nAccept: */*\r\n\r\n']],
    ['lines without CR', ['GET /api/products HTTP/1.1\nHost: shop\n\n']],
    ['a folded header', [plain('GET /api/products', 'X-Folded: a', ' b')]],
    ['a space before a colon', [plain('GET /api/products', 'X-Spaced : a')]],
    ['a control character', [plain('GET /api/products', 'X-Control: a\u0001b')]],
    ['letters beyond ASCII', [plain('GET /api/products?search=é', 'X-Name: é')]],
    ['a head that is too long', [plain('GET /api/products', `X-Long: ${'x'.repeat(20_000)}`)]],
    ['no HTTP', ['wonders\r\n\r\n']],
  ])('answers %s as another one does', async (_what, chunks) => {
    const [[answer], [expected]] = await Promise.all([early.talk(chunks), ordinary.talk(chunks)]);
    expect(answer).toBe(expected);
  });

  it.each([
    ['requests', [GET, GET], /^HTTP\/1.1 200 [^]*HTTP\/1.1 503 [^]*HTTP\/1.1 503 [^]*HTTP\/1.1 200 /],
    [
      'a part of one',
      ['GET /api/products HTTP/1.1\r\nX: ', GET],
      /^HTTP\/1.1 200 [^]*HTTP\/1.1 503 [^]*HTTP\/1.1 200 /,
    ],
  ])('answers in order when %s arrive while a request is served', async (_what, chunks, order) => {
    const all = [plain('GET /api/health/slow'), ...chunks];
    const [[answer], [expected]] = await Promise.all([early.talk(all), ordinary.talk(all)]);
    expect(answer).toBe(expected);
    expect(answer).toMatch(order);
  });

  it('answers again when the rush is over', async () => {
    const server = await BusyServer.start(isOpenedBefore);
    const [answers] = await server.talk([GET], () => server.endRush());
    expect(answers.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
    await server.close();
  });

  it('ends with the next refusal of a process that stops', async () => {
    const server = await BusyServer.start(isOpenedBefore);
    const [refused] = await server.talk([GET], () => {
      server.decorations.stopEarlyRefusals!();
      server.http.prependListener('request', (_request, response) => (response.shouldKeepAlive = false));
    });
    expect(refused.match(/^connection: .*/gim)).toEqual(['Connection: close']);
    await server.close();
  });

  it('is closed after the time of an idle one', async () => {
    const server = await BusyServer.start(isOpenedBefore, { keepAliveTimeout: 1_000 });
    const client = await server.connect();
    await client.warmUp();
    client.socket.write(GET);
    await once(client.socket, 'close');
    expect(client.received()).toMatch(/^HTTP\/1.1 503 /);
    await server.close();
  });

  it('is not closed while a request is served', async () => {
    const server = await BusyServer.start(isOpenedBefore, { keepAliveTimeout: 1_000 });
    const { socket, warmUp, received } = await server.connect();
    await warmUp();
    socket.write(plain('GET /api/health/slow'));
    await pause(1_500);
    server.answerSlow();
    await until(() => received() !== '');
    expect(received()).toMatch(/^HTTP\/1.1 200 /);
    socket.end();
    await server.close();
  });

  it('is closed by a process that has stopped', async () => {
    const server = await BusyServer.start(isOpenedBefore, { keepAliveTimeout: 600_000 });
    const { socket, warmUp } = await server.connect();
    await warmUp();
    server.closeAsFastifyDoes();
    await once(socket, 'close');
    await server.close();
  });

  it('is closed when it sends nothing', async () => {
    const server = await BusyServer.start(isOpenedBefore, {
      headersTimeout: 200,
      keepAliveTimeout: 600_000,
      connectionsCheckingInterval: 50,
    });
    const client = await server.connect();
    await once(client.socket, 'close');
    await server.close();
  });

  it('is ended when its client ends it', async () => {
    const server = await BusyServer.start(isOpenedBefore, { keepAliveTimeout: 600_000 });
    const client = await server.connect();
    await client.warmUp();
    client.socket.end();
    await once(client.socket, 'close');
    await server.close();
  });

  it('may be reset', async () => {
    const client = await early.connect();
    await client.warmUp();
    client.socket.resetAndDestroy();
    await until(() => client.own.destroyed);
  });

  it('gets no early refusal while its client has not read the one before', async () => {
    const [answers, requests] = await early.talk([GET, GET], (own) => own.cork());
    expect(requests).toBe(2);
    expect(answers.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 503', 'HTTP/1.1 503', 'HTTP/1.1 200']);
  });
});

it('A connection that is opened in an overload has no parser before a request is not refused', async () => {
  const server = await BusyServer.start(false);
  const { own, socket, warmUp } = await server.connect();
  await warmUp();
  expect(own.listenerCount('data')).toBe(1);
  expect('parser' in own).toBe(false);
  socket.write(END);
  await once(socket, 'close');
  await server.close();
});

const END = 'GET /api/health/live HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n';

type Hook = (...values: any[]) => void;

/** A server that admits no more readers and buyers, with `Admission` as its only part. */
class BusyServer {
  readonly decorations: Record<string, () => void> = {};
  private readonly hooks: Record<string, Hook> = {};
  private readonly ends: (() => void)[] = [];
  private readonly sockets = new Map<number, Socket>();
  private requests = 0;
  private slow: (() => void)[] = [];

  private constructor(
    readonly http: Server,
    private readonly isOpenedBefore: boolean,
  ) {}

  /** @param isOpenedBefore whether connections are opened while it admits more readers */
  static async start(isOpenedBefore: boolean, options: ServerOptions = {}): Promise<BusyServer> {
    const admission = new Admission([FRONTEND], '');
    const http = admission.serve((request, response) => void server.answer(request, response), options);
    const server: BusyServer = new BusyServer(http, isOpenedBefore);
    admission.count({
      addHook: (name: string, hook: Hook) => (server.hooks[name] = hook),
      decorate: (name: string, value: () => void) => (server.decorations[name] = value),
      log: { warn: () => {} },
    } as unknown as FastifyInstance);
    server.beginRush();
    http.on('connection', (socket: Socket) => server.sockets.set(socket.remotePort!, socket));
    http.on('request', () => (server.requests += 1));
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    return server;
  }

  private beginRush(): void {
    const raw = { once: (_event: string, end: () => void) => this.ends.push(end) };
    for (let index = 0; index < 1_000; index += 1) {
      for (const url of ['/api/products', '/api/orders'])
        this.hooks.preValidation!({ url, routeOptions: { config: {} } }, { raw }, () => {});
    }
  }

  closeAsFastifyDoes(): void {
    (this.hooks.preClose as unknown as (done: () => void) => void)(() => this.http.closeIdleConnections());
  }

  /** Everybody who was admitted has an answer. */
  endRush(): void {
    for (const end of this.ends.splice(0)) end();
  }

  async connect() {
    if (this.isOpenedBefore) this.endRush();
    const socket = connect((this.http.address() as AddressInfo).port, '127.0.0.1');
    let received = '';
    socket.setEncoding('latin1').on('data', (part) => (received += part));
    socket.on('error', () => {});
    await once(socket, 'connect');
    await until(() => this.sockets.has(socket.localPort!));
    const own = this.sockets.get(socket.localPort!)!;
    if (this.isOpenedBefore) this.beginRush();
    /** Makes the next refusal an early one. */
    const warmUp = async () => {
      for (let index = 0; index < 2; index += 1) {
        received = '';
        socket.write('GET /api/products HTTP/1.1\r\nHost: shop\r\n\r\n');
        await until(() => received.endsWith('}'));
      }
      received = '';
    };
    return { socket, own, warmUp, received: () => received };
  }

  /**
   * Sends chunks on a connection whose requests were refused, each after the one before was read. Slow requests are
   * answered before the last chunk. Then a health check ends the connection.
   *
   * @returns the responses, and how many requests Node's parser found
   */
  async talk(chunks: string[], meanwhile: (own: Socket) => void = () => {}): Promise<[string, number]> {
    const { socket, own, warmUp, received } = await this.connect();
    await warmUp();
    meanwhile(own);
    const before = this.requests;
    const ended = once(socket, 'close');
    for (const chunk of [...chunks, END]) {
      if (chunk === chunks.at(-1) && this.slow.length > 0) {
        this.answerSlow();
        await until(() => received() !== '');
      }
      const bytes = own.bytesRead + Buffer.byteLength(chunk);
      socket.write(chunk);
      await until(() => own.bytesRead >= bytes || own.destroyed || own.writableEnded);
    }
    await ended;
    return [received(), this.requests - before];
  }

  answerSlow(): void {
    for (const answer of this.slow.splice(0)) answer();
  }

  async close(): Promise<void> {
    this.hooks.onClose!({}, () => {});
    this.http.closeAllConnections();
    this.http.close();
    await once(this.http, 'close');
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    if (request.url!.endsWith('/slow')) await new Promise<void>((resolve) => this.slow.push(resolve));
    response.sendDate = false;
    response.end(`${request.method} ${request.url} ${body} ${JSON.stringify(request.rawHeaders)}`);
  }
}
