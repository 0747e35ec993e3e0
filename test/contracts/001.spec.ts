import type { Api } from '../support/api.js';
import { PASSWORD, Shop } from '../support/shop.js';

/** No base path, no trailing slashes. */
describe('001: users and orders at the root', () => {
  let shop: Shop;
  let admin: Api;

  beforeAll(async () => {
    shop = await Shop.open();
    admin = await shop.admin();
  });
  afterAll(() => shop.close());

  const person = () => {
    const username = `person_${Math.random().toString(36).slice(2)}`;
    return { username, email: `${username}@example.com`, password: PASSWORD };
  };

  describe('Users', () => {
    it('GET /users', async () => {
      const { body } = await admin.get('/users').expect(200);
      expect(body.results).toContainEqual(expect.objectContaining({ username: 'john', role: 'customer' }));
      expect(JSON.stringify(body)).not.toContain('password');
    });

    it('GET /users/{id}', async () => {
      const { user } = await shop.newCustomer();
      expect((await admin.get(`/users/${user.id}`).expect(200)).body).toEqual(user);
    });

    it('POST /users', async () => {
      const { password, ...names } = person();
      const { body } = await admin.post('/users', { ...names, password }).expect(201);
      expect(body).toMatchObject({ ...names, role: 'customer' });
      await shop.signIn(names.email, password);
    });

    it('PUT /users/{id}', async () => {
      const { user } = await shop.newCustomer();
      const { body } = await admin.put(`/users/${user.id}`, { ...user, name: 'New Name' }).expect(200);
      expect(body).toEqual({
        ...user,
        name: 'New Name',
        version: expect.any(String),
        updated_at: expect.any(String),
      });
    });

    it('DELETE /users/{id}', async () => {
      const { user } = await shop.newCustomer();
      await admin.delete(`/users/${user.id}`).expect(204);
      await admin.get(`/users/${user.id}`).expect(404);
    });

    it('PATCH /users/{id}', async () => {
      const { user } = await shop.newCustomer();
      const { body } = await admin.patch(`/users/${user.id}`, { phone: '0123456789' }).expect(200);
      expect(body).toEqual({
        ...user,
        phone: '0123456789',
        version: expect.any(String),
        updated_at: expect.any(String),
      });
    });
  });

  describe('Orders', () => {
    async function ordered() {
      const [buyer, product] = [await shop.newCustomer(), await shop.newProduct()];
      const items = [{ product_id: product.id, quantity: 2 }];
      const { body: order } = await buyer.post('/orders', { items }).expect(201);
      return { buyer, product, order };
    }

    it('GET /orders', async () => {
      const { buyer, order } = await ordered();
      expect((await buyer.get('/orders').expect(200)).body.results).toEqual([order]);
      expect((await admin.get('/orders').expect(200)).body.results).toContainEqual(order);
    });

    it('GET /orders/{id}', async () => {
      const { buyer, order } = await ordered();
      expect((await buyer.get(`/orders/${order.id}`).expect(200)).body).toEqual(order);
    });

    it('POST /orders', async () => {
      const { product, order } = await ordered();
      expect(order).toMatchObject({ status: 'pending', total: '20.00', items: [{ product_id: product.id }] });
      expect(await shop.stockOf(product.id)).toBe(8);
    });

    it('PUT /orders/{id}', async () => {
      const { buyer, product, order } = await ordered();
      const items = [{ product_id: product.id, quantity: 3 }];
      const { body } = await buyer.put(`/orders/${order.id}`, { ...order, items }).expect(200);
      expect(body).toMatchObject({ id: order.id, total: '30.00' });
      expect(await shop.stockOf(product.id)).toBe(7);
    });

    it('DELETE /orders/{id}', async () => {
      const { buyer, product, order } = await ordered();
      await buyer.delete(`/orders/${order.id}`).expect(204);
      await buyer.get(`/orders/${order.id}`).expect(404);
      expect(await shop.stockOf(product.id)).toBe(10);
    });

    it('PATCH /orders/{id}', async () => {
      const { buyer, order } = await ordered();
      const { body } = await buyer.patch(`/orders/${order.id}`, { notes: 'Ring twice' }).expect(200);
      expect(body).toEqual({ ...order, notes: 'Ring twice', version: 2, updated_at: expect.any(String) });
    });
  });

  describe('Authentication', () => {
    it('POST /login returns a token that goes into Authorization', async () => {
      const { body } = await shop.visitor
        .post('/login', { email: 'john@example.com', password: PASSWORD })
        .expect(200);
      expect(body.token).toBe(body.access);
      const me = { Authorization: `Bearer ${body.token}` };
      expect((await shop.visitor.get(`/users/${body.user.id}`, me).expect(200)).body.username).toBe('john');
    });

    it('POST /register creates an account and returns a token', async () => {
      const { body } = await shop.visitor.post('/register', person()).expect(201);
      await shop.visitor.withToken(body.token).get(`/users/${body.user.id}`).expect(200);
    });

    it.each([
      'GET /users',
      'GET /users/1',
      'POST /users',
      'PUT /users/1',
      'DELETE /users/1',
      'PATCH /users/1',
      'GET /orders',
      'GET /orders/1',
      'POST /orders',
      'PUT /orders/1',
      'DELETE /orders/1',
      'PATCH /orders/1',
    ])('%s requires a token', async (route) => {
      const [method, path] = route.split(' ') as [string, string];
      await shop.visitor.send(method, path).expect(401);
    });

    it.each(['GET /users', 'POST /users', 'DELETE /users/1'])('%s is for the admin', async (route) => {
      const [method, path] = route.split(' ') as [string, string];
      const john = await shop.signIn('john@example.com');
      await john.send(method, path, { body: method === 'POST' ? person() : undefined }).expect(403);
    });
  });
});
