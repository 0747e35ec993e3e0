import { Shop } from '../support/shop.js';

/** The claims and responses that interceptors for SimpleJWT in Angular and axios read. */
describe('Tokens, like those of SimpleJWT 5.2.2 and 5.5', () => {
  let shop: Shop;
  beforeAll(async () => (shop = await Shop.open()));
  afterAll(() => shop.close());

  /** As jwt-decode does. */
  const decoded = (token: string) => {
    const base64 = token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/');
    return JSON.parse(decodeURIComponent(escape(atob(base64))));
  };

  it('both have type, user and expiry in their claims', async () => {
    const now = Date.now() / 1000;
    const { body } = await shop.visitor
      .post('/api/token/', { username: 'john', password: 'password123' })
      .expect(200);
    const [access, refresh] = [decoded(body.access), decoded(body.refresh)];
    const claims = { user_id: body.user.id, iat: expect.any(Number), jti: expect.any(String) };
    expect(access).toMatchObject({ token_type: 'access', ...claims });
    expect(refresh).toMatchObject({
      token_type: 'refresh',
      ...claims,
      jti: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(access.exp).toBeGreaterThan(now);
    expect(refresh.exp).toBeGreaterThan(now + 24 * 3600);
  });

  it('an interceptor that keeps its first refresh token, SimpleJWT’s default, stays signed in', async () => {
    const { refresh } = await shop.newCustomer();
    for (let time = 0; time < 5; time += 1) {
      const { body } = await shop.visitor.post('/api/token/refresh/', { refresh }).expect(200);
      await shop.visitor.withToken(body.access).get('/api/cart/').expect(200);
    }
  });

  it('an interceptor that stores each new refresh token (ROTATE_REFRESH_TOKENS) stays signed in', async () => {
    let { refresh } = await shop.newCustomer();
    for (let time = 0; time < 5; time += 1) {
      const { body } = await shop.visitor.post('/api/token/refresh/', { refresh }).expect(200);
      expect(decoded(body.refresh)).toMatchObject({ token_type: 'refresh' });
      refresh = body.refresh;
    }
  });

  it('an invalid access token has its code and messages', async () => {
    const { body } = await shop.visitor.withToken('a.b.c').get('/api/cart/').expect(401);
    expect(body).toMatchObject({
      detail: 'Given token not valid for any token type',
      code: 'token_not_valid',
      messages: [
        { token_class: 'AccessToken', token_type: 'access', message: 'Token is invalid or expired' },
      ],
    });
    const none = await shop.visitor.get('/api/cart/').expect(401);
    expect(none.body).toMatchObject({ detail: 'Authentication credentials were not provided.' });
    expect(none.body.messages).toBeUndefined();
  });

  it('an invalid refresh token has its code, a wrong password does not', async () => {
    const { body } = await shop.visitor.post('/api/token/refresh/', { refresh: 'x' }).expect(401);
    expect(body).toMatchObject({ detail: 'Token is invalid or expired', code: 'token_not_valid' });
    const wrong = await shop.visitor.post('/api/token/', { username: 'john', password: 'nope' }).expect(401);
    expect(wrong.body.detail).toBe('No active account found with the given credentials');
    expect(wrong.body.code).not.toBe('token_not_valid');
  });

  it('a registration has the user at the top, like a serializer of Django REST 3.14', async () => {
    const account = { username: 'topmost', email: 'topmost@example.com', password: 'password123' };
    const { body } = await shop.visitor.post('/api/users/register/', account).expect(201);
    expect(body).toMatchObject({ id: body.user.id, username: 'topmost', email: 'topmost@example.com' });
    expect(body.access).toEqual(expect.any(String));
  });
});
