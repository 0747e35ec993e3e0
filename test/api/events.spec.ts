import { Listener } from '../support/events.js';
import { Shop } from '../support/shop.js';
import { until } from '../support/until.js';

describe('Events', () => {
  let shop: Shop;
  const listeners: Listener[] = [];

  beforeAll(async () => (shop = await Shop.open({ processes: 2 })));
  afterEach(() => listeners.splice(0).forEach((listener) => listener.close()));
  afterAll(() => shop.close());

  async function listen(query: string, token?: string, process = 0): Promise<Listener> {
    const listener = await Listener.open(`${shop.processes[process]!.url}/api/events${query}`, token);
    listeners.push(listener);
    await listener.heard('ready');
    return listener;
  }

  it('send the stock of products, at the start and after a sale in another process', async () => {
    const [one, other] = [await shop.newProduct({ stock: 5 }), await shop.newProduct({ stock: 1 })];
    const unwatched = await shop.newProduct();
    const listener = await listen(`?products=${one.id},${other.id}`, undefined, 1);
    expect(listener.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(listener.headers.get('cache-control')).toBe('no-store');
    await listener.heard('stock', ({ product_id, stock }) => product_id === one.id && stock === 5);
    const items = [one, other, unwatched].map(({ id }) => ({ product_id: id, quantity: 1 }));
    await (await shop.newCustomer()).post('/api/orders', { items }).expect(201);
    await listener.heard('stock', ({ product_id, stock }) => product_id === one.id && stock === 4);
    const sold = await listener.heard(
      'stock',
      ({ product_id, stock }) => product_id === other.id && stock === 0,
    );
    expect(sold.available).toBe(false);
    const told = listener.events
      .filter(({ event }) => event === 'stock')
      .map(({ data }) => [data.product_id, data.stock]);
    expect(told.sort()).toEqual(
      [
        [one.id, 4],
        [one.id, 5],
        [other.id, 0],
        [other.id, 1],
      ].sort(),
    );
  });

  it('send a user’s own orders to that user only', async () => {
    const [alice, bob, admin] = [await shop.newCustomer(), await shop.newCustomer(), await shop.admin()];
    const [hers, his] = [await listen('', alice.token, 1), await listen('', bob.token)];
    const items = [{ product_id: (await shop.newProduct()).id }];
    const { body: order } = await alice.post('/api/orders', { items }).expect(201);
    await hers.heard(
      'order',
      ({ id, status, version }) => id === order.id && status === 'pending' && version === 1,
    );
    await admin.patch(`/api/orders/${order.id}`, { status: 'paid' }).expect(200);
    await hers.heard(
      'order',
      ({ id, status, version }) => id === order.id && status === 'paid' && version === 2,
    );
    await bob.post('/api/orders', { items }).expect(201);
    await his.heard('order');
    expect(his.events.filter(({ data }) => data.id === order.id)).toEqual([]);
    expect(hers.events.filter(({ event }) => event === 'order')).toHaveLength(2);
  });

  it('are refused with invalid credentials, and without a product or a user', async () => {
    const { id } = await shop.newProduct();
    const bad = { authorization: 'Bearer nonsense' };
    await shop.visitor.get(`/api/events?products=${id}`, bad).expect(401);
    for (const query of [
      '',
      '?products=',
      '?products=x',
      '?products=1,,2',
      '?products=-1',
      `?products=${'1,'.repeat(60)}1`,
    ]) {
      expect(Object.keys((await shop.visitor.get(`/api/events${query}`).expect(400)).body.errors)).toEqual([
        'products',
      ]);
    }
    await shop.visitor.send('HEAD', `/api/events?products=${id}`).expect(200); // and it ends
  });

  it('end with the session', async () => {
    const customer = await shop.newCustomer();
    const [listener, other] = [
      await listen('', customer.token),
      await listen('', (await shop.newCustomer()).token),
    ];
    await customer.post('/api/auth/logout').expect(204);
    await until(async () => listener.hasEnded);
    expect(other.hasEnded).toBe(false);
  });

  it('end when the process stops, so that it can exit', async () => {
    const process = await shop.startProcess();
    const { id } = await shop.newProduct();
    const listener = await Listener.open(`${process.url}/api/events?products=${id}`);
    await listener.heard('ready');
    await process.stop();
    await until(async () => listener.hasEnded);
  });

  it('continue after an outage of the database', async () => {
    const admin = await shop.admin();
    const product = await shop.newProduct({ stock: 5 });
    const listener = await listen(`?products=${product.id}`);
    await listener.heard('stock');
    await shop.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    await until(async () => (await admin.patch(`/api/products/${product.id}`, { stock: 9 })).status === 200);
    await listener.heard('stock', ({ stock }) => stock === 9);
  });
});
