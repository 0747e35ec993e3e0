import { request } from 'node:http';
import type { Api } from '../support/api.js';
import { Shop } from '../support/shop.js';
import { until } from '../support/until.js';

describe('The lists of the admin', () => {
  let shop: Shop;
  let admin: Api;
  let ann: Api;
  let products: any[];

  beforeAll(async () => {
    shop = await Shop.open();
    [admin, ann] = [await shop.admin(), await shop.newCustomer()];
    await ann.patch(`/api/users/${ann.user.id}`, { name: 'Zoë Quillfeather' }).expect(200);
    await admin.post('/api/categories', { name: 'Anvils' }).expect(201);
    products = [];
    for (const [index, stock] of [100, 3, 0, 50, 7].entries()) {
      const fields = {
        name: `Anvil number ${index}`,
        price: `${(index + 1) * 10}.50`,
        stock,
        category: 'Anvils',
      };
      products.push((await admin.post('/api/products', fields).expect(201)).body);
    }
    await admin.patch(`/api/products/${products[3].id}`, { available: false }).expect(200);
    await admin.delete(`/api/products/${products[4].id}`).expect(204);
    await ann.post('/api/cart', { product_id: products[0].id, quantity: 2 }).expect(201);
    await ann.post('/api/favorites', { product_id: products[0].id }).expect(201);
    const items = [{ product_id: products[0].id, quantity: 3 }];
    await ann.post('/api/orders', { items }, { 'idempotency-key': 'key-with-hyphens' }).expect(201);
    await ann.post('/api/auth/reset_password', { email: ann.user.email }).expect(200);
  });
  afterAll(() => shop.close());

  const list = async (model: string, query: Record<string, string | number> = {}) =>
    (await admin.get(`/api/admin/${model}?${new URLSearchParams(query as never)}`).expect(200)).body;
  const found = async (query: Record<string, string | number>) =>
    (await list('products', { search: 'anvil', ordering: 'id', ...query })).results.map(({ id }: any) =>
      products.findIndex((product) => product.id === id),
    );
  const models = async () => (await admin.get('/api/admin/models').expect(200)).body;

  it('exist for every table, with the filters and orders of each', async () => {
    const all = await models();
    for (const { name, columns, primary_key } of all) {
      const { count, results } = await list(name);
      expect([name, count]).toEqual([name, expect.any(Number)]);
      for (const row of results) {
        const shown = columns.filter(({ detail }: any) => !detail).map((column: any) => column.name);
        expect(Object.keys(row).toSorted()).toEqual([...new Set([...shown, 'id'])].toSorted());
        const one = (await admin.get(`/api/admin/${name}/${encodeURIComponent(row.id)}`).expect(200)).body;
        if (name !== 'rate_limits' && name !== 'sessions') expect(one).toMatchObject(row);
        expect(primary_key.every((key: string) => key in row || key === 'id')).toBe(true);
      }
    }
    const { rows } = await shop.database.query(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
    );
    const hidden = ['migrations', 'account_tokens', 'email_undo_tokens', 'job_workers', 'search_words'];
    const parts = ['product_counts', 'order_counts', 'product_versions', 'bulk_rows', 'sent_mails'];
    const tables = rows.map(({ name }) => name).filter((name) => ![...hidden, ...parts].includes(name));
    expect(all.map(({ name }: any) => name)).toEqual(expect.arrayContaining(tables));
    const status = all
      .find(({ name }: any) => name === 'orders')
      .columns.find(({ name }: any) => name === 'status');
    expect(status).toMatchObject({
      type: 'enum',
      enum: ['pending', 'paid', 'shipped', 'delivered', 'cancelled'],
    });
  });

  it('contain no secrets', async () => {
    for (const { name, columns } of await models()) {
      for (const column of columns)
        expect([name, column.name]).toEqual([
          name,
          expect.not.stringMatching(/_hash|seed|token|secret|fingerprint|_key$|words|search_text|^body$/),
        ]);
    }
    const { rows } = await shop.database.query('SELECT password_hash FROM users WHERE id = $1', [
      ann.user.id,
    ]);
    const { text } = await admin.get(`/api/admin/users/${ann.user.id}`).expect(200);
    expect(text).not.toContain(rows[0].password_hash);
    const mails = await shop.database.query(
      `SELECT payload ->> 'seed' AS seed FROM graphile_worker._private_jobs`,
    );
    const shown = JSON.stringify([await list('mails'), await list('jobs'), await list('idempotency_keys')]);
    for (const { seed } of mails.rows) if (seed) expect(shown).not.toContain(seed);
  });

  it('have working filters', async () => {
    expect(await found({})).toEqual([0, 1, 2, 3]);
    expect(await found({ price_min: '20.50', price_max: '30.50' })).toEqual([1, 2]);
    expect(await found({ low_stock: 'true' })).toEqual([1, 2]);
    expect(await found({ low_stock: 'false' })).toEqual([0, 3]);
    expect(await found({ on_sale: 'false' })).toEqual([3]);
    expect(await found({ deleted: 'only' })).toEqual([4]);
    expect(await found({ ids: `${products[1].id},${products[4].id}` })).toEqual([1]);
    expect(await found({ created_at_after: products[2].created_at })).toEqual([2, 3]);
    expect(await found({ ordering: '-price' })).toEqual([3, 2, 1, 0]);
    expect(await found({ search: 'NUMB anvil 2' })).toEqual([2]);
    expect(await found({ search: `#${products[3].id}` })).toEqual([3]);
    const orders = await list('orders', { search: 'quillfeather', status: 'pending', total_min: '31.50' });
    expect(orders).toMatchObject({
      count: 1,
      count_exact: true,
      results: [{ user_id: ann.user.id, total: '31.50' }],
    });
    expect((await list('orders', { user_id: ann.user.id, total_min: '31.51' })).results).toEqual([]);
    expect((await list('users', { search: 'quillf' })).results.map(({ id }: any) => id)).toEqual([
      ann.user.id,
    ]);
    expect((await list('users', { role: 'admin' })).results.map(({ email }: any) => email)).toEqual([
      'admin@example.com',
    ]);
    expect((await list('audit_log', { model: 'products', row_id: products[4].id })).results[0]).toMatchObject(
      { action: 'delete' },
    );
  });

  it('refuse unknown parameters by name', async () => {
    for (const [query, field] of [
      ['colour=red', 'colour'],
      ['price_min=cheap', 'price_min'],
      ['ordering=description', 'ordering'],
      ['ids=1,x', 'ids'],
      ['created_at_after=yesterday', 'created_at_after'],
      ['on_sale=maybe', 'on_sale'],
      ['category_id=1%20OR%201=1', 'category_id'],
      ['deleted=with', 'deleted'],
      ['cursor=WyJpZCJd', 'cursor'],
      [`ordering=price&cursor=${Buffer.from('["price","cheap","1"]').toString('base64url')}`, 'cursor'],
      ['page=5000', 'page'],
    ] as const) {
      const { body } = await admin.get(`/api/admin/products?${query}`).expect(400);
      expect([query, Object.keys(body.errors)]).toEqual([query, [field]]);
    }
    await admin.get('/api/admin/orders?status=lost').expect(400);
    await admin.get('/api/admin/orders?created_at_after=2026-13-45').expect(400);
    for (const address of [
      'nothing',
      'products/0',
      'products/x',
      'sessions/1',
      'stock_movements/1',
      'products?page=9999x',
    ])
      await admin.get(`/api/admin/${address}`).expect(404);
  });

  it('return every row once by `next`, in every order', async () => {
    for (const [model, orderings] of Object.entries(
      Object.fromEntries((await models()).map(({ name, orderings: those }: any) => [name, those])),
    ) as [string, string[]][]) {
      for (const ordering of orderings) {
        const walked: unknown[] = [];
        let next: string | null = `/api/admin/${model}?ordering=${ordering}&page_size=7`;
        for (let pages = 0; next && pages < 20; pages += 1) {
          const { body }: any = await admin.get(next).expect(200);
          walked.push(...body.results.map(({ id }: any) => id));
          next = body.next && new URL(body.next).pathname + new URL(body.next).search;
        }
        expect([model, ordering, walked.length]).toEqual([model, ordering, new Set(walked).size]);
      }
    }
    const second = await list('products', { page: 2, page_size: 2, ordering: 'id' });
    expect([second.results.length, new URL(second.previous).searchParams.get('page')]).toEqual([2, '1']);
  });

  it('are counted up to a bound, and say so', async () => {
    await shop.database.query(
      `INSERT INTO audit_log (action, model, row_id) SELECT 'update', 'bound', n FROM generate_series(1, 10001) n`,
    );
    const bounded = await list('audit_log', { model: 'bound' });
    expect([bounded.count, bounded.count_exact]).toEqual([10_000, false]);
    const whole = await list('audit_log');
    expect(whole.count).toBeGreaterThanOrEqual(10_000);
    expect(whole.count_exact).toBe(false);
    const { body } = await admin.get(bounded.next.replace(/^https?:\/\/[^/]+/, '')).expect(200);
    expect(body.results[0].id).toBeLessThan(bounded.results.at(-1).id);
  });

  describe('as CSV', () => {
    const csv = async (model: string, query = '') => {
      const { text, headers } = await admin.get(`/api/admin/csv/${model}?${query}`).expect(200);
      return {
        lines: text
          .replace(/^\ufeff/, '')
          .trimEnd()
          .split('\r\n'),
        headers,
        text,
      };
    };

    it('have exactly the filtered rows, and their number', async () => {
      const { lines, headers } = await csv('products', 'search=anvil&price_min=20');
      expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
      expect(headers.get('content-disposition')).toContain('products.csv');
      expect(headers.get('x-total-count')).toBe('3');
      expect(lines[0]!.split(',').slice(0, 4)).toEqual(['id', 'name', 'slug', 'price']);
      expect(lines.slice(1).map((line) => line.split(',')[1])).toEqual(
        [1, 2, 3].map((n) => `Anvil number ${n}`),
      );
      const all = await csv('audit_log', 'model=bound');
      expect([all.headers.get('x-total-count'), all.lines.length]).toEqual(['10001', 10_002]);
      expect((await csv('products', 'search=nothingatall')).lines).toEqual([lines[0]]);
      await admin.get('/api/admin/csv/products?colour=red').expect(400);
      await admin.get('/api/admin/csv/products?dialect=klingon').expect(400);
    });

    it('open in Excel in French, and contain no formulas', async () => {
      const name = '=HYPERLINK("http://evil.example","Anvil")';
      const { id } = (await admin.post('/api/products', { name, price: '1.50', stock: 1 }).expect(201)).body;
      await ann.patch(`/api/users/${ann.user.id}`, { phone: '+33 1 23 45 67 89' }).expect(200);
      const { lines } = await csv('products', `ids=${id}&dialect=excel-fr`);
      expect(lines[0]).toMatch(/^id;name;slug;price;/);
      const raw = await fetch(`${shop.url}/api/admin/csv/products?ids=${id}`, {
        headers: { authorization: `Bearer ${admin.token}` },
      });
      expect(
        Buffer.from(await raw.arrayBuffer())
          .subarray(0, 5)
          .toString('hex'),
      ).toBe('efbbbf6964');
      expect(lines[1]).toContain(`;"'=HYPERLINK(""http://evil.example"",""Anvil"")";`);
      expect(lines[1]).toContain(';1,50;');
      expect((await csv('users', `ids=${ann.user.id}`)).text).toContain("'+33 1 23 45 67 89");
      const stock = (await csv('stock_movements', `product_id=${products[0].id}`)).lines.map((line) =>
        line.split(','),
      );
      expect(stock.map((cells) => cells[2])).toEqual(['delta', '100', '-3']); // a number is not a formula
    });

    it('wait for a slow reader, and end the connection on an error', async () => {
      await shop.database.query(
        `INSERT INTO audit_log (action, model, after) SELECT 'update', 'long', jsonb_build_object('text', repeat('x', 2000))
         FROM generate_series(1, 9000) n`,
      );
      const outcome = await new Promise<{ bytes: number; failed: boolean }>((resolve, reject) => {
        const headers = { authorization: `Bearer ${admin.token}` };
        const call = request(`${shop.url}/api/admin/csv/audit_log?model=long`, { headers }, (response) => {
          let bytes = 0;
          response.once('data', async (chunk: Buffer) => {
            bytes += chunk.length;
            response.pause();
            await shop.database.query('ALTER TABLE audit_log RENAME TO audit_log_elsewhere');
            response.on('data', (more: Buffer) => (bytes += more.length));
            response.resume();
          });
          response.once('end', () => resolve({ bytes, failed: false }));
          response.once('error', () => resolve({ bytes, failed: true }));
        });
        call.once('error', reject);
        call.end();
      });
      await shop.database.query('ALTER TABLE audit_log_elsewhere RENAME TO audit_log');
      expect(outcome.failed).toBe(true);
      expect(outcome.bytes).toBeLessThan(9000 * 2000);
      await until(async () => (await shop.visitor.get('/api/health/ready')).status === 200);
    });
  });
});
