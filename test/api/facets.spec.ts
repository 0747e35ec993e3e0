import { Api } from '../support/api.js';
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

  it('apply all filters except their own', async () => {
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

  it('apply to a search, with typos', async () => {
    const ofLamps = { categories: [['lamps', 3]], price: ['20.00', '90.00'], available: [2, 1] };
    expect(await facets({ search: 'lamp' })).toEqual(ofLamps);
    expect(await facets({ search: 'lapm' })).toEqual(ofLamps);
    expect(await facets({ search: 'nothing' })).toEqual({
      categories: [],
      price: [null, null],
      available: [0, 0],
    });
  });

  it('show changes of this process at once', async () => {
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

  it('know words that are new since the same was searched', async () => {
    expect((await facets({ search: 'zznew' })).available).toEqual([0, 0]);
    const { body } = await admin
      .post('/api/products', { name: 'Azznew', price: '1.00', stock: 1 })
      .expect(201);
    expect((await facets({ search: 'zznew' })).available).toEqual([1, 0]);
    await admin.delete(`/api/products/${body.id}`).expect(204);
  });

  it('forgive typos only if the list does, which does not when it looks at a part of the words', async () => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz'];
    const words = letters.flatMap((one) => letters.map((other) => `${one}${other}qvort`)).slice(0, 510);
    for (const [name, description] of [
      ['Exact', words.join(' ')],
      ['Qvart', ''],
    ]) {
      await admin.post('/api/products', { name, description, price: '7.00', stock: 1 }).expect(201);
    }
    const { body } = await shop.visitor.get('/api/products?search=qvort').expect(200);
    expect(body).toMatchObject({ count: 1, count_exact: false, results: [{ name: 'Exact' }] });
    expect((await facets({ search: 'qvort' })).available).toEqual([1, 0]);
  });

  it.each(['min_price=x', 'available=maybe'])('refuse %s', async (query) => {
    await shop.visitor.get(`/api/products/facets?${query}`).expect(400);
  });

  describe('of very many products', () => {
    let newcomer: Api;
    const NOOKS = 8;

    /** Half are lamps, half tables, except for ten chairs; every fifth is sold out. */
    beforeAll(async () => {
      await shop.database.query(
        `WITH chairs AS (
           INSERT INTO categories (name, name_key, slug) VALUES ('Chairs', 'chairs', 'chairs') RETURNING id
         ), made AS (
           INSERT INTO products (name, slug, description, price, stock, stock_sequence, category_id)
           SELECT 'Mass ' || n, 'mass-' || n, CASE n % 4 WHEN 1 THEN 'Quarter' ELSE '' END, 1 + n % 200, (n % 5 > 0)::int, 1,
                  CASE n % 2400 WHEN 0 THEN chairs.id ELSE (SELECT min(id) FROM categories) + n % 2 END
           FROM chairs, generate_series(1, 24000) n RETURNING id, stock
         )
         INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
         SELECT id, 1, stock, stock, 'initial' FROM made`,
      );
      for (let nook = 1; nook <= NOOKS; nook += 1) {
        await shop.database.query(
          `WITH nook AS (
             INSERT INTO categories (name, name_key, slug) VALUES ($1, lower($1), lower($1)) RETURNING id
           ), made AS (
             INSERT INTO products (name, slug, price, stock, stock_sequence, category_id)
             SELECT CASE WHEN n > 6 THEN 'Quartor ' ELSE 'Quarter ' END || $1, lower($1) || n,
                    CASE WHEN n > 6 THEN 150 ELSE 5 END, 1, 1, nook.id FROM nook, generate_series(1, 9) n RETURNING id
           )
           INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
           SELECT id, 1, 1, 1, 'initial' FROM made`,
          [`Nook${nook}`],
        );
      }
      await shop.database.query('ANALYZE products');
      const { url } = await shop.startProcess(); // which reads these statistics at its start
      newcomer = new Api(url);
    });

    /** Counted in SQL over all products: words in name or description, and the filters of each facet. */
    async function truth({ search = '', category, max_price, available }: Record<string, string>) {
      const { rows } = await shop.database.query(
        `SELECT p.price, p.stock > 0 AS is_available, c.slug,
                $1::text IS NULL OR c.slug = $1 AS in_category, $2::numeric IS NULL OR p.price <= $2 AS priced,
                $3::boolean IS NULL OR (p.stock > 0) = $3 AS as_available
         FROM products p LEFT JOIN categories c ON c.id = p.category_id
         WHERE p.deleted_at IS NULL AND NOT EXISTS (
           SELECT FROM string_to_table($4, ' ') AS word WHERE lower(p.name || ' ' || p.description) NOT LIKE '%' || word || '%'
         )`,
        [category, max_price, available, search],
      );
      const counts = new Map<string, number>();
      for (const row of rows) {
        if (row.slug && row.priced && row.as_available) counts.set(row.slug, (counts.get(row.slug) ?? 0) + 1);
      }
      const prices = rows
        .filter((row) => row.in_category && row.as_available)
        .map(({ price }) => Number(price));
      const chosen = rows.filter((row) => row.in_category && row.priced);
      return {
        counts,
        price: [Math.min(...prices), Math.max(...prices)],
        available: [true, false].map((value) => chosen.filter((row) => row.is_available === value).length),
      };
    }

    it('forgive no typos where the list does not, also if a sample has none of its products', async () => {
      for (let nook = 1; nook <= NOOKS; nook += 1) {
        const query = `search=quarter&category=nook${nook}`;
        const { body: list } = await newcomer.get(`/api/products?${query}`).expect(200);
        const { body } = await newcomer.get(`/api/products/facets?${query}`).expect(200);
        expect([nook, list.count, body.price]).toEqual([nook, 6, { min: '5.00', max: '5.00' }]);
      }
      const { body } = await newcomer.get('/api/products/facets?search=quartar&category=nook1').expect(200);
      expect(body.price).toEqual({ min: '5.00', max: '150.00' });
    });

    it.each<[Record<string, string>, 'exact' | 'estimated' | 'in part']>([
      [{}, 'estimated'],
      [{ search: 'mass' }, 'estimated'],
      [{ search: 'quarter' }, 'estimated'],
      [{ search: 'mass', available: 'false' }, 'estimated'],
      [{ search: 'mass', category: 'lamps', max_price: '150' }, 'estimated'],
      [{ search: 'mass 777' }, 'exact'],
      [{ search: 'mass quarter 23997', category: 'tables' }, 'exact'],
      [{ search: 'mass', category: 'chairs' }, 'in part'],
      [{ category: 'chairs' }, 'in part'],
      [{ category: 'chairs', max_price: '10', available: 'false' }, 'exact'],
      [{ max_price: '3' }, 'exact'],
    ])('are exact or estimated, and say which: %j', async (query, exactness) => {
      const { body } = await newcomer.get(`/api/products/facets?${new URLSearchParams(query)}`).expect(200);
      const expected = await truth(query);
      const isAbout = (count: number, wanted: number) =>
        Math.abs(count - wanted) <= 0.15 * wanted + 4 * Math.sqrt(wanted) + 20;
      const facets = [
        ...body.categories.map((each: any) => [each, expected.counts.get(each.slug) ?? 0]),
        ...body.available.map((each: any, index: number) => [each, expected.available[index]]),
      ];
      for (const [{ count, count_exact, ...of }, wanted] of facets) {
        const isRight = count_exact === false ? isAbout(count, wanted) : count === wanted;
        expect({ of, count, wanted, isRight }).toEqual({ of, count, wanted, isRight: true });
      }
      const exact = new Set(facets.map(([{ count_exact }]) => count_exact !== false));
      expect([...exact].toSorted()).toEqual(
        { exact: [true], estimated: [false], 'in part': [false, true] }[exactness],
      );
      const missed = [...expected.counts].filter(
        ([slug, count]) => count > 500 && !body.categories.some((each: any) => each.slug === slug),
      );
      expect(missed).toEqual([]);
      expect([body.price.min, body.price.max].map(Number)).toEqual(expected.price);
    });
  });
});
