import { createHmac, createSign, generateKeyPairSync, hkdfSync, randomUUID } from 'node:crypto';
import type { Api } from '../support/api.js';
import { times } from '../support/long.js';
import { Shop } from '../support/shop.js';

const SECRET = 'a secret that only this test and its processes know';

/** S11: a request with any forged token gets 401 `token_not_valid`. */
describe('An access token', () => {
  let shop: Shop;
  let customer: Api;
  let claims: Record<string, any>;

  beforeAll(async () => {
    shop = await Shop.open({ env: { JWT_SECRET: SECRET } });
    customer = await shop.newCustomer();
    claims = JSON.parse(Buffer.from(customer.token!.split('.')[1]!, 'base64url').toString());
  });
  afterAll(() => shop.close());

  const key = Buffer.from(hkdfSync('sha256', SECRET, '', 'comptoir access-token', 32));
  const refreshKey = Buffer.from(hkdfSync('sha256', SECRET, '', 'comptoir refresh-token', 32));
  const encode = (value: unknown) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const hmac = (algorithm: string, text: string, secret: Buffer | string = key) =>
    createHmac(algorithm, secret).update(text).digest('base64url');

  /** A token as the shop issues them, with these differences. */
  function forge(
    body: unknown,
    header: object = { alg: 'HS256', typ: 'JWT' },
    secret: Buffer | string = key,
  ): string {
    const text = `${encode(header)}.${encode(body)}`;
    return `${text}.${hmac('sha256', text, secret)}`;
  }

  async function expectRefused(what: string, token: string): Promise<void> {
    const { status, body, headers } = await customer.withToken(token).get('/api/cart');
    expect([what, status, body.code]).toEqual([what, 401, 'token_not_valid']);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
    if (token.length > 4096) return;
    const validated = await shop.visitor.post('/api/auth/validate_token', { token });
    expect([what, validated.status, validated.body.valid]).toEqual([what, 401, false]);
  }

  it('that this test signs with the right key and claims is valid, otherwise the other tests prove nothing', async () => {
    await customer
      .withToken(forge({ ...claims, jti: randomUUID() }))
      .get('/api/cart')
      .expect(200);
  });

  it('with another algorithm, key or signature is refused', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const signed = (alg: string) => `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`;
    const [head, body, signature] = customer.token!.split('.') as [string, string, string];
    const attacks: Record<string, string> = {
      ...Object.fromEntries(
        ['none', 'None', 'NONE', 'nOnE', ''].map((alg) => [`alg ${alg}, no signature`, `${signed(alg)}.`]),
      ),
      'alg none with a signature': `${signed('none')}.${hmac('sha256', signed('none'))}`,
      'RS256 of another key': `${signed('RS256')}.${createSign('sha256').update(signed('RS256')).sign(privateKey, 'base64url')}`,
      'RS256 in name, signed with our secret': `${signed('RS256')}.${hmac('sha256', signed('RS256'))}`,
      'HS256 with a public key as its secret': forge(claims, undefined, pem),
      HS384: `${signed('HS384')}.${hmac('sha384', signed('HS384'))}`,
      HS512: `${signed('HS512')}.${hmac('sha512', signed('HS512'))}`,
      'no signature': `${head}.${body}.`,
      'no signature, no dot': `${head}.${body}`,
      'a signature cut short': `${head}.${body}.${signature.slice(0, -4)}`,
      "another token's signature": `${head}.${body}.${forge({ ...claims, jti: 'x' }).split('.')[2]}`,
      'the whole secret as key, not derived': forge(claims, undefined, SECRET),
      "the refresh tokens' key": forge(claims, undefined, refreshKey),
      'an empty key': forge(claims, undefined, ''),
      'kid of a file': forge(claims, { alg: 'HS256', kid: '../../../../dev/null' }, ''),
      'kid with SQL': forge(claims, { alg: 'HS256', kid: "x' UNION SELECT 'known" }, 'known'),
      jku: forge(claims, { alg: 'HS256', jku: 'http://127.0.0.1:1/keys' }, 'known'),
      jwk: forge(claims, { alg: 'HS256', jwk: { kty: 'oct', k: encode('known') } }, 'known'),
      x5u: `${encode({ alg: 'RS256', x5u: 'http://127.0.0.1:1/cert' })}.${encode(claims)}.AAAA`,
      'null for claims': forge('null', undefined, 'known'),
      'no JSON for claims': forge('{', undefined, 'known'),
      'a crit that nobody knows and no key': forge(claims, { alg: 'HS256', crit: ['x'], x: 1 }, 'known'),
    };
    for (const [what, token] of Object.entries(attacks)) await expectRefused(what, token);
  });

  it('with claims that the shop does not issue is refused, although the key is right', async () => {
    const now = Math.floor(Date.now() / 1000);
    const without = (name: string) =>
      forge(Object.fromEntries(Object.entries(claims).filter(([claim]) => claim !== name)));
    const attacks: Record<string, string> = {
      expired: forge({ ...claims, exp: now - 1 }),
      'expired long ago': forge({ ...claims, iat: 1, exp: 2 }),
      'no exp': without('exp'),
      'exp null': forge({ ...claims, exp: null }),
      'exp in words': forge({ ...claims, exp: '9999999999' }),
      'not yet valid': forge({ ...claims, nbf: now + 3600 }),
      'another issuer': forge({ ...claims, iss: 'somebody' }),
      'no issuer': without('iss'),
      'a refresh token by its type': forge({ ...claims, token_type: 'refresh' }),
      'no type': without('token_type'),
      'no session': without('sid'),
      'a session that never was': forge({ ...claims, sid: randomUUID() }),
      'a session that is no id': forge({ ...claims, sid: "' OR true --" }),
      'a session in a list': forge({ ...claims, sid: [claims.sid] }),
      'a session as an object': forge({ ...claims, sid: { id: claims.sid } }),
      'no claims': forge({}),
      'a list for claims': forge([claims]),
      'text for claims': forge('"admin"'),
      'a number for claims': forge('1'),
    };
    for (const [what, token] of Object.entries(attacks)) await expectRefused(what, token);
  });

  it('with another user or role in it has no rights but those of its session', async () => {
    const forged = forge({ ...claims, user_id: 1, sub: '1', role: 'admin', is_admin: true });
    const { body } = await customer.withToken(forged).get('/api/users/me').expect(200);
    expect(body).toMatchObject({ id: customer.user.id, role: 'customer' });
    await customer.withToken(forged).get('/api/users').expect(403);
  });

  it('is not accepted as a refresh token, and a refresh token not as an access token', async () => {
    await expectRefused('a refresh token', customer.refresh!);
    const refreshClaims = JSON.parse(Buffer.from(customer.refresh!.split('.')[1]!, 'base64url').toString());
    for (const refresh of [
      customer.token!,
      forge({ ...claims, token_type: 'refresh' }),
      forge({ ...refreshClaims, jti: 'f'.repeat(32) }, undefined, refreshKey),
      forge({ ...refreshClaims, gen: 1 }, undefined, refreshKey),
      forge({ ...refreshClaims, sid: "' OR true --" }, undefined, refreshKey),
      forge({ ...refreshClaims, iss: 'somebody' }, undefined, refreshKey),
      `${customer.refresh}x`,
      'x',
      'é'.repeat(70),
    ]) {
      const { body } = await shop.visitor.post('/api/auth/token/refresh', { refresh }).expect(401);
      expect(body.code).toBe('token_not_valid');
    }
    await shop.visitor.post('/api/auth/token/refresh', { refresh: customer.refresh }).expect(200);
  });

  it('with any flipped bit is refused, in many places', async () => {
    const token = customer.token!;
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const genuine = token
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString('hex'))
      .join('.');
    const flipped = Array.from({ length: times(250, 1_000) }, () => {
      for (;;) {
        const at = Math.floor(Math.random() * token.length);
        if (token[at] === '.') continue;
        const other = alphabet[alphabet.indexOf(token[at]!) ^ (1 << Math.floor(Math.random() * 6))]!;
        const changed = token.slice(0, at) + other + token.slice(at + 1);
        // The last character of a part has unused bits.
        if (
          changed
            .split('.')
            .map((part) => Buffer.from(part, 'base64url').toString('hex'))
            .join('.') !== genuine
        )
          return changed;
      }
    });
    for (let from = 0; from < flipped.length; from += 25) {
      const answers = await Promise.all(
        flipped.slice(from, from + 25).map((changed) => customer.withToken(changed).get('/api/cart')),
      );
      expect(new Set(answers.map(({ status, body }) => `${status} ${body.code}`))).toEqual(
        new Set(['401 token_not_valid']),
      );
    }
  });

  it('of 8 KB, or in another format, is refused', async () => {
    await expectRefused(
      '8 KB of claims, another key',
      forge({ ...claims, padding: 'x'.repeat(5800) }, undefined, 'known'),
    );
    await expectRefused('8 KB of dots', '.'.repeat(8000));
    await expectRefused('8 KB of letters', 'a'.repeat(8000));
    for (const token of [
      'x',
      'null',
      'undefined',
      '..',
      '...',
      'a.b',
      'a.b.c',
      'a.b.c.d',
      '{}',
      'e30.e30.e30',
      '%00',
      '=',
      'ey',
    ]) {
      await expectRefused(token, token);
    }
  });

  it('in another place or scheme is ignored', async () => {
    const token = customer.token!;
    for (const [headers, path] of [
      [{ authorization: `Basic ${token}` }, ''],
      [{ authorization: token }, ''],
      [{ cookie: `access=${token}; token=${token}` }, ''],
      [{ 'x-access-token': token }, ''],
      [{}, `?token=${token}&access_token=${token}`],
    ] as const) {
      await shop.visitor.get(`/api/cart${path}`, headers).expect(401);
    }
  });

  it('is refused at once, in every process, when its session ends or its user is deleted', async () => {
    const other = await shop.startProcess();
    const signedIn = await shop.newCustomer();
    await signedIn.at(other.url).get('/api/cart').expect(200);
    await signedIn.post('/api/auth/logout').expect(204);
    for (const url of [shop.url, other.url]) await signedIn.at(url).get('/api/cart').expect(401);
    await shop.visitor.post('/api/auth/token/refresh', { refresh: signedIn.refresh }).expect(401);

    const [admin, deleted] = [await shop.admin(), await shop.newCustomer()];
    await admin.delete(`/api/users/${deleted.user.id}`).expect(204);
    for (const url of [shop.url, other.url]) await deleted.at(url).get('/api/cart').expect(401);
  });

  it('S26: loses its user’s former role at once', async () => {
    const [admin, promoted] = [await shop.admin(), await shop.newCustomer()];
    await admin.patch(`/api/users/${promoted.user.id}`, { role: 'admin' }).expect(200);
    await promoted.get('/api/users').expect(200);
    await admin.patch(`/api/users/${promoted.user.id}`, { role: 'customer' }).expect(200);
    await promoted.get('/api/users').expect(403);
  });
});
