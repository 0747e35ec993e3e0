import type { Api } from '../support/api.js';
import { Shop } from '../support/shop.js';

describe('Two users who change the same thing', () => {
  let shop: Shop;
  let admin: Api;
  let buyer: Api;

  beforeAll(async () => {
    shop = await Shop.open();
    admin = await shop.admin();
    buyer = await shop.newCustomer();
  });
  afterAll(() => shop.close());

  const read = async (id: number) => (await admin.get(`/api/products/${id}`).expect(200)).body;
  const buy = (product_id: number, quantity = 1) =>
    buyer.post('/api/orders', { items: [{ product_id, quantity }] }).expect(201);
  const withHeaders = (method: string, path: string, body: unknown, headers: Record<string, string>) =>
    admin.send(method, path, { body, headers });

  describe('A product that is saved as it was read', () => {
    it.each(['PUT', 'PATCH'])('keeps a sale made meanwhile, and gets its new name (%s)', async (method) => {
      const product = await shop.newProduct({ stock: 3 });
      await buy(product.id, 2);
      const { body } = await admin
        .send(method, `/api/products/${product.id}`, { body: { ...product, name: 'Renamed' } })
        .expect(200);
      expect(body).toMatchObject({ name: 'Renamed', stock: 1, available: true });
    });

    it('keeps it with updated_at alone, too', async () => {
      const { version: _version, ...product } = await shop.newProduct({ stock: 3 });
      await buy(product.id, 2);
      const { body } = await admin
        .put(`/api/products/${product.id}`, { ...product, price: '11.00' })
        .expect(200);
      expect(body).toMatchObject({ price: '11.00', stock: 1 });
    });

    it('has a new stock when the stock was changed', async () => {
      const product = await shop.newProduct({ stock: 3 });
      await buy(product.id, 2);
      const { body } = await admin.put(`/api/products/${product.id}`, { ...product, stock: 50 }).expect(200);
      expect(body.stock).toBe(50);
    });

    it('keeps what another admin changed, field by field', async () => {
      const category = `Kept ${Date.now()}`;
      const product = await shop.newProduct({ stock: 3 });
      await admin.patch(`/api/products/${product.id}`, { price: '12.00', category }).expect(200);
      await admin.patch(`/api/products/${product.id}`, { available: false }).expect(200);
      await buyer.post('/api/orders', { items: [{ product_id: product.id }] }).expect(409);
      const { body } = await admin
        .put(`/api/products/${product.id}`, { ...product, description: 'New words' })
        .expect(200);
      expect(body).toMatchObject({
        price: '12.00',
        category,
        available: false,
        stock: 3,
        description: 'New words',
      });
      expect((await read(product.id)).stock).toBe(3);
    });

    it('is compared with any former version, from the history and the ledger, in any order of their rows', async () => {
      const product = await shop.newProduct({ stock: 9, price: '1.00' });
      const seen = [await read(product.id)];
      const steps = [
        () => buy(product.id),
        () => admin.patch(`/api/products/${product.id}`, { price: '2.00' }),
        () => admin.patch(`/api/products/${product.id}`, { price: '3.00', stock: 20 }),
        () => buy(product.id, 2),
        () => admin.patch(`/api/products/${product.id}`, { available: false }),
        () => admin.patch(`/api/products/${product.id}`, { available: true }),
      ];
      for (const step of steps) {
        await step();
        seen.push(await read(product.id));
      }
      const now = seen.at(-1)!;
      expect(new Set(seen.map(({ version }) => version)).size).toBe(seen.length);
      for (const [index, old] of seen.entries()) {
        const { version, ...timed } = old;
        expect(version).toBeLessThanOrEqual(now.version);
        for (const body of [old, timed]) {
          await admin.put(`/api/products/${product.id}`, body).expect(200);
          expect([index, await read(product.id)]).toEqual([index, now]);
        }
      }
    });

    it('with an unknown version is refused, and nothing changes', async () => {
      const product = await shop.newProduct();
      const send = (read: object) => admin.patch(`/api/products/${product.id}`, { name: 'No', ...read });
      expect((await send({ version: product.version + 1 }).expect(400)).body.errors.version).toHaveLength(1);
      expect((await send({ version: 'x' }).expect(400)).body.errors.version).toBeDefined();
      expect((await send({ updated_at: '2020-01-01T00:00:00.000Z' }).expect(409)).body.code).toBe(
        'version_unknown',
      );
      expect((await send({ updated_at: 'yesterday' }).expect(400)).body.errors.updated_at).toHaveLength(1);
      expect(await read(product.id)).toEqual(product);
    });

    it('without a version is replaced, as before versions existed', async () => {
      const product = await shop.newProduct({ stock: 3 });
      await buy(product.id, 2);
      const { body } = await admin
        .put(`/api/products/${product.id}`, { name: product.name, price: product.price, stock: 3 })
        .expect(200);
      expect(body.stock).toBe(3);
    });

    it('loses no sale in 20 rounds of buyers and an admin who saves', async () => {
      for (let round = 0; round < 20; round += 1) {
        const product = await shop.newProduct({ stock: 10 });
        await Promise.all([
          ...Array.from({ length: 4 }, () => buy(product.id)),
          ...[1, 2, 3].map((turn) =>
            admin.put(`/api/products/${product.id}`, { ...product, description: `Turn ${turn}` }).expect(200),
          ),
        ]);
        expect((await read(product.id)).stock).toBe(6);
      }
    });
  });

  describe('A stock', () => {
    it('is changed by a number of units or set, once for each Idempotency-Key, with user and reason in the ledger', async () => {
      const { id } = await shop.newProduct({ stock: 10 });
      const move = (body: object, key?: string) =>
        admin.post(`/api/products/${id}/stock`, body, key ? { 'idempotency-key': key } : {});
      const first = await move({ delta: 5, reason: 'Delivery 4711' }, `delivery-${id}`).expect(200);
      expect(first.body).toMatchObject({ id, stock: 15 });
      expect((await move({ delta: 5, reason: 'Delivery 4711' }, `delivery-${id}`).expect(200)).body).toEqual(
        first.body,
      );
      expect((await move({ set: 4 }).expect(200)).body.stock).toBe(4);
      expect((await move({ delta: -4 }).expect(200)).body).toMatchObject({ stock: 0, available: false });
      expect((await move({ delta: -1 }).expect(409)).body.code).toBe('insufficient_stock');

      const { rows } = await shop.database.query(
        `SELECT delta, reason, note, actor_id::int FROM stock_movements WHERE product_id = $1 ORDER BY sequence`,
        [id],
      );
      const by = { reason: 'adjustment', note: '', actor_id: admin.user.id };
      expect(rows).toEqual([
        { ...by, delta: 10, reason: 'initial' },
        { ...by, delta: 5, note: 'Delivery 4711' },
        { ...by, delta: -11 },
        { ...by, delta: -4 },
      ]);
    });

    it('has a maximum', async () => {
      const { id } = await shop.newProduct({ stock: 999_999_999 });
      const { body } = await admin.post(`/api/products/${id}/stock`, { delta: 1 }).expect(200);
      await admin.put(`/api/products/${id}`, { ...body, name: 'As much as can be' }).expect(200);
      const refused = await admin.post(`/api/products/${id}/stock`, { delta: 1 }).expect(400);
      expect(refused.body.errors.delta).toHaveLength(1);
      expect(await shop.stockOf(id)).toBe(1_000_000_000);
    });

    it('above that, after a cancellation, can be sent back and lowered, but not raised', async () => {
      const { id } = await shop.newProduct({ stock: 8 });
      const { body: order } = await buy(id, 8);
      await admin.post(`/api/products/${id}/stock`, { set: 1_000_000_000 }).expect(200);
      await buyer.patch(`/api/orders/${order.id}`, { status: 'cancelled' }).expect(200);
      const path = `/api/products/${id}`;
      const { version: _version, updated_at: _at, ...product } = await read(id);
      expect(product.stock).toBe(1_000_000_008);

      const { name, price, stock } = product;
      await admin.put(path, { name, price, stock, available: true }).expect(200);
      await admin.patch(path, { stock: String(stock) }).expect(200);
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      await admin.send('PATCH', path, { raw: `stock=${stock}`, headers }).expect(200);
      await admin.post(`${path}/stock`, { set: stock }).expect(200);
      expect(await read(id)).toMatchObject({ stock });

      expect((await admin.patch(path, { stock: stock + 1 }).expect(400)).body.errors.stock).toHaveLength(1);
      const raised = await admin.post(`${path}/stock`, { set: stock + 1 }).expect(400);
      expect(raised.body.errors.set).toHaveLength(1);
      await admin.post(`${path}/stock`, { delta: 1_000_000_000 }).expect(400);
      await admin.post(`${path}/stock`, { delta: 1_000_000_000 }).expect(400);
      await admin.post(`${path}/stock`, { delta: -3 }).expect(200);
      await admin.patch(path, { stock: 1_000_000_001 }).expect(200);
      expect(await shop.stockOf(id)).toBe(1_000_000_001);
    });

    it('without room for the units of an order: 409 for its cancellation, until the stock is lowered', async () => {
      const { id } = await shop.newProduct({ stock: 9 });
      const { body: order } = await buy(id, 9);
      const { rows } = await shop.database.query(
        `WITH moved AS (
           UPDATE products SET stock = 2147483640, stock_sequence = stock_sequence + 1 WHERE id = $1
           RETURNING id, stock, stock_sequence
         )
         INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
         SELECT id, stock_sequence, stock, stock, 'adjustment' FROM moved RETURNING stock_after`,
        [id],
      );
      expect(rows).toEqual([{ stock_after: 2147483640 }]);
      const path = `/api/orders/${order.id}`;
      const refused = [
        await buyer.patch(path, { status: 'cancelled' }).expect(409),
        await buyer.patch(path, { items: [{ product_id: id, quantity: 1 }] }).expect(409),
        await buyer.delete(path).expect(409),
      ];
      expect(refused.map(({ body }) => body.code)).toEqual(Array(3).fill('stock_too_large'));
      await admin.post(`/api/products/${id}/stock`, { delta: 9 }).expect(400);
      expect((await buyer.get(path)).body).toMatchObject({ status: 'pending', version: 1 });
      await admin.post(`/api/products/${id}/stock`, { set: 1 }).expect(200);
      await buyer.patch(path, { status: 'cancelled' }).expect(200);
      expect(await shop.stockOf(id)).toBe(10);
    });

    it('needs `delta` or `set`, an admin, and a product that exists', async () => {
      const { id } = await shop.newProduct();
      for (const body of [{}, { delta: 1, set: 1 }, { delta: 'x' }, { set: -1 }, { delta: 2e9 }])
        await admin.post(`/api/products/${id}/stock`, body).expect(400);
      await buyer.post(`/api/products/${id}/stock`, { delta: 1 }).expect(403);
      await admin.post('/api/products/999999/stock', { delta: 1 }).expect(404);
    });

    it('has the sum of concurrent changes', async () => {
      const { id } = await shop.newProduct({ stock: 0 });
      await Promise.all(
        Array.from({ length: 20 }, () => admin.post(`/api/products/${id}/stock`, { delta: 3 }).expect(200)),
      );
      expect(await shop.stockOf(id)).toBe(60);
    });

    it('has the buyer of each sale in the ledger', async () => {
      const { id } = await shop.newProduct();
      await buy(id);
      const { rows } = await shop.database.query(
        `SELECT actor_id::int FROM stock_movements WHERE product_id = $1 AND reason = 'sale'`,
        [id],
      );
      expect(rows).toEqual([{ actor_id: buyer.user.id }]);
    });
  });

  describe('If-Match', () => {
    it('allows a change only of the version that was read', async () => {
      const product = await shop.newProduct({ stock: 5 });
      const path = `/api/products/${product.id}`;
      const tag = (await admin.get(path)).headers.get('etag')!;
      await buy(product.id);
      const now = (await admin.get(path)).headers.get('etag')!;
      const calls: [string, string, unknown][] = [
        ['PUT', path, product],
        ['PATCH', path, { name: 'No' }],
        ['POST', `${path}/stock`, { set: 1 }],
        ['DELETE', path, undefined],
      ];
      for (const [method, address, body] of calls) {
        const refused = await withHeaders(method, address, body, { 'if-match': tag }).expect(412);
        expect(refused.body.code).toBe('precondition_failed');
        expect(refused.headers.get('etag')).toBe(now);
      }
      const changed = await withHeaders('PATCH', path, { name: 'Yes' }, { 'if-match': now }).expect(200);
      expect(changed.headers.get('etag')).toBe((await admin.get(path)).headers.get('etag'));
      await withHeaders('PATCH', path, { name: 'Any' }, { 'if-match': '*' }).expect(200);
      const last = (await admin.get(path)).headers.get('etag')!;
      await withHeaders('DELETE', path, undefined, { 'if-match': last.replace(/"$/, '-gzip"') }).expect(204); // by Apache
    });

    it('allows one of many concurrent changes of a version', async () => {
      const product = await shop.newProduct();
      const path = `/api/products/${product.id}`;
      const tag = (await admin.get(path)).headers.get('etag')!;
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          withHeaders('PATCH', path, { name: `Turn ${index}` }, { 'if-match': tag }),
        ),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 412)).toHaveLength(11);
    });
  });

  it('If-None-Match: * adds a product once, of many concurrent requests', async () => {
    const name = `Only one ${Date.now()}`;
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        admin.post('/api/products', { name, price: '1.00' }, { 'if-none-match': '*' }),
      ),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(made).toHaveLength(1);
    const refused = answers.filter(({ status }) => status === 412);
    expect(refused).toHaveLength(7);
    const { headers } = await admin.get(`/api/products/${made[0]!.body.id}`).expect(200);
    expect(refused[0]!.headers.get('etag')).toBe(headers.get('etag'));
  });

  describe('Users', () => {
    it('If-Match allows a change or a deletion only of the version that was read', async () => {
      const { user } = await shop.newCustomer();
      const path = `/api/users/${user.id}`;
      const tag = (await admin.get(path).expect(200)).headers.get('etag')!;
      await admin.get(path, { 'if-none-match': tag }).expect(304);
      await admin.patch(path, { name: 'Renamed' }).expect(200);
      const now = (await admin.get(path)).headers.get('etag')!;
      for (const [method, body] of [
        ['PUT', { name: 'No' }],
        ['PATCH', { role: 'admin' }],
        ['DELETE', undefined],
      ] as const) {
        const refused = await withHeaders(method, path, body, { 'if-match': tag }).expect(412);
        expect(refused.headers.get('etag')).toBe(now);
      }
      const changed = await withHeaders('PATCH', path, { name: 'Yes' }, { 'if-match': now }).expect(200);
      await withHeaders('DELETE', path, undefined, { 'if-match': changed.headers.get('etag')! }).expect(204);
    });

    it('sent back with an outdated version keep what others changed meanwhile, field by field', async () => {
      const jane = await shop.newCustomer();
      const path = `/api/users/${jane.user.id}`;
      const details = { phone: '0123456789', birth_date: '1990-01-01', shipping_address: 'Rue de l’Été 1' };
      await jane.patch(path, { ...details, favorite_mails: true }).expect(200);
      const { body: byAdmin } = await admin.get(path).expect(200);
      const { body: byJane } = await jane.get('/api/users/me').expect(200);
      const { body: listed } = await admin.get(`/api/users?search=${jane.user.username}`).expect(200);
      expect(listed.results).toEqual([byAdmin]);
      const { body: mine } = await jane.get('/api/users/me/export').expect(200);
      expect(mine.profile.version).toBe(byJane.version);

      const moved = {
        email: `moved-${jane.user.email}`,
        shipping_address: 'Rue de l’Été 2',
        gender: 'female',
      };
      await jane.put(path, { ...byJane, ...moved }).expect(200);
      await admin.put(path, { ...byAdmin, name: 'Jane D.', phone: '', language: 'x' }).expect(400);
      await admin.put(path, { ...byAdmin, name: 'Jane D.', phone: null }).expect(200);
      // a second edit of what was read first, as by a form that is not read again
      await jane.put(path, { ...byJane, ...moved, gender: 'other', language: 'fr' }).expect(200);
      expect((await jane.get(path).expect(200)).body).toMatchObject({
        ...details,
        ...moved,
        gender: 'other',
        language: 'fr',
        name: 'Jane D.',
        phone: null,
        favorite_mails: true,
      });
    });

    it.each([
      ['PUT /api/v1/auth/profile', (jane: Api, body: object) => jane.put('/api/v1/auth/profile', body)],
      [
        'a form of POST /api/v1/auth/profile',
        (jane: Api, body: object) => jane.post('/api/v1/auth/profile', { ...body, _method: 'put' }),
      ],
    ])('sent back with an outdated version by %s keep what others changed', async (_route, save) => {
      const jane = await shop.newCustomer();
      const details = { name: 'Jane', phone: '0123456789', gender: 'female', birth_date: '1990-01-01' };
      await jane.patch('/api/users/me', { ...details, newsletter_subscription: true }).expect(200);
      const { user: read } = (await jane.get('/api/v1/auth/user').expect(200)).body.data;
      const { body: login } = await shop.visitor
        .post('/api/v1/auth/login', { email: jane.user.email, password: 'password123' })
        .expect(200);
      expect(login.data.user.version).toBe(read.version);

      const moved = { email: `v1-${jane.user.email}`, phone: '0987654321', shipping_address: 'Rue 2' };
      await admin.patch(`/api/users/${jane.user.id}`, moved).expect(200);
      const { body } = await save(jane, { ...read, gender: 'other', newsletter_subscription: '1' }).expect(
        200,
      );
      expect(body.data.user).toMatchObject({
        ...details,
        ...moved,
        gender: 'other',
        newsletter_subscription: true,
      });
      expect(body.data.user.version).not.toBe(read.version);
      await save(jane, { ...body.data.user, phone: '' }).expect(200);
      expect((await jane.get('/api/users/me').expect(200)).body).toMatchObject({ ...moved, phone: null });

      const refused = await save(jane, { ...read, version: '3' }).expect(422);
      expect(refused.body.errors).toEqual({ version: ['The version field format is invalid.'] });
    });

    it('If-Match on PUT /api/v1/auth/profile is the ETag of GET /api/users/me', async () => {
      const jane = await shop.newCustomer();
      const tag = (await jane.get('/api/users/me').expect(200)).headers.get('etag')!;
      const save = () =>
        jane.send('PUT', '/api/v1/auth/profile', { body: { name: 'Jane' }, headers: { 'if-match': tag } });
      await save().expect(200);
      const refused = await save().expect(412);
      expect(refused.body).toEqual({ success: false, message: 'It was changed since it was read.' });
    });

    it('sent back with an outdated version keep a new role; an invalid version is refused', async () => {
      const jane = await shop.newCustomer();
      const { body } = await jane.get('/api/users/me').expect(200);
      await admin.patch(`/api/users/${jane.user.id}`, { role: 'admin' }).expect(200);
      const { version: _version, ...unversioned } = body;
      expect((await jane.put('/api/users/me', { ...body, name: 'Jane' }).expect(200)).body).toMatchObject({
        name: 'Jane',
        role: 'admin',
      });
      await admin.patch(`/api/users/${jane.user.id}`, { role: 'customer' }).expect(200);
      await jane.put('/api/users/me', { ...body, role: 'admin' }).expect(403);
      for (const version of ['', '3', 'x'.repeat(96)]) {
        const refused = await jane.put('/api/users/me', { ...unversioned, version }).expect(400);
        expect(refused.body.errors.version).toHaveLength(1);
      }
    });

    it('If-None-Match: * returns the account that has these names', async () => {
      const { user } = await shop.newCustomer();
      const twin = { username: `other${Date.now()}`, email: user.email, password: 'password123' };
      const refused = await admin.post('/api/users', twin, { 'if-none-match': '*' }).expect(412);
      expect(refused.headers.get('etag')).toBe(
        (await admin.get(`/api/users/${user.id}`)).headers.get('etag'),
      );
      await admin.post('/api/users', twin).expect(400);
    });

    it('an admin remains in each of 20 rounds of two admins who demote or delete each other', async () => {
      const makeAdmin = async () => {
        const one = await shop.newCustomer();
        await admin.patch(`/api/users/${one.user.id}`, { role: 'admin' }).expect(200);
        return one;
      };
      let [ann, bob] = [await makeAdmin(), await makeAdmin()];
      await ann.patch(`/api/users/${admin.user.id}`, { role: 'customer' }).expect(200);
      try {
        for (let round = 0; round < 20; round += 1) {
          const remove = (by: Api, whom: Api) =>
            round % 2
              ? by.patch(`/api/users/${whom.user.id}`, { role: 'customer' })
              : by.delete(`/api/users/${whom.user.id}`);
          const answers = await Promise.all([remove(ann, bob), remove(bob, ann)]);
          const { rows } = await shop.database.query(
            `SELECT id::int FROM users WHERE role = 'admin' AND deleted_at IS NULL`,
          );
          expect([round, rows.length]).toEqual([round, 1]);
          const refused = answers.filter(({ status }) => status >= 400);
          expect(refused).toHaveLength(1);
          // 404 for the one who was demoted first: a customer sees no other account
          expect([401, 403, 404, 409]).toContain(refused[0]!.status);
          const last = rows[0].id === ann.user.id ? ann : bob;
          const other = await shop.newCustomer();
          await last.patch(`/api/users/${other.user.id}`, { role: 'admin' }).expect(200);
          [ann, bob] = [last, other];
        }
      } finally {
        await ann.patch(`/api/users/${admin.user.id}`, { role: 'admin' }).expect(200);
      }
    });
  });
});
