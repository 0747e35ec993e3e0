import type { Api } from '../support/api.js';
import { PASSWORD, Shop } from '../support/shop.js';
import { until } from '../support/until.js';

describe('A bulk change', () => {
  let shop: Shop;
  let admin: Api;
  let other: Api;
  let series = 0;

  beforeAll(async () => {
    shop = await Shop.open({ processes: 2 });
    admin = await shop.admin();
    const { user } = await shop.newCustomer();
    await admin.patch(`/api/users/${user.id}`, { role: 'admin' }).expect(200);
    other = await shop.signIn(user.email, PASSWORD);
  });
  afterAll(() => shop.close());

  /** Products of one name, so that a search finds only them. */
  async function newSeries(prices: string[]): Promise<{ name: string; ids: number[] }> {
    const name = `Seriesno${(series += 1)}x`;
    const ids: number[] = [];
    for (const price of prices) {
      ids.push(
        (await admin.post('/api/products', { name: `${name} item`, price, stock: 10 }).expect(201)).body.id,
      );
    }
    return { name, ids };
  }
  const preview = (body: object, who = admin) =>
    who.post('/api/admin/bulk/preview', { model: 'products', ...body });
  const percent = (value: string) => ({ kind: 'price_percent', percent: value });
  const run = async (token: string) =>
    finished((await admin.post('/api/admin/bulk', { token }).expect(202)).body.id);
  const undo = async (id: number, who = admin) => {
    await who.post(`/api/admin/bulk/changes/${id}/undo`).expect(202);
    return finished(id);
  };
  async function finished(id: number): Promise<any> {
    let change: any;
    await until(async () => {
      change = (await admin.get(`/api/admin/bulk/changes/${id}`).expect(200)).body;
      return !['queued', 'running', 'undoing'].includes(change.status);
    });
    return change;
  }
  const field = async (name: string, ids: number[]) =>
    (
      await shop.database.query(
        `SELECT ${name}::text AS value FROM products WHERE id = ANY($1) ORDER BY id`,
        [ids],
      )
    ).rows.map(({ value }) => value);
  const entriesOf = async (bulk: number) =>
    (
      await shop.database.query(
        'SELECT action, actor_id::int, after FROM audit_log WHERE bulk_id = $1 ORDER BY id',
        [bulk],
      )
    ).rows;

  it('is previewed many times at once: a preview needs one connection', async () => {
    const { name } = await newSeries(['10.00']);
    const previews = Array.from({ length: 12 }, () =>
      preview({ filter: `search=${name}`, action: percent('1') }),
    );
    const statuses = new Set((await Promise.all(previews)).map(({ status }) => status));
    expect([...statuses]).toEqual([200]);
  });

  it('is previewed, executed, logged and undone as a whole', async () => {
    const { name, ids } = await newSeries(['10.00', '0.05', '19.99', '33.33']);
    const { body } = await preview({ filter: `search=${name}`, action: percent('12.5') }).expect(200);
    expect(body).toMatchObject({ count: 4, unchanged: 0, token: expect.any(String) });
    expect(body.sample).toEqual(
      [
        ['10.00', '11.25'],
        ['0.05', '0.06'],
        ['19.99', '22.49'],
        ['33.33', '37.50'],
      ].map(([before, after], index) => ({
        id: ids[index],
        name: `${name} item`,
        before,
        after,
      })),
    );
    expect(await field('price', ids)).toEqual(['10.00', '0.05', '19.99', '33.33']);
    const {
      rows: [{ newest }],
    } = await shop.database.query('SELECT max(id) AS newest FROM audit_log');

    const done = await run(body.token);
    expect(done).toMatchObject({
      status: 'done',
      done: 4,
      count: 4,
      error: null,
      undo_until: expect.any(String),
    });
    expect(await field('price', ids)).toEqual(['11.25', '0.06', '22.49', '37.50']);
    const { body: detail } = await shop.visitor.get(`/api/products/${ids[0]}`).expect(200);
    expect(detail).toMatchObject({ price: '11.25', version: 2 });

    const undone = await undo(done.id, other);
    expect(undone).toMatchObject({ status: 'undone', changed_since: [] });
    expect(await field('price', ids)).toEqual(['10.00', '0.05', '19.99', '33.33']);
    expect(
      (await entriesOf(done.id)).map(({ action, actor_id, after }) => [action, actor_id, after.count]),
    ).toEqual([
      ['bulk', admin.user.id, 4],
      ['undo', other.user.id, 4],
    ]);
    const { rows } = await shop.database.query('SELECT bulk_id FROM audit_log WHERE id > $1', [newest]);
    expect(rows.map(({ bulk_id }) => Number(bulk_id))).toEqual([done.id, done.id]);
    await admin.post(`/api/admin/bulk/changes/${done.id}/undo`).expect(409);
  });

  it('can be undone for a day', async () => {
    const { ids } = await newSeries(['10.00', '20.00']);
    const { body } = await preview({ ids, action: percent('10') }).expect(200);
    const { id } = await run(body.token);
    const finishedBefore = (hours: number) =>
      shop.database.query(
        'UPDATE bulk_changes SET finished_at = now() - make_interval(hours => $2) WHERE id = $1',
        [id, hours],
      );
    await finishedBefore(25);
    expect((await admin.get(`/api/admin/bulk/changes/${id}`).expect(200)).body.undo_until).toBeNull();
    const late = await admin.post(`/api/admin/bulk/changes/${id}/undo`).expect(409);
    expect(late.body.code).toBe('not_undoable');
    expect(await field('price', ids)).toEqual(['11.00', '22.00']);
    await finishedBefore(23);
    expect(await undo(id)).toMatchObject({ status: 'undone' });
    expect(await field('price', ids)).toEqual(['10.00', '20.00']);
  });

  it('applies to the rows that the filter found in the preview, not to newer ones nor to the whole list', async () => {
    const { name, ids } = await newSeries(['10.00', '20.00', '30.00']);
    const rest = await newSeries(['10.00']);
    const { body } = await preview({ filter: `search=${name}&price_min=15`, action: percent('10') }).expect(
      200,
    );
    expect(body.count).toBe(2);
    const late = (await admin.post('/api/products', { name: `${name} late`, price: '40.00' }).expect(201))
      .body.id;
    await run(body.token);
    expect(await field('price', [...ids, ...rest.ids, late])).toEqual([
      '10.00',
      '22.00',
      '33.00',
      '10.00',
      '40.00',
    ]);
    await preview({ filter: 'colour=red', action: percent('10') }).expect(400);
    await preview({ action: percent('10') }).expect(400);
    for (const action of [undefined, null, 'price', []]) {
      const { body } = await preview({ ids, action }).expect(400);
      expect(Object.keys(body.errors)[0]).toMatch(/^action/);
    }
    await preview({ ids, filter: '', action: percent('10') }).expect(400);
  });

  it('needs a token that is valid once, for its admin, for a short time', async () => {
    const { ids } = await newSeries(['10.00']);
    const { token } = (await preview({ ids, action: percent('10') }).expect(200)).body;
    await other.post('/api/admin/bulk', { token }).expect(404);
    await admin.post('/api/admin/bulk', { token: 'x'.repeat(43) }).expect(404);
    const both = await Promise.all(
      [0, 1].map((n) => admin.at(shop.processes[n]!.url).post('/api/admin/bulk', { token })),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual([202, 409]);
    const refused = both.find(({ status }) => status === 409)!.body;
    expect(refused).toMatchObject({ code: 'token_used', id: expect.any(Number) });
    await finished(refused.id);
    expect(await field('price', ids)).toEqual(['11.00']);

    const late = (await preview({ ids, action: percent('10') }).expect(200)).body;
    await shop.database.query(
      `UPDATE bulk_changes SET created_at = now() - interval '16 minutes' WHERE status = 'previewed'`,
    );
    expect((await admin.post('/api/admin/bulk', { token: late.token }).expect(409)).body.code).toBe(
      'token_expired',
    );
    expect(await field('price', ids)).toEqual(['11.00']);
  });

  it('changes all or nothing: it names rows that were edited meanwhile, and they stay', async () => {
    const { ids } = await newSeries(['10.00', '20.00', '30.00']);
    const { token } = (await preview({ ids, action: percent('10') }).expect(200)).body;
    await other.patch(`/api/products/${ids[1]}`, { price: '99.00' }).expect(200);
    await other
      .patch(`/api/products/${ids[2]}`, { description: 'Other fields are nobody’s business' })
      .expect(200);
    const failed = await run(token);
    expect(failed).toMatchObject({ status: 'failed', changed_since: [ids[1]], undo_until: null });
    expect(failed.error).toContain(String(ids[1]));
    expect(await field('price', ids)).toEqual(['10.00', '99.00', '30.00']);
    expect(await entriesOf(failed.id)).toEqual([]);

    const again = (await preview({ ids, action: percent('10') }).expect(200)).body;
    const done = await run(again.token);
    await other.patch(`/api/products/${ids[0]}`, { price: '1.00' }).expect(200);
    const undone = await undo(done.id);
    expect(undone).toMatchObject({ status: 'undone', done: 2, changed_since: [ids[0]] });
    expect(await field('price', ids)).toEqual(['1.00', '99.00', '30.00']);
  });

  it('keeps prices within their bounds, and refuses values that its action does not take', async () => {
    const { ids } = await newSeries(['0.01', '99999999.99', '5.00']);
    for (const [value, status] of [
      ['10', 400],
      ['-60', 400],
      ['abc', 400],
      ['-100', 400],
      ['1000.01', 400],
      ['0.001', 400],
    ] as const)
      expect([value, (await preview({ ids, action: percent(value) })).status]).toEqual([value, status]);
    const { body } = await preview({ ids: [ids[0]!, ids[2]!], action: percent('0.5') }).expect(200);
    expect(body).toMatchObject({ count: 1, unchanged: 1 }); // 0.01 rounds to 0.01
    await preview({ ids, action: { kind: 'set_category', category_id: 999_999 } }).expect(400);
    await preview({ ids, action: { kind: 'set_category' } }).expect(400);
    await preview({ ids, action: { kind: 'ship' } }).expect(400);
    await preview({ ids, model: 'orders', action: percent('1') }).expect(400);
    await preview({ ids, action: { kind: 'explode' } }).expect(400);
    expect(await field('price', ids)).toEqual(['0.01', '99999999.99', '5.00']);
  });

  it('moves products to a category, on and off sale, deletes and restores them', async () => {
    const { name, ids } = await newSeries(['1.00', '2.00']);
    const category = (await admin.post('/api/categories', { name: `Category of ${name}` }).expect(201)).body;
    const change = async (action: object, filter?: string) =>
      run((await preview({ ...(filter ? { filter } : { ids }), action }).expect(200)).body.token);
    await change({ kind: 'set_category', category_id: category.id });
    expect(await field('category_id', ids)).toEqual([String(category.id), String(category.id)]);
    const off = await change({ kind: 'set_on_sale', on_sale: false });
    expect(await field('on_sale', ids)).toEqual(['false', 'false']);
    await undo(off.id);
    expect(await field('on_sale', ids)).toEqual(['true', 'true']);
    await change({ kind: 'set_category', category_id: null });
    expect(await field('category_id', ids)).toEqual([null, null]);

    await change({ kind: 'delete' });
    for (const id of ids) await shop.visitor.get(`/api/products/${id}`).expect(404);
    const twin = (await admin.post('/api/products', { name: `${name} item`, price: '3.00' }).expect(201))
      .body;
    await change({ kind: 'restore' }, `search=${name}`);
    const slugs = await field('slug', ids);
    expect(new Set([...slugs, twin.slug]).size).toBe(3);
    for (const id of ids) await shop.visitor.get(`/api/products/${id}`).expect(200);
  });

  it('gives products that had the name of a route as their slug another one', async () => {
    const { body: category } = await admin.post('/api/categories', { name: 'Glass' }).expect(201);
    const actions = [
      percent('10'),
      { kind: 'set_on_sale', on_sale: false },
      { kind: 'set_category', category_id: category.id },
      { kind: 'restore' },
    ];
    for (const action of actions) {
      const { ids } = await newSeries(['1.00']);
      await shop.database.query(`UPDATE products SET slug = 'facets' WHERE id = $1`, ids);
      if (action.kind === 'restore') await admin.delete(`/api/products/${ids[0]}`).expect(204);
      const { body } = await preview({ ids, action }).expect(200);
      await run(body.token);
      expect(await field('slug', ids)).toEqual([expect.stringMatching(/^facets-\w{8}$/)]);
    }
  });

  it('restores a product whose slug is taken, whatever other slugs are taken', async () => {
    const { name, ids } = await newSeries(['1.00']);
    const taken = ids.flatMap((id) => [`${name} item`, `${name} item ${id}`]);
    await admin.delete(`/api/products/${ids[0]}`).expect(204);
    for (const other of taken) {
      await admin.post('/api/products', { name: other, price: '3.00' }).expect(201);
    }
    const { token } = (await preview({ ids, action: { kind: 'restore' } }).expect(200)).body;
    expect(await run(token)).toMatchObject({ status: 'done', done: 1 });
    const { body } = await shop.visitor.get(`/api/products/${ids[0]}`).expect(200);
    expect((await shop.visitor.get(`/api/products/${body.slug}`).expect(200)).body).toEqual(body);
  });

  it('ships orders, each with a version and a history entry, or none when one is no longer paid', async () => {
    const buyer = await shop.newCustomer();
    const { id: product_id } = await shop.newProduct({ stock: 20 });
    const place = async () => {
      const { id } = (await buyer.post('/api/orders', { items: [{ product_id, quantity: 1 }] }).expect(201))
        .body;
      await admin.patch(`/api/orders/${id}`, { status: 'paid' }).expect(200);
      return id as number;
    };
    const ids = [await place(), await place(), await place()];
    const ship = (body: object) => preview({ model: 'orders', action: { kind: 'ship' }, ...body });
    const first = (await ship({ ids }).expect(200)).body;
    expect(first.sample[0]).toEqual({ id: ids[0], name: `#${ids[0]}`, before: 'paid', after: 'shipped' });
    await buyer.get(`/api/orders/${ids[1]}`).expect(200);
    await other.patch(`/api/orders/${ids[1]}`, { status: 'cancelled' }).expect(200);
    expect(await run(first.token)).toMatchObject({ status: 'failed', changed_since: [ids[1]] });
    const statuses = async () =>
      (await shop.database.query('SELECT status FROM orders WHERE id = ANY($1) ORDER BY id', [ids])).rows.map(
        ({ status }) => status,
      );
    expect(await statuses()).toEqual(['paid', 'cancelled', 'paid']);
    expect((await ship({ ids }).expect(409)).body).toMatchObject({
      code: 'invalid_status_transition',
      ids: [ids[1]],
    });

    const second = (await ship({ filter: `status=paid&user_id=${buyer.user.id}` }).expect(200)).body;
    const done = await run(second.token);
    expect(done).toMatchObject({ status: 'done', count: 2, undo_until: null });
    expect(await statuses()).toEqual(['shipped', 'cancelled', 'shipped']);
    const history = (await buyer.get(`/api/orders/${ids[0]}/history`).expect(200)).body.results;
    expect(history.map(({ event }: any) => event)).toEqual(['placed', 'paid', 'shipped']);
    expect((await admin.post(`/api/admin/bulk/changes/${done.id}/undo`).expect(409)).body.code).toBe(
      'not_undoable',
    );
  });

  it('waits for a locked product', async () => {
    const { ids } = await newSeries(['10.00', '20.00']);
    const { token } = (await preview({ ids, action: percent('10') }).expect(200)).body;
    const client = await shop.database.connect();
    await client.query('BEGIN');
    await client.query('SELECT FROM products WHERE id = $1 FOR UPDATE', [ids[1]]);
    const { id } = (await admin.post('/api/admin/bulk', { token }).expect(202)).body;
    await until(
      async () => (await admin.get(`/api/admin/bulk/changes/${id}`).expect(200)).body.status === 'running',
    );
    await client.query('COMMIT');
    client.release();
    expect((await finished(id)).status).toBe('done');
    expect(await field('price', ids)).toEqual(['11.00', '22.00']);
  });

  it('stays done when an attempt that was considered dead fails afterwards', async () => {
    const { ids } = await newSeries(['10.00', '20.00']);
    const { token } = (await preview({ ids, action: percent('10') }).expect(200)).body;
    await other.patch(`/api/products/${ids[0]}`, { price: '99.00' }).expect(200);
    const client = await shop.database.connect();
    await client.query('BEGIN');
    await client.query('SELECT FROM products WHERE id = $1 FOR UPDATE', [ids[0]]);
    const { id } = (await admin.post('/api/admin/bulk', { token }).expect(202)).body;
    await until(async () => {
      const { rowCount } = await shop.database.query(
        `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      return rowCount === 1;
    });
    await shop.database.query(
      `UPDATE bulk_changes SET status = 'done', done = 2, finished_at = now() WHERE id = $1`,
      [id],
    );
    await client.query('COMMIT');
    client.release();
    await until(async () => {
      const { rowCount } = await shop.database.query(
        `SELECT FROM graphile_worker.jobs WHERE task_identifier = 'bulk'`,
      );
      return rowCount === 0;
    });
    expect(await finished(id)).toMatchObject({ status: 'done', done: 2, error: null, changed_since: [] });
  });
});
