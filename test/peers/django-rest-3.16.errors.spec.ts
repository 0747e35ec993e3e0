import type { Api } from '../support/api.js';
import { Shop } from '../support/shop.js';

describe('Errors in the places where frontends of Django REST 3.16 read them', () => {
  let shop: Shop;
  let admin: Api;
  let customer: Api;
  beforeAll(async () => {
    shop = await Shop.open();
    [admin, customer] = await Promise.all([shop.admin(), shop.newCustomer()]);
  });
  afterAll(() => shop.close());

  it('fields come first, then the members of the problem', async () => {
    const { body } = await shop.visitor.post('/api/auth/register/', {}).expect(400);
    const fields = Object.keys(body.errors);
    expect(fields).toEqual(expect.arrayContaining(['username', 'email', 'password']));
    expect(Object.keys(body)).toEqual([...fields, 'title', 'status', 'detail', 'code', 'errors']);
    for (const field of fields) expect(body[field]).toEqual(body.errors[field]);
  });

  it('errors of items are nested, with an object for each item', async () => {
    const { id } = await shop.newProduct({ stock: 1 });
    const items = [{ product: id }, { product: id + 1_000_000, quantity: 'x' }, { product: id }];
    const { body } = await customer.post('/api/orders/', { items }).expect(400);
    expect(body.items).toEqual([{}, { quantity: [expect.stringMatching(/whole number/)] }, {}]);

    const short = await customer.post('/api/orders/', { items: [{ product: id, quantity: 2 }] }).expect(409);
    expect(short.body.items).toEqual([{ non_field_errors: [expect.stringMatching(/^Only 1 /)] }]);
  });

  it('a field with the name of a member of the problem is in `errors` only', async () => {
    const { id } = await shop.newProduct();
    const { body: order } = await customer.post('/api/orders/', { items: [{ product: id }] }).expect(201);
    const { body } = await admin.patch(`/api/orders/${order.id}/`, { status: 'lost' }).expect(400);
    expect(body.status).toBe(400);
    expect(body.errors.status).toEqual([expect.any(String)]);
  });

  it('a wrong type gives one message', async () => {
    const { body } = await admin
      .post('/api/products/', { name: ['Lamp'], price: '1', stock: 'many', description: {} })
      .expect(400);
    expect(body.name).toEqual(['name must be a string']);
    expect(body.stock).toEqual(['stock must be a whole number']);
    expect(body.description).toEqual(['description must be a string']);
  });

  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/json, text/plain, */*', 'application/json'],
    ['application/json, application/problem+json', 'application/problem+json'],
    ['application/problem+json;q=0, */*', 'application/json'],
  ])('Accept: %s gets %s', async (accept, type) => {
    const response = await fetch(`${shop.url}/api/products/0`, accept ? { headers: { accept } } : {});
    expect(response.headers.get('content-type')).toBe(`${type}; charset=utf-8`);
    expect(await response.json()).toEqual({
      title: 'Not Found',
      status: 404,
      detail: 'There is no such product.',
      code: 'product_not_found',
    });
  });

  it('GET /products/{slug} is the product', async () => {
    const product = await shop.newProduct({ name: 'Slug reader' });
    expect((await shop.visitor.get('/products/slug-reader/').expect(200)).body).toEqual(product);
    await admin.delete(`/api/products/${product.id}`).expect(204);
    await shop.visitor.get('/products/slug-reader/').expect(404);
  });
});
