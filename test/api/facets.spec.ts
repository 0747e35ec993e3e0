import type { Api } from '../support/api.js';
import { Shop } from '../support/shop.js';

describe('Facets', () => {
  let shop: Shop;
  let admin: Api;

  beforeAll(async () => {
    shop = await Shop.open({
      empty: true,
      env: { ADMIN_EMAIL: 'admin@example.com', ADMIN_PASSWORD: 'password123' },
    });
    admin = await shop.admin();
    for (const [name, category, price, stock] of [
      ['Desk lamp', 'Lamps', '20.00', 3],
      ['Floor lamp', 'Lamps', '90.00', 0],
      ['Oak desk', 'Tables', '300.00', 1],
      ['Folding table', 'Tables', '45.50', 2],
      ['Table lamp', 'Lamps', '35.00', 4],
      ['Nail', null, '0.10', 900],
    ] as const) {
      await admin.post('/api/products', { name, category, price, stock }).expect(201);
    }
  });
  afterAll(() => shop.close());

  const facets = async (query: Record<string, string> = {}): Promise<any> => {
    const { body } = await shop.visitor.get(`/api/products/facets?${new URLSearchParams(query)}`).expect(200);
    const categories = body.categories.map(({ slug, count }: { slug: string; count: number }) => [
      slug,
      count,
    ]);
    const [yes, no] = body.available;
    expect([yes.value, no.value]).toEqual([true, false]);
    return { categories, price: [body.price.min, body.price.max], available: [yes.count, no.count] };
  };

  it('count the categories, prices and availability of all products', async () => {
    const { body } = await shop.visitor.get('/api/products/facets').expect(200);
    expect(body).toEqual({
      categories: [
        { id: expect.any(Number), name: 'Lamps', slug: 'lamps', count: 3 },
        { id: expect.any(Number), name: 'Tables', slug: 'tables', count: 2 },
      ],
      price: { min: '0.10', max: '300.00' },
      available: [
        { value: true, count: 5 },
        { value: false, count: 1 },
      ],
    });
  });

  it('heed the filters, each facet but its own', async () => {
    expect(await facets({ category: 'lamps', max_price: '50' })).toEqual({
      categories: [
        ['lamps', 2],
        ['tables', 1],
      ],
      price: ['20.00', '90.00'],
      available: [2, 0],
    });
    expect(await facets({ available: 'false' })).toEqual({
      categories: [['lamps', 1]],
      price: ['90.00', '90.00'],
      available: [5, 1],
    });
    expect(await facets({ category: 'no such' })).toEqual({
      categories: [
        ['lamps', 3],
        ['tables', 2],
      ],
      price: [null, null],
      available: [0, 0],
    });
  });

  it('are those of a search, typos forgiven', async () => {
    const ofLamps = { categories: [['lamps', 3]], price: ['20.00', '90.00'], available: [2, 1] };
    expect(await facets({ search: 'lamp' })).toEqual(ofLamps);
    expect(await facets({ search: 'lapm' })).toEqual(ofLamps);
    expect(await facets({ search: 'nothing' })).toEqual({
      categories: [],
      price: [null, null],
      available: [0, 0],
    });
  });

  it('show at once what this process changes', async () => {
    const { body } = await admin
      .post('/api/products', { name: 'Short', price: '0.05', stock: 1 })
      .expect(201);
    expect((await facets()).price[0]).toBe('0.05');
    const buyer = await shop.newCustomer();
    await buyer.post('/api/orders', { items: [{ product_id: body.id }] }).expect(201);
    expect((await facets()).available).toEqual([5, 2]);
    await admin.delete(`/api/products/${body.id}`).expect(204);
    expect((await facets()).price[0]).toBe('0.10');
  });

  it.each(['min_price=x', 'available=maybe'])('refuse %s', async (query) => {
    await shop.visitor.get(`/api/products/facets?${query}`).expect(400);
  });

  it('of very many products are about right, say so, and know the lowest and highest price', async () => {
    await shop.database.query(
      `WITH made AS (
         INSERT INTO products (name, slug, price, stock, stock_sequence, category_id)
         SELECT 'Mass ' || n, 'mass-' || n, 1 + n % 200, CASE WHEN n % 4 = 0 THEN 0 ELSE 1 END, 1,
                (SELECT min(id) FROM categories) + n % 2
         FROM generate_series(1, 12000) n RETURNING id, stock
       )
       INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
       SELECT id, 1, stock, stock, 'initial' FROM made`,
    );
    await shop.database.query('ANALYZE products');
    const process = await shop.startProcess();
    const response = await fetch(`${process.url}/api/products/facets?search=mass`);
    const body: any = await response.json();
    expect(body.price).toEqual({ min: '1.00', max: '200.00' });
    const [yes, no] = body.available;
    for (const { count, count_exact } of [yes, no, ...body.categories]) {
      expect(count_exact).toBe(false);
      expect(count).toBeGreaterThan(2_000);
    }
    expect(yes.count / no.count).toBeGreaterThan(2);
    expect(body.categories).toHaveLength(2);
    await process.stop();
  });
});
