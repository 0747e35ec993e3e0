import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Api } from '../support/api.js';
import { Shop } from '../support/shop.js';
import { expectWithin, inTime } from '../support/slowness.js';
import { until } from '../support/until.js';

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  text: string;
  body: { type: string; timestamp: string; data: any };
}

/** A receiver that responds with 500 on `/answers/500`, and so on. */
class Receiver {
  readonly received: Received[] = [];
  private constructor(private readonly server: Server) {}

  static async open(): Promise<Receiver> {
    const server = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      receiver.received.push({ path: request.url!, headers: request.headers, text, body: JSON.parse(text) });
      const status = Number(/\d+$/.exec(request.url!)?.[0] ?? 204);
      response
        .writeHead(status, status === 302 ? { location: '/elsewhere' } : {})
        .end(status === 204 ? '' : `no: ${status}`);
    });
    const receiver = new Receiver(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  at(path: string): Received[] {
    return this.received.filter((message) => message.path === path);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** The signature as the specification describes it, computed without the library that the shop uses. */
function signatureOf({ headers, text }: Received, secret: string): string {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

describe('Webhooks', () => {
  let shop: Shop;
  let admin: Api;
  let receiver: Receiver;
  let paths = 0;

  beforeAll(async () => {
    [shop, receiver] = await Promise.all([
      Shop.open({ env: { WEBHOOK_PRIVATE_ADDRESSES: 'true' } }),
      Receiver.open(),
    ]);
    admin = await shop.admin();
  });
  afterAll(async () => {
    receiver.close();
    await shop.close();
  });

  const subscribe = async (events: string[], path = `/hook-${(paths += 1)}/204`, more: object = {}) => {
    const { body } = await admin
      .post('/api/admin/webhooks', { url: receiver.url(path), events, ...more })
      .expect(201);
    return { ...body, path };
  };
  const deliveries = async (id: number) =>
    (await admin.get(`/api/admin/webhooks/${id}/deliveries`).expect(200)).body.results;
  const order = async (customer: Api, product: { id: number }, quantity = 1) =>
    (await customer.post('/api/orders', { items: [{ product_id: product.id, quantity }] }).expect(201)).body;

  it('send the events of an order that were subscribed to, from its placing to its delivery', async () => {
    const all = await subscribe([
      'order.placed',
      'order.paid',
      'order.shipped',
      'order.delivered',
      'order.cancelled',
    ]);
    const some = await subscribe(['order.shipped']);
    const customer = await shop.newCustomer();
    const product = await shop.newProduct({ price: '12.50' });
    const placed = await order(customer, product, 2);
    for (const status of ['paid', 'shipped', 'delivered']) {
      await admin.patch(`/api/orders/${placed.id}`, { status }).expect(200);
    }
    const other = await order(customer, product);
    await customer.delete(`/api/orders/${other.id}`).expect(204);

    await until(() => receiver.at(all.path).length === 6);
    await until(() => receiver.at(some.path).length === 1);
    const told = receiver.at(all.path).map(({ body }) => `${body.type} ${body.data.id} ${body.data.status}`);
    expect(told.toSorted()).toEqual(
      [
        `order.placed ${placed.id} pending`,
        `order.paid ${placed.id} paid`,
        `order.shipped ${placed.id} shipped`,
        `order.delivered ${placed.id} delivered`,
        `order.placed ${other.id} pending`,
        `order.cancelled ${other.id} cancelled`,
      ].toSorted(),
    );
    const { body } = receiver.at(all.path).find((message) => message.body.type === 'order.placed')!;
    expect(body.timestamp).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(body.data).toEqual({
      id: placed.id,
      status: 'pending',
      total: '25.00',
      version: 1,
      items: [{ product_id: product.id, product_name: product.name, unit_price: '12.50', quantity: 2 }],
    });
  });

  it('with If-Match are changed and deleted only in the version that was read', async () => {
    const hook = await subscribe(['order.placed']);
    const at = `/api/admin/webhooks/${hook.id}`;
    const read = (await admin.get(at).expect(200)).headers.get('etag')!;
    const send = (method: string, tag: string, body?: object) =>
      admin.send(method, at, { headers: { 'if-match': tag }, body });
    const changed = await send('PATCH', read, { description: 'One admin' }).expect(200);
    expect((await send('PATCH', read, { description: 'The other' }).expect(412)).body.code).toBe(
      'precondition_failed',
    );
    await send('DELETE', read).expect(412);
    expect((await admin.get(at).expect(200)).body.description).toBe('One admin');
    await send('DELETE', changed.headers.get('etag')!).expect(204);
    await admin.get(at).expect(404);
  });

  it('are not tested while they are being deleted', async () => {
    const hook = await subscribe(['order.placed']);
    const deleting = await shop.database.connect();
    await deleting.query('BEGIN');
    await deleting.query('DELETE FROM webhook_endpoints WHERE id = $1', [hook.id]);
    const testing = admin.post(`/api/admin/webhooks/${hook.id}/test`);
    let isOver = false;
    void testing.then(() => (isOver = true));
    await until(async () => {
      const { rowCount } = await shop.database.query(
        `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      return isOver || rowCount === 1;
    });
    await deleting.query('COMMIT');
    deleting.release();
    expect([404, 503]).toContain((await testing).status); // 503: the lock was not free in time
  });

  it('send nothing about an order that was rolled back', async () => {
    const hook = await subscribe(['order.placed']);
    const customer = await shop.newCustomer();
    const product = await shop.newProduct({ stock: 1 });
    await customer.post('/api/orders', { items: [{ product_id: product.id, quantity: 2 }] }).expect(409);
    const { id } = await order(customer, product);
    await until(() => receiver.at(hook.path).length === 1);
    expect(receiver.at(hook.path)[0]!.body.data.id).toBe(id);
    expect(await deliveries(hook.id)).toHaveLength(1);
  });

  it('are sent without pauses when several wait', async () => {
    const hooks = await Promise.all(Array.from({ length: 5 }, () => subscribe(['product.changed'])));
    await inTime(async () => {
      const told = () => hooks.map(({ path }) => receiver.at(path).length);
      const before = told();
      const began = performance.now();
      await shop.newProduct();
      await until(() => told().every((count, index) => count === before[index]! + 1));
      expectWithin(3_000, performance.now() - began);
    });
    for (const { id } of hooks) await admin.delete(`/api/admin/webhooks/${id}`).expect(204);
  });

  it('send low stock once, at each receiver’s own level', async () => {
    const [five, two] = [
      await subscribe(['stock.low']),
      await subscribe(['stock.low'], undefined, { low_stock: 2 }),
    ];
    const product = await shop.newProduct({ stock: 7 });
    const customer = await shop.newCustomer();
    for (const quantity of [1, 1, 1, 2]) await order(customer, product, quantity);
    await until(() => receiver.at(two.path).length === 1);
    await until(() => receiver.at(five.path).length === 1);
    expect(receiver.at(five.path)[0]!.body.data).toEqual({
      product_id: product.id,
      name: product.name,
      stock: 5,
      low_stock: 5,
    });
    expect(receiver.at(two.path)[0]!.body.data.stock).toBe(2);
  });

  it('send additions, changes and deletions of a product, but no sales', async () => {
    const hook = await subscribe(['product.changed']);
    const product = await shop.newProduct({ price: '5.00' });
    await order(await shop.newCustomer(), product);
    await admin.patch(`/api/products/${product.id}`, { price: '6.00' }).expect(200);
    await admin.patch(`/api/products/${product.id}`, { price: '6.00' }).expect(200); // unchanged
    await admin.delete(`/api/products/${product.id}`).expect(204);
    await until(() => receiver.at(hook.path).length === 3);
    const told = receiver
      .at(hook.path)
      .map(({ body: { data } }) => [data.id, data.price, data.is_new, data.is_deleted]);
    expect(told.toSorted((a, b) => a[3] - b[3] || a[1] - b[1])).toEqual([
      [product.id, '5.00', true, false],
      [product.id, '6.00', false, false],
      [product.id, '6.00', false, true],
    ]);
  });

  it('are added, and get a new secret, once for each Idempotency-Key', async () => {
    const key = { 'idempotency-key': 'a-key-of-the-webhooks' };
    const hook = { url: receiver.url('/once/204'), events: ['order.paid'] };
    const added = [1, 2].map(() => admin.post('/api/admin/webhooks', hook, key).expect(201));
    const [{ body }, second] = await Promise.all(added);
    expect(second!.body).toEqual(body);

    const rotate = () =>
      admin.post(`/api/admin/webhooks/${body.id}/rotate-secret`, undefined, {
        'idempotency-key': 'another-key-of-the-webhooks',
      });
    const rotated = (await rotate().expect(200)).body;
    expect((await rotate().expect(200)).body).toEqual(rotated);
    await admin.post(`/api/admin/webhooks/${body.id}/test`).expect(202);
    await until(() => receiver.at('/once/204').length === 1);
    const [message] = receiver.at('/once/204');
    const signatures = [rotated.secret, body.secret].map((secret) => signatureOf(message!, secret));
    expect(message!.headers['webhook-signature']).toBe(signatures.join(' '));
    await admin.delete(`/api/admin/webhooks/${body.id}`).expect(204);
  });

  it('are signed by the current secret, and for a day by the former one', async () => {
    const hook = await subscribe(['order.paid']);
    await admin.post(`/api/admin/webhooks/${hook.id}/test`).expect(202);
    await until(() => receiver.at(hook.path).length === 1);
    const [first] = receiver.at(hook.path);
    expect(first!.headers['webhook-signature']).toBe(signatureOf(first!, hook.secret));
    expect(Math.abs(Number(first!.headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(60);

    const { body } = await admin.post(`/api/admin/webhooks/${hook.id}/rotate-secret`).expect(200);
    expect(body.secret).not.toBe(hook.secret);
    await admin.post(`/api/admin/webhooks/${hook.id}/test`).expect(202);
    await until(() => receiver.at(hook.path).length === 2);
    const second = receiver.at(hook.path)[1]!;
    expect(second.headers['webhook-signature']!.toString().split(' ')).toEqual([
      signatureOf(second, body.secret),
      signatureOf(second, hook.secret),
    ]);
    const shown = await admin.get(`/api/admin/webhooks/${hook.id}`).expect(200);
    expect(shown.body).not.toHaveProperty('secret');
  });

  it.each([
    ['500', 500],
    ['a redirect, which is not followed', 302],
  ])('with a response of %s are sent again, with the same id', async (_what, status) => {
    const hook = await subscribe(['order.paid'], `/again-${status}/${status}`);
    await admin.post(`/api/admin/webhooks/${hook.id}/test`).expect(202);
    await until(() => receiver.at(hook.path).length === 2);
    const [first, second] = receiver.at(hook.path);
    expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
    expect(receiver.at('/elsewhere')).toEqual([]);
    await until(async () => (await deliveries(hook.id))[0].attempts === 2);
    const [delivery] = await deliveries(hook.id);
    expect(delivery).toMatchObject({ status: 'pending', answer_status: status, answer: `no: ${status}` });
    await admin.delete(`/api/admin/webhooks/${hook.id}`).expect(204);
  });

  it('with a response of 410 are not sent any more until they are enabled again', async () => {
    const hook = await subscribe(['product.changed'], '/gone/410');
    await admin.post(`/api/admin/webhooks/${hook.id}/test`).expect(202);
    const read = async () => (await admin.get(`/api/admin/webhooks/${hook.id}`).expect(200)).body;
    await until(async () => !(await read()).enabled);
    expect((await read()).disabled_reason).toBe('it answered 410 Gone');
    await shop.newProduct();
    expect(await deliveries(hook.id)).toMatchObject([
      { status: 'failed', attempts: 1, type: 'webhook.test' },
    ]);
    await admin
      .patch(`/api/admin/webhooks/${hook.id}`, { enabled: true, url: receiver.url('/back/204') })
      .expect(200);
    await shop.newProduct();
    await until(() => receiver.at('/back/204').length === 1);
  });

  it('can be replayed', async () => {
    const hook = await subscribe(['order.paid']);
    await admin.post(`/api/admin/webhooks/${hook.id}/test`).expect(202);
    await until(async () => (await deliveries(hook.id))[0]?.status === 'delivered');
    const [{ id, event_id }] = await deliveries(hook.id);
    await admin.post(`/api/admin/webhooks/${hook.id}/deliveries/${id}/replay`).expect(202);
    await until(() => receiver.at(hook.path).length === 2);
    expect(receiver.at(hook.path).map(({ headers }) => headers['webhook-id'])).toEqual([event_id, event_id]);
    const other = await subscribe(['order.paid']);
    await admin.post(`/api/admin/webhooks/${other.id}/deliveries/${id}/replay`).expect(404);
  });

  it.each([
    [{ url: 'ftp://example.com/' }, 'url'],
    [{ url: 'nonsense' }, 'url'],
    [{ url: 'https://user:password@example.com/' }, 'url'],
    [{ url: 'https://example.com/', events: [] }, 'events'],
    [{ url: 'https://example.com/', events: ['order.stolen'] }, 'events'],
    [{ url: 'https://example.com/', events: 'order.paid' }, 'events'],
    [{ url: 'https://example.com/', low_stock: -1 }, 'low_stock'],
  ])('with %j are refused, with an error for %s', async (body, field) => {
    const answer = await admin.post('/api/admin/webhooks', { events: ['order.paid'], ...body }).expect(400);
    expect(Object.keys(answer.body.errors)).toEqual([field]);
  });

  describe('where private addresses are not allowed', () => {
    let strict: Api;
    beforeAll(async () => {
      const { url } = await shop.startProcess({ WEBHOOK_PRIVATE_ADDRESSES: '' });
      strict = admin.at(url);
    });

    it.each([
      'http://example.com/',
      'https://127.0.0.1/',
      'https://[::1]:8000/',
      'https://10.0.0.1/',
      'https://192.168.0.1/',
      'https://169.254.169.254/latest',
      'https://2130706433/',
      'https://[::ffff:169.254.169.254]/',
      'https://[::127.0.0.1]/',
      'https://localhost/',
      'https://shop.localhost/',
      'https://localhost./',
    ])('refuse %s', async (url) => {
      const answer = await strict.post('/api/admin/webhooks', { url, events: ['order.paid'] }).expect(400);
      expect(Object.keys(answer.body.errors)).toEqual(['url']);
    });
  });
});

describe('A webhook to a private address that was added when these were allowed', () => {
  it('is not sent', async () => {
    const [shop, receiver] = await Promise.all([Shop.open(), Receiver.open()]);
    const admin = await shop.admin();
    await shop.database.query(
      `INSERT INTO webhook_endpoints (url, events, secret) VALUES ($1, '{order.paid}', 'whsec_AAAA')`,
      [receiver.url('/private/204').replace('127.0.0.1', 'localhost')],
    );
    const { body } = await admin.get('/api/admin/webhooks').expect(200);
    const { id } = body.results[0];
    await admin.post(`/api/admin/webhooks/${id}/test`).expect(202);
    const list = async () =>
      (await admin.get(`/api/admin/webhooks/${id}/deliveries`).expect(200)).body.results;
    await until(async () => (await list())[0].error !== null);
    expect((await list())[0]).toMatchObject({
      status: 'pending',
      error: 'localhost is not a public address',
    });
    expect(receiver.received).toEqual([]);
    receiver.close();
    await shop.close();
  });
});
