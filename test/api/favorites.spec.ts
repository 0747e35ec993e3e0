import { Shop } from '../support/shop.js';

describe('Favorites', () => {
  let shop: Shop;
  let products: any[];

  beforeAll(async () => {
    shop = await Shop.open();
    products = (await shop.visitor.get('/api/products')).body.results;
  });
  afterAll(() => shop.close());

  it('are 201 when new, and 200 with the same id when they exist', async () => {
    const reader = await shop.newCustomer();
    const [product] = products;
    const { body: first } = await reader.post('/api/favorites', { product_id: product.id }).expect(201);
    expect(first).toEqual({ id: product.id, product, created_at: expect.stringMatching(/Z$/) });
    const { body: again } = await reader.post('/api/favorites', { product_id: product.id }).expect(200);
    expect(again).toEqual(first);
    expect((await reader.get('/api/favorites')).body).toEqual({
      count: 1,
      next: null,
      previous: null,
      results: [first],
    });
  });

  it('are added once by concurrent requests', async () => {
    const reader = await shop.newCustomer();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => reader.post('/api/favorites', { product_id: products[0].id })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(9);
    expect((await reader.get('/api/favorites')).body.count).toBe(1);
  });

  it('are listed newest first', async () => {
    const reader = await shop.newCustomer();
    const ids = products.slice(0, 3).map(({ id }) => id);
    for (const product_id of ids) await reader.post('/api/favorites', { product_id }).expect(201);
    const { body } = await reader.get('/api/favorites').expect(200);
    expect(body.results.map(({ id }: { id: number }) => id)).toEqual(ids.toReversed());
  });

  it('are visible to their user only', async () => {
    const [reader, other] = [await shop.newCustomer(), await shop.newCustomer()];
    await reader.post('/api/favorites', { product_id: products[0].id }).expect(201);
    expect((await other.get('/api/favorites')).body.count).toBe(0);
    await other.delete(`/api/favorites/${products[0].id}`).expect(404);
    expect((await reader.get('/api/favorites')).body.count).toBe(1);
  });

  it('are removed once; a second removal is 404', async () => {
    const reader = await shop.newCustomer();
    await reader.post('/api/favorites', { product_id: products[0].id }).expect(201);
    await reader.delete(`/api/favorites/${products[0].id}`).expect(204);
    await reader.delete(`/api/favorites/${products[0].id}`).expect(404);
    await reader.post('/api/favorites', { product_id: products[0].id }).expect(201);
  });

  it('must be products that exist', async () => {
    const reader = await shop.newCustomer();
    await reader.post('/api/favorites', { product_id: 999999 }).expect(404);
    const { id } = await shop.newProduct();
    await (await shop.admin()).delete(`/api/products/${id}`).expect(204);
    await reader.post('/api/favorites', { product_id: id }).expect(404);
  });

  it.each([[undefined], [null], [0], [-1], [1.5], ['x'], [''], [true], [[1]], [{ id: 1 }]])(
    'refuse product_id %j',
    async (product_id) => {
      const reader = await shop.signIn('john@example.com');
      const { body } = await reader.post('/api/favorites', { product_id }).expect(400);
      expect(Object.keys(body.errors)).toEqual(['product_id']);
    },
  );

  it('have no other methods', async () => {
    const reader = await shop.newCustomer();
    await reader.put(`/api/favorites/${products[0].id}`, { product_id: 1 }).expect(405);
    await reader.get(`/api/favorites/${products[0].id}`).expect(405);
  });
});
