import { once } from 'node:events';
import { connect } from 'node:net';
import type { Api } from '../support/api.js';
import { Shop } from '../support/shop.js';
import { titled } from '../support/table.js';

const FRONTEND = 'https://shop.example';

describe('Refused requests', () => {
  let shop: Shop;
  let customer: Api;

  beforeAll(async () => {
    shop = await Shop.open({ env: { CORS_ORIGINS: `${FRONTEND}, http://localhost:4200` } });
    customer = await shop.newCustomer();
  });
  afterAll(() => shop.close());

  it('get a problem document (RFC 9457) with no-store', async () => {
    const { body, headers } = await shop.visitor.get('/api/products/999999').expect(404);
    expect(body).toEqual({
      title: 'Not Found',
      status: 404,
      detail: 'There is no such product.',
      code: 'product_not_found',
    });
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  describe('A body', () => {
    const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
    const wide = (values: number) => JSON.stringify({ a: Array.from({ length: values }, () => 0) });

    it.each([
      ['broken', '{"product_id":', 400, 'invalid_json'],
      ['broken by a comma', '{"product_id": 1,}', 400, 'invalid_json'],
      ['in single quotes', "{'product_id': 1}", 400, 'invalid_json'],
      ['an array', '[{"product_id": 1}]', 400, 'invalid_json'],
      ['a string', '"product_id"', 400, 'invalid_json'],
      ['a number', '1', 400, 'invalid_json'],
      ['null', 'null', 400, 'invalid_json'],
      ['of blanks', '   ', 400, 'invalid_json'],
      ['with __proto__', '{"product_id": 1, "__proto__": {"role": "admin"}}', 400, 'invalid_json'],
      ['with constructor.prototype', '{"constructor": {"prototype": {"x": 1}}}', 400, 'invalid_json'],
      ['with __proto__ further in', '{"a": [{"\\u005f_proto__": {}}]}', 400, 'invalid_json'],
      ['too deep', deep(33), 400, 'json_too_deep'],
      ['far too deep', deep(10_000), 400, 'json_too_deep'],
      ['too wide', wide(1000), 400, 'json_too_wide'],
      ['with a NUL', '{"a": "b\\u0000c"}', 400, 'invalid_text'],
      ['with a NUL in a name', '{"a\\u0000": 1}', 400, 'invalid_text'],
      ['with half a surrogate pair', '{"a": ["\\ud83e"]}', 400, 'invalid_text'],
      ['with the other half in a name', '{"\\udd00": 1}', 400, 'invalid_text'],
      ['too large', JSON.stringify({ a: 'x'.repeat(64 * 1024) }), 413, 'body_too_large'],
    ])('that is %s', async (_what, raw, status, code) => {
      const { body } = await customer.send('POST', '/api/cart', { raw }).expect(status);
      expect(body.code).toBe(code);
    });

    it.each([
      ['/api/orders', '{"items": [{}], "notes": "a\\u0000b"}', 400, 'notes'],
      ['/api/orders', '{"items": [{}, {"product": "\\ud83e"}]}', 400, 'items.1.product'],
      ['/api/v1/auth/login', '{"email": "a\\u0000b", "password": "x"}', 422, 'email'],
    ])('of %s names the field in which %s cannot be stored', async (path, raw, status, field) => {
      const { body } = await customer.send('POST', path, { raw }).expect(status);
      expect(Object.keys(body.errors)).toEqual([field]);
    });

    it.each([
      '{"constructor": {"keys": "\\u0000"}}',
      '{"toString": {"call": "\\u0000"}}',
      '{"a": {"4000000000": "\\u0000"}}',
      `{"${'a.'.repeat(20_000)}": "\\u0000"}`,
    ])('with the name of no field has a message without one', async (raw) => {
      const { body } = await customer.send('POST', '/api/orders', { raw }).expect(400);
      expect(body).toMatchObject({ code: 'invalid_text' });
      expect(body).not.toHaveProperty('errors');
    });

    it('of a query names the parameter', async () => {
      const { body } = await customer.get('/api/products?search=a%00b').expect(400);
      expect(Object.keys(body.errors)).toEqual(['search']);
    });

    it('of the greatest allowed size is read', async () => {
      for (const raw of [
        deep(32),
        wide(998),
        JSON.stringify({ a: 'x'.repeat(60 * 1024) }),
        '{"a": "\\ud83e\\uded6"}',
      ]) {
        const { body } = await customer.send('POST', '/api/cart', { raw }).expect(400);
        expect(Object.keys(body.errors)).toEqual(['product_id']);
      }
    });

    it('is checked where a request takes none, too, and documented so', async () => {
      for (const [method, path] of [
        ['DELETE', '/api/favorites/1'],
        ['POST', '/api/auth/logout'],
        ['POST', '/api/guest-orders/1.x/cancel'],
      ] as const) {
        const headers = { 'content-type': 'text/plain' };
        await customer.send(method, path, { raw: 'x', headers }).expect(415);
        await customer.send(method, path, { raw: `{"a": "${'x'.repeat(70_000)}"}` }).expect(413);
      }
    });

    it.each(['text/plain', 'application/xml', 'application/x-yaml', 'application/jsonp', 'json'])(
      'of type %s is 415',
      async (type) => {
        const headers = { 'content-type': type };
        const { body } = await customer
          .send('POST', '/api/cart', { raw: '{"product_id": 1}', headers })
          .expect(415);
        expect(body).toMatchObject({ code: 'unsupported_media_type', detail: expect.stringMatching(/\w/) });
      },
    );

    it('of JSON may have a charset', async () => {
      const headers = { 'content-type': 'application/json; charset=UTF-8' };
      await customer.send('POST', '/api/cart', { raw: '{"product_id": 1}', headers }).expect(201);
      await customer.send('DELETE', '/api/cart/1', { raw: '', headers }).expect(204);
    });

    it('that is empty is the same as none, although its type is JSON: a checkout works', async () => {
      const { id } = await shop.newProduct();
      for (const path of ['/api/cart/checkout/', '/orders/checkout/', '/api/orders/']) {
        await customer.post('/api/cart', { product_id: id }).expect(201);
        const headers = { 'content-type': 'application/json' };
        await customer.send('POST', path, { raw: '', headers }).expect(201);
        await customer.post('/api/cart', { product_id: id }).expect(201);
        await customer.send('POST', path).expect(201);
        await customer.post('/api/cart', { product_id: id }).expect(201);
        await customer.post(path, {}).expect(201);
      }
      await customer
        .send('POST', '/api/cart', { raw: '', headers: { 'content-type': 'application/json' } })
        .expect(400);
    });

    it('that is empty is the same as none, whatever its type', async () => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      await customer.post('/api/cart', { product_id: (await shop.newProduct()).id }).expect(201);
      await customer.send('POST', '/api/orders/checkout', { raw: '', headers }).expect(201);
    });

    it('is read only after the token is verified', async () => {
      await shop.visitor.send('POST', '/api/favorites', { body: {} }).expect(401);
    });
  });

  describe('An address', () => {
    it.each(
      titled([
        ['/api/products/abc', 404],
        ['/api/products/1.5', 404],
        ['/api/products/-1', 404],
        ['/api/products/1e3', 404],
        ['/api/products/0x1', 404],
        ['/api/products/１', 404],
        ['/api/products/1%00', 400],
        ['/api/products/%00', 400],
        ['/api/products/1%20', 404],
        ["/api/products/1'--", 404],
        ['/api/products/%zz', 400],
        ['/api/products/%', 400],
        ['/api/products/%C3%28', 400],
        ['/api/products/%ED%A0%80', 400],
        ['/api/products/0', 404],
        ['/api/products/9007199254740993', 404],
        ['/api/products/9223372036854775807', 404],
        ['/api/products/9223372036854775808', 404],
        ['/api/products/99999999999999999999999999', 404],
        [`/api/products/${'9'.repeat(99)}`, 404],
        ['/api/products?search=%00', 400],
        ['/api/products?search=a%00b', 400],
        ['/api/products?search=%zz', 200],
        ['/api/products?search=%ED%A0%80', 200],
        ['/api/products?__proto__=1&constructor=2&toString=3', 200],
        ['/api/products?search[]=1&search[a]=2', 200],
        [`/api/products?search=x&${'a=1&'.repeat(2000)}`, 200],
        [`/api/products?${'x'.repeat(20_000)}`, 431],
      ] as [string, number][]),
    )('%s', async (_title, path, status) => {
      await shop.visitor.get(path).expect(status);
    });

    it.each(['users', 'orders', 'cart', 'favorites'])('of %s with an invalid id', async (resource) => {
      const admin = await shop.admin();
      const method = resource === 'favorites' ? 'DELETE' : 'GET';
      await admin.send(method, `/api/${resource}/%00`).expect(400);
      for (const id of ['abc', '1.5', '-1', '0', '9223372036854775808', '18446744073709551616']) {
        await admin.send(method, `/api/${resource}/${id}`).expect(404);
      }
    });

    it('in a body: an id of 2^63 is 400 and names the field', async () => {
      for (const id of ['9223372036854775807', '9223372036854775808', '"9223372036854775808"']) {
        const { body } = await customer
          .send('POST', '/api/cart', { raw: `{"product_id": ${id}}` })
          .expect(400);
        expect(Object.keys(body.errors)).toEqual(['product_id']);
      }
    });
  });

  describe('Input that is not HTTP', () => {
    it.each([
      ['nonsense', 'nonsense\r\n\r\n', 400],
      ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
      ['a header without a colon', 'GET /api HTTP/1.1\r\nHost: x\r\nbroken\r\n\r\n', 400],
      [
        'two lengths',
        'POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
        400,
      ],
      [
        'a length and chunks',
        'POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        400,
      ],
      ['large headers', `GET /api HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ])('%s', async (_what, bytes, status) => {
      const answer = await raw(bytes);
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      const [head, body] = answer.split('\r\n\r\n') as [string, string];
      expect(head).toContain('application/json');
      expect(JSON.parse(body)).toMatchObject({ status, code: expect.any(String) });
      await shop.visitor.get('/api/health/live').expect(200);
    });

    it('an address in absolute form is served (RFC 9112, 3.2.2)', async () => {
      const answer = await raw(
        'GET http://elsewhere/api/products/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      );
      expect(answer).toMatch(/^HTTP\/1.1 200 /);
    });

    async function raw(bytes: string): Promise<string> {
      const { hostname, port } = new URL(shop.url);
      const socket = connect(Number(port), hostname);
      let answer = '';
      socket.on('data', (chunk) => (answer += chunk));
      socket.on('error', () => {}); // the server may close the connection during the write
      socket.write(Buffer.from(bytes, 'latin1'));
      await once(socket, 'close');
      return answer;
    }
  });

  describe('Other origins', () => {
    const allowed = (headers: Headers) => headers.get('access-control-allow-origin');

    it('get CORS headers on every response when they are configured', async () => {
      for (const origin of [FRONTEND, 'http://localhost:4200']) {
        for (const path of ['/api/products', '/api/cart', '/api/products/999999', '/nothing']) {
          const { headers } = await shop.visitor.get(path, { origin });
          expect([path, allowed(headers)]).toEqual([path, origin]);
          expect(headers.get('vary')).toMatch(/Origin/);
          expect(headers.get('access-control-allow-credentials')).toBe('true');
          expect(headers.get('access-control-expose-headers')).toContain('Retry-After');
        }
      }
    });

    it('get a response to a preflight for every path', async () => {
      for (const path of ['/api/cart/add/', '/cart//', '/api/products/1', '/nothing']) {
        const headers = { origin: FRONTEND, 'access-control-request-method': 'PATCH' };
        const answer = await shop.visitor.send('OPTIONS', path, { headers }).expect(204);
        expect(allowed(answer.headers)).toBe(FRONTEND);
        for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']) {
          expect(answer.headers.get('access-control-allow-methods')).toContain(method);
        }
      }
    });

    it.each([
      'https://evil.example',
      'https://shop.example.evil.example',
      'http://shop.example',
      'https://shop.example:8443',
      'http://localhost:3000',
      'null',
    ])('such as %s are refused', async (origin) => {
      const { headers } = await shop.visitor.get('/api/products', { origin }).expect(200);
      expect(allowed(headers)).toBeNull();
      expect(headers.get('vary')).toMatch(/Origin/);
      const preflight = { origin, 'access-control-request-method': 'POST' };
      const answer = await shop.visitor.send('OPTIONS', '/api/login', { headers: preflight });
      expect(allowed(answer.headers)).toBeNull();
    });
  });

  it.each(['/api/products', '/api/cart', '/nothing', '/api/docs', '/media/ab/none.webp'])(
    'by a browser with %s is said in its headers',
    async (path) => {
      const { headers } = await fetch(shop.url + path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('content-security-policy')).toMatch(/default-src '(self|none)'/);
      expect(headers.get('strict-transport-security')).toMatch(/max-age=\d+/);
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('server')).toBeNull();
    },
  );

  it('none of these requests wrote an error to the log', () => {
    expect(shop.processes[0]!.output).not.toMatch(/"level":(50|60)/);
  });
});
