import type { Api } from '../support/api.js';
import { Shop } from '../support/shop.js';
import { until } from '../support/until.js';

describe('Changing orders', () => {
  let shop: Shop;
  let admin: Api;
  let buyer: Api;

  beforeAll(async () => {
    shop = await Shop.open({ env: { ORDER_PENDING_HOURS: '2', MAX_QUANTITY: '50' } });
    admin = await shop.admin();
    buyer = await shop.newCustomer();
  });
  afterAll(() => shop.close());

  const place = async (items: object[], more: object = {}) =>
    (await buyer.post('/api/orders', { items, ...more }).expect(201)).body;
  const read = async (id: number, as = admin) => (await as.get(`/api/orders/${id}`).expect(200)).body;
  const reprice = (id: number, price: string) => admin.patch(`/api/products/${id}`, { price }).expect(200);
  const history = async (id: number, as = admin) =>
    (await as.get(`/api/orders/${id}/history`).expect(200)).body.results;

  describe('An order that is saved as it was read', () => {
    it.each(['version', 'updated_at'])('keeps what was changed meanwhile (%s)', async (by) => {
      const [lamp, desk, chair] = [await shop.newProduct(), await shop.newProduct(), await shop.newProduct()];
      const seen = await place([
        { product_id: lamp.id, quantity: 2 },
        { product_id: desk.id, quantity: 1 },
      ]);
      const items = [...seen.items, { product_id: chair.id, quantity: 1 }];
      items[0] = { ...items[0], quantity: 4 };
      await admin.patch(`/api/orders/${seen.id}`, { items, notes: 'Ring twice' }).expect(200);

      const stale = { ...seen, items: seen.items.map((item: any) => ({ ...item })) };
      stale.items[1].quantity = 3; // the only change of the sender, apart from the address
      const { [by]: value } = seen;
      const { version: _version, updated_at: _time, ...fields } = stale;
      const { body } = await buyer
        .put(`/api/orders/${seen.id}`, { ...fields, shipping_address: '2 Rue Y', [by]: value })
        .expect(200);
      expect(body).toMatchObject({ notes: 'Ring twice', shipping_address: '2 Rue Y', version: 3 });
      const quantity = (id: number) => body.items.find((item: any) => item.product_id === id)?.quantity;
      expect([lamp, desk, chair].map(({ id }) => quantity(id))).toEqual([4, 3, 1]);
      expect(await Promise.all([lamp, desk, chair].map(({ id }) => shop.stockOf(id)))).toEqual([6, 7, 9]);
    });

    it('does not revert a status that was set meanwhile', async () => {
      const { id: product_id } = await shop.newProduct();
      const seen = await place([{ product_id }]);
      await admin.patch(`/api/orders/${seen.id}`, { status: 'paid' }).expect(200);
      await admin.put(`/api/orders/${seen.id}`, seen).expect(200);
      expect((await read(seen.id)).status).toBe('paid');
      const { version: _version, updated_at: _time, ...unversioned } = seen;
      expect((await admin.put(`/api/orders/${seen.id}`, unversioned).expect(409)).body.code).toBe(
        'invalid_status_transition',
      );
    });

    it('with an unknown version is refused', async () => {
      const { id: product_id } = await shop.newProduct();
      const { id } = await place([{ product_id }]);
      const answer = await buyer.patch(`/api/orders/${id}`, { version: 7, notes: 'No' }).expect(400);
      expect(answer.body.errors.version).toHaveLength(1);
      const then = { updated_at: '2020-01-01T00:00:00Z', notes: 'No' };
      expect((await buyer.patch(`/api/orders/${id}`, then).expect(409)).body.code).toBe('version_unknown');
      expect(await read(id)).toMatchObject({ notes: '', version: 1 });
    });
  });

  it('If-Match refuses a status, a change and a deletion of an order that has changed since', async () => {
    const { id: product_id } = await shop.newProduct();
    const { id } = await place([{ product_id }]);
    const path = `/api/orders/${id}`;
    const tag = (await admin.get(path).expect(200)).headers.get('etag')!;
    await admin.get(path, { 'if-none-match': tag }).expect(304);
    await buyer.patch(path, { items: [{ product_id, quantity: 3 }] }).expect(200);
    const now = (await admin.get(path)).headers.get('etag')!;
    const send = (method: string, body: unknown, known: string) =>
      admin.send(method, path, { body, headers: { 'if-match': known } });
    for (const [method, body] of [
      ['PATCH', { status: 'paid' }],
      ['PUT', { notes: 'No' }],
      ['DELETE', undefined],
    ] as const) {
      const refused = await send(method, body, tag).expect(412);
      expect([refused.body.code, refused.headers.get('etag')]).toEqual(['precondition_failed', now]);
    }
    const paid = await send('PATCH', { status: 'paid' }, now).expect(200);
    expect(paid.headers.get('etag')).toBe((await admin.get(path)).headers.get('etag'));
  });

  describe('Prices', () => {
    it('of added units are today’s, on a line of their own; removed units are the newest', async () => {
      const { id: product_id } = await shop.newProduct({ price: '10.00', stock: 20 });
      const order = await place([{ product_id, quantity: 2 }]);
      await reprice(product_id, '12.50');
      const set = async (quantity: number) =>
        (await buyer.patch(`/api/orders/${order.id}`, { items: [{ product_id, quantity }] }).expect(200))
          .body;
      const lines = (body: any) => body.items.map((item: any) => `${item.quantity} x ${item.unit_price}`);

      const more = await set(5);
      expect([lines(more), more.total]).toEqual([['2 x 10.00', '3 x 12.50'], '57.50']);
      const asRead = await buyer.patch(`/api/orders/${order.id}`, { items: more.items }).expect(200);
      expect(asRead.body).toEqual(more);
      expect(lines(await set(6))).toEqual(['2 x 10.00', '4 x 12.50']);
      const fewer = await set(3);
      expect([lines(fewer), fewer.total]).toEqual([['2 x 10.00', '1 x 12.50'], '32.50']);
      expect(lines(await set(1))).toEqual(['1 x 10.00']);
      expect(await shop.stockOf(product_id)).toBe(19);
      await buyer.patch(`/api/orders/${order.id}`, { status: 'cancelled' }).expect(200);
      expect(await shop.stockOf(product_id)).toBe(20);
    });

    it('differ from expected_total: 409 with both totals, and nothing changes', async () => {
      const { id: product_id } = await shop.newProduct({ price: '10.00' });
      const items = [{ product_id, quantity: 2 }];
      await place(items, { expected_total: '20.00' });
      await reprice(product_id, '11.00');
      const refused = await buyer.post('/api/orders', { items, expected_total: 20 }).expect(409);
      expect(refused.body).toMatchObject({
        code: 'total_changed',
        expected_total: '20.00',
        total: '22.00',
      });
      await buyer.post('/api/cart', { product_id, quantity: 3 }).expect(201);
      const cart = await buyer.post('/api/cart/checkout', { expected_total: '30.00' }).expect(409);
      expect(cart.body).toMatchObject({ code: 'total_changed', expected_total: '30.00', total: '33.00' });
      expect(await shop.stockOf(product_id)).toBe(8);
      await buyer.post('/api/cart/checkout', { expected_total: '33.00' }).expect(201);
      expect(await shop.stockOf(product_id)).toBe(5);
    });

    it('differ from one buyer’s expected_total: concurrent orders of others are not refused', async () => {
      const { id: product_id } = await shop.newProduct({ price: '10.00', stock: 40 });
      const buyers = await Promise.all(Array.from({ length: 8 }, () => shop.newCustomer()));
      const answers = await Promise.all(
        buyers.map((one, index) =>
          one.post('/api/orders', {
            items: [{ product_id }],
            expected_total: index % 2 ? '10.00' : '9.99',
          }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual([409, 201, 409, 201, 409, 201, 409, 201]);
      expect(await shop.stockOf(product_id)).toBe(36);
    });
  });

  describe('Limits', () => {
    it('MAX_QUANTITY applies to new and changed orders', async () => {
      const { id: product_id } = await shop.newProduct({ stock: 1_000 });
      const half = { product_id, quantity: 26 };
      const tooMany = await buyer.post('/api/orders', { items: [half, half] }).expect(400);
      expect(tooMany.body.errors['items.0.quantity']).toEqual(['At most 50 units of one product.']);
      const order = await place([{ product_id, quantity: 50 }]);
      const path = `/api/orders/${order.id}`;
      const items = [{ product_id, quantity: 51 }];
      const refused = await buyer.patch(path, { items }).expect(400);
      expect(refused.body.errors['items.0.quantity']).toHaveLength(1);
      expect(await shop.stockOf(product_id)).toBe(950);
    });
  });

  describe('The history', () => {
    it('has what happened, when and by whom, for its owner and admins', async () => {
      const { id: product_id } = await shop.newProduct({ price: '5.00' });
      const order = await place([{ product_id }]);
      const path = `/api/orders/${order.id}`;
      await buyer.patch(path, { items: [{ product_id, quantity: 2 }], notes: 'Ring' }).expect(200);
      await buyer.patch(path, { notes: 'Ring' }).expect(200); // unchanged
      await admin.patch(path, { status: 'paid' }).expect(200);
      const events = await history(order.id);
      const line = (quantity: number) => [{ product_id, quantity, unit_price: '5.00' }];
      const time = { created_at: expect.any(String), source: 'api' };
      const owner = { ...time, actor_id: buyer.user.id, actor_role: 'owner' };
      expect(events).toEqual([
        { ...owner, version: 1, event: 'placed', changes: {} },
        {
          ...owner,
          version: 2,
          event: 'changed',
          changes: { notes: ['', 'Ring'], items: [line(1), line(2)] },
        },
        {
          ...time,
          actor_id: admin.user.id,
          actor_role: 'admin',
          version: 3,
          event: 'paid',
          changes: { status: ['pending', 'paid'] },
        },
      ]);
      const asOwner = await history(order.id, buyer);
      expect(asOwner.map((event: any) => event.actor_id)).toEqual([buyer.user.id, buyer.user.id, null]);
      await (await shop.newCustomer()).get(`${path}/history`).expect(404);
      await shop.visitor.get(`${path}/history`).expect(401);
    });

    it('names the role with which an admin changed an own order', async () => {
      const { id: product_id } = await shop.newProduct();
      const { body } = await admin.post('/api/orders', { items: [{ product_id }] }).expect(201);
      await admin.patch(`/api/orders/${body.id}`, { notes: 'Ring' }).expect(200);
      await admin.patch(`/api/orders/${body.id}`, { status: 'paid' }).expect(200);
      const events = await history(body.id);
      expect(events.map(({ event, actor_id, actor_role }: any) => [event, actor_id, actor_role])).toEqual([
        ['placed', admin.user.id, 'owner'],
        ['changed', admin.user.id, 'admin'],
        ['paid', admin.user.id, 'admin'],
      ]);
    });

    it('is append-only', async () => {
      for (const statement of [
        `UPDATE order_history SET event = 'paid'`,
        `DELETE FROM order_history`,
        `TRUNCATE order_history`,
      ]) {
        await expect(shop.database.query(statement)).rejects.toThrow('order_history only grows');
      }
    });

    it('has a version for each of many concurrent changes', async () => {
      const { id: product_id } = await shop.newProduct({ stock: 100 });
      const order = await place([{ product_id }]);
      await Promise.all(
        Array.from({ length: 12 }, (_, index) =>
          buyer.patch(`/api/orders/${order.id}`, { notes: `Turn ${index}` }).expect(200),
        ),
      );
      const versions = (await history(order.id)).map((event: any) => event.version);
      expect(versions).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
    });
  });

  describe('A pending order that is not paid', () => {
    const age = (id: number, hours: number) =>
      shop.database.query(`UPDATE orders SET created_at = now() - make_interval(hours => $2) WHERE id = $1`, [
        id,
        hours,
      ]);

    it('expires: it is restocked, with ledger rows and a history entry, and its owner gets a mail', async () => {
      const { id: product_id } = await shop.newProduct({ stock: 5 });
      const other = await shop.newProduct({ stock: 5 });
      const stuck = await place([{ product_id: other.id }]); // its product will be locked
      const [old, held, young, paid] = [
        await place([{ product_id, quantity: 2 }]),
        await place([{ product_id }]),
        await place([{ product_id }]),
        await place([{ product_id }]),
      ];
      expect((await admin.patch(`/api/orders/${held.id}`, { held: true }).expect(200)).body.held).toBe(true);
      expect((await buyer.patch(`/api/orders/${young.id}`, { held: true }).expect(403)).body.code).toBe(
        'hold_not_yours',
      );
      await admin.patch(`/api/orders/${paid.id}`, { status: 'paid' }).expect(200);
      for (const { id } of [stuck, old, held, paid]) await age(id, 3);
      await age(young.id, 1);
      const holder = await shop.database.connect();
      await holder.query('BEGIN');
      await holder.query('SELECT FROM products WHERE id = $1 FOR UPDATE', [other.id]);

      await until(async () => (await read(old.id)).status === 'cancelled');
      expect((await read(stuck.id)).status).toBe('pending');
      await holder.query('ROLLBACK');
      holder.release();
      expect(await shop.stockOf(product_id)).toBe(2);
      const statuses = await Promise.all([held, young, paid].map(({ id }) => read(id)));
      expect(statuses.map(({ status }) => status)).toEqual(['pending', 'pending', 'paid']);
      const { rows } = await shop.database.query(
        `SELECT delta, actor_id FROM stock_movements WHERE order_id = $1 AND reason = 'expired'`,
        [old.id],
      );
      expect(rows).toEqual([{ delta: 2, actor_id: null }]);
      expect((await history(old.id)).at(-1)).toMatchObject({
        event: 'expired',
        source: 'clock',
        actor_id: null,
        changes: { status: ['pending', 'cancelled'] },
      });
      await until(async () => {
        const { rows: mails } = await shop.database.query(
          `SELECT FROM graphile_worker.jobs WHERE task_identifier = 'mail'`,
        );
        return mails.length === 0;
      });

      await admin.patch(`/api/orders/${held.id}`, { held: false }).expect(200);
      const next = await shop.startProcess(); // housekeeping runs at the start
      for (const { id } of [held, stuck]) await until(async () => (await read(id)).status === 'cancelled');
      await next.stop();
      shop.processes.splice(shop.processes.indexOf(next), 1);
      expect(await shop.stockOf(product_id)).toBe(3);
      expect(await shop.stockOf(other.id)).toBe(5);
    });

    it('expires also behind more than a thousand older ones that cannot', async () => {
      const locked = await shop.newProduct({ stock: 101 });
      const { id: product_id } = await shop.newProduct({ stock: 1 });
      const blocked = [];
      for (let count = 0; count < 101; count += 1) blocked.push(await place([{ product_id: locked.id }]));
      const { rows: others } = await shop.database.query(
        `INSERT INTO orders (user_id, total, created_at) SELECT $1, 0, now() FROM generate_series(1, 1200) RETURNING id`,
        [buyer.user.id],
      );
      const old = await place([{ product_id }]);
      const ids = others.map(({ id }) => id);
      const holder = await shop.database.connect();
      await holder.query('BEGIN');
      await holder.query('SELECT FROM products WHERE id = $1 FOR UPDATE', [locked.id]);
      try {
        await shop.database.query(
          `UPDATE orders SET created_at = now() - interval '3 hours' WHERE id = ANY($1)`,
          [[...blocked.map(({ id }) => id), ...ids, old.id]],
        );
        await holder.query('SELECT FROM orders WHERE id = ANY($1) FOR UPDATE', [ids]);
        await until(async () => (await read(old.id)).status === 'cancelled', 120_000); // three rounds of housekeeping
        for (const { id } of blocked) expect((await read(id)).status).toBe('pending');
      } finally {
        await holder.query('DELETE FROM orders WHERE id = ANY($1)', [ids]);
        await holder.query('COMMIT');
        holder.release();
      }
    });

    it('is paid or expires, never both, in 20 rounds of an admin and housekeeping at once', async () => {
      const { id: product_id } = await shop.newProduct({ stock: 20 });
      const orders = await Promise.all(Array.from({ length: 20 }, () => place([{ product_id }])));
      await Promise.all(orders.map(({ id }) => age(id, 3)));
      const answers = [];
      for (const { id } of orders) {
        answers.push(await admin.patch(`/api/orders/${id}`, { status: 'paid' }));
      }
      const paid = answers.filter(({ status }) => status === 200).length;
      await until(async () =>
        (await Promise.all(orders.map(({ id }) => read(id)))).every(({ status }) => status !== 'pending'),
      );
      expect(await shop.stockOf(product_id)).toBe(20 - paid);
    });
  });
});
