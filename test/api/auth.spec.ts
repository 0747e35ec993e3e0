import { createHmac, hkdfSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Api } from '../support/api.js';
import { PASSWORD, Shop } from '../support/shop.js';

describe('Signing in', () => {
  let shop: Shop;
  let admin: Api;
  let elsewhere: string;

  beforeAll(async () => {
    shop = await Shop.open({ processes: 2 });
    admin = await shop.admin();
    elsewhere = shop.processes[1]!.url;
  });
  afterAll(() => shop.close());

  let people = 0;
  const person = () => {
    people += 1;
    return { username: `Person${people}`, email: `Person.${people}@Example.com`, password: PASSWORD };
  };
  const login = (body: object) => shop.visitor.post('/api/auth/login', body);
  const refreshed = (refresh: string) => shop.visitor.post('/api/auth/token/refresh', { refresh });

  describe('Registration', () => {
    it('returns the user and its tokens, with Cache-Control: no-store', async () => {
      const { username, email, password } = person();
      const { body, headers } = await shop.visitor
        .post('/api/auth/register', { username, email, password })
        .expect(201);
      expect(body).toEqual({
        id: body.user.id,
        username,
        email,
        access: expect.any(String),
        refresh: expect.any(String),
        token: body.access,
        access_token: body.access,
        token_type: 'Bearer',
        expires_in: 900,
        user: expect.objectContaining({
          id: expect.any(Number),
          username,
          email,
          name: '',
          role: 'customer',
        }),
      });
      expect(headers.get('cache-control')).toBe('no-store');
    });

    it.each([
      ['nothing', {}, ['username', 'email', 'password']],
      ['no username', { username: undefined }, ['username']],
      ['an empty username', { username: '  ' }, ['username']],
      ['a username with spaces', { username: 'john doe' }, ['username']],
      ['a username that is another’s address', { username: 'somebody@else.com' }, ['username']],
      ['a long username', { username: 'x'.repeat(151) }, ['username']],
      ['no address', { email: 'nobody' }, ['email']],
      ['a null address', { email: null }, ['email']],
      ['an array for an address', { email: ['a@example.com'] }, ['email']],
      ['a short password', { password: 'seven77' }, ['password']],
      ['a long password', { password: 'x'.repeat(129) }, ['password']],
      ['a number for a password', { password: 12345678 }, ['password']],
      ['a day to come', { birth_date: '2190-01-01' }, ['birth_date']],
      [
        'a username and an address that are taken',
        { username: 'JOHN', email: 'John@Example.com' },
        ['username', 'email'],
      ],
      ['an address that is taken', { email: 'JANE@example.com' }, ['email']],
    ])('refuses %s by name', async (what, fields, named) => {
      const account = what === 'nothing' ? {} : { ...person(), ...fields };
      const { body } = await shop.visitor.post('/api/auth/register', account).expect(400);
      expect(body.code).toBe('validation_failed');
      expect(Object.keys(body.errors)).toEqual(named);
      for (const messages of Object.values<string[]>(body.errors)) expect(messages[0]).toMatch(/\w+/);
    });

    it('ignores a role, an id or a verified state in the body', async () => {
      const { body } = await shop.visitor
        .post('/api/auth/register', { ...person(), role: 'admin', id: 1, password_hash: 'x', is_staff: true })
        .expect(201);
      expect(body.user.role).toBe('customer');
      expect(body.user.id).toBeGreaterThan(1);
      await shop.visitor.withToken(body.access).get('/api/users').expect(403);
    });

    it('accepts one of two concurrent ones with the same name', async () => {
      const account = person();
      const answers = await Promise.all(
        [account, account, account].map((same) => shop.visitor.post('/api/auth/register', same)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400]);
    });

    describe('sent again with its Idempotency-Key', () => {
      const key = (name: string) => ({ 'idempotency-key': `registration-${name}` });
      const register = (account: object, name: string, at = shop.visitor.url) =>
        shop.visitor.at(at).post('/api/auth/register', account, key(name));

      it('signs in to the account that it created, also concurrently and at another process', async () => {
        const account = person();
        const answers = await Promise.all(
          [shop.visitor.url, elsewhere, elsewhere].map((at) => register(account, 'same', at).expect(201)),
        );
        answers.push(await register(account, 'same').expect(201));
        expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
        expect(new Set(answers.map(({ body }) => body.access)).size).toBe(4);
        for (const { body } of answers)
          await shop.visitor.withToken(body.access).get('/api/cart').expect(200);
        const kept = 'SELECT body FROM idempotency_keys WHERE user_id = $1';
        expect((await shop.database.query(kept, [answers[0]!.body.id])).rows).toEqual([{ body: '' }]);
      });

      it('is refused with another key, another password, or a password that is not valid any more', async () => {
        const account = person();
        const { body } = await register(account, 'first').expect(201);
        await register(account, 'second').expect(400);
        await shop.visitor.post('/api/auth/register', account).expect(400);
        const { code } = (await register({ ...account, password: 'another word' }, 'first').expect(422)).body;
        expect(code).toBe('idempotency_key_reused');
        await admin.patch(`/api/users/${body.id}`, { password: 'chosen by an admin' }).expect(200);
        await register(account, 'first').expect(400);
      });
    });
  });

  describe('Login', () => {
    it.each([
      ['username', { username: 'john' }],
      ['USERNAME', { username: 'JOHN' }],
      ['e-mail', { email: 'john@example.com' }],
      ['E-Mail', { email: 'John@Example.COM' }],
      ['e-mail as username', { username: 'john@example.com' }],
      ['username as e-mail', { email: 'john' }],
    ])('accepts the %s', async (_which, name) => {
      const { body } = await login({ ...name, password: PASSWORD }).expect(200);
      expect(body).toMatchObject({ token: body.access, token_type: 'Bearer', user: { username: 'john' } });
    });

    it('takes the name that a form filled in', async () => {
      await login({ username: '', email: 'john@example.com', password: PASSWORD }).expect(200);
      await login({ username: 'john', email: '', password: PASSWORD }).expect(200);
    });

    it('has the same response for an unknown account and a wrong password', async () => {
      const unknown = await login({ email: 'nobody@example.com', password: PASSWORD }).expect(401);
      const wrong = await login({ email: 'john@example.com', password: 'password124' }).expect(401);
      expect(unknown.body).toEqual(wrong.body);
      expect(wrong.body.code).toBe('no_active_account');
      expect(wrong.headers.get('www-authenticate')).toBe('Bearer');
    });

    it.each([
      ['no name', { password: PASSWORD }, 'username'],
      ['empty names', { username: '', email: '', password: PASSWORD }, 'username'],
      ['no password', { username: 'john' }, 'password'],
      ['an object for a name', { username: { $ne: '' }, password: PASSWORD }, 'username'],
      ['an object for a password', { username: 'john', password: { length: 8 } }, 'password'],
    ])('refuses %s', async (_what, body, field) => {
      expect(Object.keys((await login(body).expect(400)).body.errors)).toEqual([field]);
    });

    it('uses all characters of a long password, and normalizes accents', async () => {
      const { username, email } = person();
      const password = `${'é'.repeat(100)} the end`;
      await shop.visitor.post('/api/auth/register', { username, email, password }).expect(201);
      await login({ username, password: `${'é'.repeat(100)} the END` }).expect(401);
      await login({ username, password }).expect(200);

      const short = person();
      await shop.visitor.post('/api/auth/register', { ...short, password: 'crème brûlée' }).expect(201);
      await login({ username: short.username, password: 'crème brûlée'.normalize('NFD') }).expect(200);
    });
  });

  const itOnLinux = process.platform === 'linux' ? it : it.skip;

  itOnLinux(
    'hashes passwords in threads of a lower priority, so that they never hold up requests',
    async () => {
      const { pid } = shop.processes[0]!.child; // has hashed the admin’s password
      const niceness = (thread: string) => {
        const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
        return Number(stat.slice(stat.lastIndexOf(')')).split(' ')[17]); // proc(5)
      };
      const threads = readdirSync(`/proc/${pid}/task`).map(niceness);
      expect(Math.max(...threads)).toBeGreaterThan(niceness(String(pid)));
    },
  );

  describe('The access token', () => {
    it('has the claims that SimpleJWT’s clients decode', async () => {
      const { token, user } = await shop.newCustomer();
      const claims = claimsOf(token!);
      expect(claims).toEqual({
        token_type: 'access',
        user_id: user.id,
        sub: String(user.id),
        sid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
        iss: 'comptoir',
        iat: expect.any(Number),
        exp: claims.iat + 900,
      });
      expect(Math.abs(claims.iat - Date.now() / 1000)).toBeLessThan(60);
    });

    it('is refused when it is expired, changed, unsigned or signed with another key', async () => {
      const { token } = await shop.newCustomer();
      const claims = claimsOf(token!);
      const [head, payload, signature] = token!.split('.') as [string, string, string];
      const bad = [
        signed({ ...claims, exp: claims.iat - 1 }),
        signed({ ...claims, iss: 'another' }),
        signed(claims, Buffer.from('another secret of 32 bytes at all')),
        `${head}.${base64({ ...claims, user_id: admin.user.id, sub: '1' })}.${signature}`,
        `${base64({ alg: 'none', typ: 'JWT' })}.${payload}.`,
        `${head}.${payload}`,
        'x',
      ];
      await shop.visitor.withToken(signed(claims)).get('/api/cart').expect(200);
      for (const each of bad) {
        const { body, headers } = await shop.visitor.withToken(each).get('/api/cart').expect(401);
        expect(body).toMatchObject({ code: 'token_not_valid', detail: expect.stringMatching(/\w+ \w+/) });
        expect(headers.get('www-authenticate')).toBe('Bearer');
      }
    });

    it('is refused without the scheme Bearer', async () => {
      const { token } = await shop.newCustomer();
      await shop.visitor.get('/api/cart', { authorization: token! }).expect(401);
      await shop.visitor.get('/api/cart', { authorization: `Token ${token}` }).expect(401);
      await shop.visitor.get('/api/cart', { authorization: `bearer ${token}` }).expect(200);
    });

    it('ends with its session, whatever its `exp`', async () => {
      const customer = await shop.newCustomer();
      await shop.database.query(`UPDATE sessions SET expires_at = now() WHERE user_id = $1`, [
        customer.user.id,
      ]);
      await customer.get('/api/cart').expect(401);
      await refreshed(customer.refresh!).expect(401);
    });
  });

  describe('Refreshing', () => {
    it('returns a new pair for a refresh token', async () => {
      const { refresh, token } = await shop.newCustomer();
      const { body, headers } = await refreshed(refresh!).expect(200);
      expect(body).toEqual({ access: expect.any(String), refresh: expect.any(String) });
      expect(body.refresh).not.toBe(refresh);
      expect(claimsOf(body.access).sid).toBe(claimsOf(token!).sid);
      expect(headers.get('cache-control')).toBe('no-store');
      const next = await refreshed(body.refresh).expect(200);
      await shop.visitor.withToken(next.body.access).get('/api/cart').expect(200);
    });

    it('returns the same successor to two tabs at once, on any process', async () => {
      const { refresh } = await shop.newCustomer();
      const tabs = await Promise.all(
        [shop.visitor, shop.visitor.at(elsewhere), shop.visitor].map((tab) =>
          tab.post('/api/auth/token/refresh', { refresh }).expect(200),
        ),
      );
      expect(new Set(tabs.map(({ body }) => body.refresh)).size).toBe(1);
      await refreshed(tabs[2]!.body.refresh).expect(200);
    });

    it('works for a client that keeps its first token', async () => {
      const customer = await shop.newCustomer();
      for (let time = 0; time < 4; time += 1) {
        const { body } = await refreshed(customer.refresh!).expect(200);
        await shop.visitor.withToken(body.access).get('/api/cart').expect(200);
        await shop.database.query(
          `UPDATE sessions SET rotated_at = rotated_at - interval '1 hour' WHERE user_id = $1`,
          [customer.user.id],
        );
      }
      await customer.post('/api/auth/logout').expect(204);
      await refreshed(customer.refresh!).expect(401);
    });

    it('ends the session when a token is used again after its successor', async () => {
      const thief = await shop.newCustomer();
      const { body: first } = await refreshed(thief.refresh!).expect(200);
      const { body: owner } = await refreshed(first.refresh).expect(200);

      const { body } = await refreshed(thief.refresh!).expect(401);
      expect(body).toMatchObject({
        code: 'token_not_valid',
        messages: [
          { token_class: 'RefreshToken', token_type: 'refresh', message: 'Token is invalid or expired' },
        ],
      });
      await refreshed(owner.refresh).expect(401);
      await shop.visitor.withToken(owner.access).get('/api/cart').expect(401);
      await thief.get('/api/cart').expect(401);
    });

    it('does not affect the user’s other sessions', async () => {
      const phone = await shop.newCustomer();
      const laptop = await shop.signIn(phone.user.email);
      await phone.post('/api/auth/logout').expect(204);
      await laptop.get('/api/cart').expect(200);
    });

    it('refuses tokens that the shop did not issue', async () => {
      const { refresh, token } = await shop.newCustomer();
      const [head, claims, signature] = refresh!.split('.') as [string, string, string];
      const later = Buffer.from(JSON.stringify({ ...claimsOf(refresh!), gen: 7 })).toString('base64url');
      const other = (signature[0] === 'A' ? 'B' : 'A') + signature.slice(1);
      for (const forged of [
        `${head}.${claims}.${other}`,
        `${head}.${later}.${signature}`,
        `${head}.${claims}.`,
        Buffer.alloc(52).toString('base64url'),
      ]) {
        const { body } = await refreshed(forged).expect(401);
        expect(body.code).toBe('token_not_valid');
      }
      await refreshed(token!).expect(401);
      await refreshed(refresh!).expect(200); // the session is still open
      await shop.visitor.post('/api/auth/token/refresh', {}).expect(400);
      await shop.visitor.post('/api/auth/token/refresh', { refresh: 5 }).expect(400);
    });
  });

  describe('A change of a session or a user takes effect at once, on every process', () => {
    it('a logout', async () => {
      const customer = await shop.newCustomer();
      await customer.at(elsewhere).get('/api/cart').expect(200);
      await customer.post('/api/auth/logout').expect(204);
      await customer.get('/api/cart').expect(401);
      await customer.at(elsewhere).get('/api/cart').expect(401);
      await customer.post('/api/auth/logout').expect(401);
      await refreshed(customer.refresh!).expect(401);
    });

    it('a new password ends all sessions but the current one', async () => {
      const here = await shop.newCustomer();
      const other = await shop.signIn(here.user.email);
      const change = { password: 'another password', current_password: PASSWORD };
      await here.patch('/api/users/me', change).expect(200);

      await other.get('/api/cart').expect(401);
      await other.at(elsewhere).get('/api/cart').expect(401);
      await refreshed(other.refresh!).expect(401);
      await here.at(elsewhere).get('/api/cart').expect(200);
      await refreshed(here.refresh!).expect(200);
      await login({ email: here.user.email, password: PASSWORD }).expect(401);
      await login({ email: here.user.email, password: 'another password' }).expect(200);
    });

    it('a new password set by an admin ends all sessions', async () => {
      const customer = await shop.newCustomer();
      await admin.patch(`/api/users/${customer.user.id}`, { password: 'set by the admin' }).expect(200);
      await customer.get('/api/cart').expect(401);
    });

    it('a new role', async () => {
      const customer = await shop.newCustomer();
      await customer.at(elsewhere).get('/api/users').expect(403);
      await admin.patch(`/api/users/${customer.user.id}`, { role: 'admin' }).expect(200);
      await customer.at(elsewhere).get('/api/users').expect(200);
      await admin.patch(`/api/users/${customer.user.id}`, { role: 'customer' }).expect(200);
      await customer.at(elsewhere).get('/api/users').expect(403);
    });

    it('a deletion of the user', async () => {
      const customer = await shop.newCustomer();
      await admin.delete(`/api/users/${customer.user.id}`).expect(204);
      await customer.at(elsewhere).get('/api/cart').expect(401);
      await refreshed(customer.refresh!).expect(401);
      await login({ email: customer.user.email, password: PASSWORD }).expect(401);
    });
  });

  describe('Validating a token', () => {
    const validate = (body: object) => shop.visitor.post('/api/auth/validate_token', body);

    it('is 200 for a valid one', async () => {
      const { token, user } = await shop.newCustomer();
      const { body } = await validate({ token }).expect(200);
      expect(body).toEqual({ valid: true, user_id: user.id, exp: claimsOf(token!).exp });
    });

    it('is 401 for any other', async () => {
      const gone = await shop.newCustomer();
      await gone.post('/api/auth/logout').expect(204);
      for (const token of [
        'nonsense',
        gone.token,
        signed({ ...claimsOf(admin.token!), exp: 1 }),
        gone.refresh,
      ]) {
        const { body } = await validate({ token }).expect(401);
        expect(body).toMatchObject({ valid: false, detail: expect.any(String), code: 'token_not_valid' });
      }
    });

    it('is 400 without one', async () => {
      for (const body of [{}, { token: '' }, { token: null }, { token: 7 }]) {
        expect(Object.keys((await validate(body).expect(400)).body.errors)).toEqual(['token']);
      }
    });
  });

  it('A login that started before a change of the password leaves no session', async () => {
    const customer = await shop.newCustomer();
    const { username } = customer.user;
    let changing = true;
    const login = async () => {
      const tokens: string[] = [];
      while (changing) {
        const { status, body } = await shop.visitor.post('/api/auth/login', { username, password: PASSWORD });
        if (status === 200) tokens.push(body.access);
      }
      return tokens;
    };
    const logins = Array.from({ length: 8 }, login);
    await customer
      .patch('/api/users/me', { password: 'another-one', current_password: PASSWORD })
      .expect(200);
    changing = false;
    const tokens = (await Promise.all(logins)).flat();
    expect(tokens.length).toBeGreaterThan(0);
    for (const token of tokens) await shop.visitor.withToken(token).get('/api/cart').expect(401);
  });
});

function claimsOf(token: string): any {
  return JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
}

function base64(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** A token with these claims, signed with the key of the tested shop or another one. */
function signed(claims: object, key?: Buffer): string {
  const secret = readFileSync(path.join(process.env.TEST_DATA_DIR!, 'jwt-secret'), 'utf8');
  const ours = Buffer.from(hkdfSync('sha256', secret, '', 'comptoir access-token', 32));
  const text = `${base64({ alg: 'HS256', typ: 'JWT' })}.${base64(claims)}`;
  return `${text}.${createHmac('sha256', key ?? ours)
    .update(text)
    .digest('base64url')}`;
}
