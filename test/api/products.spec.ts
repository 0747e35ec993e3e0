import { readFile } from 'node:fs/promises';
import type { Api } from '../support/api.js';
import { Shop } from '../support/shop.js';
import { titled } from '../support/table.js';

describe('Products', () => {
  let shop: Shop;
  let admin: Api;
  let visitor: Api;

  beforeAll(async () => {
    shop = await Shop.open();
    admin = await shop.admin();
    visitor = shop.visitor;
  });
  afterAll(() => shop.close());

  const add = async (fields: object) => {
    const product = { name: 'Thing', price: '10.00', stock: 10, ...fields };
    return (await admin.post('/api/products', product).expect(201)).body;
  };
  const listed = async (query: Record<string, string>) => {
    const { body } = await visitor.get(`/api/products?${new URLSearchParams(query)}`).expect(200);
    return body.results.map(({ name }: { name: string }) => name);
  };

  describe('Adding', () => {
    it('returns every member of the contract', async () => {
      const { body, headers } = await admin
        .post('/api/products', {
          name: '  Oak bench ',
          description: 'For two.',
          price: 89.5,
          stock: 3,
          category: 'Garden & Yard',
        })
        .expect(201);
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(body).toEqual({
        id: expect.any(Number),
        name: 'Oak bench',
        slug: 'oak-bench',
        description: 'For two.',
        price: '89.50',
        stock: 3,
        available: true,
        category: 'Garden & Yard',
        image: null,
        images: [],
        pictures: [],
        version: 1,
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        updated_at: expect.any(String),
      });
      expect((await visitor.get(`/api/products/${body.id}`).expect(200)).body).toEqual(body);
      const { body: categories } = await visitor.get('/api/categories').expect(200);
      expect(categories.results).toContainEqual({
        id: expect.any(Number),
        name: 'Garden & Yard',
        slug: 'garden-and-yard',
        version: expect.any(String),
      });
    });

    it.each([
      ['24.5', '24.50'],
      ['0', '0.00'],
      ['99999999.99', '99999999.99'],
      [0.07, '0.07'],
      [1e3, '1000.00'],
      [19.99, '19.99'],
    ])('accepts %j as a price', async (price, shown) => {
      expect((await add({ price })).price).toBe(shown);
    });

    it.each(
      titled([
        ['name', ''],
        ['name', '   '],
        ['name', null],
        ['name', 'x'.repeat(201)],
        ['price', undefined],
        ['price', null],
        ['price', -1],
        ['price', '-0.01'],
        ['price', '1.005'],
        ['price', 1.005],
        ['price', 0.1 + 0.2],
        ['price', '100000000'],
        ['price', 1e21],
        ['price', '1e3'],
        ['price', '12,50'],
        ['price', 'free'],
        ['price', true],
        ['price', ['5']],
        ['stock', -1],
        ['stock', 1.5],
        ['stock', 'many'],
        ['stock', null],
        ['stock', 1_000_000_001],
        ['stock', true],
        ['description', 'x'.repeat(5001)],
        ['category', ''],
        ['category', '???'],
        ['category', { name: 'x' }],
        ['available', 'yes'],
        ['available', null],
      ] as [string, unknown][]),
    )('refuses %s', async (_title, field, value) => {
      const product = { name: 'Refused', price: '10.00', stock: 1, [field]: value };
      const { body } = await admin.post('/api/products', product).expect(400);
      expect(body.code).toBe('validation_failed');
      expect(Object.keys(body.errors)).toEqual([field]);
      expect(await listed({ search: 'Refused' })).toEqual([]);
    });

    it('gives every product its own slug', async () => {
      const slugs = [];
      for (const name of ['Café Crème', 'cafe creme', 'CAFÉ CRÈME!', '急須', '茶碗', '🫖']) {
        slugs.push((await add({ name })).slug);
      }
      expect(slugs).toEqual([
        'cafe-creme',
        expect.stringMatching(/^cafe-creme-[0-9a-z]+$/),
        expect.stringMatching(/^cafe-creme-[0-9a-z]+$/),
        'product',
        expect.stringMatching(/^product-[0-9a-z]+$/),
        expect.stringMatching(/^product-[0-9a-z]+$/),
      ]);
      expect(new Set(slugs).size).toBe(slugs.length);
      const { body } = await visitor.get('/api/products?search=急須').expect(200);
      expect(body.results).toEqual([expect.objectContaining({ name: '急須', slug: 'product' })]);
    });

    it('gives no product the address of another route', async () => {
      const document = JSON.parse(await readFile('openapi.json', 'utf8'));
      const routes = Object.keys(document.paths).flatMap(
        (address) => address.match(/^\/api\/products\/([\w-]+)$/)?.slice(1) ?? [],
      );
      expect(routes).toEqual(expect.arrayContaining(['available', 'facets', 'suggest']));
      for (const name of routes) {
        const { body } = await admin.post('/api/products', { name, price: '1.00', stock: 1 }).expect(201);
        expect((await shop.visitor.get(`/api/products/${body.slug}`).expect(200)).body).toEqual(body);
        await admin.delete(`/api/products/${body.id}`).expect(204);
      }
    });

    it('gives a product that had the name of a route as its slug another one when it is changed', async () => {
      const { id } = await add({ name: 'Facets of glass' });
      await shop.database.query(`UPDATE products SET slug = 'facets' WHERE id = $1`, [id]);
      const { body } = await admin.patch(`/api/products/${id}`, { name: 'Facets' }).expect(200);
      expect(body.slug).toMatch(/^facets-\w{8}$/);
      expect((await shop.visitor.get(`/api/products/${body.slug}`).expect(200)).body).toEqual(body);
      const again = (await admin.patch(`/api/products/${id}`, { price: '7.00' }).expect(200)).body;
      expect(again.slug).toBe(body.slug);
    });

    it('creates several with the same name concurrently, in one category', async () => {
      const same = { name: 'Twin', category: 'Twins', price: '1.00' };
      const added = await Promise.all(Array.from({ length: 8 }, () => add(same)));
      expect(new Set(added.map(({ slug }) => slug)).size).toBe(8);
      const { body } = await visitor.get('/api/categories');
      expect(body.results.filter(({ name }: { name: string }) => name === 'Twins')).toHaveLength(1);
    });
  });

  describe('Changing', () => {
    it('to the values that were read changes nothing', async () => {
      const some = [
        await add({ name: 'Plain' }),
        await add({ name: 'Sold out', stock: 0 }),
        await add({ name: 'Off sale', available: false }),
        await add({ name: 'Both', stock: 0, available: false, category: 'Odd' }),
        (await visitor.get('/api/products/1')).body,
      ];
      for (const product of some) {
        const { body: after } = await admin.put(`/api/products/${product.id}`, product).expect(200);
        expect(after).toEqual({ ...product, updated_at: expect.any(String) });
        await admin.patch(`/api/products/${product.id}`, { stock: 5 }).expect(200);
      }
      const { body } = await visitor.get(`/api/products/${some[1].id}`);
      expect(body.available).toBe(true); // it was sold out, but never off sale
      expect((await visitor.get(`/api/products/${some[2].id}`)).body.available).toBe(false);
      expect((await visitor.get(`/api/products/${some[3].id}`)).body.available).toBe(false);
    });

    it('PUT requires name, price and stock; PATCH requires nothing', async () => {
      const product = await add({ description: 'Kept', category: 'Kept' });
      const { body } = await admin.put(`/api/products/${product.id}`, {}).expect(400);
      expect(Object.keys(body.errors)).toEqual(['name', 'price', 'stock']);
      const { body: same } = await admin.patch(`/api/products/${product.id}`, {}).expect(200);
      expect(same).toEqual({ ...product, updated_at: expect.any(String) });
      const replaced = { name: 'Other', price: '2.00', stock: 1 };
      const { body: put } = await admin.put(`/api/products/${product.id}`, replaced).expect(200);
      expect(put).toMatchObject({ ...replaced, description: 'Kept', category: 'Kept' });
    });

    it('moves a product to a category, to another one and out of it', async () => {
      const { id } = await add({ category: 'Lighting' });
      const to = async (category: string | null) =>
        (await admin.patch(`/api/products/${id}`, { category }).expect(200)).body.category;
      expect(await to('kitchen')).toBe('Kitchen');
      expect(await to('Brand new')).toBe('Brand new');
      expect(await to(null)).toBeNull();
    });

    it('PATCH refuses what POST refuses', async () => {
      const { id } = await add({});
      for (const [field, value] of [
        ['name', null],
        ['price', '1.005'],
        ['price', null],
        ['stock', -1],
        ['stock', null],
        ['available', null],
        ['category', '!'],
      ] as const) {
        const { body } = await admin.patch(`/api/products/${id}`, { [field]: value }).expect(400);
        expect(Object.keys(body.errors)).toEqual([field]);
      }
    });

    it('an unknown product is 404', async () => {
      const product = { name: 'x', price: '1.00', stock: 1 };
      for (const id of [0, 999999, '9223372036854775808']) {
        await visitor.get(`/api/products/${id}`).expect(404);
        await admin.put(`/api/products/${id}`, product).expect(404);
        await admin.patch(`/api/products/${id}`, product).expect(404);
        await admin.delete(`/api/products/${id}`).expect(404);
      }
    });
  });

  describe('Availability', () => {
    it('means on sale and in stock', async () => {
      const { id } = await add({ name: 'Switch', stock: 1 });
      const state = async (changes: object) =>
        (await admin.patch(`/api/products/${id}`, changes).expect(200)).body;
      const buy = async () => (await (await shop.newCustomer()).post('/api/cart', { product_id: id })).status;

      expect(await state({ available: false })).toMatchObject({ available: false, stock: 1 });
      expect(await buy()).toBe(409);
      expect(await state({ available: true })).toMatchObject({ available: true });
      expect(await buy()).toBe(201);
      expect(await state({ stock: 0 })).toMatchObject({ available: false });
      expect(await buy()).toBe(409);
      expect(await state({ stock: 2 })).toMatchObject({ available: true });
    });

    it('splits the list in two', async () => {
      await add({ name: 'Avail one' });
      await add({ name: 'Avail sold out', stock: 0 });
      await add({ name: 'Avail off sale', available: false });
      const search = 'avail';
      expect(await listed({ search, available: 'true' })).toEqual(['Avail one']);
      expect(await listed({ search, available: '1' })).toEqual(['Avail one']);
      expect(await listed({ search, available: 'false' })).toEqual(['Avail sold out', 'Avail off sale']);
      expect(await listed({ search })).toHaveLength(3);
      const { body } = await visitor.get('/api/products/available?search=avail&available=false').expect(200);
      expect(body.results).toEqual([expect.objectContaining({ name: 'Avail one' })]);
    });
  });

  describe('The list', () => {
    beforeAll(async () => {
      for (const [name, price] of [
        ['zq étoile', '3.00'],
        ['ZQ Eclair', '20.00'],
        ['zq Banane', '100.00'],
        ['zq ananas', '3.00'],
        ['ZQ Île', '9.99'],
        ['zq 100% wool', '5.00'],
      ]) {
        await add({ name, price, category: 'Zq Café', description: `Says "${name}" & l'Été_x` });
      }
    });

    it.each([
      ['name', ['zq 100% wool', 'zq ananas', 'zq Banane', 'ZQ Eclair', 'zq étoile', 'ZQ Île']],
      ['-name', ['ZQ Île', 'zq étoile', 'ZQ Eclair', 'zq Banane', 'zq ananas', 'zq 100% wool']],
      ['price', ['zq étoile', 'zq ananas', 'zq 100% wool', 'ZQ Île', 'ZQ Eclair', 'zq Banane']],
      ['-price', ['zq Banane', 'ZQ Eclair', 'ZQ Île', 'zq 100% wool', 'zq ananas', 'zq étoile']],
      ['created_at', ['zq étoile', 'ZQ Eclair', 'zq Banane', 'zq ananas', 'ZQ Île', 'zq 100% wool']],
      ['-created_at', ['zq 100% wool', 'ZQ Île', 'zq ananas', 'zq Banane', 'ZQ Eclair', 'zq étoile']],
    ])('sorts by %s, without regard to case and accents', async (ordering, names) => {
      expect(await listed({ search: 'zq', ordering })).toEqual(names);
    });

    it.each([
      ['ETOILE', ['zq étoile']],
      ['Étoile', ['zq étoile']],
      ['BANANE zq', ['zq Banane']],
      ['zq 100%', ['zq 100% wool']],
      ['wool % zq _ \\', ['zq 100% wool']],
      ['wool ％ zq ＿ ∖', ['zq 100% wool']],
      ['%', []],
      ["zq l'ete_x étoile", ['zq étoile']],
      ['"zq étoile" &', ['zq étoile']],
      ['zq nothing', []],
    ])('finds %s', async (search, names) => {
      expect(await listed({ search })).toEqual(names);
    });

    it.each([['Zq Café'], ['zq cafe'], ['zq-cafe'], ['ZQ-CAFE']])(
      'filters by category %s',
      async (category) => {
        expect(await listed({ category })).toHaveLength(6);
      },
    );

    it('treats an empty filter as none', async () => {
      expect(await listed({ category: '', search: 'zq' })).toEqual(await listed({ search: 'zq' }));
      expect(await listed({ category: 'zq-cafe', search: '' })).toHaveLength(6);
    });

    it('filters by price, with inclusive bounds, and by everything together', async () => {
      const search = 'zq';
      expect(await listed({ search, min_price: '9.99', ordering: 'price' })).toEqual([
        'ZQ Île',
        'ZQ Eclair',
        'zq Banane',
      ]);
      expect(await listed({ search, max_price: '9.99', min_price: '5', ordering: 'price' })).toEqual([
        'zq 100% wool',
        'ZQ Île',
      ]);
      expect(await listed({ search, min_price: '50', max_price: '5' })).toEqual([]);
      expect(
        await listed({ category: 'zq-cafe', search: 'e', available: 'true', max_price: '3' }),
      ).toHaveLength(2);
      expect(await listed({ category: 'no such' })).toEqual([]);
    });

    it.each(
      titled([
        ['min_price', 'cheap'],
        ['min_price', '-1'],
        ['max_price', '1e400'],
        ['max_price', '1.001'],
        ['available', 'maybe'],
        ['category', 'x'.repeat(101)],
        ['cursor', 'x'],
      ] as [string, string][]),
    )('refuses %s', async (_title, parameter, value) => {
      const { body } = await visitor
        .get(`/api/products?${new URLSearchParams({ [parameter]: value })}`)
        .expect(400);
      expect(Object.keys(body.errors)).toEqual([parameter]);
    });

    it('shows each change of any process at once', async () => {
      const { id, category } = await add({ name: 'Changeling', category: 'Before' });
      const shown = async () => {
        const lists = ['?search=changeling', '?category=before', `?page_size=100&ordering=-id`];
        const answers = await Promise.all(lists.map((list) => admin.get(`/api/products${list}`).expect(200)));
        const [found, ...others] = answers.map(({ body }) => body.results.find((row: any) => row.id === id));
        for (const other of others) expect(other).toEqual(found);
        expect(found).toEqual((await admin.get(`/api/products/${id}`).expect(200)).body);
        return found;
      };
      expect(await shown()).toMatchObject({ stock: 10, category });
      await (
        await shop.newCustomer()
      )
        .post('/api/orders', { items: [{ product_id: id, quantity: 3 }] })
        .expect(201);
      expect(await shown()).toMatchObject({ stock: 7 });
      await admin.patch(`/api/products/${id}`, { description: 'Changed.', available: false }).expect(200);
      expect(await shown()).toMatchObject({ description: 'Changed.', available: false });
      const { body: categories } = await admin.get('/api/categories').expect(200);
      const { id: before } = categories.results.find(({ slug }: any) => slug === 'before');
      await admin.patch(`/api/categories/${before}`, { name: 'After' }).expect(200);
      expect(await shown()).toMatchObject({ category: 'After' });
      await shop.database.query('UPDATE products SET price = 1.50 WHERE id = $1', [id]);
      expect(await shown()).toMatchObject({ price: '1.50' });
      await shop.database.query(`UPDATE categories SET name = 'Later' WHERE id = $1`, [before]);
      expect(await shown()).toMatchObject({ category: 'Later' });
    });

    it('ignores unknown parameters', async () => {
      await visitor.get('/api/products?utm_source=mail&deleted=1').expect(200);
    });
  });

  it('are not in the shop after their deletion, but in the orders that contain them', async () => {
    const product = await add({ name: 'Short-lived', stock: 3 });
    const customer = await shop.newCustomer();
    const items = [{ product_id: product.id, quantity: 2 }];
    const { body: order } = await customer.post('/api/orders', { items }).expect(201);
    await customer.post('/api/cart', { product_id: product.id }).expect(201);
    await customer.post('/api/favorites', { product_id: product.id }).expect(201);

    await admin.delete(`/api/products/${product.id}`).expect(204);

    await visitor.get(`/api/products/${product.id}`).expect(404);
    expect(await listed({ search: 'Short-lived' })).toEqual([]);
    expect((await customer.get(`/api/orders/${order.id}`).expect(200)).body).toEqual(order);
    expect((await customer.get('/api/favorites')).body.results).toEqual([]);
    await customer.post('/api/cart', { product_id: product.id }).expect(404);
    await customer.post('/api/orders', { items }).expect(409);
    await customer.post('/api/orders/checkout').expect(409);
    await customer.delete(`/api/cart/${product.id}`).expect(204);

    await customer.delete(`/api/orders/${order.id}`).expect(204);
    expect(await shop.stockOf(product.id)).toBe(3);
    expect((await add({ name: 'Short-lived' })).slug).toBe('short-lived');
  });
});
