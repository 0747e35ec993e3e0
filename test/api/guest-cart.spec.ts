import { createHash, randomUUID } from 'node:crypto';
import type { Api, ApiResponse } from '../support/api.js';
import { PASSWORD, Shop } from '../support/shop.js';
import { until } from '../support/until.js';

describe('A guest’s cart', () => {
  let shop: Shop;
  let admin: Api;

  beforeAll(async () => {
    shop = await Shop.open({ processes: 2, env: { MAX_QUANTITY: '50' } });
    admin = await shop.admin();
  });
  afterAll(() => shop.close());

  /** A guest with a product in the cart. */
  async function newGuest(product_id: number, quantity = 1): Promise<Api> {
    const { body } = await shop.visitor.post('/api/cart', { product_id, quantity }).expect(201);
    return shop.visitor.withCart(body.cart_token);
  }

  /** Repeats a request while the shop is busy, as clients should. */
  async function patiently(ask: () => Promise<ApiResponse>): Promise<ApiResponse> {
    let answer: ApiResponse;
    await until(async () => (answer = await ask()).status !== 503);
    return answer!;
  }

  async function newAccount() {
    const username = `guest_${randomUUID().slice(0, 8)}`;
    return { username, email: `${username}@example.com`, password: PASSWORD };
  }

  async function linesOf(shopper: Api): Promise<[number, number][]> {
    const { body } = await shopper.get('/api/cart').expect(200);
    return body.items.map((item: any) => [item.id, item.quantity]);
  }

  async function cartRows(token: string): Promise<any[]> {
    const hash = createHash('sha256').update(token).digest();
    return (await shop.database.query('SELECT * FROM guest_carts WHERE token_hash = $1', [hash])).rows;
  }

  describe('with its token', () => {
    it('is created with the first product; the response has the token in header and body', async () => {
      const product = await shop.newProduct({ price: '24.50' });
      const { body, headers } = await shop.visitor
        .post('/api/cart', { product_id: product.id, quantity: 2 })
        .expect(201);
      expect(body).toMatchObject({ id: product.id, quantity: 2, subtotal: '49.00' });
      expect(body.cart_token).toMatch(/^[\w-]{43}$/);
      expect(Buffer.from(body.cart_token, 'base64url')).toHaveLength(32);
      expect(headers.get('x-cart-token')).toBe(body.cart_token);
      expect(headers.get('cache-control')).toBe('no-store');
    });

    it('is accessible on every route, in every process', async () => {
      const [one, other] = [await shop.newProduct({ price: '10.00' }), await shop.newProduct()];
      const guest = (await newGuest(one.id)).at(shop.processes[1]!.url);
      const added = await guest.post('/api/cart/add/', { product_id: other.id }).expect(201);
      expect(added.body.cart_token).toBe(guest.cartToken);
      await guest.put('/api/cart/update_item', { product_id: one.id, quantity: 3 }).expect(200);
      await guest.patch(`/api/cart/${other.id}`, { quantity: 2 }).expect(200);
      await guest.put(`/api/cart/${other.id}`, { quantity: 4 }).expect(200);
      expect((await guest.get(`/api/cart/${one.id}`).expect(200)).body).toMatchObject({ quantity: 3 });
      const { body, headers } = await guest.get('/api/cart').expect(200);
      expect(body).toMatchObject({ total_items: 7, total: '70.00', cart_token: guest.cartToken });
      expect(headers.get('x-cart-token')).toBe(guest.cartToken);
      expect((await guest.get('/api/cart/summary').expect(200)).body).toEqual({
        total_items: 7,
        total_cost: '70.00',
      });
      await guest.delete(`/api/cart/${other.id}`).expect(204);
      const { body: left } = await guest.delete('/api/cart/remove', { product_id: one.id }).expect(200);
      expect(left).toMatchObject({ items: [], total_items: 0 });
    });

    it('can be used by a frontend on another origin', async () => {
      const { id } = await shop.newProduct();
      const { headers } = await shop.visitor
        .post('/api/cart', { product_id: id }, { origin: 'http://localhost:3000' })
        .expect(201);
      expect(headers.get('access-control-expose-headers')).toMatch(/X-Cart-Token/);
      const preflight = await fetch(`${shop.url}/api/cart`, {
        method: 'OPTIONS',
        headers: {
          origin: 'http://localhost:3000',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type,x-cart-token',
        },
      });
      expect(preflight.headers.get('access-control-allow-headers')).toMatch(/x-cart-token/i);
    });

    it('stores only a hash of it', async () => {
      const guest = await newGuest((await shop.newProduct()).id);
      const [row] = await cartRows(guest.cartToken!);
      expect(row.id).toMatch(/^-\d+$/);
      const { rows } = await shop.database.query('SELECT guest_carts::text AS text FROM guest_carts');
      for (const { text } of rows) expect(text).not.toContain(guest.cartToken!);
    });

    it('is not needed by clients of documents 000 to 004: without credentials they get 401', async () => {
      const { id } = await shop.newProduct();
      const closed: [string, string, object?][] = [
        ['GET', '/api/cart/'],
        ['GET', '/api/cart/summary/'],
        ['POST', '/api/cart/add/', { product_id: id }],
        ['POST', '/api//cart/add//?x=1', { product_id: id }],
        ['POST', '/cart/add', { product_id: id }],
        ['POST', '/api/cart/', { product_id: id }],
        ['POST', '/cart//', {}],
        ['PUT', '/api/cart/update_item/', { product_id: id, quantity: 1 }],
        ['DELETE', '/api/cart/remove/', { product_id: id }],
        ['POST', '/api/cart/checkout/'],
        ['POST', '/api/orders/', { items: [{ product_id: id }] }],
      ];
      for (const [method, path, body] of closed) {
        const answer = await shop.visitor.send(method, path, { body }).expect(401);
        expect(answer.body).toMatchObject({ code: 'not_authenticated' });
      }
      const { body } = await shop.visitor
        .post('/api/cart/add/', { product_id: id }, { 'x-cart-token': 'none yet' })
        .expect(201);
      expect(body.cart_token).toBeDefined(); // a client that sends the header supports guests
      const bad = { authorization: 'Bearer expired' };
      const answer = await shop.visitor.post('/api/cart', { product_id: id }, bad).expect(401);
      expect(answer.body.code).toBe('token_not_valid'); // so that the client refreshes, and does not become a guest
    });

    it('is accessible with its own token only', async () => {
      const { id } = await shop.newProduct();
      const guest = await newGuest(id);
      const other = await newGuest((await shop.newProduct()).id);
      await other.get(`/api/cart/${id}`).expect(404);
      for (const token of ['x', guest.cartToken!.slice(1), guest.cartToken!.toLowerCase(), '-1', '']) {
        const { body } = await shop.visitor.get('/api/cart', { 'x-cart-token': token }).expect(401);
        expect(body.code).toBe('cart_token_not_valid');
      }
      for (const path of ['/api/orders', '/api/users/me/export', '/api/favorites', '/api/auth/sessions'])
        expect((await guest.get(path)).status).toBe(401);
      await guest.get('/api/cart', { authorization: `Bearer ${guest.cartToken}` }).expect(401);
    });

    it('is ignored when the request also has the token of an account', async () => {
      const guest = await newGuest((await shop.newProduct()).id);
      const customer = (await shop.newCustomer()).withCart(guest.cartToken!);
      const { body, headers } = await customer.get('/api/cart').expect(200);
      expect(body).toEqual({ items: [], total_items: 0, total: '0.00' });
      expect(headers.get('x-cart-token')).toBeNull();
    });

    it('is valid for thirty days after its last use; after that an addition creates a new cart', async () => {
      const product = await shop.newProduct();
      const guest = await newGuest(product.id);
      const [{ id }] = await cartRows(guest.cartToken!);
      const expire = (interval: string) =>
        shop.database.query(`UPDATE guest_carts SET expires_at = now() + $2::interval WHERE id = $1`, [
          id,
          interval,
        ]);
      await expire('1 minute');
      await guest.get('/api/cart').expect(200);
      const [{ expires_at }] = await cartRows(guest.cartToken!);
      expect(expires_at.getTime()).toBeGreaterThan(Date.now() + 30 * 86_400_000);

      await expire('-1 second');
      expect((await guest.get('/api/cart').expect(401)).body.code).toBe('cart_token_not_valid');
      const { body } = await guest.post('/api/cart', { product_id: product.id }).expect(201);
      expect(body).toMatchObject({ quantity: 1 });
      expect(body.cart_token).not.toBe(guest.cartToken);
    });

    it('is deleted with its lines when it has expired', async () => {
      const guest = await newGuest((await shop.newProduct()).id);
      const kept = await newGuest((await shop.newProduct()).id);
      const [{ id }] = await cartRows(guest.cartToken!);
      await shop.database.query(`UPDATE guest_carts SET expires_at = now() WHERE id = $1`, [id]);
      const sweeper = await shop.startProcess(); // housekeeping runs at the start
      await until(async () => (await cartRows(guest.cartToken!)).length === 0);
      await sweeper.stop();
      const { rows } = await shop.database.query('SELECT * FROM cart_items WHERE user_id = $1', [id]);
      expect(rows).toEqual([]);
      expect(await linesOf(kept)).toHaveLength(1);
    });
  });

  describe('is created', () => {
    const carts = async () =>
      (await shop.database.query('SELECT count(*)::int FROM guest_carts')).rows[0].count;

    it('not with an unavailable product', async () => {
      const before = await carts();
      const { id } = await shop.newProduct({ stock: 1 });
      const refused = [
        await shop.visitor.post('/api/cart', { product_id: id, quantity: 2 }).expect(409),
        await shop.visitor.post('/api/cart', { product_id: 999_999_999 }).expect(404),
        await shop.visitor.post('/api/cart', {}).expect(400),
        await shop.visitor.post('/api/cart', { product_id: id, quantity: 51 }).expect(400),
      ];
      expect(refused.map(({ headers }) => headers.get('x-cart-token'))).toEqual([null, null, null, null]);
      expect(await carts()).toBe(before);
    });

    it('once for each Idempotency-Key, also by concurrent requests', async () => {
      const { id } = await shop.newProduct({ stock: 50 });
      const before = await carts();
      const key = { 'idempotency-key': randomUUID() };
      const add = (index: number) =>
        shop.visitor
          .at(shop.processes[index % 2]!.url)
          .post('/api/cart', { product_id: id, quantity: 2 }, key);
      const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => patiently(() => add(index))));
      const later = await add(8);
      expect(new Set([...answers, later].map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
      expect(await carts()).toBe(before + 1);
      expect(await linesOf(shop.visitor.withCart(later.body.cart_token))).toEqual([[id, 2]]);
    });

    it('again for another product, another key, or a key that can be guessed', async () => {
      const { id } = await shop.newProduct({ stock: 50 });
      const key = randomUUID();
      const tokens = new Set<string>();
      for (const [quantity, sent] of [
        [1, key],
        [2, key],
        [1, randomUUID()],
        [1, '1'],
        [1, '1'],
      ] as const) {
        const body = { product_id: id, quantity };
        const answer = await shop.visitor.post('/api/cart', body, { 'idempotency-key': sent }).expect(201);
        tokens.add(answer.body.cart_token);
      }
      expect(tokens.size).toBe(5);
    });

    it('at most sixty times a minute from one address, which does not limit existing carts', async () => {
      const limited = await Shop.open({ env: { RATE_LIMIT: 'on', TRUST_PROXY: '127.0.0.1' } });
      const { id } = await limited.newProduct({ stock: 1000 });
      const from = (address: string) =>
        limited.visitor.post('/api/cart', { product_id: id }, { 'x-forwarded-for': address });
      const answers = await Promise.all(
        Array.from({ length: 70 }, () => patiently(() => from('203.0.113.7'))),
      );
      expect(answers.filter(({ status }) => status === 201).length).toBe(60);
      const refused = answers.find(({ status }) => status === 429)!;
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      await from('203.0.113.8').expect(201);
      const { body } = answers.find(({ status }) => status === 201)!;
      await limited.visitor
        .withCart(body.cart_token)
        .post('/api/cart', { product_id: id }, { 'x-forwarded-for': '203.0.113.7' })
        .expect(201);
      await limited.close();
    });
  });

  describe('is merged into the user’s', () => {
    it('at registration and at every route of the login, with a report', async () => {
      const { id, name } = await shop.newProduct({ price: '10.00' });
      const line = { product_id: id, product_name: name, added_price: '10.00', unit_price: '10.00' };
      const account = await newAccount();
      const { body: registered } = await (await newGuest(id)).post('/api/auth/register', account).expect(201);
      const first = { ...line, wanted_quantity: 1, quantity: 1 };
      expect(registered.cart_merge).toEqual({ added: [first], capped: [], gone: [], price_changed: [] });

      let quantity = 1;
      for (const path of ['/api/auth/login', '/api/token/', '/login', '/api/auth/token']) {
        const { body } = await (await newGuest(id)).post(path, account).expect(200);
        quantity += 1;
        expect(body.cart_merge.added).toEqual([{ ...line, wanted_quantity: quantity, quantity }]);
        expect(await linesOf(shop.visitor.withToken(body.access))).toEqual([[id, quantity]]);
      }
      const { email, password } = account;
      const { body: v1 } = await (
        await newGuest(id)
      )
        .post('/api/v1/auth/login', { email, password })
        .expect(200);
      expect(Object.keys(v1.data).sort()).toEqual(['token', 'token_type', 'user']); // this envelope has no report
      expect(await linesOf(shop.visitor.withToken(v1.data.token))).toEqual([[id, quantity + 1]]);
    });

    it('within the stock and the limits of a line, without deleted products, and reports changed prices', async () => {
      const products = {
        whole: await shop.newProduct({ stock: 10 }),
        short: await shop.newProduct({ stock: 10 }),
        both: await shop.newProduct({ stock: 10 }),
        much: await shop.newProduct({ stock: 100 }),
        sold: await shop.newProduct({ stock: 10 }),
        deleted: await shop.newProduct({ stock: 10 }),
        withdrawn: await shop.newProduct({ stock: 10 }),
        dearer: await shop.newProduct({ stock: 10, price: '10.00' }),
      };
      const customer = await shop.newCustomer();
      await customer.post('/api/cart', { product_id: products.both.id, quantity: 6 }).expect(201);
      await customer.post('/api/cart', { product_id: products.much.id, quantity: 30 }).expect(201);
      const guest = await newGuest(products.whole.id, 4);
      const wanted = { short: 5, both: 7, much: 40, sold: 1, deleted: 1, withdrawn: 1, dearer: 1 };
      for (const [name, quantity] of Object.entries(wanted)) {
        const { id } = products[name as keyof typeof products];
        await guest.post('/api/cart', { product_id: id, quantity }).expect(201);
      }
      await admin.patch(`/api/products/${products.short.id}`, { stock: 3 }).expect(200);
      await admin.patch(`/api/products/${products.sold.id}`, { stock: 0 }).expect(200);
      await admin.patch(`/api/products/${products.withdrawn.id}`, { available: false }).expect(200);
      await admin.patch(`/api/products/${products.dearer.id}`, { price: '12.00' }).expect(200);
      await admin.delete(`/api/products/${products.deleted.id}`).expect(204);

      const { email } = customer.user;
      const { body } = await guest.post('/api/auth/login', { email, password: PASSWORD }).expect(200);
      const report = Object.fromEntries(
        Object.entries<any[]>(body.cart_merge).map(([which, lines]) => [
          which,
          lines.map((line) => [line.product_name, line.wanted_quantity, line.quantity]),
        ]),
      );
      expect(report).toEqual({
        added: [
          [products.whole.name, 4, 4],
          [products.dearer.name, 1, 1],
        ],
        capped: [
          [products.short.name, 5, 3],
          [products.both.name, 13, 10],
          [products.much.name, 70, 50],
          [products.sold.name, 1, 0],
        ],
        gone: [
          [products.deleted.name, 1, 0],
          [products.withdrawn.name, 1, 0],
        ],
        price_changed: [[products.dearer.name, 1, 1]],
      });
      const { items } = (await customer.get('/api/cart').expect(200)).body;
      expect(Object.fromEntries(items.map((item: any) => [item.product.name, item.quantity]))).toEqual({
        [products.whole.name]: 4,
        [products.short.name]: 3,
        [products.both.name]: 10,
        [products.much.name]: 50,
        [products.dearer.name]: 1,
      });
      const dearer = items.find((item: any) => item.id === products.dearer.id);
      expect(dearer).toMatchObject({ added_price: '10.00', unit_price: '12.00', price_changed: true });
    });

    it('without reducing a line of the user', async () => {
      const { id } = await shop.newProduct({ stock: 10 });
      const customer = await shop.newCustomer();
      await customer.post('/api/cart', { product_id: id, quantity: 8 }).expect(201);
      const guest = await newGuest(id, 2);
      await admin.patch(`/api/products/${id}`, { stock: 1 }).expect(200);
      const { email } = customer.user;
      const { body } = await guest.post('/api/auth/login', { email, password: PASSWORD }).expect(200);
      expect(body.cart_merge.capped).toMatchObject([{ wanted_quantity: 10, quantity: 8 }]);
      expect(await linesOf(customer)).toEqual([[id, 8]]);
    });

    it('up to a hundred products', async () => {
      const customer = await shop.newCustomer();
      const { rows } = await shop.database.query(
        `WITH made AS (
           INSERT INTO products (name, slug, price, stock, stock_sequence)
           SELECT 'Full ' || n, 'full-' || n, 1, 0, 1 FROM generate_series(1, 98) n RETURNING id
         ), moved AS (
           INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
           SELECT id, 1, 0, 0, 'initial' FROM made
         )
         INSERT INTO cart_items (user_id, product_id, quantity, unit_price) SELECT $1, id, 1, 1 FROM made RETURNING 1`,
        [customer.user.id],
      );
      expect(rows).toHaveLength(98);
      const products = [];
      for (let count = 0; count < 3; count += 1) products.push(await shop.newProduct());
      const guest = await newGuest(products[0].id);
      for (const { id } of products.slice(1)) await guest.post('/api/cart', { product_id: id }).expect(201);
      const { email } = customer.user;
      const { body } = await guest.post('/api/auth/login', { email, password: PASSWORD }).expect(200);
      expect(body.cart_merge.added.map((line: any) => line.product_id)).toEqual([
        products[0].id,
        products[1].id,
      ]);
      expect(body.cart_merge.capped).toMatchObject([{ product_id: products[2].id, quantity: 0 }]);
      expect(await linesOf(customer)).toHaveLength(100);
    });

    it('once by concurrent logins, and is then deleted', async () => {
      const { id } = await shop.newProduct({ stock: 50 });
      const account = await newAccount();
      await shop.visitor.post('/api/auth/register', account).expect(201);
      const guest = await newGuest(id, 3);
      const answers: ApiResponse[] = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          guest
            .at(shop.processes[index % 2]!.url)
            .post('/api/auth/login', account)
            .expect(200),
        ),
      );
      expect(answers.filter(({ body }) => body.cart_merge)).toHaveLength(1);
      expect(await linesOf(shop.visitor.withToken(answers[0]!.body.access))).toEqual([[id, 3]]);
      expect((await guest.get('/api/cart').expect(401)).body.code).toBe('cart_token_not_valid');
      expect(await cartRows(guest.cartToken!)).toEqual([]);
    });

    it('with additions that were sent before; later ones create a new cart', async () => {
      const { id } = await shop.newProduct({ stock: 1_000 });
      const account = await newAccount();
      await shop.visitor.post('/api/auth/register', account).expect(201);
      let access = '';
      const carts = new Set<string>();
      let added = 0;
      for (let round = 0; round < 3; round += 1) {
        const guest = await newGuest(id);
        added += 1;
        const [signedIn] = await Promise.all([
          guest.post('/api/auth/login', account).expect(200),
          ...Array.from({ length: 12 }, async (_, index) => {
            const tab = guest.at(shop.processes[index % 2]!.url);
            const { status, body } = await patiently(() => tab.post('/api/cart', { product_id: id }));
            if (status === 401) return void expect(body.code).toBe('cart_token_not_valid');
            expect(status).toBe(201);
            added += 1;
            if (body.cart_token !== guest.cartToken) carts.add(body.cart_token);
          }),
        ]);
        access = signedIn!.body.access;
      }
      const customer = shop.visitor.withToken(access);
      const all = await Promise.all(
        [customer, ...[...carts].map((token) => shop.visitor.withCart(token))].map(linesOf),
      );
      expect(all.flat().reduce((sum, [, quantity]) => sum + quantity, 0)).toBe(added);
      const { rows } = await shop.database.query(
        'SELECT * FROM cart_items WHERE user_id < 0 AND user_id NOT IN (SELECT id FROM guest_carts)',
      );
      expect(rows).toEqual([]);
    });

    it('not with a wrong password', async () => {
      const { id } = await shop.newProduct();
      const guest = await newGuest(id);
      const account = await newAccount();
      await shop.visitor.post('/api/auth/register', account).expect(201);
      await guest.post('/api/auth/login', { ...account, password: 'wrong' }).expect(401);
      await guest.post('/api/auth/register', account).expect(400);
      expect(await linesOf(guest)).toEqual([[id, 1]]);
      const { body } = await shop.visitor
        .post('/api/auth/login', account, { 'x-cart-token': 'nonsense' })
        .expect(200);
      expect(body).not.toHaveProperty('cart_merge');
    });
  });
});
