import { createHmac } from 'node:crypto';
import net from 'node:net';
import type { Api } from '../support/api.js';
import { PASSWORD, Shop } from '../support/shop.js';

const MICROSECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const TIMESTAMP = expect.stringMatching(MICROSECONDS);
const VERSION = expect.stringMatching(/^[0-9a-f]{96}$/);
const TOKEN = expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/);

const REGISTRATION = {
  name: 'John Doe',
  email: 'john.doe@example.com',
  password: 'Password123!',
  password_confirmation: 'Password123!',
  phone: '0123456789',
  birth_date: '1990-01-01',
  gender: 'male',
  newsletter_subscription: true,
};

describe('Contract 002', () => {
  let shop: Shop;
  beforeAll(async () => (shop = await Shop.open({ processes: 2 })));
  afterAll(() => shop.close());

  let accounts = 0;
  const registration = (fields: object = {}) => {
    const email = `v1customer${(accounts += 1)}@example.com`;
    return { ...REGISTRATION, email, ...fields };
  };
  const register = async (fields: object = {}): Promise<Api> => {
    const { body } = await shop.visitor.post('/api/v1/auth/register', registration(fields)).expect(201);
    return shop.visitor.withToken(body.data.token, body.data.user);
  };
  const login = async (email: string, password: string): Promise<Api> => {
    const { body } = await shop.visitor.post('/api/v1/auth/login', { email, password }).expect(200);
    return shop.visitor.withToken(body.data.token, body.data.user);
  };

  describe('POST /register', () => {
    it('returns the members of the user with its version, its token and its message', async () => {
      const { body, headers } = await shop.visitor.post('/api/v1/auth/register', REGISTRATION).expect(201);

      const { password: _p, password_confirmation: _c, ...profile } = REGISTRATION;
      expect(body).toEqual({
        success: true,
        message: 'User registered successfully',
        data: {
          user: {
            id: expect.any(Number),
            ...profile,
            version: VERSION,
            created_at: TIMESTAMP,
            updated_at: TIMESTAMP,
          },
          token: TOKEN,
          token_type: 'Bearer',
        },
      });
      expect(headers.get('content-type')).toMatch(/^application\/json/);
      expect(headers.get('cache-control')).toBe('no-store');
    });

    it('keeps the microseconds of PostgreSQL', async () => {
      const created = await Promise.all(Array.from({ length: 5 }, () => register()));
      const fractions = created.map(({ user }): string => user.created_at.slice(-4, -1));
      expect(fractions.some((microseconds) => microseconds !== '000')).toBe(true);
    });

    it('derives a username from the e-mail, also for concurrent registrations with one name', async () => {
      const emails = Array.from({ length: 8 }, (_, index) => `max.muster@shop${index}.example.com`);
      const users = await Promise.all(emails.map((email) => register({ email })));

      const { rows } = await shop.database.query('SELECT username FROM users WHERE id = ANY($1)', [
        users.map(({ user }): number => user.id),
      ]);
      const names = rows.map(({ username }): string => username);
      expect(new Set(names).size).toBe(8);
      expect(names).toContain('max.muster');
      for (const name of names) expect(name).toMatch(/^max\.muster\d*$/);
    });

    it('signs in to the account that a registration with the same Idempotency-Key created', async () => {
      const account = registration({ email: 'sent.twice@example.com' });
      const send = (body: object) =>
        shop.visitor.post('/api/v1/auth/register', body, { 'idempotency-key': 'sent-twice' });
      const first = await send(account).expect(201);
      const second = await send(account).expect(201);
      expect(second.body.data.user.id).toBe(first.body.data.user.id);
      await shop.visitor.withToken(second.body.data.token).get('/api/v1/auth/user').expect(200);
      await send({ ...account, name: 'Other' }).expect(422);
    });

    it('accepts one of concurrent registrations with the same e-mail', async () => {
      const account = registration({ email: 'Only.One@example.com' });
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          shop.visitor.at(shop.processes[index % 2]!.url).post('/api/v1/auth/register', account),
        ),
      );

      expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422, 422, 422, 422]);
      const refused = answers.find(({ status }) => status === 422)!.body;
      expect(refused).toEqual({
        success: false,
        message: 'The email has already been taken.',
        errors: { email: ['The email has already been taken.'] },
      });
    });

    it('has the first message, and the number of others', async () => {
      expect((await shop.visitor.post('/api/v1/auth/register', {}).expect(422)).body).toEqual({
        success: false,
        message: 'The name field is required. (and 2 more errors)',
        errors: {
          name: ['The name field is required.'],
          email: ['The email field is required.'],
          password: ['The password field is required.'],
        },
      });
      expect(
        (await shop.visitor.post('/api/v1/auth/login', { email: '', password: null }).expect(422)).body,
      ).toEqual({
        success: false,
        message: 'The email field is required. (and 1 more error)',
        errors: { email: ['The email field is required.'], password: ['The password field is required.'] },
      });
    });

    it.each([
      [
        'password',
        { password_confirmation: 'Password124!' },
        'The password field confirmation does not match.',
      ],
      ['email', { email: 'nobody' }, 'The email field must be a valid email address.'],
      [
        'password',
        { password: 'short', password_confirmation: 'short' },
        'The password field must be at least 8 characters.',
      ],
      ['birth_date', { birth_date: '1990-02-30' }, 'The birth date field must be a valid date.'],
      [
        'birth_date',
        { birth_date: '31.12.1899' },
        'The birth date field must be a date after or equal to 1900-01-01.',
      ],
      ['gender', { gender: 'x' }, 'The selected gender is invalid.'],
      [
        'newsletter_subscription',
        { newsletter_subscription: 'often' },
        'The newsletter subscription field must be true or false.',
      ],
    ])('refuses a bad %s under its name', async (field, fields, message) => {
      const { body } = await shop.visitor.post('/api/v1/auth/register', registration(fields)).expect(422);
      expect(Object.keys(body)).toEqual(['success', 'message', 'errors']);
      expect(Object.keys(body.errors)).toEqual([field]);
      expect(body.errors).toEqual({ [field]: [message] });
      expect(body.message).toBe(message);
    });

    it('treats empty inputs of a form as missing', async () => {
      const { user } = await register({ phone: '', birth_date: '', gender: null });
      expect(user).toMatchObject({ phone: null, birth_date: null, gender: null });
    });

    it('ignores a role', async () => {
      const { user } = await register({ role: 'admin', id: 1, total_spent: '1.00' });
      const { rows } = await shop.database.query('SELECT role FROM users WHERE id = $1', [user.id]);
      expect(rows[0].role).toBe('customer');
    });
  });

  describe('POST /login', () => {
    it('returns the members of the user with its version, its token and its message', async () => {
      const { user } = await register({ email: 'login@example.com' });
      const credentials = { email: 'LOGIN@example.com', password: 'Password123!' };
      const { body } = await shop.visitor.post('/api/v1/auth/login', credentials).expect(200);

      expect(body).toEqual({
        success: true,
        message: 'Login successful',
        data: { user, token: TOKEN, token_type: 'Bearer' },
      });
      expect(Object.keys(body.data.user)).toEqual([
        'id',
        'name',
        'email',
        'phone',
        'birth_date',
        'gender',
        'newsletter_subscription',
        'version',
        'created_at',
        'updated_at',
      ]);
    });

    it('accepts the demo accounts', async () => {
      for (const name of ['admin', 'john', 'jane']) await login(`${name}@example.com`, PASSWORD);
    });

    it('has the same 401 for every wrong pair', async () => {
      const wrong = [
        { email: 'john@example.com', password: 'password124' },
        { email: 'nobody@example.com', password: PASSWORD },
      ];
      for (const credentials of wrong) {
        expect((await shop.visitor.post('/api/v1/auth/login', credentials).expect(401)).body).toEqual({
          success: false,
          message: 'These credentials do not match our records.',
        });
      }
    });

    it('returns a token that is valid as long as an idle session', async () => {
      const { token } = await register();
      const { iat, exp } = JSON.parse(Buffer.from(token!.split('.')[1]!, 'base64url').toString());
      expect(exp - iat).toBe(7 * 24 * 3600);
    });
  });

  describe('GET /user', () => {
    it('returns all members, and the stats of a user without orders', async () => {
      const customer = await register();
      expect((await customer.get('/api/v1/auth/user').expect(200)).body).toEqual({
        success: true,
        data: {
          user: {
            ...customer.user,
            shipping_address: null,
            billing_address: null,
            total_spent: '0.00',
            orders_count: 0,
            last_order_at: null,
          },
          stats: { orders_count: 0, total_spent: '0.00 €', has_orders: false, newsletter_subscribed: true },
        },
      });
    });

    it('counts paid, shipped and delivered orders only', async () => {
      const customer = await register({ newsletter_subscription: false });
      const admin = await shop.admin();
      const product = await shop.newProduct({ price: '1250.50', stock: 100 });
      const order = async (...statuses: string[]) => {
        const items = [{ product_id: product.id, quantity: 1 }];
        const { body } = await customer.post('/api/orders', { items }).expect(201);
        for (const status of statuses) await admin.patch(`/api/orders/${body.id}`, { status }).expect(200);
        return body.id;
      };
      const read = async () => (await customer.get('/api/v1/auth/user').expect(200)).body.data;

      await order();
      await order('cancelled');
      await customer.delete(`/api/orders/${await order()}`);
      expect((await read()).user).toMatchObject({
        orders_count: 0,
        total_spent: '0.00',
        last_order_at: null,
      });

      await order('paid');
      expect(await read()).toMatchObject({
        user: { total_spent: '1250.50', orders_count: 1, last_order_at: TIMESTAMP },
        stats: { total_spent: '1,250.50 €', orders_count: 1, has_orders: true, newsletter_subscribed: false },
      });

      await order('paid', 'shipped');
      await order('paid', 'shipped', 'delivered');
      await order('paid', 'cancelled');
      const { user, stats } = await read();
      expect(user).toMatchObject({ total_spent: '3751.50', orders_count: 3 });
      expect(stats).toMatchObject({ total_spent: '3,751.50 €', orders_count: 3 });
      expect(Object.keys(user)).toHaveLength(15);
    });
  });

  describe('PUT /profile', () => {
    const UPDATE = {
      name: 'John Updated',
      phone: '0987654321',
      birth_date: '1990-01-01',
      gender: 'male',
      shipping_address: '456 Avenue des Champs, 75008 Paris',
      billing_address: '456 Avenue des Champs, 75008 Paris',
      newsletter_subscription: false,
    };

    it('returns the members of the profile', async () => {
      const customer = await register();
      const changes = { ...UPDATE, email: 'john.updated@example.com' };
      const { body } = await customer.put('/api/v1/auth/profile', changes).expect(200);

      const { id, created_at } = customer.user;
      expect(body).toEqual({
        success: true,
        message: 'Profile updated successfully',
        data: { user: { id, ...changes, version: VERSION, created_at, updated_at: TIMESTAMP } },
      });
      expect(body.data.user.updated_at > created_at).toBe(true);
    });

    it('does not change missing members', async () => {
      const customer = await register();
      await customer.put('/api/v1/auth/profile', UPDATE).expect(200);
      const { body } = await customer.put('/api/v1/auth/profile', { phone: '' }).expect(200);
      expect(body.data.user).toMatchObject({ ...UPDATE, phone: null, email: customer.user.email });
      await customer.put('/api/v1/auth/profile', {}).expect(200);
    });

    it('refuses a version or a member that is no text', async () => {
      const customer = await register();
      const { version } = (await customer.get('/api/users/me').expect(200)).body;
      for (const [field, changes] of [
        ['version', { version: { a: 1 } }],
        ['version', { version: 7 }],
        ['name', { version, name: { toString: 1 } }],
      ] as const) {
        const { body } = await customer.put('/api/v1/auth/profile', changes).expect(422);
        expect(Object.keys(body.errors)).toEqual([field]);
      }
    });

    it('refuses another account’s e-mail, and accepts the own one', async () => {
      const customer = await register();
      const { body } = await customer.put('/api/v1/auth/profile', { email: 'JOHN@example.com' }).expect(422);
      expect(body).toEqual({
        success: false,
        message: 'The email has already been taken.',
        errors: { email: ['The email has already been taken.'] },
      });
      await customer.put('/api/v1/auth/profile', { email: customer.user.email.toUpperCase() }).expect(200);
    });

    it('changes neither role nor password', async () => {
      const customer = await register();
      await customer
        .put('/api/v1/auth/profile', { role: 'admin', password: 'password124', username: 'root' })
        .expect(200);
      const { rows } = await shop.database.query('SELECT role, username FROM users WHERE id = $1', [
        customer.user.id,
      ]);
      expect(rows[0]).toEqual({ role: 'customer', username: expect.stringMatching(/^v1customer/) });
      await login(customer.user.email, 'Password123!');
    });

    it('changes the username together with the e-mail that it equals', async () => {
      const account = { username: 'self@example.com', email: 'self@example.com', password: PASSWORD };
      await shop.visitor.post('/api/auth/register', account).expect(201);
      const self = await login('self@example.com', PASSWORD);
      await self.put('/api/v1/auth/profile', { email: 'new.self@example.com' }).expect(200);
      await shop.signIn('new.self@example.com');
    });
  });

  describe('POST /change-password', () => {
    const passwords = (current_password: string, password = 'NewPassword123!') => ({
      current_password,
      password,
      password_confirmation: password,
    });

    it('ends all other sessions, but not the current one', async () => {
      const customer = await register();
      const other = await login(customer.user.email, 'Password123!');
      const { body } = await customer
        .post('/api/v1/auth/change-password', passwords('Password123!'))
        .expect(200);

      expect(body).toEqual({ success: true, message: 'Password changed successfully' });
      await customer.get('/api/v1/auth/user').expect(200);
      for (const process of shop.processes) await other.at(process.url).get('/api/v1/auth/user').expect(401);
      await shop.visitor
        .post('/api/v1/auth/login', { email: customer.user.email, password: 'Password123!' })
        .expect(401);
      await login(customer.user.email, 'NewPassword123!');
    });

    it('names the field of a wrong current password', async () => {
      const customer = await register();
      const { body } = await customer
        .post('/api/v1/auth/change-password', passwords('Password124!'))
        .expect(422);
      expect(body).toEqual({
        success: false,
        message: 'The password is incorrect.',
        errors: { current_password: ['The password is incorrect.'] },
      });
      await login(customer.user.email, 'Password123!');
    });

    it('requires all three members, and the same password twice', async () => {
      const customer = await register();
      const { body } = await customer.post('/api/v1/auth/change-password', {}).expect(422);
      expect(body).toEqual({
        success: false,
        message: 'The current password field is required. (and 1 more error)',
        errors: {
          current_password: ['The current password field is required.'],
          password: ['The password field is required.'],
        },
      });
      const different = { ...passwords('Password123!'), password_confirmation: 'NewPassword124!' };
      const refused = await customer.post('/api/v1/auth/change-password', different).expect(422);
      expect(refused.body.errors).toEqual({ password: ['The password field confirmation does not match.'] });
    });
  });

  describe('POST /refresh and /logout', () => {
    const paths = ['/api/v1/auth/user', '/v1/auth/user/', '/api/users/me', '/cart/', '/api/orders'];
    const expectEnded = async (client: Api) => {
      for (const { url } of shop.processes) {
        for (const path of paths) await client.at(url).get(path).expect(401);
      }
    };

    it('returns a new token; the old one is refused at once in every process', async () => {
      const customer = await register();
      for (const path of paths) await customer.get(path).expect(200);
      const { body } = await customer.post('/api/v1/auth/refresh').expect(200);

      expect(body).toEqual({
        success: true,
        message: 'Token refreshed successfully',
        data: { token: TOKEN, token_type: 'Bearer' },
      });
      await expectEnded(customer);
      await customer.withToken(body.data.token).get('/api/v1/auth/user').expect(200);
    });

    it('returns one successor of a token to concurrent requests', async () => {
      const customer = await register();
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, index) =>
          customer.at(shop.processes[index % 2]!.url).post('/api/v1/auth/refresh'),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401, 401]);
    });

    it('is bounded by the longest time of a session', async () => {
      const customer = await register();
      await shop.database.query(
        `UPDATE sessions SET created_at = now() - interval '29 days' WHERE user_id = $1`,
        [customer.user.id],
      );
      await customer.post('/api/v1/auth/refresh').expect(200);
      const { rows } = await shop.database.query(
        `SELECT expires_at < now() + interval '1 day 1 minute' AS soon FROM sessions WHERE user_id = $1 AND ended_at IS NULL`,
        [customer.user.id],
      );
      expect(rows).toEqual([{ soon: true }]);
    });

    it('accepts a token of another login route', async () => {
      const customer = await shop.newCustomer();
      const { body } = await customer.post('/api/v1/auth/refresh').expect(200);
      await expectEnded(customer);
      await customer.withToken(body.data.token).get('/api/cart').expect(200);
    });

    it('ends the session', async () => {
      const customer = await register();
      expect((await customer.post('/api/v1/auth/logout').expect(200)).body).toEqual({
        success: true,
        message: 'Logged out successfully',
      });
      await expectEnded(customer);
      await customer.post('/api/v1/auth/refresh').expect(401);
    });
  });

  describe('Errors', () => {
    const HTML = { accept: 'text/html,application/xhtml+xml' };
    const failure = (message: unknown = expect.any(String)) => ({ success: false, message });

    it('have the envelope as JSON, whatever Accept is', async () => {
      const { visitor } = shop;
      const json = { 'content-type': 'application/json', ...HTML };
      const big = JSON.stringify({ email: 'x'.repeat(70_000) });
      const calls: [number, Promise<{ status: number; body: any }> | any][] = [
        [404, visitor.get('/api/v1/nothing', HTML)],
        [404, visitor.get('/api/v1', HTML)],
        [405, visitor.get('/v1/auth/login', HTML)],
        [405, visitor.send('PATCH', '/api/v1/auth/profile', { headers: HTML })],
        [401, visitor.get('/api/v1/auth/user', HTML)],
        [401, visitor.withToken('1|abc123').get('/v1/auth/user/', HTML)],
        [400, visitor.send('POST', '/api/v1/auth/login', { raw: '{"email":', headers: json })],
        [400, visitor.send('POST', '/api/v1/auth/login', { raw: '[1]', headers: json })],
        [422, visitor.send('POST', '/api/v1/auth/login', { raw: '{"email":"a\\u0000b"}', headers: json })],
        [400, visitor.get('/api/v1/auth/%zz', HTML)],
        [413, visitor.send('POST', '/api/v1/auth/login', { raw: big, headers: json })],
        [
          415,
          visitor.send('POST', '/api/v1/auth/login', {
            raw: 'a=b',
            headers: { 'content-type': 'text/plain' },
          }),
        ],
        [422, visitor.post('/api/v1/auth/login', {}, HTML)],
      ];
      for (const [status, call] of calls) {
        const { body, headers } = await call.expect(status);
        expect(body).toEqual(status === 422 ? { ...failure(), errors: expect.anything() } : failure());
        expect(headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer' : null);
      }
    });

    it('get 401 for a token that is forged, expired or of an unknown session', async () => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const unsigned = `${part({ alg: 'none', typ: 'JWT' })}.${part({ user_id: 1 })}.`;
      const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ user_id: 1 })}`;
      const forged = `${text}.${createHmac('sha256', 'secret').update(text).digest('base64url')}`;
      for (const token of [unsigned, forged, 'x']) {
        await shop.visitor.withToken(token).post('/api/v1/auth/refresh').expect(401);
      }
    });

    it('are problem documents on all other paths', async () => {
      const { body } = await shop.visitor.get('/api/v10/auth/user').expect(404);
      expect(body).toMatchObject({ title: 'Not Found', status: 404, code: 'route_not_found' });
    });
  });
});

describe('Contract 002 with rate limits', () => {
  let shop: Shop;
  beforeAll(async () => (shop = await Shop.open({ env: { RATE_LIMIT: 'on' } })));
  afterAll(() => shop.close());

  it('has counters on every response, also to requests that match no route', async () => {
    const json = { 'content-type': 'application/json' };
    const answers = [
      await shop.visitor.get('/api/v1/auth/user'),
      await shop.visitor.get('/api/v1/nothing'),
      await shop.visitor.send('POST', '/api/v1/auth/login', { raw: '{', headers: json }),
      await shop.visitor.send('POST', '/api/v1/auth/login', {
        raw: 'x',
        headers: { 'content-type': 'text/plain' },
      }),
      await shop.visitor.get('/v1/auth/user/'),
    ];
    const left = answers.map(({ headers }) => Number(headers.get('x-ratelimit-remaining')));
    for (const { headers } of answers) expect(headers.get('x-ratelimit-limit')).toBe('6000');
    expect(left).toEqual([0, 1, 2, 3, 4].map((counted) => left[0]! - counted));
  });

  it('counts wrong passwords down, and returns the time of the next attempt', async () => {
    const guess = () =>
      shop.visitor.post('/api/v1/auth/login', { email: 'jane@example.com', password: 'wrong' });
    const left: (string | null)[] = [];
    for (let tries = 0; tries < 10; tries += 1) {
      const { headers } = await guess().expect(401);
      expect(headers.get('x-ratelimit-limit')).toBe('100');
      left.push(headers.get('x-ratelimit-remaining'));
    }
    expect(left).toEqual(['99', '98', '97', '96', '95', '94', '93', '92', '91', '90']);

    const { body, headers } = await guess().expect(429);
    expect(body).toEqual({ success: false, message: 'Too Many Attempts.' });
    expect(headers.get('x-ratelimit-limit')).toBe('10');
    expect(headers.get('x-ratelimit-remaining')).toBe('0');
    const seconds = Number(headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    const answeredAt = Date.parse(headers.get('date')!) / 1000;
    const until = Number(headers.get('x-ratelimit-reset')) - answeredAt; // Unix time, as in Laravel
    expect(Math.abs(until - seconds)).toBeLessThan(3);
  });

  it('limits guesses of a session’s password for each user', async () => {
    const customer = await shop.newCustomer();
    const guess = (by: Api, current_password: string) =>
      by.post('/api/v1/auth/change-password', {
        current_password,
        password: 'NewPassword123!',
        password_confirmation: 'NewPassword123!',
      });
    for (let tries = 0; tries < 10; tries += 1) await guess(customer, 'wrong').expect(422);
    await guess(customer, PASSWORD).expect(429);
    await guess(await shop.newCustomer(), PASSWORD).expect(200);
  });
});

describe('Contract 002 without its database', () => {
  it('returns 503 in the envelope', async () => {
    const shop = await Shop.open();
    const proxy = await Proxy.to(shop.databaseUrl);
    const app = await shop.startProcess({ DATABASE_URL: proxy.url });
    const customer = await shop.newCustomer();
    await proxy.cut();

    const { body, headers } = await customer.at(app.url).get('/api/v1/auth/user').expect(503);
    expect(body).toEqual({ success: false, message: 'The database does not answer.' });
    expect(headers.get('retry-after')).toBe('1');
    await shop.close();
  });
});

/** A proxy before the database whose connections can be cut. */
class Proxy {
  private readonly sockets = new Set<net.Socket>();

  private constructor(
    private readonly server: net.Server,
    readonly url: string,
  ) {}

  static async to(databaseUrl: string): Promise<Proxy> {
    const target = new URL(databaseUrl);
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(databaseUrl);
    url.host = `127.0.0.1:${(server.address() as net.AddressInfo).port}`;
    const proxy = new Proxy(server, url.href);
    server.on('connection', (client) => {
      const upstream = net.connect(Number(target.port), target.hostname);
      for (const socket of [client, upstream]) {
        proxy.sockets.add(socket);
        socket.on('error', () => {});
      }
      client.pipe(upstream).pipe(client);
    });
    return proxy;
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
