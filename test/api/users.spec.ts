import type { Api } from '../support/api.js';
import { PASSWORD, Shop } from '../support/shop.js';
import { titled } from '../support/table.js';

describe('Users', () => {
  let shop: Shop;
  let admin: Api;
  let jane: Api;

  beforeAll(async () => {
    shop = await Shop.open();
    admin = await shop.admin();
    jane = await shop.signIn('jane@example.com');
  });
  afterAll(() => shop.close());

  it('are listed, created and deleted by admins only', async () => {
    const customer = await shop.newCustomer();
    const account = { username: 'nobody', email: 'nobody@example.com', password: PASSWORD };
    await customer.get('/api/users').expect(403);
    await customer.post('/api/users', account).expect(403);
    await customer.delete(`/api/users/${customer.user.id}`).expect(403);
  });

  it('are created with any role', async () => {
    const account = { username: 'second', email: 'second@example.com', password: PASSWORD, role: 'admin' };
    const { body } = await admin.post('/api/users', account).expect(201);
    expect(body).toEqual({
      id: expect.any(Number),
      username: 'second',
      email: 'second@example.com',
      email_verified: false,
      name: '',
      phone: null,
      birth_date: null,
      gender: null,
      language: 'en',
      role: 'admin',
      shipping_address: null,
      billing_address: null,
      newsletter_subscription: false,
      favorite_mails: false,
      version: expect.stringMatching(/^[0-9a-f]{96}$/),
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updated_at: expect.any(String),
    });
    expect((await admin.get(`/api/users/${body.id}`)).body).toEqual(body);
    await (await shop.signIn('second@example.com')).get('/api/users').expect(200);
  });

  it('are found by part of a name, without regard to case and accents', async () => {
    const customer = await shop.newCustomer();
    await customer.patch('/api/users/me', { name: 'Éloïse Ångström 100%' }).expect(200);
    for (const search of ['eloise', 'ANGSTROM', 'éloïse å', '100%', customer.user.email.toUpperCase()]) {
      const { body } = await admin.get(`/api/users?search=${encodeURIComponent(search)}`).expect(200);
      expect(body.results).toEqual([expect.objectContaining({ id: customer.user.id })]);
    }
    expect((await admin.get('/api/users?search=_loise').expect(200)).body.count).toBe(0);
  });

  it('see only their own account', async () => {
    const [customer, other] = [await shop.newCustomer(), await shop.newCustomer()];
    expect((await customer.get(`/api/users/${customer.user.id}`).expect(200)).body).toEqual(customer.user);
    expect((await customer.get('/api/users/me').expect(200)).body).toEqual(customer.user);

    const anothers = await customer.get(`/api/users/${other.user.id}`).expect(404);
    const unknown = await customer.get('/api/users/999999').expect(404);
    expect(anothers.body).toEqual(unknown.body);
    await customer.patch(`/api/users/${other.user.id}`, { name: 'Mine' }).expect(404);
    await customer.put(`/api/users/${other.user.id}`, { name: 'Mine' }).expect(404);
    expect((await other.get('/api/users/me')).body.name).toBe('');
    await shop.visitor.get('/api/users/me').expect(401);
  });

  it('change their own data, and clear it again', async () => {
    const customer = await shop.newCustomer();
    const profile = {
      username: `${customer.user.username}.new`,
      email: customer.user.email, // another one is confirmed by a link: account.spec.ts
      name: '李 小龙',
      phone: '+33 (0)1 23.45-67',
      birth_date: '1990-02-28',
      gender: 'other',
      shipping_address: '1 Rue X',
      billing_address: '2 Rue Y',
      newsletter_subscription: true,
    };
    const { body } = await customer.put('/api/users/me', profile).expect(200);
    expect(body).toMatchObject(profile);
    const nothing = {
      phone: null,
      birth_date: null,
      gender: null,
      shipping_address: null,
      billing_address: null,
    };
    expect((await customer.patch('/api/users/me', nothing).expect(200)).body).toEqual({
      ...body,
      ...nothing,
      version: expect.any(String),
      updated_at: expect.any(String),
    });
  });

  it('send back a username that is the address, whatever the address is', async () => {
    const [host, at] = [`${'h'.repeat(60)}.example.com`, Date.now().toString(36)];
    for (const email of [`o'neill${at}@example.com`, `${'n'.repeat(55)}${at}@${host.repeat(2)}`]) {
      const customer = await shop.newCustomer();
      await customer.patch('/api/users/me', { username: customer.user.email }).expect(200);
      const { version: _version, ...body } = (await customer.patch('/api/users/me', { email }).expect(200))
        .body;
      expect(body).toMatchObject({ username: email, email });
      expect((await customer.put('/api/users/me', { ...body, name: 'New' }).expect(200)).body).toMatchObject({
        username: email,
        name: 'New',
      });
      const another = await customer.patch('/api/users/me', { username: `x${email}` }).expect(400);
      expect(Object.keys(another.body.errors)).toEqual(['username']);
    }
  });

  it('may send booleans as forms and other languages write them', async () => {
    const customer = await shop.newCustomer();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const [raw, expected] of [
      ['newsletter_subscription=on&favorite_mails=True', true],
      ['newsletter_subscription=0&favorite_mails=false', false],
    ] as const) {
      const { body } = await customer.send('PATCH', '/api/users/me', { raw, headers: form }).expect(200);
      expect(body).toMatchObject({ newsletter_subscription: expected, favorite_mails: expected });
    }
    const { body } = await customer.patch('/api/users/me', { newsletter_subscription: 1 }).expect(200);
    expect(body.newsletter_subscription).toBe(true);
    const refused = (await customer.patch('/api/users/me', { favorite_mails: 'perhaps' }).expect(400)).body;
    expect(refused.errors).toEqual({ favorite_mails: ['favorite_mails must be a boolean value'] });
  });

  it('may save what they read, which changes nothing', async () => {
    const john = await shop.signIn('john@example.com');
    const { body: before } = await john.get('/api/users/me').expect(200);
    const { body: after } = await john.put('/api/users/me', before).expect(200);
    expect(after).toEqual({ ...before, updated_at: expect.any(String) });
    await shop.signIn('john@example.com');
  });

  it('cannot change their role or unknown members', async () => {
    const customer = await shop.newCustomer();
    for (const send of [customer.patch.bind(customer), customer.put.bind(customer)]) {
      const { body } = await send('/api/users/me', { role: 'admin', name: 'King' }).expect(403);
      expect(body.code).toBe('role_not_yours');
    }
    const { body } = await customer
      .patch('/api/users/me', {
        id: 1,
        password_hash: 'x',
        created_at: '2000-01-01',
        deleted_at: '2000-01-01',
      })
      .expect(200);
    expect(body).toEqual({ ...customer.user, updated_at: expect.any(String) });
    await shop.signIn(customer.user.email);
  });

  it.each(
    titled([
      ['username', ''],
      ['username', null],
      ['username', 'JOHN'],
      ['username', 'john@example.com'],
      ['username', 'a b'],
      ['email', 'x'],
      ['email', null],
      ['email', 'JOHN@example.com'],
      ['name', 'x'.repeat(151)],
      ['name', null],
      ['name', [7]],
      ['phone', 'call me'],
      ['birth_date', '1990-02-30'],
      ['birth_date', '2190-01-01'],
      ['birth_date', '1899-12-31'],
      ['birth_date', '01/01/1990'],
      ['birth_date', 0],
      ['gender', 'x'],
      ['role', 'king'],
      ['role', null],
      ['shipping_address', 'x'.repeat(501)],
      ['billing_address', ['x']],
      ['newsletter_subscription', 'yes'],
      ['newsletter_subscription', null],
      ['password', 'short'],
      ['password', null],
    ] as [string, unknown][]),
  )('refuse %s', async (_title, field, value) => {
    const { body } = await admin.patch(`/api/users/${jane.user.id}`, { [field]: value }).expect(400);
    expect(Object.keys(body.errors)).toEqual([field]);
    expect((await jane.get('/api/users/me')).body).toEqual(jane.user);
  });

  it('change a password once, of many concurrent requests with the current one', async () => {
    const customer = await shop.newCustomer();
    const changes = [1, 2, 3, 4].map((number) => ({
      current_password: PASSWORD,
      password: `new password ${number}`,
    }));
    const answers = await Promise.all(changes.map((change) => customer.patch('/api/users/me', change)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 400, 400, 400]);
    expect(answers.find(({ status }) => status === 400)!.body.errors).toHaveProperty('current_password');
    await shop.signIn(customer.user.email, changes[statuses.indexOf(200)]!.password);
  });

  it('need the current password to set a new one', async () => {
    const customer = await shop.newCustomer();
    for (const current_password of [undefined, 'wrong password']) {
      const { body } = await customer
        .patch('/api/users/me', { password: 'a new password', current_password })
        .expect(400);
      expect(Object.keys(body.errors)).toEqual(['current_password']);
    }
    await shop.signIn(customer.user.email);
  });

  it('free their names and keep their orders when they are deleted', async () => {
    const customer = await shop.newCustomer();
    const product = await shop.newProduct();
    const { body: order } = await customer
      .post('/api/orders', { items: [{ product_id: product.id }] })
      .expect(201);

    await admin.delete(`/api/users/${customer.user.id}`).expect(204);
    await admin.delete(`/api/users/${customer.user.id}`).expect(204);
    await admin.get(`/api/users/${customer.user.id}`).expect(404);
    await admin.patch(`/api/users/${customer.user.id}`, { name: 'Back' }).expect(404);
    const { body } = await admin.get(`/api/users?search=${customer.user.username}`).expect(200);
    expect(body.count).toBe(0);
    expect((await admin.get(`/api/orders/${order.id}`).expect(200)).body).toEqual(order);

    const { username, email } = customer.user;
    const { body: again } = await shop.visitor
      .post('/api/auth/register', { username, email, password: PASSWORD })
      .expect(201);
    expect(again.user.id).not.toBe(customer.user.id);
    const next = shop.visitor.withToken(again.access);
    expect((await next.get('/api/orders').expect(200)).body.count).toBe(0);
  });

  it('include an admin: the last one cannot be deleted or demoted', async () => {
    const own = await Shop.open();
    const admin = await own.admin();
    const second = {
      username: 'second',
      email: 'second@example.com',
      password: 'password123',
      role: 'admin',
    };
    const { body } = await admin.post('/api/users', second).expect(201);
    const other = await own.signIn(second.email);
    await other.delete(`/api/users/${admin.user.id}`).expect(204);
    for (const attempt of [
      other.delete(`/api/users/${body.id}`),
      other.delete('/api/users/me', { password: second.password }),
      other.patch('/api/users/me', { role: 'customer' }),
    ]) {
      expect((await attempt.expect(409)).body.code).toBe('last_admin');
    }
    await other.get('/api/users').expect(200);
    await own.close();
  });
});
