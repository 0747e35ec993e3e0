import { createHash } from 'node:crypto';
import type { Api } from '../support/api.js';
import { Shop } from '../support/shop.js';

const AT_ONCE = 16;

/** R3: responses to retries with an Idempotency-Key, on two processes. */
describe('A request with an Idempotency-Key', () => {
  let shop: Shop;
  let admin: Api;
  let names = 0;

  beforeAll(async () => {
    shop = await Shop.open({ processes: 2 });
    admin = await shop.admin();
  });
  afterAll(() => shop.close());

  interface Creating {
    path: string;
    /** A client that may do it, and a body that is accepted once. */
    prepare(): Promise<{ who: Api; body?: unknown }>;
    /** Number of rows that exist. */
    count(who: Api): Promise<number>;
  }

  const creating: Record<string, Creating> = {
    'adds to the cart': {
      path: '/api/cart',
      prepare: async () => ({
        who: await shop.newCustomer(),
        body: { product_id: await newProduct(), quantity: 2 },
      }),
      count: (who) =>
        counted('SELECT coalesce(sum(quantity), 0) / 2 AS n FROM cart_items WHERE user_id = $1', who),
    },
    'checks out': { path: '/api/orders/checkout', prepare: customerWithCart, count: ordersOf },
    'checks out at the cart': { path: '/cart/checkout/', prepare: customerWithCart, count: ordersOf },
    'orders the cart': { path: '/api/orders', prepare: customerWithCart, count: ordersOf },
    'orders a list': {
      path: '/api/orders',
      prepare: async () => ({
        who: await shop.newCustomer(),
        body: { items: [{ product_id: await newProduct(), quantity: 1 }] },
      }),
      count: ordersOf,
    },
    'makes a favorite': {
      path: '/api/favorites',
      prepare: async () => ({ who: await shop.newCustomer(), body: { product_id: await newProduct() } }),
      count: (who) => counted('SELECT count(*) AS n FROM favorites WHERE user_id = $1', who),
    },
    'makes a product': {
      path: '/api/products',
      prepare: async () => ({ who: admin, body: { name: `Once ${(names += 1)}`, price: '1.00', stock: 1 } }),
      count: () => counted(`SELECT count(*) AS n FROM products WHERE name = 'Once ${names}'`),
    },
    'makes a user': {
      path: '/api/users',
      prepare: async () => {
        const username = `once${(names += 1)}`;
        return { who: admin, body: { username, email: `${username}@example.com`, password: 'password123' } };
      },
      count: () => counted(`SELECT count(*) AS n FROM users WHERE username = 'once${names}'`),
    },
  };

  it.each(Object.keys(creating))('%s once, however often it is sent, concurrently and again', async (act) => {
    const { path, prepare, count } = creating[act]!;
    const { who, body } = await prepare();
    const key = { 'idempotency-key': `every ${act}`.replaceAll(' ', '-') };

    const racing = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) => who.at(urlOf(index)).post(path, body, key)),
    );
    const again = await who.at(urlOf(1)).post(path, body, key);

    expect(new Set([...racing, again].map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(again.status).toBe(201);
    expect(again.headers.get('content-type')).toBe(racing[0]!.headers.get('content-type'));
    expect(await count(who)).toBe(1);
  });

  it('has its stored response on every route of a resource', async () => {
    const { who, body } = await customerWithCart();
    const key = { 'idempotency-key': 'aliases' };
    const { text } = await who.post('/api/orders/checkout', body, key).expect(201);
    for (const path of ['/orders/checkout', '/cart/checkout', '/api//cart/checkout/']) {
      expect((await who.post(path, body, key).expect(201)).text).toBe(text);
    }
  });

  it('is compared by the values of its body, in any order of members', async () => {
    const who = await shop.newCustomer();
    const product_id = await newProduct();
    const key = { 'idempotency-key': 'ordered' };
    const first = await who
      .post('/api/orders', { items: [{ product_id, quantity: 1 }], notes: 'Ring' }, key)
      .expect(201);
    const again = await who
      .post('/api/orders', { notes: 'Ring', items: [{ quantity: 1, product_id }] }, key)
      .expect(201);
    expect(again.body).toEqual(first.body);
    await who.post('/api/orders', { notes: 'Ring', items: [{ quantity: 2, product_id }] }, key).expect(422);
    expect(await ordersOf(who)).toBe(1);
  });

  it('stores nothing by which a password in its body could be guessed', async () => {
    const account = { email: 'sealed@example.com', password: 'password123', username: 'sealed' };
    await admin.post('/api/users', account, { 'idempotency-key': 'sealed' }).expect(201);
    const { rows } = await shop.database.query(
      `SELECT encode(fingerprint, 'hex') AS fingerprint, body FROM idempotency_keys WHERE key = 'sealed'`,
    );
    const text = `POST /api/users\n${JSON.stringify(account)}`; // its members are sorted
    expect(rows[0].fingerprint).not.toBe(createHash('sha256').update(text).digest('hex'));
    expect(rows[0].body).not.toContain('password');
  });

  it('is refused with 422 when the key was used for another body or path', async () => {
    const { who } = await customerWithCart();
    const key = { 'idempotency-key': 'reused' };
    await who.post('/api/orders/checkout', { notes: 'first' }, key).expect(201);
    const others: [string, unknown][] = [
      ['/api/orders/checkout', { notes: 'second' }],
      ['/api/orders/checkout', undefined],
      ['/api/orders', { notes: 'first' }],
      ['/api/favorites', { product_id: 1 }],
    ];
    for (const [path, body] of others) {
      const refused = await who.post(path, body, key).expect(422);
      expect(refused.body.code).toBe('idempotency_key_reused');
    }
    expect(await ordersOf(who)).toBe(1);
  });

  it('is refused with 422, too, when another body is sent during the first request', async () => {
    const product_id = await newProduct();
    const customer = await shop.newCustomer();
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) =>
        customer
          .at(urlOf(index))
          .post(
            '/api/orders',
            { items: [{ product_id, quantity: index + 1 }] },
            { 'idempotency-key': 'contended' },
          ),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(AT_ONCE - 1).fill(422)]);
    expect(await ordersOf(customer)).toBe(1);
  });

  it('is independent of another user’s same key', async () => {
    const key = { 'idempotency-key': 'shared' };
    const [one, other] = await Promise.all([customerWithCart(), customerWithCart()]);
    const first = await one.who.post('/api/orders/checkout', undefined, key).expect(201);
    const second = await other.who.post('/api/orders/checkout', undefined, key).expect(201);
    expect(second.body.id).not.toBe(first.body.id);
    expect(second.body.user_id).toBe(other.who.user.id);
  });

  it('has a key of up to 255 visible ASCII characters', async () => {
    const { who } = await customerWithCart();
    for (const key of ['k'.repeat(256), 'two words', '', 'é', 'tab\tbed']) {
      const refused = await who.post('/api/orders/checkout', undefined, { 'idempotency-key': key });
      expect([key, refused.status, Object.keys(refused.body.errors ?? {})]).toEqual([
        key,
        400,
        ['Idempotency-Key'],
      ]);
    }
    await who.post('/api/orders/checkout', undefined, { 'idempotency-key': 'k'.repeat(255) }).expect(201);
  });

  it('gets the first response when it could not be executed again', async () => {
    const { id } = await shop.newProduct({ stock: 1 });
    const customer = await shop.newCustomer();
    const key = { 'idempotency-key': 'the-last-unit' };
    const order = { items: [{ product_id: id }] };
    const first = await customer.post('/api/orders', order, key).expect(201);
    const retries = Array.from({ length: AT_ONCE }, (_, index) =>
      customer.at(urlOf(index)).post('/api/orders', order, key),
    );
    for (const retry of await Promise.all(retries))
      expect([retry.status, retry.text]).toEqual([201, first.text]);
    await customer.post('/api/orders', { items: [{ product_id: id, quantity: 2 }] }, key).expect(422);

    await admin.delete(`/api/products/${id}`).expect(204);
    expect((await customer.post('/api/orders', order, key).expect(201)).text).toBe(first.text);
  });

  it('does not change a cart that was filled again', async () => {
    const { who } = await customerWithCart();
    const key = { 'idempotency-key': 'filled-again' };
    const first = await who.post('/api/orders/checkout', undefined, key).expect(201);
    await who.post('/api/cart', { product_id: await newProduct() }).expect(201);
    expect((await who.post('/api/orders/checkout', undefined, key).expect(201)).text).toBe(first.text);
    expect((await who.get('/api/cart')).body.total_items).toBe(1);
  });

  it('is executed again when its key is older than 24 hours', async () => {
    const customer = await shop.newCustomer();
    const order = { items: [{ product_id: await newProduct(), quantity: 1 }] };
    const key = { 'idempotency-key': 'yesterday' };
    const age = (interval: string) =>
      shop.database.query(
        `UPDATE idempotency_keys SET created_at = now() - $2::interval WHERE user_id = $1`,
        [customer.user.id, interval],
      );

    const first = await customer.post('/api/orders', order, key).expect(201);
    await age('23 hours 59 minutes');
    expect((await customer.post('/api/orders', order, key).expect(201)).text).toBe(first.text);
    await age('24 hours 1 minute');
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) =>
        customer.at(urlOf(index)).post('/api/orders', order, key),
      ),
    );
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    expect(answers[0]!.body.id).not.toBe(first.body.id);
    expect(await ordersOf(customer)).toBe(2);
  });

  it('can use its key again after a refusal', async () => {
    const product = await newProduct(1);
    const [customer, key] = [await shop.newCustomer(), { 'idempotency-key': 'patient' }];
    const order = { items: [{ product_id: product, quantity: 2 }] };
    await customer.post('/api/orders', order, key).expect(409);
    await customer.post('/api/orders', order, key).expect(409);
    await customer.post('/api/orders', {}, key).expect(400); // the cart is empty
    await admin.patch(`/api/products/${product}`, { stock: 2 }).expect(200);
    await customer.post('/api/orders', order, key).expect(201);
    await customer.post('/api/orders', order, key).expect(201);
    expect(await ordersOf(customer)).toBe(1);
  });

  it('can use its key again after a failure of the shop', async () => {
    const product = await newProduct();
    const [customer, key] = [await shop.newCustomer(), { 'idempotency-key': 'unlucky' }];
    const order = { items: [{ product_id: product, quantity: 2 }] };
    const blocker = await shop.database.connect();
    await blocker.query('BEGIN');
    await blocker.query('SELECT FROM products WHERE id = $1 FOR UPDATE', [product]);
    const failed = await customer.post('/api/orders', order, key).expect(503);
    expect(failed.headers.get('retry-after')).toBe('1');
    await blocker.query('ROLLBACK');
    blocker.release();
    await customer.post('/api/orders', order, key).expect(201);
    expect(await ordersOf(customer)).toBe(1);
  });

  it('needs a user: without one it is 401, and no key is stored', async () => {
    await shop.visitor.post('/api/orders', {}, { 'idempotency-key': 'stranger' }).expect(401);
    expect(await counted(`SELECT count(*) AS n FROM idempotency_keys WHERE key = 'stranger'`)).toBe(0);
  });

  function urlOf(index: number): string {
    return shop.processes[index % 2]!.url;
  }

  async function newProduct(stock = 100): Promise<number> {
    const product = { name: `Product ${Math.random()}`, price: '10.00', stock };
    return (await admin.post('/api/products', product).expect(201)).body.id;
  }

  async function customerWithCart(): Promise<{ who: Api; body?: unknown }> {
    const who = await shop.newCustomer();
    await who.post('/api/cart', { product_id: await newProduct(), quantity: 3 }).expect(201);
    return { who };
  }

  function ordersOf(who: Api): Promise<number> {
    return counted('SELECT count(*) AS n FROM orders WHERE user_id = $1', who);
  }

  async function counted(sql: string, who?: Api): Promise<number> {
    const { rows } = await shop.database.query(sql, who ? [who.user.id] : []);
    return Number(rows[0].n);
  }
});
