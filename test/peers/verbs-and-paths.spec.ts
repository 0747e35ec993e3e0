import type { Api } from '../support/api.js';
import { linkIn, MailServer } from '../support/mail-server.js';
import { Shop } from '../support/shop.js';

let shop: Shop;
let server: MailServer;
let customer: Api;
let admin: Api;

beforeAll(async () => {
  server = await MailServer.start();
  shop = await Shop.open({ env: { SMTP_URL: server.url } });
  [customer, admin] = await Promise.all([shop.newCustomer(), shop.admin()]);
});
afterAll(async () => {
  await shop.close();
  await server.stop();
});

describe('Django REST 3.16: another method on a known path', () => {
  it.each([
    ['GET', '/api/auth/login/', 'POST'],
    ['GET', '/login', 'POST'],
    ['PUT', '/api/token/', 'POST'],
    ['GET', '/users/register/', 'POST'],
    ['GET', '/cart/add/', 'POST'],
    ['POST', '/cart/update_item/', 'PUT'],
    ['GET', '/orders/checkout/', 'POST'],
    ['PUT', '/api/products/', 'GET, HEAD, POST'],
    ['DELETE', '/api//products/available/', 'GET, HEAD'],
    ['POST', '/products/1/', 'GET, HEAD, PUT, PATCH, DELETE'],
    ['POST', '/api/orders/7?x=1', 'GET, HEAD, PUT, PATCH, DELETE'],
    ['PATCH', '/favorites/', 'GET, HEAD, POST'],
    ['POST', '/api/health/live', 'GET, HEAD'],
  ])('%s %s is 405, and Allow says %s', async (method, path, allow) => {
    const { headers, body } = await admin.send(method, path).expect(405);
    expect(headers.get('allow')).toBe(allow);
    expect(body).toMatchObject({
      status: 405,
      code: 'method_not_allowed',
      detail: `Method "${method}" not allowed.`,
    });
  });

  it('is 405 without a token as well, and never for an unknown path', async () => {
    await shop.visitor.send('PUT', '/api/auth/login').expect(405);
    await admin.send('DELETE', '/api/cart/summary').expect(405);
    for (const path of ['/api/nothing', '/products/1/reviews', '/.env']) {
      const { headers } = await admin.send('POST', path).expect(404);
      expect(headers.get('allow')).toBeNull();
    }
  });
});

it.each([
  ['GET', '/orders/history/'],
  ['GET', '/api/orders/undefined'],
  ['DELETE', '/cart/NaN/'],
  ['GET', '/cart/null/'],
  ['PATCH', '/products/undefined/'],
  ['GET', '/users/john'],
  ['GET', '/api/orders/1.5'],
  ['GET', '/api/orders/-1'],
])('Django REST 3.16: a segment that cannot be an id is 404: %s %s', async (method, path) => {
  await admin.send(method, path, method === 'PATCH' ? { body: {} } : {}).expect(404);
});

describe('Laravel 10: below /api/v1', () => {
  it('another method of a route, and an unknown route, have Laravel’s messages', async () => {
    const wrong = await shop.visitor.get('/api/v1/auth/login').expect(405);
    expect(wrong.headers.get('allow')).toBe('POST');
    expect(wrong.body).toEqual({
      success: false,
      message: 'The GET method is not supported for route api/v1/auth/login. Supported methods: POST.',
    });
    const none = await shop.visitor.get('/api/v1/auth/nothing?x=1').expect(404);
    expect(none.body).toEqual({
      success: false,
      message: 'The route api/v1/auth/nothing could not be found.',
    });
  });

  it.each([
    ['_method in the body', '', { _method: 'PUT' }, {}],
    ['_method in the query', '?_method=put', {}, {}],
    ['X-HTTP-Method-Override', '', {}, { 'x-http-method-override': 'PUT' }],
  ])('a POST becomes a PUT by %s', async (_how, query, body, headers) => {
    const name = `By ${_how}`;
    const sent = { name, ...body };
    const answer = await customer.post(`/api/v1/auth/profile${query}`, sent, headers).expect(200);
    expect(answer.body.data.user.name).toBe(name);
  });

  it('only POST becomes another method, and only when it is named', async () => {
    await customer.post('/api/v1/auth/profile', { name: 'No' }).expect(405);
    await customer.post('/api/v1/auth/profile', { name: 'No', _method: 'DELETE' }).expect(405);
    await customer.get('/api/v1/auth/profile', { 'x-http-method-override': 'PUT' }).expect(405);
    await customer.post('/api/products', {}, { 'x-http-method-override': 'PUT' }).expect(403);
    await customer.post('/api/v1/auth/logout', {}, { 'x-http-method-override': 'TRACE' }).expect(200);
  });
});

describe('HEAD', () => {
  it('is allowed where GET is, with the headers of GET and no body', async () => {
    const signedIn = await shop.newCustomer();
    const { body: order } = await signedIn
      .post('/api/orders', { items: [{ product_id: 1, quantity: 1 }] })
      .expect(201);
    for (const path of [
      '/products/',
      '/products/1/',
      '/cart/',
      `/orders/${order.id}`,
      '/users/me',
      '/favorites',
    ]) {
      const head = await signedIn.send('HEAD', path).expect(200);
      const get = await signedIn.get(path).expect(200);
      expect(head.text).toBe('');
      expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(get.text)));
    }
    await signedIn.send('HEAD', '/orders/987654321').expect(404);
    await shop.visitor.send('HEAD', '/cart/').expect(401);
  });
});

describe.each([
  ['HEAD', 'HEAD', {}],
  ['a prefetch', 'GET', { 'sec-purpose': 'prefetch' }],
  ['a prerendering', 'GET', { 'sec-purpose': 'prefetch;prerender' }],
  ['an older browser’s prefetch', 'GET', { purpose: 'prefetch' }],
])('%s', (_what, method, headers: Record<string, string>) => {
  it('verifies no address, and does not redeem the link', async () => {
    const user = await shop.newCustomer();
    const link = linkIn(await server.mailTo(user.user.email));
    await shop.visitor.send(method, link, { headers }).expect(200);
    expect((await user.get('/api/users/me').expect(200)).body.email_verified).toBe(false);
    expect((await shop.visitor.get(link).expect(200)).body.code).toBe('email_verified');
    expect((await user.get('/api/users/me').expect(200)).body.email_verified).toBe(true);
    await shop.visitor.send(method, `${link.slice(0, -2)}x/`, { headers }).expect(400);
  });
});
