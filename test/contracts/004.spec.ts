import type { Api } from '../support/api.js';
import { PASSWORD, Shop } from '../support/shop.js';

describe('004: SimpleJWT, a cart by items and three order routes', () => {
  let shop: Shop;
  let admin: Api;

  beforeAll(async () => {
    shop = await Shop.open();
    admin = await shop.admin();
  });
  afterAll(() => shop.close());

  describe('Auth endpoints', () => {
    it('POST /api/token/ returns access and refresh tokens', async () => {
      const { body } = await shop.visitor
        .post('/api/token/', { username: 'john', password: PASSWORD })
        .expect(200);
      expect(body).toMatchObject({ access: expect.any(String), refresh: expect.any(String) });
    });

    it('POST /api/token/ refuses a wrong password like SimpleJWT', async () => {
      const { body } = await shop.visitor
        .post('/api/token/', { username: 'john', password: 'wrong' })
        .expect(401);
      expect(body.detail).toBe('No active account found with the given credentials');
      expect(body.code).not.toBe('token_not_valid');
    });

    it('POST /api/token/refresh/ returns a new access token', async () => {
      const { refresh } = await shop.signIn('john@example.com');
      const { body } = await shop.visitor.post('/api/token/refresh/', { refresh }).expect(200);
      await shop.visitor.withToken(body.access).get('/api/orders/').expect(200);
    });

    it('a bad token is `token_not_valid`', async () => {
      const { body } = await shop.visitor.post('/api/token/refresh/', { refresh: 'nonsense' }).expect(401);
      expect(body.code).toBe('token_not_valid');
      const answer = await shop.visitor.withToken('nonsense').get('/api/orders/').expect(401);
      expect(answer.body.code).toBe('token_not_valid');
    });
  });

  it('POST /api/users/register/', async () => {
    const account = { username: 'angular', email: 'angular@example.com', password: PASSWORD };
    const { body } = await shop.visitor.post('/api/users/register/', account).expect(201);
    expect(body.user).toMatchObject({ username: 'angular', email: 'angular@example.com', role: 'customer' });
    expect(body.user).not.toHaveProperty('password');

    const again = await shop.visitor.post('/api/users/register/', account).expect(400);
    expect(Object.keys(again.body.errors)).toEqual(['username', 'email']);
  });

  describe('Product endpoints', () => {
    const product = { name: 'Teapot', price: '19.90', stock: 3 };

    it('GET /api/products/ is paged and filtered', async () => {
      const { body } = await shop.visitor
        .get('/api/products/?search=desk&page_size=1&ordering=price')
        .expect(200);
      expect(body).toMatchObject({ count: expect.any(Number), previous: null });
      expect(body.results).toHaveLength(1);
    });

    it('GET /api/products/<id>/ has its pictures', async () => {
      const { body } = await shop.visitor.get('/api/products/1/').expect(200);
      expect(body.image).toBe(body.images[0]);
      const { pathname } = new URL(body.image);
      expect((await fetch(shop.url + pathname)).headers.get('content-type')).toBe('image/jpeg');
    });

    it('POST /api/products/', async () => {
      expect((await admin.post('/api/products/', product).expect(201)).body).toMatchObject(product);
    });

    it('PUT /api/products/<id>/', async () => {
      const { id } = await shop.newProduct();
      expect((await admin.put(`/api/products/${id}/`, product).expect(200)).body).toMatchObject({
        id,
        ...product,
      });
    });

    it('PATCH /api/products/<id>/', async () => {
      const { id, name } = await shop.newProduct();
      const { body } = await admin.patch(`/api/products/${id}/`, { stock: 7 }).expect(200);
      expect(body).toMatchObject({ id, name, stock: 7 });
    });

    it('DELETE /api/products/<id>/', async () => {
      const { id } = await shop.newProduct();
      await admin.delete(`/api/products/${id}/`).expect(204);
      await admin.delete(`/api/products/${id}/`).expect(404);
    });

    it.each([
      'POST /api/products/',
      'PUT /api/products/1/',
      'PATCH /api/products/1/',
      'DELETE /api/products/1/',
    ])('%s is for the admin', async (route) => {
      const [method, path] = route.split(' ') as [string, string];
      const sent = { body: method === 'DELETE' ? undefined : product };
      await shop.visitor.send(method, path, sent).expect(401);
      await (await shop.newCustomer()).send(method, path, sent).expect(403);
    });
  });

  describe('Order endpoints', () => {
    it('GET /api/orders/ has the user’s own orders only', async () => {
      const { buyer, order } = await ordered();
      expect((await buyer.get('/api/orders/').expect(200)).body.results).toEqual([order]);
      const stranger = await shop.newCustomer();
      expect((await stranger.get('/api/orders/').expect(200)).body.results).toEqual([]);
    });

    it('GET /api/orders/<id>/ of another user is unknown', async () => {
      const { buyer, order } = await ordered();
      expect((await buyer.get(`/api/orders/${order.id}/`).expect(200)).body).toEqual(order);
      await (await shop.newCustomer()).get(`/api/orders/${order.id}/`).expect(404);
    });

    it('POST /api/orders/', async () => {
      const { order, product } = await ordered('/api/orders/');
      expect(order).toMatchObject({ status: 'pending', items: [{ product_id: product.id, quantity: 1 }] });
    });

    it('PUT /api/orders/<id>/', async () => {
      const { buyer, order } = await ordered();
      const changed = { ...order, billing_address: '2 Rue Y' };
      const { body } = await buyer.put(`/api/orders/${order.id}/`, changed).expect(200);
      expect(body).toEqual({ ...changed, version: order.version + 1, updated_at: expect.any(String) });
    });

    it('PATCH /api/orders/<id>/', async () => {
      const { buyer, order } = await ordered();
      const { body } = await buyer.patch(`/api/orders/${order.id}/`, { notes: 'Gift' }).expect(200);
      expect(body.notes).toBe('Gift');
    });

    it('DELETE /api/orders/<id>/', async () => {
      const { buyer, order } = await ordered();
      await buyer.delete(`/api/orders/${order.id}/`).expect(204);
      await buyer.get(`/api/orders/${order.id}/`).expect(404);
    });
  });

  describe('Cart endpoints', () => {
    async function filled() {
      const [buyer, product] = [await shop.newCustomer(), await shop.newProduct()];
      await buyer.post('/api/cart/', { product_id: product.id, quantity: 2 }).expect(201);
      const { body } = await buyer.get('/api/cart/').expect(200);
      return { buyer, product, item: body.items[0] };
    }

    it('/api/cart/ lists and adds items', async () => {
      const { product, item } = await filled();
      expect(item).toMatchObject({ product: { id: product.id }, quantity: 2, subtotal: '20.00' });
    });

    it('/api/cart/<id>/ views, updates and deletes an item', async () => {
      const { buyer, item } = await filled();
      const address = `/api/cart/${item.id}/`;
      expect((await buyer.get(address).expect(200)).body).toEqual(item);
      expect((await buyer.put(address, { quantity: 3 }).expect(200)).body.quantity).toBe(3);
      expect((await buyer.patch(address, { quantity: 4 }).expect(200)).body.subtotal).toBe('40.00');
      await buyer.delete(address).expect(204);
      await buyer.get(address).expect(404);
    });

    it('/api/cart/summary/ shows total items and cost', async () => {
      const { buyer } = await filled();
      const { body } = await buyer.get('/api/cart/summary/').expect(200);
      expect(body).toEqual({ total_items: 2, total_cost: '20.00' });
    });
  });

  describe('The three order routes', () => {
    it('POST /orders/create/ orders the items of the body, and does not change the cart', async () => {
      const [buyer, wanted, other] = [
        await shop.newCustomer(),
        await shop.newProduct(),
        await shop.newProduct(),
      ];
      await buyer.post('/api/cart/', { product_id: other.id }).expect(201);
      const items = [{ product_id: wanted.id, quantity: 2 }];
      const { body } = await buyer
        .post('/orders/create/', { items, shipping_address: '1 Rue X' })
        .expect(201);
      expect(body).toMatchObject({ items, shipping_address: '1 Rue X', total: '20.00' });
      expect((await buyer.get('/api/cart/')).body.total_items).toBe(1);
    });

    it('GET /orders/my-orders/ lists the own orders, also for an admin', async () => {
      const { buyer, order } = await ordered();
      expect((await buyer.get('/orders/my-orders/').expect(200)).body.results).toEqual([order]);
      const { body } = await admin.get('/orders/my-orders/').expect(200);
      expect(body.results).not.toContainEqual(order);
    });

    it('POST /orders/checkout/ orders the cart, then clears it', async () => {
      const [buyer, product] = [await shop.newCustomer(), await shop.newProduct()];
      await buyer.post('/api/cart/', { product_id: product.id, quantity: 2 }).expect(201);
      const { body } = await buyer.post('/orders/checkout/').expect(201);
      expect(body).toMatchObject({ items: [{ product_id: product.id, quantity: 2 }], total: '20.00' });
      expect((await buyer.get('/api/cart/')).body.items).toEqual([]);
    });
  });

  it.each([
    'GET /api/orders/',
    'GET /api/orders/1/',
    'POST /api/orders/',
    'PUT /api/orders/1/',
    'PATCH /api/orders/1/',
    'DELETE /api/orders/1/',
    'GET /api/cart/',
    'POST /api/cart/',
    'GET /api/cart/1/',
    'PUT /api/cart/1/',
    'PATCH /api/cart/1/',
    'DELETE /api/cart/1/',
    'GET /api/cart/summary/',
    'POST /orders/create/',
    'GET /orders/my-orders/',
    'POST /orders/checkout/',
  ])('%s requires a token', async (route) => {
    const [method, path] = route.split(' ') as [string, string];
    await shop.visitor.send(method, path).expect(401);
  });

  it('accepts the origin of the Angular frontend', async () => {
    const headers = {
      Origin: 'http://localhost:4200',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization,content-type',
    };
    const answer = await shop.visitor.send('OPTIONS', '/api/token/', { headers }).expect(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:4200');
    expect(answer.headers.get('access-control-allow-methods')).toContain('POST');
    expect(answer.headers.get('access-control-allow-headers')).toBe('authorization,content-type');
  });

  it('has Swagger UI', async () => {
    expect((await fetch(`${shop.url}/api/docs`)).status).toBe(200);
    const { body } = await shop.visitor.get('/api/docs-json').expect(200);
    expect(Object.keys(body.paths)).toContain('/api/orders/my-orders');
  });

  async function ordered(address = '/orders/create/') {
    const [buyer, product] = [await shop.newCustomer(), await shop.newProduct()];
    const { body: order } = await buyer.post(address, { items: [{ product_id: product.id }] }).expect(201);
    return { buyer, product, order };
  }
});
