import { randomBytes } from 'node:crypto';
import type { Api } from '../support/api.js';
import { linkIn, MailServer } from '../support/mail-server.js';
import { PASSWORD, Shop } from '../support/shop.js';
import { tracesOf } from '../support/traces.js';
import { until } from '../support/until.js';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

let shop: Shop;
let server: MailServer;

beforeAll(async () => {
  server = await MailServer.start();
  shop = await Shop.open({ env: { SMTP_URL: server.url } });
});
afterAll(async () => {
  await shop.close();
  await server.stop();
});

describe('Sessions', () => {
  const login = async (email: string, agent: string) => {
    const credentials = { email, password: PASSWORD };
    const { body } = await shop.visitor
      .post('/api/auth/login', credentials, { 'user-agent': agent })
      .expect(200);
    return shop.visitor.withToken(body.access, body.user, body.refresh);
  };

  it('are listed with their devices, and the current one is marked', async () => {
    const user = await shop.newCustomer();
    const laptop = await login(user.user.email, FIREFOX);
    const { body } = await laptop.get('/api/auth/sessions').expect(200);
    expect(body).toMatchObject({ count: 2, next: null, previous: null });
    expect(body.results[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      device: 'Firefox, Linux',
      user_agent: FIREFOX,
      address: '127.0.0.1',
      created_at: expect.stringMatching(/Z$/),
      last_used_at: expect.stringMatching(/Z$/),
      current: true,
    });
    expect(body.results[1].current).toBe(false);
    await shop.visitor.get('/api/auth/sessions').expect(401);
  });

  it('can be ended one by one or all others at once, but only one’s own', async () => {
    const user = await shop.newCustomer();
    const [first, second, third] = await Promise.all(
      ['a/1', 'b/1', 'c/1'].map((agent) => login(user.user.email, agent)),
    );
    const { body } = await first!.get('/api/auth/sessions').expect(200);
    const idOf = (device: string) => body.results.find((session: any) => session.device === device).id;

    const stranger = await shop.newCustomer();
    await stranger.delete(`/api/auth/sessions/${idOf('b')}`).expect(404);
    await second!.get('/api/users/me').expect(200);
    await first!.delete(`/api/auth/sessions/${idOf('b')}`).expect(204);
    await first!.delete(`/api/auth/sessions/${idOf('b')}`).expect(404);
    await second!.get('/api/users/me').expect(401);
    await second!.post('/api/auth/token/refresh', { refresh: second!.refresh }).expect(401);
    await first!.delete('/api/auth/sessions/nonsense').expect(404);

    await first!.delete('/api/auth/sessions').expect(204);
    await third!.get('/api/users/me').expect(401);
    await user.get('/api/users/me').expect(401);
    expect((await first!.get('/api/auth/sessions').expect(200)).body.count).toBe(1);
    expect((await stranger.get('/api/auth/sessions').expect(200)).body.count).toBe(1);
  });
});

describe('Another e-mail address', () => {
  const ask = async (user: any, new_email: string) => {
    await user.post('/api/auth/change-email', { new_email, password: PASSWORD }).expect(200);
    return linkIn(await server.mailTo(new_email));
  };

  it('replaces the old one when its link is confirmed, and the old one gets a notice', async () => {
    const user = await shop.newCustomer();
    const old = user.user.email;
    const link = await ask(user, `new.${old}`);
    await server.mailTo(old, { subject: /asked to change/ });
    expect((await user.get('/api/users/me').expect(200)).body.email).toBe(old);

    expect((await shop.visitor.get(link).expect(200)).body.code).toBe('change_link_valid');
    expect((await user.get('/api/users/me').expect(200)).body.email).toBe(old);
    const confirmed = await Promise.all(Array.from({ length: 20 }, () => shop.visitor.post(link)));
    expect(confirmed.filter(({ status }) => status === 200)).toHaveLength(1);
    expect((await user.get('/api/users/me').expect(200)).body).toMatchObject({
      email: `new.${old}`,
      email_verified: true,
    });
    await server.mailTo(old, { subject: /was changed/ });
    await shop.signIn(`new.${old}`);
    await shop.visitor.post('/api/auth/login', { email: old, password: PASSWORD }).expect(401);
  });

  it('requires the password, and does not reveal whether another account has it', async () => {
    const [user, other] = [await shop.newCustomer(), await shop.newCustomer()];
    const wrong = { new_email: 'x@example.com', password: 'not this one' };
    expect((await user.post('/api/auth/change-email', wrong).expect(400)).body.errors).toHaveProperty(
      'password',
    );
    const same = { new_email: user.user.email.toUpperCase(), password: PASSWORD };
    expect((await user.post('/api/auth/change-email', same).expect(400)).body.errors).toHaveProperty(
      'new_email',
    );
    await shop.visitor.post('/api/auth/change-email', wrong).expect(401);

    const taken = await user.post('/api/auth/change-email', {
      new_email: other.user.email,
      password: PASSWORD,
    });
    const free = await user.post('/api/auth/change-email', {
      new_email: `free.${user.user.email}`,
      password: PASSWORD,
    });
    expect([taken.status, taken.text]).toEqual([free.status, free.text]);
    await server.mailTo(`free.${user.user.email}`);
    expect(server.to(other.user.email).filter(({ subject }) => /new e-mail/.test(subject))).toEqual([]);
  });

  it('is refused with a message when another account took it before the confirmation', async () => {
    const user = await shop.newCustomer();
    const email = `wanted.${user.user.email}`;
    const link = await ask(user, email);
    await shop.visitor
      .post('/api/auth/register', { username: `w${Date.now()}`, email, password: PASSWORD })
      .expect(201);
    expect((await shop.visitor.post(link).expect(400)).body.errors).toHaveProperty('email');
    expect((await user.get('/api/users/me').expect(200)).body.email).toBe(user.user.email);
  });

  it('has a link that is invalid after a change of the password', async () => {
    const user = await shop.newCustomer();
    const link = await ask(user, `late.${user.user.email}`);
    await user.patch('/api/users/me', { password: `${PASSWORD}4`, current_password: PASSWORD }).expect(200);
    expect((await shop.visitor.post(link).expect(400)).body.code).toBe('link_invalid');
  });

  it('set by PATCH or PUT is unverified, and the old one gets a notice', async () => {
    const user = await shop.newCustomer();
    const { email } = user.user;
    await server.mailTo(email);
    for (const method of ['patch', 'put'] as const) {
      const to = `${method}.${email}`;
      const { body } = await user[method]('/api/users/me', { email: to }).expect(200);
      expect(body).toMatchObject({ email: to, email_verified: false });
      await shop.visitor.get(linkIn(await server.mailTo(to))).expect(200);
    }
    expect((await server.mailTo(email, { subject: /changed/ })).subject).toMatch(/changed/);
  });

  it('can be set by an admin', async () => {
    const user = await shop.newCustomer();
    const { email } = user.user;
    await user.patch('/api/users/me', { email, name: 'Same address' }).expect(200);
    const admin = await shop.admin();
    await shop.visitor.get(linkIn(await server.mailTo(email))).expect(200);
    const { body } = await admin.patch(`/api/users/${user.user.id}`, { email: `p.${email}` }).expect(200);
    expect(body).toMatchObject({ email: `p.${email}`, email_verified: false });
    await server.mailTo(`p.${email}`);
  });

  it('also changes a username that is the address', async () => {
    const email = `self${Date.now()}@example.com`;
    const { body } = await shop.visitor
      .post('/api/auth/register', { username: email, email, password: PASSWORD })
      .expect(201);
    const link = await ask(shop.visitor.withToken(body.access), `new.${email}`);
    await shop.visitor.post(link).expect(200);
    expect((await shop.signIn(`new.${email}`)).user.username).toBe(`new.${email}`);
  });
});

describe('The data of an account', () => {
  async function shopper() {
    const user = await shop.newCustomer();
    const product = await shop.newProduct({ price: '24.50', stock: 5 });
    const profile = {
      name: 'Marie Curie',
      phone: '0123456789',
      birth_date: '1967-11-07',
      gender: 'female',
      shipping_address: '36 Quai de Béthune',
      billing_address: '36 Quai de Béthune',
    };
    await user.patch('/api/users/me', profile).expect(200);
    const { body: order } = await user
      .post('/api/orders', { items: [{ product_id: product.id }] })
      .expect(201);
    await user.post('/api/cart', { product_id: product.id, quantity: 2 }).expect(201);
    await user.post('/api/favorites', { product_id: product.id }).expect(201);
    return { user, product, order, profile };
  }

  it('can be exported by its owner alone', async () => {
    const { user, product, order, profile } = await shopper();
    const { body, headers } = await user.get('/api/users/me/export').expect(200);
    expect(headers.get('content-disposition')).toContain('attachment');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      exported_at: expect.any(String),
      recovery_email: null,
      new_email: null,
      earlier_emails: [],
      mails: expect.any(Array),
      changes: [],
      profile: expect.objectContaining({
        ...profile,
        id: user.user.id,
        email: user.user.email,
        email_verified: false,
      }),
      sessions: [expect.objectContaining({ address: '127.0.0.1', ended_at: null })],
      orders: [order],
      favorites: [{ product_id: product.id, product_name: product.name, created_at: expect.any(String) }],
      cart: [
        { product_id: product.id, product_name: product.name, created_at: expect.any(String), quantity: 2 },
      ],
    });
    expect((await user.get('/api/users/me')).body).toEqual(body.profile);
    await shop.visitor.get('/api/users/me/export').expect(401);
  });

  it('is erased with the account, and the orders stay', async () => {
    const { user, order } = await shopper();
    const { id, email, username } = user.user;
    expect(
      (await user.delete('/api/users/me', { password: 'wrong' }).expect(400)).body.errors,
    ).toHaveProperty('password');
    await user.delete('/api/users/me').expect(400);
    await shop.visitor.delete('/api/users/me', { password: PASSWORD }).expect(401);
    await user.delete('/users/me/', { password: PASSWORD }).expect(204);

    await user.get('/api/users/me').expect(401);
    await shop.visitor.post('/api/auth/login', { email, password: PASSWORD }).expect(401);
    const admin = await shop.admin();
    await admin.get(`/api/users/${id}`).expect(404);
    expect((await admin.get(`/api/orders/${order.id}`).expect(200)).body).toEqual(order);

    const { rows } = await shop.database.query('SELECT * FROM users WHERE id = $1', [id]);
    expect(rows[0]).toMatchObject({
      username: '',
      email: '',
      name: '',
      phone: null,
      birth_date: null,
      gender: null,
      shipping_address: null,
      billing_address: null,
      password_hash: '',
      email_verified_at: null,
    });
    for (const table of ['sessions', 'cart_items', 'favorites', 'account_tokens', 'idempotency_keys']) {
      const left = await shop.database.query(`SELECT 1 FROM ${table} WHERE user_id = $1`, [id]);
      expect([table, left.rowCount]).toEqual([table, 0]);
    }
    await shop.visitor.post('/api/auth/login', { email: '', password: '' }).expect(400);
    await shop.visitor.post('/api/auth/register', { username, email, password: PASSWORD }).expect(201);
  });

  it('leaves no link of a mail that was being sent meanwhile', async () => {
    const { user } = await shop.newCustomer();
    const tokens = () =>
      shop.database
        .query('SELECT 1 FROM account_tokens WHERE user_id = $1', [user.id])
        .then(({ rowCount }) => rowCount);
    const isIssuing = async () => {
      const { rowCount } = await shop.database.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
           AND query LIKE '%INSERT INTO account_tokens%'`,
      );
      return rowCount === 1 || (await tokens()) === 1;
    };
    await server.mailTo(user.email);
    await shop.database.query('DELETE FROM account_tokens WHERE user_id = $1', [user.id]);

    const erasing = await shop.database.connect();
    await erasing.query('BEGIN');
    await erasing.query('UPDATE users SET deleted_at = now() WHERE id = $1', [user.id]);
    await erasing.query('DELETE FROM account_tokens WHERE user_id = $1', [user.id]);
    await shop.visitor.post('/api/auth/reset_password', { email: user.email }).expect(200);
    await until(isIssuing);
    await erasing.query('COMMIT');
    erasing.release();

    await until(async () => {
      const { rows } = await shop.database.query('SELECT 1 FROM graphile_worker._private_jobs');
      return rows.length === 0;
    });
    expect(await tokens()).toBe(0);
  });
});

describe('A user whom an admin deletes', () => {
  it('is erased like one who deletes the own account, and a second deletion changes nothing', async () => {
    const admin = await shop.admin();
    const traces = async (id: number) => {
      const { rows } = await shop.database.query(
        `SELECT u.username, u.email, u.name, u.phone, u.shipping_address, u.password_hash, u.recovery_email,
                u.deleted_at IS NOT NULL AS deleted,
                (SELECT count(*) FROM sessions WHERE user_id = u.id)::int AS sessions,
                (SELECT count(*) FROM cart_items WHERE user_id = u.id)::int AS cart,
                (SELECT count(*) FROM favorites WHERE user_id = u.id)::int AS favorites,
                (SELECT count(*) FROM idempotency_keys WHERE user_id = u.id)::int AS responses,
                (SELECT count(*) FROM account_tokens WHERE user_id = u.id)::int AS links,
                (SELECT count(*) FROM email_undo_tokens WHERE user_id = u.id)::int AS undo,
                (SELECT count(*) FROM orders WHERE user_id = u.id)::int AS orders
         FROM users u WHERE u.id = $1`,
        [id],
      );
      return rows[0];
    };
    const withTraces = async () => {
      const user = await shop.newCustomer();
      const product = await shop.newProduct();
      await user
        .patch('/api/users/me', { name: 'Jo', phone: '0123456789', shipping_address: 'Here 1' })
        .expect(200);
      await user.patch('/api/users/me', { email: `x.${user.user.email}` }).expect(200);
      const key = { 'idempotency-key': 'one' };
      await user.post('/api/orders', { items: [{ product_id: product.id, quantity: 1 }] }, key).expect(201);
      await user.post('/api/cart', { product_id: product.id, quantity: 1 }).expect(201);
      await user.post('/api/favorites', { product_id: product.id }).expect(201);
      await server.mailTo(`x.${user.user.email}`);
      return user;
    };
    const [own, deleted] = [await withTraces(), await withTraces()];
    await own.delete('/api/users/me', { password: PASSWORD }).expect(204);
    await admin.delete(`/api/users/${deleted.user.id}`).expect(204);
    const left = await traces(own.user.id);
    expect(left).toEqual({
      username: '',
      email: '',
      name: '',
      phone: null,
      shipping_address: null,
      password_hash: '',
      recovery_email: null,
      deleted: true,
      sessions: 0,
      cart: 0,
      favorites: 0,
      responses: 0,
      links: 0,
      undo: 0,
      orders: 1,
    });
    expect(await traces(deleted.user.id)).toEqual(left);

    await admin.delete(`/api/users/${deleted.user.id}`).expect(204);
    await admin.get(`/api/users/${deleted.user.id}`).expect(404);
    await admin.delete('/api/users/987654321').expect(404);
    await deleted.get('/api/users/me').expect(401);
  });

  it('is removed from responses stored for others: the admin who created the account, a guest whose order it took over', async () => {
    const admin = await shop.admin();
    const email = `kept.${randomBytes(4).toString('hex')}@example.com`;
    const kept = async () => {
      const { rows } = await shop.database.query(
        'SELECT count(*)::int AS count FROM idempotency_keys WHERE strpos(lower(body), $1) > 0',
        [email],
      );
      return rows[0].count;
    };
    const key = { 'idempotency-key': randomBytes(16).toString('hex') };
    const account = { username: email, email, password: PASSWORD };
    const { id } = (await admin.post('/api/users', account, key).expect(201)).body;
    const { id: product_id } = await shop.newProduct();
    const { body: line } = await shop.visitor.post('/api/cart', { product_id }).expect(201);
    const guest = shop.visitor.withCart(line.cart_token);
    const order = (await guest.post('/api/orders/checkout', { email: email.toUpperCase() }, key).expect(201))
      .body.id;
    await shop.database.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [id]);
    await shop.signIn(email);
    expect((await admin.get(`/api/orders/${order}`).expect(200)).body.user_id).toBe(id);
    expect(await kept()).toBe(2);

    await admin.delete(`/api/users/${id}`).expect(204);
    expect(await kept()).toBe(0);
  });

  it('gets no mail that was queued', async () => {
    const waiting = async (id: number) => {
      const { rows } = await shop.database.query(
        `SELECT count(*)::int AS count FROM graphile_worker.jobs WHERE starts_with(key, $1)`,
        [`mail:${id}:`],
      );
      return rows[0].count;
    };
    server.behaviour = 'refuse';
    const user = await shop.newCustomer();
    await shop.visitor.post('/api/auth/reset_password', { email: user.user.email }).expect(200);
    expect(await waiting(user.user.id)).toBe(1);
    const admin = await shop.admin();
    await admin.delete(`/api/users/${user.user.id}`).expect(204);
    expect(await waiting(user.user.id)).toBe(0);
    server.behaviour = 'accept';
    expect(server.to(user.user.email)).toEqual([]);
  });
});

it('An export contains the address that waits for confirmation, and former ones', async () => {
  const user = await shop.newCustomer();
  const { email } = user.user;
  await user.patch('/api/users/me', { email: `shown.${email}` }).expect(200);
  await user.post('/api/auth/change-email', { new_email: `new.${email}`, password: PASSWORD }).expect(200);
  await server.mailTo(`new.${email}`);
  const { body } = await user.get('/api/users/me/export').expect(200);
  expect(body).toMatchObject({
    profile: { email: `shown.${email}` },
    recovery_email: email,
    new_email: `new.${email}`,
    earlier_emails: [email],
  });
});

describe('An erased person is named nowhere in the database', () => {
  let admin: Api;

  beforeAll(async () => {
    admin = await shop.admin();
  });

  it.each([
    ['by oneself', (person: Api) => person.delete('/api/users/me', { password: PASSWORD })],
    ['by an admin', (person: Api) => admin.delete(`/api/users/${person.user.id}`)],
  ])('%s, but for the addresses of the orders as they are', async (_route, erase) => {
    const { person, order, endMails, told, inBooks } = await everywhere();
    expect((await tracesOf(shop.database, told)).length).toBeGreaterThan(20);
    await erase(person).expect(204);
    expect(await tracesOf(shop.database, told)).toEqual([]);
    endMails();
    expect(await tracesOf(shop.database, inBooks)).toEqual([
      `public.orders.billing_address: ${inBooks[0]}`,
      `public.orders.shipping_address: ${inBooks[0]}`,
    ]);

    const { body } = await admin.get(`/api/orders/${order.id}/history`).expect(200);
    expect(body.results.map(({ changes }: any) => changes)).toContainEqual({
      shipping_address: ['erased', 'erased'],
      notes: ['erased', 'erased'],
    });
    const stale = { version: order.version, shipping_address: 'As it was read' };
    const refused = await admin.patch(`/api/orders/${order.id}`, stale).expect(409);
    expect(refused.body.code).toBe('version_unknown');
    const corrected = { shipping_address: 'Poste restante', billing_address: 'Poste restante' };
    await admin.patch(`/api/orders/${order.id}`, corrected).expect(200);
    expect(await tracesOf(shop.database, inBooks)).toEqual([]);
  });

  it('not in an order that is changed at the same time', async () => {
    const isWaiting = async () => {
      const { rowCount } = await shop.database.query(
        `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      return rowCount === 1;
    };
    for (;;) {
      const person = await shop.newCustomer();
      const street = `Rue ${randomBytes(6).toString('hex')}`;
      const items = [{ product_id: (await shop.newProduct()).id }];
      const { body: order } = await person
        .post('/api/orders', { items, shipping_address: street })
        .expect(201);
      const changing = await shop.database.connect();
      await changing.query('BEGIN');
      await changing.query(`UPDATE orders SET shipping_address = '', version = 2 WHERE id = $1`, [order.id]);
      const erasing = admin.delete(`/api/users/${person.user.id}`);
      await until(isWaiting, 5_000).catch(() => {}); // a request that does not wait leaves the data behind
      await changing.query(
        `INSERT INTO order_history (order_id, version, event, source, changes)
         VALUES ($1, 2, 'changed', 'api', jsonb_build_object('shipping_address', jsonb_build_array($2::text, '')))`,
        [order.id, street],
      );
      await changing.query('COMMIT');
      changing.release();
      const { status } = await erasing;
      if (status === 503) continue; // the lock was not free in time
      expect([status, await tracesOf(shop.database, [street])]).toEqual([204, []]);
      return;
    }
  });

  it('not by a request that began before the erasure and stored its response after it', async () => {
    const [erased, other] = [await shop.newCustomer(), await shop.newCustomer()];
    const street = `Rue ${randomBytes(6).toString('hex')}`;
    await admin.delete(`/api/users/${erased.user.id}`).expect(204);
    await shop.database.query(
      `INSERT INTO idempotency_keys (user_id, key, fingerprint, status, body)
       SELECT id, 'late', '', 201, $2 FROM unnest($1::bigint[]) AS id`,
      [[erased.user.id, other.user.id], JSON.stringify({ shipping_address: street })],
    );
    const process = await shop.startProcess(); // housekeeping runs at the start
    await until(async () => {
      const { rows } = await shop.database.query(
        'SELECT user_id FROM idempotency_keys WHERE strpos(body, $1) > 0',
        [street],
      );
      return rows.length === 1 && rows[0].user_id === String(other.user.id);
    });
    await process.stop();
  });

  /** A person whose data is in every table that can have it. */
  async function everywhere() {
    const word = randomBytes(5).toString('hex');
    const street = (number: number) => `${number} Rue ${word}`;
    const email = `zeno.${word}@example.com`;
    const key = () => ({ 'idempotency-key': randomBytes(12).toString('hex') });
    const hook = { url: 'https://hooks.example.com/all', events: ['order.placed', 'order.paid'] };
    await admin.post('/api/admin/webhooks', hook).expect(201);
    const account = { username: `zeno${word}`, email, password: PASSWORD, name: `Quillfeather ${word}` };
    const { id } = (await admin.post('/api/users', account, key()).expect(201)).body;
    const product_id = (await shop.newProduct()).id;

    const { body: line } = await shop.visitor.post('/api/cart', { product_id }).expect(201);
    const guest = { email, shipping_address: street(1) };
    await shop.visitor.withCart(line.cart_token).post('/api/orders', guest, key()).expect(201);
    await shop.visitor.get(await linkTo(email)).expect(200);
    const person = await shop.signIn(email); // takes the guest's order over

    const profile = {
      phone: `+33 6 12 34 ${100_000 + (parseInt(word, 16) % 900_000)}`,
      billing_address: street(2),
    };
    await person.patch('/api/users/me', { ...profile, shipping_address: street(2) }).expect(200);
    await admin.patch(`/api/users/${id}`, { shipping_address: street(3) }).expect(200);
    const placed = {
      shipping_address: street(4),
      billing_address: street(9),
      notes: `Ring at ${account.name}`,
    };
    const { body: order } = await person
      .post('/api/orders', { items: [{ product_id }], ...placed }, key())
      .expect(201);
    await person
      .patch(`/api/orders/${order.id}`, { shipping_address: street(5), notes: street(6) })
      .expect(200);
    await admin.patch(`/api/orders/${order.id}`, { shipping_address: street(9), notes: '' }).expect(200);
    await admin.patch(`/api/orders/${order.id}`, { held: true }).expect(200);
    await person.post('/api/cart', { product_id }, key()).expect(201);
    await person.post('/api/favorites', { product_id }, key()).expect(201);

    await person
      .post('/api/auth/change-email', { new_email: `second.${email}`, password: PASSWORD })
      .expect(200);
    await shop.visitor.post(await linkTo(`second.${email}`)).expect(200); // the response stored for an admin has the first address
    await server.mailTo(email, { subject: /was changed/ });
    let end = () => {};
    const underWay = new Promise<void>((resolve) => (end = resolve));
    let arrived = 0;
    server.onArrival = () => {
      arrived += 1;
      return underWay;
    };
    await person.patch('/api/users/me', { email: `third.${email}` }).expect(200);
    await until(() => arrived === 2);
    const endMails = () => {
      server.onArrival = () => {};
      end();
    };
    const told = [`${word}@example.com`, account.username, account.name, profile.phone];
    return { person, order, endMails, told: [...told, ...[2, 3, 4, 5, 6].map(street)], inBooks: [street(9)] };
  }

  async function linkTo(email: string): Promise<string> {
    return linkIn(await server.mailTo(email, { subject: /confirm your/ }));
  }
});
