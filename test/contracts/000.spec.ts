import { Api } from '../support/api.js';
import { PASSWORD, Shop } from '../support/shop.js';

/** BASE_URL ends with a slash and the paths begin with one, so this client requests `/api//products/`. */
describe('000: auth, products, cart, orders, favorites', () => {
  let shop: Shop;
  let visitor: Api;
  let admin: Api;
  let customer: Api;

  beforeAll(async () => {
    shop = await Shop.open();
    const base = `${shop.url}/api/`;
    visitor = new Api(base);
    admin = (await shop.admin()).at(base);
    customer = (await shop.newCustomer()).at(base);
  });
  afterAll(() => shop.close());

  const account = () => {
    const username = `reader_${Math.random().toString(36).slice(2)}`;
    return { username, email: `${username}@example.com`, password: PASSWORD };
  };

  describe('Auth API', () => {
    const signedIn = { access: expect.any(String), refresh: expect.any(String) };

    it('POST /api/auth/register/', async () => {
      const { username, email, password } = account();
      const { body } = await shop.visitor
        .post('/api/auth/register/', { username, email, password })
        .expect(201);
      expect(body).toMatchObject({ ...signedIn, user: { username, email, role: 'customer' } });
    });

    it('POST /api/auth/login/', async () => {
      const { username, email, password } = account();
      await shop.visitor.post('/api/auth/register/', { username, email, password }).expect(201);
      const { body } = await shop.visitor.post('/api/auth/login/', { username, password }).expect(200);
      expect(body).toMatchObject(signedIn);
      await visitor.withToken(body.access).get('/cart/').expect(200);
    });

    it('POST /api/auth/token/refresh/', async () => {
      const { refresh } = await shop.newCustomer();
      const { body } = await shop.visitor.post('/api/auth/token/refresh/', { refresh }).expect(200);
      expect(body).toEqual(signedIn);
      await visitor.withToken(body.access).get('/cart/').expect(200);
    });
  });

  describe('Products API', () => {
    const product = { name: 'Reading lamp', price: '35.00', stock: 4 };

    it('GET /products/', async () => {
      const { body } = await visitor.get('/products/').expect(200);
      expect(body.results).toHaveLength(20);
      expect(body.count).toBeGreaterThan(20);
    });

    it('GET /products/{id}/', async () => {
      const { id } = await shop.newProduct();
      const { body } = await visitor.get(`/products/${id}/`).expect(200);
      expect(body).toMatchObject({ id, price: '10.00', stock: 10, available: true });
    });

    it('GET /products/available/', async () => {
      const soldOut = await shop.newProduct({ stock: 0 });
      const inStock = await shop.newProduct({ stock: 1 });
      const { body } = await visitor.get('/products/available/?ordering=-created_at').expect(200);
      const ids = body.results.map(({ id }: { id: number }) => id);
      expect(ids).toContain(inStock.id);
      expect(ids).not.toContain(soldOut.id);
    });

    it('POST /products/', async () => {
      const { body } = await admin.post('/products/', product).expect(201);
      expect(body).toMatchObject(product);
    });

    it('PUT /products/{id}/', async () => {
      const { id } = await shop.newProduct();
      await admin.put(`/products/${id}/`, product).expect(200);
      expect((await visitor.get(`/products/${id}/`)).body).toMatchObject(product);
    });

    it('PATCH /products/{id}/', async () => {
      const { id, name } = await shop.newProduct();
      await admin.patch(`/products/${id}/`, { price: '11.50' }).expect(200);
      expect((await visitor.get(`/products/${id}/`)).body).toMatchObject({ name, price: '11.50', stock: 10 });
    });

    it('DELETE /products/{id}/', async () => {
      const { id } = await shop.newProduct();
      await admin.delete(`/products/${id}/`).expect(204);
      await visitor.get(`/products/${id}/`).expect(404);
    });

    it.each(['POST /products/', 'PUT /products/1/', 'PATCH /products/1/', 'DELETE /products/1/'])(
      '%s is for the admin',
      async (route) => {
        const [method, path] = route.split(' ') as [string, string];
        const body = method === 'DELETE' ? undefined : product;
        await customer.send(method, path, { body }).expect(403);
      },
    );
  });

  describe('Cart API', () => {
    it('GET /cart/', async () => {
      const { body } = await (await newCustomer()).get('/cart/').expect(200);
      expect(body).toEqual({ items: [], total_items: 0, total: '0.00' });
    });

    it('POST /cart/add/', async () => {
      const { id } = await shop.newProduct();
      const { body } = await (
        await newCustomer()
      )
        .post('/cart/add/', { product_id: id, quantity: 2 })
        .expect(201);
      expect(body).toMatchObject({
        id,
        product: { id },
        quantity: 2,
        unit_price: '10.00',
        subtotal: '20.00',
      });
    });

    it('PUT /cart/update_item/', async () => {
      const [buyer, { id }] = [await newCustomer(), await shop.newProduct()];
      await buyer.post('/cart/add/', { product_id: id }).expect(201);
      const { body } = await buyer.put('/cart/update_item/', { product_id: id, quantity: 5 }).expect(200);
      expect(body).toMatchObject({ total_items: 5, total: '50.00' });
    });

    it('DELETE /cart/remove/', async () => {
      const [buyer, { id }] = [await newCustomer(), await shop.newProduct()];
      await buyer.post('/cart/add/', { product_id: id }).expect(201);
      const { body } = await buyer.delete('/cart/remove/', { product_id: id }).expect(200);
      expect(body).toMatchObject({ items: [], total_items: 0 });
    });

    it('POST /cart/checkout/', async () => {
      const [buyer, { id }] = [await newCustomer(), await shop.newProduct({ stock: 3 })];
      await buyer.post('/cart/add/', { product_id: id, quantity: 2 }).expect(201);
      const { body } = await buyer.post('/cart/checkout/').expect(201);
      expect(body).toMatchObject({
        status: 'pending',
        total: '20.00',
        items: [{ product_id: id, quantity: 2 }],
      });
      expect((await buyer.get('/cart/')).body.items).toEqual([]);
      expect(await shop.stockOf(id)).toBe(1);
    });
  });

  describe('Orders API', () => {
    async function ordered() {
      const [buyer, product] = [await newCustomer(), await shop.newProduct()];
      await buyer.post('/cart/add/', { product_id: product.id, quantity: 2 }).expect(201);
      const { body: order } = await buyer.post('/orders/').expect(201);
      return { buyer, product, order };
    }

    it('GET /orders/', async () => {
      const { buyer, order } = await ordered();
      expect((await buyer.get('/orders/').expect(200)).body).toMatchObject({ count: 1, results: [order] });
    });

    it('GET /orders/{id}/', async () => {
      const { buyer, order } = await ordered();
      expect((await buyer.get(`/orders/${order.id}/`).expect(200)).body).toEqual(order);
    });

    it('POST /orders/ (checkout via cart)', async () => {
      const { buyer, product, order } = await ordered();
      expect(order).toMatchObject({ total: '20.00', items: [{ product_id: product.id, quantity: 2 }] });
      expect((await buyer.get('/cart/')).body.items).toEqual([]);
    });

    it('PUT /orders/{id}/', async () => {
      const { buyer, order } = await ordered();
      const { body } = await buyer.put(`/orders/${order.id}/`, { shipping_address: '1 Rue X' }).expect(200);
      expect(body).toMatchObject({ id: order.id, shipping_address: '1 Rue X', total: '20.00' });
    });

    it('DELETE /orders/{id}/', async () => {
      const { buyer, order } = await ordered();
      await buyer.delete(`/orders/${order.id}/`).expect(204);
      await buyer.get(`/orders/${order.id}/`).expect(404);
    });
  });

  describe('Favorites API', () => {
    it('GET /favorites/', async () => {
      const { body } = await (await newCustomer()).get('/favorites/').expect(200);
      expect(body).toEqual({ count: 0, next: null, previous: null, results: [] });
    });

    it('POST /favorites/ (product_id)', async () => {
      const [reader, { id }] = [await newCustomer(), await shop.newProduct()];
      const { body } = await reader.post('/favorites/', { product_id: id }).expect(201);
      expect(body).toMatchObject({ id, product: { id } });
      expect((await reader.get('/favorites/')).body.results).toEqual([body]);
    });

    it('DELETE /favorites/{id}/', async () => {
      const [reader, { id }] = [await newCustomer(), await shop.newProduct()];
      const { body } = await reader.post('/favorites/', { product_id: id }).expect(201);
      await reader.delete(`/favorites/${body.id}/`).expect(204);
      expect((await reader.get('/favorites/')).body.results).toEqual([]);
    });
  });

  it.each([
    'POST /products/',
    'PUT /products/1/',
    'PATCH /products/1/',
    'DELETE /products/1/',
    'GET /cart/',
    'POST /cart/add/',
    'PUT /cart/update_item/',
    'DELETE /cart/remove/',
    'POST /cart/checkout/',
    'GET /orders/',
    'GET /orders/1/',
    'POST /orders/',
    'PUT /orders/1/',
    'DELETE /orders/1/',
    'GET /favorites/',
    'POST /favorites/',
    'DELETE /favorites/1/',
  ])('%s requires a token', async (route) => {
    const [method, path] = route.split(' ') as [string, string];
    const { headers, body } = await visitor.send(method, path).expect(401);
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(body.code).toBe('not_authenticated');
  });

  async function newCustomer(): Promise<Api> {
    return (await shop.newCustomer()).at(`${shop.url}/api/`);
  }
});
