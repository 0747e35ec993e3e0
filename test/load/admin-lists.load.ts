import type { Api } from '../support/api.js';
import { PASSWORD, Shop } from '../support/shop.js';
import { until } from '../support/until.js';

const ROWS = Number(process.env.ROWS ?? 1_000_000);
const BAR_MS = 300;
const FILLED_WITHIN_MS = 900_000;

const TABLES = ['users', 'products', 'stock_movements', 'orders', 'audit_log', 'sent_mails'];

/** Rows of a large shop, including what triggers would derive, since triggers are disabled here. */
const FILL = [
  `INSERT INTO users (username, username_key, email, email_key, name, password_hash, created_at, search_text)
   SELECT 'u' || n, 'u' || n, 'u' || n || '@many.example', 'u' || n || '@many.example', 'Many ' || n, '',
          now() - n * interval '1 minute', ' u' || n || ' u' || n || '@many.example many ' || n
   FROM generate_series(1, ${ROWS}) n`,
  `INSERT INTO products (name, slug, price, stock, stock_sequence, on_sale, category_id, created_at, name_key, words)
   SELECT 'Thing ' || n, 'thing-' || n, (n % 50000) / 100.0 + 1, CASE WHEN n % 500 = 0 THEN 2 ELSE 100 END, 1, n % 300 <> 0,
          1 + n % 5, now() - n * interval '1 minute', 'thing ' || n, array_to_tsvector(ARRAY['thing', n::text])
   FROM generate_series(1, ${ROWS}) n`,
  `INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
   SELECT id, 1, stock, stock, 'initial' FROM products WHERE name LIKE 'Thing %'`,
  `INSERT INTO orders (user_id, status, total, created_at)
   SELECT 1 + n % 1000, (ARRAY['delivered','delivered','delivered','shipped','cancelled'])[1 + n % 5], (n % 90000) / 100.0,
          now() - (${ROWS} - n) * interval '30 seconds' FROM generate_series(1, ${ROWS}) n`,
  `UPDATE orders SET status = 'paid' WHERE id % 2000 = 0`,
  `UPDATE orders SET status = 'pending' WHERE id % 3000 = 1`,
  `INSERT INTO audit_log (at, actor_id, action, model, row_id, before, after)
   SELECT now() - (${ROWS} - n) * interval '20 seconds', 1 + n % 3, 'update', (ARRAY['products','products','orders','users'])[1 + n % 4],
          (n % 5000)::text, '{"price":"1.00"}', '{"price":"2.00"}' FROM generate_series(1, ${ROWS}) n`,
  `INSERT INTO sent_mails (id, kind, user_id, order_id, email, subject, queued_at, sent_at)
   SELECT n, 'order_expired', 1 + n % 1000, (SELECT min(id) FROM orders) + n - 1, 'x@many.example', 'Your order', now(), now() - (${ROWS} - n) * interval '5 seconds'
   FROM generate_series(1, ${ROWS}) n`,
];

/** Each filter, with few, many and no matching rows. */
const FILTERS: Record<string, string[]> = {
  products: [
    '',
    'category_id=3',
    'price_min=400',
    'price_max=1',
    'price_min=100&price_max=100.05',
    'on_sale=false',
    'low_stock=true',
    'low_stock=true&category_id=1',
    'deleted=only',
    'search=thing',
    'search=99999',
    'category_id=3&price_min=499',
    'created_at_before=2020-01-01',
    'category_id=3&created_at_before=2020-01-01',
  ],
  orders: [
    '',
    'status=paid',
    'status=delivered',
    'status=shipped&total_min=899',
    'total_min=899.90',
    'total_max=0',
    'user_id=5',
    'user_id=5&status=paid',
    'created_at_before=2020-01-01',
    'status=delivered&created_at_before=2020-01-01',
    'held=true',
    'search=u77',
    'search=%23500',
  ],
  users: [
    '',
    'role=admin',
    'role=customer',
    'disabled=true',
    'search=many',
    'search=u99999',
    'created_at_before=2020-01-01',
  ],
  mails: [
    '',
    'status=sent',
    'status=failed',
    'user_id=5',
    'user_id=999999',
    'order_id=77',
    'search=u77',
    'search=nobody-has-this',
  ],
  audit_log: [
    '',
    'model=users',
    'model=products&row_id=77',
    'actor_id=2',
    'actor_id=99',
    'model=orders&actor_id=2',
    'bulk_id=4',
  ],
};

describe(`The admin’s lists with ${ROWS.toLocaleString('en')} rows in each table`, () => {
  let shop: Shop;
  let admin: Api;

  beforeAll(async () => {
    shop = await Shop.open({ newProcesses: true });
    await fill();
    admin = await shop.signIn('admin@example.com', PASSWORD);
  }, FILLED_WITHIN_MS);
  afterAll(() => shop.close());

  /** In one transaction, since the ledger must explain every stock; the search indexes are created at the end. */
  async function fill(): Promise<void> {
    const client = await shop.database.connect();
    const each = (statement: string) => TABLES.map((table) => statement.replace('?', table)).join(';');
    try {
      const { rows: indexes } = await client.query(
        `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
         WHERE tablename = ANY($1) AND indexdef LIKE '% USING gin %'`,
        [TABLES],
      );
      await client.query(each('ALTER TABLE ? DISABLE TRIGGER USER'));
      for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
      await client.query('BEGIN; SET CONSTRAINTS ALL DEFERRED');
      for (const statement of FILL) await client.query(statement);
      await client.query('COMMIT');
      for (const { definition } of indexes) await client.query(definition);
      await client.query(each('ALTER TABLE ? ENABLE TRIGGER USER'));
      await client.query('VACUUM ANALYZE');
    } finally {
      client.release(true);
    }
  }

  it(`respond within ${BAR_MS} ms, with every filter and order`, async () => {
    const models = (await admin.get('/api/admin/models').expect(200)).body;
    const times: [number, string][] = [];
    for (const [model, filters] of Object.entries(FILTERS)) {
      const { orderings } = models.find(({ name }: any) => name === model);
      for (const ordering of orderings) {
        for (const filter of filters) {
          const address = `/api/admin/${model}?ordering=${ordering}&${filter}`;
          times.push([await fastest(() => admin.get(address).expect(200)), address]);
        }
      }
    }
    times.push([await fastest(() => admin.get('/api/admin/overview').expect(200)), '/api/admin/overview']);
    times.sort(([a], [b]) => b - a);
    console.log(
      times
        .slice(0, 25)
        .map(([ms, address]) => `${ms.toFixed(0)} ms ${address}`)
        .join('\n'),
    );
    expect(times.filter(([ms, address]) => ms > BAR_MS && !address.endsWith('overview'))).toEqual([]);
  });

  it('change 5,000 products at once, while their buyers wait no longer than allowed', async () => {
    const customers = await Promise.all([1, 2, 3, 4].map(() => shop.newCustomer()));
    const filter = 'price_min=100&price_max=110';
    const body = { model: 'products', filter, action: { kind: 'price_percent', percent: '1' } };
    const ids = (await admin.get(`/api/admin/products?${filter}&page_size=100`).expect(200)).body.results
      .filter(({ on_sale, stock }: any) => on_sale && stock > 50)
      .map(({ id }: any) => id);
    const { body: preview } = await admin
      .post('/api/admin/bulk/preview', { ...body, filter: 'price_min=100&price_max=102.49' })
      .expect(200);
    let going = true;
    const waits: number[] = [];
    const refused: number[] = [];
    const buyers = customers.map(async (buyer, index) => {
      for (let n = index; going; n += 1) {
        const from = performance.now();
        const { status } = await buyer.post('/api/orders', {
          items: [{ product_id: ids[n % 20], quantity: 1 }],
        });
        waits.push(performance.now() - from);
        if (status !== 201) refused.push(status);
      }
    });
    const from = performance.now();
    const { id } = (await admin.post('/api/admin/bulk', { token: preview.token }).expect(202)).body;
    let change: any;
    await until(async () => {
      change = (await admin.get(`/api/admin/bulk/changes/${id}`).expect(200)).body;
      return ['done', 'failed'].includes(change.status);
    });
    const ms = performance.now() - from;
    going = false;
    await Promise.all(buyers);
    console.log(
      `${change.count} products in ${ms.toFixed(0)} ms; ${waits.length} orders meanwhile, the slowest ${Math.max(...waits).toFixed(0)} ms, refused: ${refused.length}`,
    );
    expect([change.status, refused]).toEqual(['done', []]);
  });
});

async function fastest(call: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const from = performance.now();
    await call();
    times.push(performance.now() - from);
    if (times.at(-1)! < BAR_MS / 3) break;
  }
  return Math.min(...times);
}
