import type { Api } from '../support/api.js';
import { picture, pictureForm } from '../support/pictures.js';
import { Shop } from '../support/shop.js';
import { until } from '../support/until.js';

describe('The audit log', () => {
  let shop: Shop;
  let admin: Api;
  let customer: Api;

  beforeAll(async () => {
    shop = await Shop.open();
    [admin, customer] = [await shop.admin(), await shop.newCustomer()];
  });
  afterAll(() => shop.close());

  const entries = async (model: string, id: number | string) =>
    (
      await shop.database.query('SELECT * FROM audit_log WHERE model = $1 AND row_id = $2 ORDER BY id', [
        model,
        String(id),
      ])
    ).rows;
  const changes = async (model: string, id: number | string) =>
    (await entries(model, id)).map(({ action, before, after }) => [action, before, after]);
  const count = async () =>
    Number((await shop.database.query('SELECT count(*) FROM audit_log')).rows[0].count);

  it('has user, time, session and request, and only the changed fields', async () => {
    const { id } = await shop.newProduct({ price: '24.50', stock: 3 });
    await admin.patch(`/api/products/${id}`, { price: '25', description: 'Oiled oak' }).expect(200);
    const [created, changed] = await entries('products', id);
    expect(created).toMatchObject({
      action: 'create',
      before: null,
      after: { price: '24.50', stock: 3, on_sale: true },
    });
    const { sid } = JSON.parse(Buffer.from(admin.token!.split('.')[1]!, 'base64url').toString());
    expect(changed).toMatchObject({
      action: 'update',
      actor_id: String(admin.user.id),
      actor_role: 'admin',
      session_id: sid,
      before: { price: '24.50', description: '' },
      after: { price: '25.00', description: 'Oiled oak' },
    });
    expect(changed.request_id).toMatch(/^[\w-]{8,}-\d+$/);
    expect(Date.now() - changed.at.getTime()).toBeLessThan(60_000);
  });

  it('has stock that was set, with its reason; sales are in the ledger only', async () => {
    const { id } = await shop.newProduct({ stock: 5 });
    await admin.post(`/api/products/${id}/stock`, { delta: 4, reason: 'Delivery 4711' }).expect(200);
    await customer.post('/api/orders', { items: [{ product_id: id, quantity: 2 }] }).expect(201);
    await admin.patch(`/api/products/${id}`, { stock: 1 }).expect(200);
    await admin.delete(`/api/products/${id}`).expect(204);
    const all = await changes('products', id);
    expect(all.slice(1)).toEqual([
      ['stock', { stock: 5 }, { stock: 9, reason: 'Delivery 4711' }],
      ['stock', { stock: 7 }, { stock: 1 }],
      ['delete', { deleted_at: null }, { deleted_at: expect.any(String) }],
    ]);
  });

  it('has every change of an order’s status, whoever made it', async () => {
    const { id: product_id } = await shop.newProduct({ stock: 9 });
    const place = async () =>
      (await customer.post('/api/orders', { items: [{ product_id, quantity: 1 }] }).expect(201)).body.id;
    const [first, second] = [await place(), await place()];
    await admin.patch(`/api/orders/${first}`, { status: 'paid' }).expect(200);
    await customer.patch(`/api/orders/${second}`, { shipping_address: 'Elsewhere 1' }).expect(200); // is in the history of the order
    await customer.patch(`/api/orders/${second}`, { status: 'cancelled' }).expect(200);
    expect(await changes('orders', first)).toEqual([['update', { status: 'pending' }, { status: 'paid' }]]);
    const [cancelled, ...others] = await entries('orders', second);
    expect(others).toEqual([]);
    expect(cancelled).toMatchObject({
      actor_id: String(customer.user.id),
      actor_role: 'customer',
      after: { status: 'cancelled' },
    });
  });

  it('has what an admin changes of users and categories, but no passwords', async () => {
    const { id } = (await shop.newCustomer()).user;
    await admin.patch(`/api/users/${id}`, { name: 'Zoë', password: 'Tr0ub4dor&3' }).expect(200);
    await admin.patch(`/api/users/${id}`, { role: 'admin' }).expect(200);
    await admin.patch(`/api/users/${id}`, { role: 'customer' }).expect(200);
    expect(await changes('users', id)).toEqual([
      ['update', { name: '' }, { name: 'Zoë', password: 'changed' }],
      ['update', { role: 'customer' }, { role: 'admin' }],
      ['update', { role: 'admin' }, { role: 'customer' }],
    ]);
    const category = (await admin.post('/api/categories', { name: 'Lanterns' }).expect(201)).body;
    await admin.patch(`/api/categories/${category.id}`, { name: 'Lamps' }).expect(200);
    await admin.delete(`/api/categories/${category.id}`).expect(204);
    expect((await changes('categories', category.id)).map(([action]) => action)).toEqual([
      'create',
      'update',
      'delete',
    ]);
    const [from, to] = await Promise.all(
      ['Torches', 'Lights'].map(
        async (name) => (await admin.post('/api/categories', { name }).expect(201)).body.id,
      ),
    );
    const moved = await shop.newProduct();
    await admin.patch(`/api/products/${moved.id}`, { category: 'Torches' }).expect(200);
    await admin.post(`/api/categories/${from}/merge`, { into: to }).expect(200);
    expect((await admin.get(`/api/products/${moved.id}`).expect(200)).body.category).toBe('Lights');
    expect((await changes('categories', from)).at(-1)).toEqual([
      'merge',
      null,
      { merged_into: to, count: 1 },
    ]);
    const { rows } = await shop.database.query(`SELECT string_agg(a::text, '') AS all FROM audit_log a`);
    expect(rows[0].all).not.toMatch(/Tr0ub4dor|\$2[aby]\$|password_hash|search_text|_key/);
  });

  it('has no entry when customers change their own data, or when nothing changes', async () => {
    const before = await count();
    await customer.patch(`/api/users/${customer.user.id}`, { name: 'Ann' }).expect(200);
    const { id } = await shop.newProduct({ price: '10.00' }); // one entry
    await admin.patch(`/api/products/${id}`, { price: '10.00' }).expect(200);
    expect(await count()).toBe(before + 1);
  });

  it('has no entry of a transaction that was rolled back', async () => {
    const { id } = await shop.newProduct({ stock: 1 });
    const before = await count();
    await admin.post(`/api/products/${id}/stock`, { delta: -5 }).expect(409);
    expect(await count()).toBe(before);
  });

  it('has prices, roles and statuses that were changed by SQL', async () => {
    const { id } = await shop.newProduct({ price: '10.00' });
    await shop.database.query('UPDATE products SET price = 1 WHERE id = $1', [id]);
    expect((await entries('products', id)).at(-1)).toMatchObject({
      actor_id: null,
      before: { price: '10.00' },
      after: { price: '1.00' },
    });
  });

  it('is append-only', async () => {
    for (const statement of [
      'UPDATE audit_log SET actor_id = 1',
      'DELETE FROM audit_log',
      'TRUNCATE audit_log',
      `DO $$ BEGIN DELETE FROM audit_log; END $$`,
      `DELETE FROM audit_log WHERE action = 'erase_person_from_audit_log(bigint)'`,
      `DELETE FROM audit_log WHERE action = ' erase_orders_from_audit_log(bigint[])'`,
    ])
      await expect(shop.database.query(statement)).rejects.toThrow('audit_log only grows');
  });

  describe('restores a former value', () => {
    const newest = async (model: string, id: number) =>
      (await admin.get(`/api/admin/audit_log?model=${model}&row_id=${id}`).expect(200)).body.results[0].id;
    const restore = (entry: number) => admin.post(`/api/admin/audit_log/${entry}/restore`);

    it('of a product: fields, category, stock and whether it is deleted', async () => {
      const { id } = await shop.newProduct({ price: '10.00', stock: 4 });
      await admin.patch(`/api/products/${id}`, { category: 'Restored things' }).expect(200);
      await admin
        .patch(`/api/products/${id}`, { price: '12.00', category: null, available: false })
        .expect(200);
      await restore(await newest('products', id)).expect(204);
      const { body } = await shop.visitor.get(`/api/products/${id}`).expect(200);
      expect(body).toMatchObject({ price: '10.00', category: 'Restored things', available: true });
      await admin.post(`/api/products/${id}/stock`, { set: 0 }).expect(200);
      await restore(await newest('products', id)).expect(204);
      expect(await shop.stockOf(id)).toBe(4);
      await admin.delete(`/api/products/${id}`).expect(204);
      await restore(await newest('products', id)).expect(204);
      await shop.visitor.get(`/api/products/${id}`).expect(200);
      expect((await entries('products', id)).at(-1)).toMatchObject({
        action: 'restore',
        actor_id: String(admin.user.id),
      });
    });

    it('of users, orders and categories, by their services', async () => {
      const { id } = (await shop.newCustomer()).user;
      await admin.patch(`/api/users/${id}`, { name: 'Wrong', role: 'admin' }).expect(200);
      await restore(await newest('users', id)).expect(204);
      expect((await admin.get(`/api/users/${id}`).expect(200)).body).toMatchObject({
        name: '',
        role: 'customer',
      });
      const category = (await admin.post('/api/categories', { name: 'Right' }).expect(201)).body;
      await admin.patch(`/api/categories/${category.id}`, { name: 'Wrong' }).expect(200);
      await restore(await newest('categories', category.id)).expect(204);
      expect((await admin.get(`/api/categories/${category.id}`).expect(200)).body.name).toBe('Right');
      const { id: product_id } = await shop.newProduct();
      const order = (await customer.post('/api/orders', { items: [{ product_id, quantity: 1 }] }).expect(201))
        .body.id;
      await admin.patch(`/api/orders/${order}`, { status: 'paid' }).expect(200);
      const { body } = await restore(await newest('orders', order)).expect(409);
      expect(body.code).toBe('invalid_status_transition');
    });

    it('of the text of a picture and of a webhook, and the restore is logged', async () => {
      const { id } = await shop.newProduct();
      const form = pictureForm(await picture(), { alt: 'Right' });
      const { body: gallery } = await admin
        .send('POST', `/api/products/${id}/images`, { raw: form })
        .expect(201);
      const address = `/api/products/${id}/images/${gallery.results[0].id}`;
      await admin.patch(address, { alt: 'Wrong' }).expect(200);
      await restore(await newest('pictures', gallery.results[0].id)).expect(204);
      expect((await admin.get(address).expect(200)).body.alt).toBe('Right');
      await restore(await newest('products', id)).expect(409); // the set of pictures is not restored

      const hook = { url: 'https://hooks.example.com/1', events: ['order.paid'], description: 'Right' };
      const { body: webhook } = await admin.post('/api/admin/webhooks', hook).expect(201);
      const at = `/api/admin/webhooks/${webhook.id}`;
      await admin.patch(at, { description: 'Wrong', enabled: false }).expect(200);
      expect((await changes('webhook_endpoints', webhook.id)).at(-1)).toEqual([
        'update',
        { description: 'Right', disabled_at: null, disabled_reason: null },
        { description: 'Wrong', disabled_at: expect.any(String), disabled_reason: 'switched off' },
      ]);
      await restore(await newest('webhook_endpoints', webhook.id)).expect(204);
      expect((await admin.get(at).expect(200)).body).toMatchObject({ description: 'Right', enabled: true });
      await admin.post(`${at}/rotate-secret`).expect(200);
      await restore(await newest('webhook_endpoints', webhook.id)).expect(409);
      await admin.delete(at).expect(204);
      expect((await changes('webhook_endpoints', webhook.id)).map(([action]) => action)).toEqual([
        'create',
        'update',
        'update',
        'rotate_secret',
        'delete',
      ]);
      const { rows } = await shop.database.query(`SELECT string_agg(a::text, '') AS all FROM audit_log a`);
      expect(rows[0].all).not.toContain('whsec_');
    });

    it('of an order, except for values that are computed from its items', async () => {
      const { id: product_id } = await shop.newProduct({ price: '10.00', stock: 10 });
      const items = [{ product_id, quantity: 1 }];
      const { id } = (await customer.post('/api/orders', { items }).expect(201)).body;
      await admin.patch(`/api/orders/${id}`, { items: [{ product_id, quantity: 3 }] }).expect(200);
      expect(await changes('orders', id)).toEqual([['update', { total: '10.00' }, { total: '30.00' }]]);
      const { body } = await restore(await newest('orders', id)).expect(409);
      expect(body.code).toBe('not_restorable');
      expect((await admin.get(`/api/orders/${id}`).expect(200)).body).toMatchObject({
        total: '30.00',
        version: 2,
      });
    });

    it('of a stock, without reverting sales made meanwhile', async () => {
      const { id, status } = await productRestoredWhileHeld(
        (product) => admin.post(`/api/products/${product}/stock`, { set: 8 }),
        `WITH gone AS (
           UPDATE products SET stock = stock - 1, stock_sequence = stock_sequence + 1 WHERE id = $1 RETURNING *
         )
         INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
         SELECT id, stock_sequence, -1, stock, 'adjustment' FROM gone`,
      );
      expect([status, await shop.stockOf(id)]).toEqual([204, 3]);
    });

    it('but does not overwrite what another admin changes meanwhile', async () => {
      const { id, status, body } = await productRestoredWhileHeld(
        (product) => admin.patch(`/api/products/${product}`, { price: '12.00' }),
        'UPDATE products SET price = 15 WHERE id = $1',
      );
      expect([status, body.code]).toEqual([409, 'changed_since']);
      expect((await shop.visitor.get(`/api/products/${id}`)).body.price).toBe('15.00');
    });

    it('nor the text of a picture that was changed meanwhile', async () => {
      const { id, status, body } = await restoredWhileHeld(
        'pictures',
        async () => {
          const { id: product } = await shop.newProduct();
          const form = pictureForm(await picture(), { alt: 'Right' });
          const { body } = await admin.send('POST', `/api/products/${product}/images`, { raw: form });
          const { id } = body.results[0];
          await admin.patch(`/api/products/${product}/images/${id}`, { alt: 'Wrong' }).expect(200);
          return id;
        },
        `WITH changed AS (UPDATE pictures SET alt = 'Newer' WHERE id = $1 RETURNING product_id)
         UPDATE products SET gallery = replace(gallery, 'Wrong', 'Newer') WHERE id = (SELECT product_id FROM changed)`,
      );
      expect([status, body.code]).toEqual([409, 'changed_since']);
      const { rows } = await shop.database.query('SELECT alt FROM pictures WHERE id = $1', [id]);
      expect(rows).toEqual([{ alt: 'Newer' }]);
    });

    it('nor a webhook that was changed meanwhile', async () => {
      const { id, status, body } = await restoredWhileHeld(
        'webhook_endpoints',
        async () => {
          const hook = { url: 'https://hooks.example.com/2', events: ['order.paid'], description: 'Right' };
          const { id } = (await admin.post('/api/admin/webhooks', hook).expect(201)).body;
          await admin.patch(`/api/admin/webhooks/${id}`, { description: 'Wrong' }).expect(200);
          return id;
        },
        `UPDATE webhook_endpoints SET description = 'Newer' WHERE id = $1`,
      );
      expect([status, body.code]).toEqual([409, 'changed_since']);
      expect((await admin.get(`/api/admin/webhooks/${id}`).expect(200)).body.description).toBe('Newer');
    });

    const productRestoredWhileHeld = (change: (id: number) => Promise<unknown>, meanwhile: string) =>
      restoredWhileHeld(
        'products',
        async () => {
          const { id } = await shop.newProduct({ price: '10.00', stock: 4 });
          await change(id);
          return id;
        },
        meanwhile,
      );

    /** The result of a restore that has read a row when another transaction changes it. */
    const restoredWhileHeld = async (model: string, change: () => Promise<number>, meanwhile: string) => {
      const isWaiting = async () => {
        const { rowCount } = await shop.database.query(
          `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
        );
        return rowCount === 1;
      };
      for (;;) {
        const id = await change();
        const entry = await newest(model, id);
        const holder = await shop.database.connect();
        await holder.query('BEGIN');
        await holder.query(meanwhile, [id]);
        const restoring = restore(entry);
        let isOver = false;
        void restoring.then(() => (isOver = true));
        await until(async () => isOver || (await isWaiting()));
        await holder.query('COMMIT');
        holder.release();
        const { status, body } = await restoring;
        if (status !== 503) return { id, status, body }; // otherwise the lock was not free in time
      }
    };

    it('but not when it was changed again, or when there is no former value', async () => {
      const { id } = await shop.newProduct({ price: '10.00' });
      await restore(await newest('products', id)).expect(409); // the entry of its creation
      await admin.patch(`/api/products/${id}`, { price: '12.00' }).expect(200);
      const entry = await newest('products', id);
      await admin.patch(`/api/products/${id}`, { price: '13.00' }).expect(200);
      const { body } = await restore(entry).expect(409);
      expect([body.code, Object.keys(body.errors)]).toEqual(['changed_since', ['price']]);
      await restore(999_999_999).expect(404);
    });
  });

  it('loses the data of an erased person, and entries older than AUDIT_DAYS', async () => {
    const person = await shop.newCustomer();
    const { id } = person.user;
    await admin
      .patch(`/api/users/${id}`, { name: 'Quillfeather', shipping_address: 'Secret Street 1' })
      .expect(200);
    const { id: product_id } = await shop.newProduct();
    const order = (await person.post('/api/orders', { items: [{ product_id, quantity: 1 }] }).expect(201))
      .body;
    await admin.patch(`/api/orders/${order.id}`, { notes: 'For Quillfeather' }).expect(200);
    const { body } = await person.get('/api/users/me/export').expect(200);
    expect(body.changes).toEqual([
      {
        at: expect.any(String),
        action: 'update',
        before: expect.anything(),
        after: { name: 'Quillfeather', shipping_address: 'Secret Street 1' },
      },
    ]);
    await admin.delete(`/api/users/${id}`).expect(204);
    const { rows } = await shop.database.query(`SELECT string_agg(a::text, '') AS all FROM audit_log a`);
    for (const told of ['Quillfeather', 'Secret Street', person.user.email, person.user.username])
      expect(rows[0].all).not.toContain(told);
    expect((await entries('users', id)).map(({ after }) => Object.keys(after))).toEqual([
      ['name', 'shipping_address'],
      expect.arrayContaining(['deleted_at', 'email']),
    ]);

    const before = await count();
    await shop.database.query(
      `INSERT INTO audit_log (at, action, model) VALUES (now() - interval '401 days', 'update', 'products')`,
    );
    await shop.database.query(
      `INSERT INTO audit_log (at, action, model) VALUES (now() - interval '399 days', 'update', 'products')`,
    );
    expect((await shop.database.query('SELECT forget_old_audit_log(400, 10) AS gone')).rows[0].gone).toBe(1);
    expect(await count()).toBe(before + 1);
  });
});
