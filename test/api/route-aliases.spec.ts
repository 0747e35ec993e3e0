import type { Api } from '../support/api.js';
import { Shop } from '../support/shop.js';

/** Spellings of one path. */
const SPELLINGS = [
  (path: string) => `/api/${path}`,
  (path: string) => `/api/${path}/`,
  (path: string) => `/api//${path}/`,
  (path: string) => `/api/${path}//`,
  (path: string) => `//api/${path.replaceAll('/', '//')}`,
  (path: string) => `/${path}`,
  (path: string) => `/${path}/`,
  (path: string) => `//${path}//`,
];

/** Names of one operation, with a body whose error only its handler returns. */
const ALIASES: [names: string[], body: object | undefined, told: object][] = [
  [
    ['auth/register', 'auth/signup', 'users/register', 'register'],
    {},
    { status: 400, code: 'validation_failed', errors: { username: [] } },
  ],
  [
    ['auth/login', 'auth/token', 'token', 'login'],
    { username: 'john', password: 'wrong' },
    { status: 401, code: 'no_active_account' },
  ],
  [
    ['auth/token/refresh', 'token/refresh'],
    { refresh: 'x' },
    { status: 401, detail: 'Token is invalid or expired' },
  ],
  [['cart', 'cart/add'], { product_id: 999999 }, { status: 404, code: 'product_not_found' }],
  [['orders/checkout', 'cart/checkout'], undefined, { status: 400, code: 'cart_empty' }],
  [
    ['orders', 'orders/create'],
    { items: [{ product_id: 999999 }] },
    { status: 404, errors: { 'items.0': [] } },
  ],
];

/** All other routes, with their status for a new customer. */
const ROUTES: [method: string, path: string, status: number, body?: object][] = [
  ['GET', 'products', 200],
  ['GET', 'products/1', 200],
  ['GET', 'products/available', 200],
  ['GET', 'categories', 200],
  ['POST', 'products', 403, { name: 'x' }],
  ['PUT', 'products/1', 403, { name: 'x' }],
  ['PATCH', 'products/1', 403, { name: 'x' }],
  ['DELETE', 'products/1', 403],
  ['GET', 'users', 403],
  ['POST', 'users', 403, { username: 'x' }],
  ['GET', 'users/me', 200],
  ['GET', 'users/999999', 404],
  ['PUT', 'users/me', 400, { email: 'x' }],
  ['PATCH', 'users/me', 400, { gender: 'x' }],
  ['DELETE', 'users/me', 400],
  ['GET', 'cart', 200],
  ['GET', 'cart/summary', 200],
  ['GET', 'cart/1', 404],
  ['PUT', 'cart/1', 404, { quantity: 1 }],
  ['PATCH', 'cart/1', 404, { quantity: 1 }],
  ['DELETE', 'cart/1', 404],
  ['PUT', 'cart/update_item', 404, { product_id: 1, quantity: 1 }],
  ['DELETE', 'cart/remove', 404, { product_id: 1 }],
  ['GET', 'orders', 200],
  ['GET', 'orders/my-orders', 200],
  ['GET', 'orders/999999', 404],
  ['PUT', 'orders/999999', 404, { notes: 'x' }],
  ['PATCH', 'orders/999999', 404, { notes: 'x' }],
  ['DELETE', 'orders/999999', 404],
  ['GET', 'favorites', 200],
  ['POST', 'favorites', 404, { product_id: 999999 }],
  ['DELETE', 'favorites/999999', 404],
  ['POST', 'auth/validate_token', 401, { token: 'x' }],
  ['GET', 'health/live', 200],
  ['GET', 'health/ready', 200],
];

describe('Route aliases', () => {
  let shop: Shop;
  let customer: Api;

  beforeAll(async () => {
    shop = await Shop.open();
    customer = await shop.newCustomer();
  });
  afterAll(() => shop.close());

  describe.each(ALIASES)('POST %j', (names, body, told) => {
    it.each(names)('%s is the same handler, in every spelling', async (name) => {
      for (const spelling of SPELLINGS) {
        const answer = await customer.send('POST', spelling(name), { body });
        expect([spelling(name), answer.body]).toEqual([
          spelling(name),
          expect.objectContaining(withAnyMessages(told)),
        ]);
        expect(answer.status).toBe(answer.body.status);
      }
    });
  });

  it.each(ROUTES)('%s %s is %i, in every spelling', async (...[method, path, status, body]) => {
    const expected = await customer.send(method, `/api/${path}`, { body }).expect(status);
    expect(expected.body?.code).not.toBe('route_not_found');
    for (const spelling of SPELLINGS) {
      const answer = await customer.send(method, spelling(path), { body });
      expect([spelling(path), answer.status]).toEqual([spelling(path), status]);
      expect(answer.headers.get('location')).toBeNull();
      expect(answer.text).toBe(expected.text);
    }
  });

  it('POST /auth/logout/ ends the session at every alias', async () => {
    for (const spelling of SPELLINGS) {
      const leaving = await shop.newCustomer();
      await leaving.post(spelling('auth/logout')).expect(204);
      await leaving.get('/api/cart').expect(401);
    }
  });

  it('an alias writes the same as the canonical path', async () => {
    const { id } = await shop.newProduct();
    for (const name of ['cart', 'cart/add']) {
      for (const spelling of SPELLINGS) {
        await customer.post(spelling(name), { product_id: id }).expect(201);
        await customer.delete(`${spelling('cart/remove')}?product_id=${id}`).expect(200);
      }
    }
  });

  it('the query is unchanged', async () => {
    const plain = await shop.visitor.get('/api/products?search=desk&page_size=1').expect(200);
    for (const spelling of SPELLINGS) {
      const { text } = await shop.visitor.get(`${spelling('products')}?search=desk&page_size=1`).expect(200);
      expect(text).toBe(plain.text);
    }
    expect((await shop.visitor.get('/products?search=zzq//xxq/').expect(200)).body.count).toBe(0);
  });

  it('the root has an index', async () => {
    for (const path of ['/', '/api', '/api/', '//']) {
      const { body } = await shop.visitor.get(path).expect(200);
      expect(Object.keys(body)).toEqual(['docs', 'openapi', 'products']);
    }
  });

  it.each(['/products/', '/api/products/1', '/api//cart/', '/api/health/live'])(
    'answers HEAD %s as GET, without a body',
    async (path) => {
      const get = await customer.get(path).expect(200);
      const head = await customer.send('HEAD', path).expect(200);
      expect(head.text).toBe('');
      expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
      expect(head.headers.get('content-length')).toBe(get.headers.get('content-length'));
    },
  );

  it('HEAD of an unknown path has its status', async () => {
    await shop.visitor.send('HEAD', '/api/products/999999').expect(404);
    await shop.visitor.send('HEAD', '/api/cart').expect(401);
    await shop.visitor.send('HEAD', '/nothing').expect(404);
  });

  it.each([
    'GET /nothing',
    'GET /api/nothing/',
    'GET /api/api/products',
    'GET /API/products',
    'POST /logout',
    'POST /api/cart/checkout/now',
    'GET /api/products/1/reviews',
    'GET /media/none.webp',
    'GET /media',
    'GET /api%2Fproducts',
    'GET /.env',
    'POST /wp-login.php',
  ])('%s is a 404 problem', async (route) => {
    const [method, path] = route.split(' ') as [string, string];
    const { body } = await customer.send(method, path).expect(404);
    expect(body).toMatchObject({
      title: 'Not Found',
      status: 404,
      code: 'route_not_found',
    });
  });

  it.each([
    '/media/../package.json',
    '/media/..%2fpackage.json',
    '/media/%2e%2e/jwt-secret',
    '/media/..%2Fjwt-secret',
    '/media//../jwt-secret',
    '/media/..\\jwt-secret',
    '/media/demo/../../jwt-secret',
  ])('GET %s is not found', async (path) => {
    const { status } = await fetch(shop.url + path);
    expect([400, 403, 404]).toContain(status);
  });
});

/** `errors` with any messages for these fields. */
function withAnyMessages(told: any): object {
  if (!told.errors) return told;
  const fields = Object.keys(told.errors).map((field) => [field, expect.any(Array)]);
  return { ...told, errors: expect.objectContaining(Object.fromEntries(fields)) };
}
