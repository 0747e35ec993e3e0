import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Api } from '../support/api.js';
import { linkIn, MailServer } from '../support/mail-server.js';
import { PASSWORD, Shop } from '../support/shop.js';
import { tracesOf } from '../support/traces.js';
import { until } from '../support/until.js';

const PUBLIC_URL = 'https://shop.example.com/shop';

describe('An order without an account', () => {
  let shop: Shop;
  let server: MailServer;
  let dataDir: string;
  let admin: Api;

  beforeAll(async () => {
    server = await MailServer.start();
    dataDir = mkdtempSync(path.join(tmpdir(), 'comptoir-guests-'));
    const env = { SMTP_URL: server.url, PUBLIC_URL, DATA_DIR: dataDir, ORDER_PENDING_HOURS: '2' };
    shop = await Shop.open({ processes: 2, env });
    admin = await shop.admin();
  });
  afterAll(async () => {
    await shop.close();
    await server.stop();
    rmSync(dataDir, { recursive: true });
  });

  const newEmail = () => `guest_${randomBytes(5).toString('hex')}@example.com`;

  /** A guest with two units of a product at 10.00 in the cart. */
  async function newGuest(product?: any): Promise<Api> {
    const { id } = product ?? (await shop.newProduct({ price: '10.00' }));
    const { body } = await shop.visitor.post('/api/cart', { product_id: id, quantity: 2 }).expect(201);
    return shop.visitor.withCart(body.cart_token);
  }

  /** The response to a guest who orders the cart. */
  async function order(email = newEmail(), guest?: Api, headers?: Record<string, string>): Promise<any> {
    const buyer = guest ?? (await newGuest());
    return (await buyer.post('/api/cart/checkout', { email }, headers).expect(201)).body;
  }

  const at = (token: string) => `/api/guest-orders/${token}`;

  async function register(email: string): Promise<Api> {
    const username = `owner_${randomBytes(5).toString('hex')}`;
    const account = { username, email, password: PASSWORD };
    const { body } = await shop.visitor.post('/api/auth/register', account).expect(201);
    return shop.visitor.withToken(body.access, body.user, body.refresh);
  }

  async function signIn(email: string): Promise<Api> {
    const { body } = await shop.visitor.post('/api/auth/login', { email, password: PASSWORD }).expect(200);
    return shop.visitor.withToken(body.access, body.user);
  }

  /** Opens the link of a registration's mail. */
  async function verify(email: string): Promise<void> {
    const link = linkIn(await server.mailTo(email, { subject: /confirm your e-mail/ }));
    await shop.visitor.get(link).expect(200);
  }

  describe('is placed', () => {
    it('from the cart, with an e-mail and addresses; the response has its link, and the stock is reduced', async () => {
      const product = await shop.newProduct({ price: '10.00', stock: 5 });
      const guest = await newGuest(product);
      const details = {
        email: ' Jane@Example.com ',
        shipping_address: '1 Main Street',
        billing_address: '2 Main Street',
        notes: 'Ring twice',
        expected_total: '20.00',
      };
      const { body } = await guest.post('/api/orders/checkout', details).expect(201);
      expect(body).toMatchObject({
        user_id: null,
        email: 'Jane@Example.com',
        status: 'pending',
        total: '20.00',
        shipping_address: '1 Main Street',
        billing_address: '2 Main Street',
        notes: 'Ring twice',
        items: [{ product_id: product.id, quantity: 2, unit_price: '10.00', subtotal: '20.00' }],
      });
      expect(body.guest_link).toBe(`${PUBLIC_URL}/api/guest-orders/${body.guest_token}`);
      expect(await shop.stockOf(product.id)).toBe(3);
      expect((await guest.get('/api/cart').expect(200)).body).toMatchObject({ items: [], total: '0.00' });
    });

    it('from a list of items, with the token of the cart', async () => {
      const { id } = await shop.newProduct({ price: '10.00', stock: 5 });
      const guest = await newGuest();
      const items = [{ product_id: id, quantity: 3 }];
      const { body } = await guest.post('/api/orders', { items, email: newEmail() }).expect(201);
      expect(body).toMatchObject({ user_id: null, total: '30.00' });
      expect((await guest.get('/api/cart').expect(200)).body.items).toHaveLength(1);
      await shop.visitor.post('/api/orders', { items, email: newEmail() }).expect(401);
    });

    it('only with a valid e-mail; otherwise nothing changes', async () => {
      const product = await shop.newProduct();
      const guest = await newGuest(product);
      for (const body of [{}, { email: '' }, { email: 'jane' }, { email: null }, undefined]) {
        const answer = await guest.post('/api/cart/checkout', body).expect(400);
        expect(Object.keys(answer.body.errors)).toEqual(['email']);
      }
      expect(await shop.stockOf(product.id)).toBe(10);
      expect((await guest.get('/api/cart').expect(200)).body.items).toHaveLength(1);
    });

    it('under the same conditions as a user’s: expected total, stock, a cart that is not empty', async () => {
      const product = await shop.newProduct({ price: '10.00', stock: 2 });
      const guest = await newGuest(product);
      const email = newEmail();
      const checkout = (body = {}) => guest.post('/api/cart/checkout', { email, ...body });
      expect((await checkout({ expected_total: '19.99' }).expect(409)).body).toMatchObject({
        code: 'total_changed',
        total: '20.00',
      });
      await admin.patch(`/api/products/${product.id}`, { stock: 1 }).expect(200);
      expect((await checkout().expect(409)).body).toMatchObject({
        code: 'insufficient_stock',
        unavailable: [{ product_id: product.id, available: 1 }],
      });
      const other = await shop.newProduct({ price: '5.00' });
      await guest.post('/api/cart', { product_id: other.id }).expect(201);
      const { body } = await checkout({ skip_unavailable: true }).expect(201);
      expect(body).toMatchObject({ total: '5.00', user_id: null, email });
      expect(body.guest_token).toBeDefined();
      await guest.delete(`/api/cart/${product.id}`).expect(204);
      expect((await checkout().expect(400)).body.code).toBe('cart_empty');
      const { rows } = await shop.database.query('SELECT * FROM guest_orders WHERE email = $1', [email]);
      expect(rows).toHaveLength(1);
    });

    it('with its link, without a query after the commit', async () => {
      await shop.database.query(`
        CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN DELETE FROM guest_orders WHERE order_id = new.order_id; RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER forget AFTER INSERT ON guest_orders DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION forget();`);
      try {
        expect(await order()).toMatchObject({ guest_token: expect.any(String), status: 'pending' });
      } finally {
        await shop.database.query('DROP TRIGGER forget ON guest_orders; DROP FUNCTION forget');
      }
    });

    it('once for each Idempotency-Key, in any process', async () => {
      const product = await shop.newProduct();
      const guest = await newGuest(product);
      const email = newEmail();
      const key = { 'idempotency-key': randomUUID() };
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          guest
            .at(shop.processes[index % 2]!.url)
            .post('/api/cart/checkout', { email }, key)
            .expect(201),
        ),
      );
      answers.push(await guest.post('/api/cart/checkout', { email }, key).expect(201));
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(answers[0]!.body.guest_token).toBeDefined();
      expect(await shop.stockOf(product.id)).toBe(8);
      await server.mailTo(email, { subject: /Your order/ });
      expect(server.mails.filter(({ to }) => to === email)).toHaveLength(1);
      await guest.post('/api/cart/checkout', { email: newEmail() }, key).expect(422);
    });

    it('for a signed-in user without regard to an e-mail in the body', async () => {
      const customer = await shop.newCustomer();
      const items = [{ product_id: (await shop.newProduct()).id }];
      const { body } = await customer.post('/api/orders', { items, email: newEmail() }).expect(201);
      expect(body).toMatchObject({ user_id: customer.user.id, email: null });
      expect(body).not.toHaveProperty('guest_token');
      await customer.patch(`/api/orders/${body.id}`, { email: newEmail() }).expect(200);
    });

    it('at most thirty times a minute from one address, and five times for one e-mail', async () => {
      const limited = await Shop.open({ env: { RATE_LIMIT: 'on', TRUST_PROXY: '127.0.0.1' } });
      const { id } = await limited.newProduct({ stock: 1000 });
      const { body } = await limited.visitor.post('/api/cart', { product_id: id }).expect(201);
      const guest = limited.visitor.withCart(body.cart_token);
      const statuses = async (
        count: number,
        email: (index: number) => string,
        from: (index: number) => string,
      ) => {
        const answers = await Promise.all(
          Array.from({ length: count }, (_, index) =>
            guest.post(
              '/api/orders',
              { items: [{ product_id: id }], email: email(index) },
              { 'x-forwarded-for': from(index) },
            ),
          ),
        );
        return answers.filter(({ status }) => status === 201).length;
      };
      expect(await statuses(35, newEmail, () => '203.0.113.7')).toBe(30);
      const to = newEmail();
      expect(
        await statuses(
          8,
          (index) => (index % 2 ? to : to.toUpperCase()),
          (index) => `203.0.113.${10 + index}`,
        ),
      ).toBe(5);
      await limited.close();
    });
  });

  describe('has a link', () => {
    it('that is also mailed, in the guest’s language', async () => {
      for (const [language, subject] of [
        ['en', /Your order \d+ at/],
        ['fr', /Votre commande \d+ chez/],
      ] as const) {
        const email = newEmail();
        const placed = await order(email, undefined, { 'accept-language': language });
        const mail = await server.mailTo(email, { subject });
        expect(mail.subject).toContain(String(placed.id));
        expect(mail.text).toContain(placed.guest_link);
        expect(linkIn(mail)).toBe(new URL(placed.guest_link).pathname);
        expect(mail.html).toContain(`lang="${language}"`);
      }
    });

    it('that shows the order and its later statuses', async () => {
      const placed = await order();
      const { guest_token, guest_link: _link, ...shown } = placed;
      const { body, headers } = await shop.visitor.get(at(guest_token)).expect(200);
      expect(body).toEqual(shown);
      expect(headers.get('cache-control')).toBe('no-store');
      await admin.patch(`/api/orders/${placed.id}`, { status: 'paid' }).expect(200);
      const { body: paid } = await shop.visitor.get(`/guest-orders/${guest_token}/`).expect(200);
      expect(paid.status).toBe('paid');
    });

    it('that cancels it once while it is pending, and restocks', async () => {
      const product = await shop.newProduct({ stock: 5 });
      const { guest_token, id } = await order(newEmail(), await newGuest(product));
      for (let time = 0; time < 2; time += 1) {
        const { body } = await shop.visitor.post(`${at(guest_token)}/cancel`).expect(200);
        expect(body).toMatchObject({ id, status: 'cancelled', version: 2 });
      }
      expect(await shop.stockOf(product.id)).toBe(5);
      const { body: history } = await admin.get(`/api/orders/${id}/history`).expect(200);
      expect(
        history.results.map(({ event, actor_id, actor_role }: any) => [event, actor_id, actor_role]),
      ).toEqual([
        ['placed', null, 'guest'],
        ['cancelled', null, 'guest'],
      ]);

      const { guest_token: late, id: paid } = await order();
      await admin.patch(`/api/orders/${paid}`, { status: 'paid' }).expect(200);
      const refused = await shop.visitor.post(`${at(late)}/cancel`).expect(409);
      expect(refused.body.code).toBe('order_not_editable');
    });

    it('that is a page without script in a browser, with a button that cancels', async () => {
      const { guest_token, id } = await order();
      const html = { accept: 'text/html,*/*;q=0.8', 'accept-language': 'fr' };
      const open = (path: string, init: RequestInit = {}) =>
        fetch(shop.url + path, { ...init, headers: { ...html, ...(init.headers as object) } });
      const page = await open(at(guest_token));
      expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
      expect(page.headers.get('referrer-policy')).toBe('no-referrer');
      expect(page.headers.get('cache-control')).toBe('no-store');
      const text = await page.text();
      expect(text).toContain(`Votre commande ${id}`);
      expect(text).not.toContain('<script');
      const [, address] = /<form method="post" action="([^"]+)"/.exec(text)!;
      expect(address).toBe(`/shop${at(guest_token)}/cancel`);
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      expect(await (await open(address!, { method: 'POST', headers: form, body: '' })).text()).toContain(
        'annulée',
      );
      const gone = await open(at(`${id}.${'A'.repeat(43)}`));
      expect([gone.status, await gone.text()]).toEqual([
        404,
        expect.stringContaining('Ce lien ne fonctionne pas'),
      ]);
    });

    it('whose token is valid for nothing else', async () => {
      const [one, other] = [await order(), await order()];
      const [id, mac] = one.guest_token.split('.');
      expect(Buffer.from(mac, 'base64url')).toHaveLength(32);
      const altered = mac.startsWith('A') ? `B${mac.slice(1)}` : `A${mac.slice(1)}`;
      for (const token of [
        `${other.id}.${mac}`,
        `${id}.${altered}`,
        `${id}.`,
        id,
        `0${id}.${mac}`,
        `${id}.${mac}x`,
      ]) {
        expect((await shop.visitor.get(at(token)).expect(404)).body.code).toMatch(
          /^(order|route)_not_found$/,
        );
        await shop.visitor.post(`${at(token)}/cancel`).expect(404);
      }
      for (const authorization of [`Bearer ${one.guest_token}`, `Bearer ${mac}`])
        await shop.visitor.get('/api/orders/my-orders', { authorization }).expect(401);
      await shop.visitor.get('/api/cart', { 'x-cart-token': mac }).expect(401);
      await shop.visitor.get(`/api/auth/verify-email/${id}/${mac}`).expect(400);
      await shop.visitor.send('PATCH', at(one.guest_token), { body: { notes: 'x' } }).expect(405);
    });
  });

  describe('is visible', () => {
    it('only to admins and with its link', async () => {
      const placed = await order();
      const guest = await newGuest();
      const stranger = await shop.newCustomer();
      await stranger.get(`/api/orders/${placed.id}`).expect(404);
      await stranger.patch(`/api/orders/${placed.id}`, { status: 'cancelled' }).expect(404);
      await stranger.delete(`/api/orders/${placed.id}`).expect(404);
      await stranger.get(`/api/orders/${placed.id}/history`).expect(404);
      for (const path of ['/api/orders', `/api/orders?user_id=null`, '/api/orders/my-orders'])
        expect((await stranger.get(path)).text).not.toContain(placed.email);
      await guest.get(`/api/orders/${placed.id}`).expect(401);
    });

    it('to admins, without a user and with the e-mail, which can be searched for', async () => {
      const placed = await order();
      const { body } = await admin.get(`/api/orders/${placed.id}`).expect(200);
      expect(body).toMatchObject({ user_id: null, email: placed.email });
      for (const search of [
        placed.email,
        placed.email.toUpperCase(),
        placed.email.slice(2, 12),
        String(placed.id),
      ]) {
        const { body: page } = await admin
          .get(`/api/orders?search=${encodeURIComponent(search)}`)
          .expect(200);
        expect(page.results.map(({ id }: any) => id)).toContain(placed.id);
      }
      const { body: none } = await admin.get(`/api/orders?search=%25${placed.email}`).expect(200);
      expect(none.count).toBe(0);
      await admin.patch(`/api/orders/${placed.id}`, { status: 'paid' }).expect(200);
      await admin.patch(`/api/orders/${placed.id}`, { status: 'shipped' }).expect(200);
    });
  });

  describe('and an account with its e-mail', () => {
    it('that is verified later: the account becomes the owner, and the link ends', async () => {
      const email = newEmail();
      const placed = await order(email);
      const other = await order();
      const owner = await register(email.replace('guest', 'GUEST'));
      expect((await owner.get('/api/orders/my-orders').expect(200)).body.count).toBe(0);
      await shop.visitor.get(at(placed.guest_token)).expect(200);

      await verify(owner.user.email);
      const { body: mine } = await owner.get('/api/orders/my-orders').expect(200);
      expect(mine.results).toMatchObject([
        { id: placed.id, user_id: owner.user.id, email: null, version: 2 },
      ]);
      await owner.patch(`/api/orders/${placed.id}`, { shipping_address: 'My secret home' }).expect(200);
      for (const send of [
        shop.visitor.get(at(placed.guest_token)),
        shop.visitor.post(`${at(placed.guest_token)}/cancel`),
      ])
        expect((await send.expect(404)).text).not.toContain('secret');
      await owner.get(`/api/orders/${other.id}`).expect(404);
      const { body: history } = await owner.get(`/api/orders/${placed.id}/history`).expect(200);
      expect(history.results).toMatchObject([
        { event: 'placed', actor_role: 'guest', actor_id: null },
        { event: 'claimed', source: 'shop', changes: { user_id: [null, owner.user.id] } },
        { event: 'changed' },
      ]);
      const { body: timeline } = await admin.get(`/api/admin/orders/${placed.id}/timeline`).expect(200);
      const told = timeline.events.filter(({ kind }: any) => kind === 'status');
      expect(told.map(({ event, actor_id }: any) => [event, actor_id])).toEqual([
        ['placed', null],
        ['claimed', owner.user.id],
        ['changed', owner.user.id],
      ]);
      await owner.patch(`/api/orders/${placed.id}`, { notes: 'x', version: 1 }).expect(200);
      await owner.delete(`/api/orders/${placed.id}`).expect(204);
    });

    it('that another sign-in takes over meanwhile: it is taken over once', async () => {
      const email = newEmail();
      const owner = await register(email);
      await verify(email);
      const placed = await order(email);
      // The sign-in that reads the guests' orders waits, with its snapshot.
      await shop.database.query(`
        ALTER TABLE guest_orders RENAME TO all_guest_orders;
        CREATE VIEW guest_orders AS
          SELECT * FROM all_guest_orders WHERE pg_advisory_xact_lock_shared(4711)::text = ''`);
      const first = await shop.database.connect();
      try {
        await first.query('BEGIN');
        await first.query('SELECT pg_advisory_xact_lock(4711)');
        const second = signIn(email).catch(() => {}); // it may time out
        await until(async () => {
          const { rowCount } = await shop.database.query(
            `SELECT FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()`,
          );
          return rowCount === 1;
        }, 5_000).catch(() => {}); // otherwise it reads after the change
        await first.query('DELETE FROM all_guest_orders WHERE order_id = $1', [placed.id]);
        await first.query('UPDATE orders SET user_id = $2, version = 2 WHERE id = $1', [
          placed.id,
          owner.user.id,
        ]);
        await first.query(
          `INSERT INTO order_history (order_id, version, event, source, actor_id, changes)
           VALUES ($1, 2, 'claimed', 'shop', $2, '{}')`,
          [placed.id, owner.user.id],
        );
        await first.query('COMMIT');
        await second;
      } finally {
        first.release(true);
        await shop.database.query(
          'DROP VIEW guest_orders; ALTER TABLE all_guest_orders RENAME TO guest_orders',
        );
      }
      const { body: history } = await owner.get(`/api/orders/${placed.id}/history`).expect(200);
      expect(history.results.map(({ event }: any) => event)).toEqual(['placed', 'claimed']);
    });

    it('that was verified before: the next login takes it over, once for concurrent logins', async () => {
      const email = newEmail();
      await register(email);
      await verify(email);
      const placed = await order(email);
      const [owner] = await Promise.all(Array.from({ length: 4 }, () => signIn(email)));
      const { body } = await owner!.get('/api/orders/my-orders').expect(200);
      expect(body.results).toMatchObject([{ id: placed.id, version: 2 }]);
    });

    it('that is verified by a change of address, also by a retry after 503', async () => {
      const placed = await order();
      const owner = await register(newEmail());
      const change = { new_email: placed.email, password: PASSWORD };
      await owner.post('/api/auth/change-email', change).expect(200);
      const link = linkIn(await server.mailTo(placed.email, { subject: /new e-mail address/ }));
      await shop.whileBusy('order_history', () => shop.visitor.post(link).expect(503));
      await shop.visitor.post(link).expect(200);
      expect((await owner.get('/api/orders/my-orders').expect(200)).body.count).toBe(1);
    });

    it('that is not verified: the order is never taken over', async () => {
      const placed = await order();
      const thief = await register(placed.email);
      await signIn(placed.email);
      await thief.patch(`/api/users/${thief.user.id}`, { email: placed.email }).expect(200);
      const { body } = await thief.get('/api/users/me/export').expect(200);
      expect(body.orders).toEqual([]);
      await thief.delete('/api/users/me', { password: PASSWORD }).expect(204);
      expect((await admin.get(`/api/orders/${placed.id}`).expect(200)).body.email).toBe(placed.email);
    });

    it('that exists or not: neither the response nor the link shows which', async () => {
      const email = newEmail();
      await register(email);
      await verify(email);
      const [known, unknown] = [await order(email), await order()];
      expect(Object.keys(known)).toEqual(Object.keys(unknown));
      expect([known.user_id, known.email]).toEqual([null, email]);
    });
  });

  describe('has personal data', () => {
    it('that an export of the account contains', async () => {
      const email = newEmail();
      const owner = await register(email);
      await verify(email);
      const placed = await order(email);
      const { body } = await owner.get('/api/users/me/export').expect(200);
      expect(body.orders).toMatchObject([{ id: placed.id, email }]);
    });

    it('that is erased with the account of the verified address', async () => {
      const email = newEmail();
      const owner = await register(email);
      await verify(email);
      const placed = await order(email, undefined, { 'idempotency-key': randomUUID() });
      await server.mailTo(email, { subject: /Your order \d+ at/ });
      await editByAdmin(placed);
      await owner.delete('/api/users/me', { password: PASSWORD }).expect(204);
      await expectNobody(placed);
    });

    it('that an admin erases, in all orders of the address', async () => {
      const email = newEmail();
      const first = await order(email, undefined, { 'idempotency-key': randomUUID() });
      const second = await order(email.toUpperCase());
      await server.mailTo(email, { subject: /Your order \d+ at/ });
      await editByAdmin(first);
      const other = await order();
      for (let time = 0; time < 2; time += 1) await admin.delete(`/api/orders/${first.id}/guest`).expect(204);
      await expectNobody(first);
      await expectNobody(second);
      await shop.visitor.get(at(other.guest_token)).expect(200);
      const customer = await shop.newCustomer();
      const items = [{ product_id: (await shop.newProduct()).id }];
      const { body } = await customer.post('/api/orders', { items }).expect(201);
      expect((await admin.delete(`/api/orders/${body.id}/guest`).expect(409)).body.code).toBe(
        'order_has_account',
      );
      await admin.delete('/api/orders/999999999/guest').expect(404);
    });

    /** The entries of the order's history and of the audit log. */
    async function editByAdmin({ id }: any): Promise<void> {
      for (const shipping_address of ['Secret Street 1', 'Poste restante']) {
        const notes = `Left at ${shipping_address}`;
        await admin.patch(`/api/orders/${id}`, { shipping_address, notes }).expect(200);
      }
    }

    /** The order stays without personal data, and no table names the person any more. */
    async function expectNobody(placed: any): Promise<void> {
      const { body } = await admin.get(`/api/orders/${placed.id}`).expect(200);
      expect(body).toMatchObject({ user_id: null, email: null, total: placed.total });
      await shop.visitor.get(at(placed.guest_token)).expect(404);
      expect(await tracesOf(shop.database, [placed.email, 'Secret Street'])).toEqual([]);
    }
  });

  it('expires when it stays pending, and its guest gets a mail', async () => {
    const product = await shop.newProduct({ stock: 5 });
    const email = newEmail();
    const { id, guest_token } = await order(email, await newGuest(product));
    await server.mailTo(email, { subject: /Your order \d+ at/ });
    await shop.database.query(`UPDATE orders SET created_at = now() - interval '3 hours' WHERE id = $1`, [
      id,
    ]);
    const process = await shop.startProcess(); // housekeeping runs at the start
    await until(
      async () => (await shop.visitor.get(at(guest_token)).expect(200)).body.status === 'cancelled',
    );
    const mail = await server.mailTo(email, { subject: /was cancelled/ });
    expect(mail.text).toContain(guest_token);
    expect(await shop.stockOf(product.id)).toBe(5);
    await process.stop();
  });

  it('expires; an account that took it over before the mail was sent gets the mail, once', async () => {
    const email = newEmail();
    const { id } = await order(email);
    const owner = await register(email);
    const link = linkIn(await server.mailTo(email, { subject: /confirm your e-mail/ }));
    await server.mailTo(email, { subject: /Your order \d+ at/ });
    server.behaviour = 'refuse';
    await shop.database.query(`UPDATE orders SET created_at = now() - interval '3 hours' WHERE id = $1`, [
      id,
    ]);
    const process = await shop.startProcess();
    const waiting = () =>
      shop.database.query(
        `SELECT last_error FROM graphile_worker.jobs WHERE task_identifier = 'mail' AND attempts > 0`,
      );
    await until(async () => (await waiting()).rows.some(({ last_error }) => last_error !== null));
    await process.stop();
    await shop.visitor.get(link).expect(200);
    expect((await owner.get(`/api/orders/${id}`).expect(200)).body.status).toBe('cancelled');
    server.behaviour = 'accept';
    await shop.database.query(
      'UPDATE graphile_worker._private_jobs SET run_at = now() WHERE locked_at IS NULL',
    );
    await shop.database.query(`SELECT pg_notify('jobs:insert', '{"count":2}')`);
    const mail = await server.mailTo(email, { subject: /Your order was cancelled/ });
    expect(mail.text).not.toContain('/guest-orders/');
    await until(async () => (await waiting()).rows.length === 0);
    const { body: mails } = await admin.get(`/api/admin/mails?user_id=${owner.user.id}`).expect(200);
    expect(mails.results.filter(({ order_id }: any) => order_id === id)).toMatchObject([
      { kind: 'order_expired', email, status: 'sent' },
    ]);
    expect(server.to(email).filter(({ subject }) => /cancelled/.test(subject))).toHaveLength(1);
  });

  it('counts in no user’s figures until it is taken over', async () => {
    const email = newEmail();
    const placed = await order(email);
    await admin.patch(`/api/orders/${placed.id}`, { status: 'paid' }).expect(200);
    const owner = await register(email);
    const spent = async () => (await owner.get('/api/v1/auth/user').expect(200)).body.data.user.total_spent;
    expect(await spent()).toBe('0.00');
    await verify(email);
    expect(await spent()).toBe('20.00');
  });
});
