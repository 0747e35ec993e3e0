import type { Api } from '../support/api.js';
import { PASSWORD, Shop } from '../support/shop.js';
import { until } from '../support/until.js';

describe('An admin', () => {
  let shop: Shop;
  let admin: Api;

  beforeAll(async () => {
    shop = await Shop.open({ processes: 2 });
    admin = await shop.admin();
  });
  afterAll(() => shop.close());

  const act = (user: Api, action: string) => admin.post(`/api/admin/users/${user.user.id}/${action}`);
  const signIn = (user: Api) =>
    shop.visitor.post('/api/auth/login', { email: user.user.email, password: PASSWORD });

  it('disables a user, whom every route of every process refuses at once, and enables the user again', async () => {
    const user = await shop.newCustomer();
    const { body: bearer } = await shop.visitor
      .post('/api/v1/auth/login', { email: user.user.email, password: PASSWORD })
      .expect(200);
    const v1 = shop.visitor.withToken(bearer.data?.token ?? bearer.token);
    const everywhere = shop.processes.flatMap(({ url }) => [user.at(url), v1.at(url)]);
    for (const client of everywhere) await client.get('/api/cart').expect(200); // the tokens are cached there
    await act(user, 'disable').expect(204);
    for (const client of everywhere) await client.get('/api/cart').expect(401);
    await user.post('/api/auth/token/refresh', { refresh: user.refresh }).expect(401);
    await v1.post('/api/v1/auth/refresh').expect(401);
    expect((await signIn(user)).body.code).toBe('no_active_account');
    await shop.visitor.post('/api/v1/auth/login', { email: user.user.email, password: PASSWORD }).expect(401);
    const shown = (await admin.get(`/api/admin/users?disabled=true`).expect(200)).body;
    expect(shown.results.map(({ id }: any) => id)).toEqual([user.user.id]);
    await act(user, 'disable').expect(204);
    await act(user, 'send-reset').expect(409);
    for (const path of ['reset_password', 'resend-verification'])
      await shop.visitor.post(`/api/auth/${path}`, { email: user.user.email }).expect(200);
    await until(async () => (await shop.database.query('SELECT FROM graphile_worker.jobs')).rowCount === 0);
    const mails = await shop.database.query('SELECT kind FROM sent_mails WHERE user_id = $1 OFFSET 1', [
      user.user.id,
    ]);
    expect(mails.rows).toEqual([]); // only that of the registration

    await act(user, 'enable').expect(204);
    await user.get('/api/cart').expect(401); // ended sessions stay ended
    expect((await signIn(user)).status).toBe(200);
  });

  it('cannot disable the last admin, nor can two admins disable each other', async () => {
    const { body } = await admin.post(`/api/admin/users/${admin.user.id}/disable`).expect(409);
    expect(body.code).toBe('last_admin');
    await admin.get('/api/admin/overview').expect(200);
    const second = await shop.newCustomer();
    await admin.patch(`/api/users/${second.user.id}`, { role: 'admin' }).expect(200);
    const answers = await Promise.all([
      act(second, 'disable'),
      second.post(`/api/admin/users/${admin.user.id}/disable`),
    ]);
    const { rows } = await shop.database.query(
      `SELECT id FROM users WHERE role = 'admin' AND disabled_at IS NULL AND deleted_at IS NULL`,
    );
    expect([rows.length, answers.map(({ status }) => status)]).toEqual([1, expect.arrayContaining([204])]);
    await shop.database.query('UPDATE users SET disabled_at = NULL WHERE id = $1', [admin.user.id]);
    admin = await shop.admin();
    await admin.patch(`/api/users/${second.user.id}`, { role: 'customer' }).expect(200);
  });

  it('ends the sessions of a user, sends a reset and exports, each with an entry in the log', async () => {
    const user = await shop.newCustomer();
    await act(user, 'end-sessions').expect(204);
    await user.get('/api/cart').expect(401);
    expect((await signIn(user)).status).toBe(200);
    await act(user, 'send-reset').expect(204);
    await until(async () => {
      const mails = (await shop.visitor.get('/dev/mailbox')).text;
      return mails.includes(user.user.email);
    });
    const { body } = await admin.get(`/api/admin/users/${user.user.id}/export`).expect(200);
    expect(body.profile).toMatchObject({ id: user.user.id, email: user.user.email });
    const { results } = (
      await admin.get(`/api/admin/audit_log?model=users&row_id=${user.user.id}`).expect(200)
    ).body;
    expect(results.map(({ action }: any) => action)).toEqual(['export', 'send_reset', 'end_sessions']);
    for (const action of ['disable', 'enable', 'end-sessions', 'send-reset'])
      await admin.post(`/api/admin/users/999999999/${action}`).expect(404);
  });

  it('sees pending work with links to its lists, and sales by day', async () => {
    const overview = async () => (await admin.get('/api/admin/overview').expect(200)).body;
    const before = await overview();
    const buyer = await shop.newCustomer();
    const { id: product_id } = await shop.newProduct({ price: '12.50', stock: 6 });
    const place = async () =>
      (await buyer.post('/api/orders', { items: [{ product_id, quantity: 1 }] }).expect(201)).body.id;
    const [paid, pending] = [await place(), await place()];
    await admin.patch(`/api/orders/${paid}`, { status: 'paid' }).expect(200);
    await shop.database.query(`UPDATE orders SET created_at = now() - interval '70 hours' WHERE id = $1`, [
      pending,
    ]);
    const after = await overview();
    for (const name of ['to_ship', 'low_stock', 'expiring_orders']) {
      expect([name, after[name].count]).toEqual([name, before[name].count + 1]);
      const { model, query, count } = after[name];
      const list = (await admin.get(`/api/admin/${model}?${query}`).expect(200)).body;
      expect([name, list.count]).toEqual([name, count]);
    }
    expect(after.days).toHaveLength(30);
    const { rows } = await shop.database.query(
      `SELECT sum(total) FILTER (WHERE status = 'paid')::text AS revenue FROM orders`,
    );
    expect((await overview()).days.at(-1).revenue).toBe(rows[0].revenue);
  });

  it('finds a mail while it waits, when it failed, when it was sent, and at its order', async () => {
    const buyer = await shop.newCustomer();
    const { id: product_id } = await shop.newProduct();
    const { id } = (await buyer.post('/api/orders', { items: [{ product_id }] }).expect(201)).body;
    await shop.database.query(`UPDATE orders SET created_at = now() - interval '80 hours' WHERE id = $1`, [
      id,
    ]);
    const process = await shop.startProcess(); // housekeeping runs at the start
    const mails = async (query: string) =>
      (await admin.get(`/api/admin/mails?${query}`).expect(200)).body.results;
    await until(async () => (await mails(`order_id=${id}&status=sent`)).length === 1);
    await process.stop();
    const [mail] = await mails(`order_id=${id}`);
    expect(mail).toMatchObject({
      kind: 'order_expired',
      user_id: buyer.user.id,
      email: buyer.user.email,
      subject: expect.stringMatching(/cancelled/),
      sent_at: expect.any(String),
    });
    expect(await mails(`search=${buyer.user.username}&status=sent`)).toContainEqual(mail);
    expect((await admin.get(`/api/admin/mails/${mail.id}`).expect(200)).body).toEqual(mail);
    const { events } = (await admin.get(`/api/admin/orders/${id}/timeline`).expect(200)).body;
    expect(events.at(-1)).toMatchObject({
      kind: 'mail',
      event: 'order_expired',
      mail: { id: mail.id, status: 'sent', email: buyer.user.email },
    });
    const { body: exported } = await buyer.get('/api/users/me/export').expect(200);
    expect(exported.mails).toContainEqual({
      kind: mail.kind,
      email: mail.email,
      subject: mail.subject,
      sent_at: mail.sent_at,
    });
    await admin.delete(`/api/users/${buyer.user.id}`).expect(204);
    expect(await mails(`user_id=${buyer.user.id}`)).toEqual([]);
  });

  it('finds sent mails for 90 days only', async () => {
    const insert = `INSERT INTO sent_mails (id, kind, email, subject, queued_at, sent_at)
      SELECT -n, 'invitation', 'x@example.com', 'x', now(), now() - n * interval '1 day' FROM unnest(ARRAY[89, 91]) n`;
    await shop.database.query(insert);
    const process = await shop.startProcess();
    await until(async () => (await admin.get('/api/admin/mails/-91')).status === 404);
    await admin.get('/api/admin/mails/-89').expect(200);
    await process.stop();
  });

  it('reads the timeline of an order, with names, and the statuses that may follow', async () => {
    const buyer = await shop.newCustomer();
    await buyer.patch(`/api/users/${buyer.user.id}`, { name: 'Zoë' }).expect(200);
    const { id: product_id, name } = await shop.newProduct({ stock: 6 });
    const { id } = (await buyer.post('/api/orders', { items: [{ product_id, quantity: 2 }] }).expect(201))
      .body;
    await admin.patch(`/api/orders/${id}`, { status: 'paid' }).expect(200);
    const timeline = async () => (await admin.get(`/api/admin/orders/${id}/timeline`).expect(200)).body;
    expect((await timeline()).next_statuses).toEqual(['shipped', 'cancelled']);
    await admin.patch(`/api/orders/${id}`, { status: 'cancelled' }).expect(200);
    const { next_statuses, events } = await timeline();
    expect(next_statuses).toEqual([]);
    expect(events.map(({ kind, event, actor_name }: any) => [kind, event, actor_name])).toEqual([
      ['stock', 'sale', 'Zoë'],
      ['status', 'placed', 'Zoë'],
      ['status', 'paid', expect.any(String)],
      ['stock', 'cancellation', expect.any(String)],
      ['status', 'cancelled', expect.any(String)],
    ]);
    const roles = ['customer', 'customer', 'admin', 'admin', 'admin'];
    expect(events.map(({ actor_role }: any) => actor_role)).toEqual(roles);
    await admin.patch(`/api/users/${buyer.user.id}`, { role: 'admin' }).expect(200);
    await buyer.patch(`/api/users/${admin.user.id}`, { role: 'customer' }).expect(200);
    const later = (await buyer.get(`/api/admin/orders/${id}/timeline`).expect(200)).body;
    await buyer.patch(`/api/users/${admin.user.id}`, { role: 'admin' }).expect(200);
    expect(later.events).toEqual(events);
    expect(events[3].products).toEqual([{ id: product_id, name, delta: 2, stock_after: 6 }]);
    expect(events[2].changes).toEqual({ status: ['pending', 'paid'] });
    await admin.get('/api/admin/orders/999999999/timeline').expect(404);
  });
});
