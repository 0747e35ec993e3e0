import type { Api } from '../support/api.js';
import { linkIn, MailServer } from '../support/mail-server.js';
import { describeWithPgBouncer, type PgBouncer, startPgBouncer } from '../support/pgbouncer.js';
import { PASSWORD, Shop } from '../support/shop.js';

const BUYERS = 16;

/** Twenty connections of two processes share five of PostgreSQL, and each transaction may use another one. */
describeWithPgBouncer('Behind PgBouncer in transaction mode', () => {
  let shop: Shop;
  let mails: MailServer;
  let pgbouncer: PgBouncer;

  beforeAll(async () => {
    mails = await MailServer.start();
    shop = await Shop.open({ processes: 0, empty: true, env: { SMTP_URL: mails.url, DEMO: 'true' } });
    pgbouncer = await startPgBouncer(shop.databaseUrl);
    const env = { DATABASE_URL: pgbouncer.url };
    await shop.startProcess(env);
    await shop.startProcess(env);
  });
  afterAll(async () => {
    await Promise.all(shop.processes.map((app) => app.stop()));
    await pgbouncer.stop();
    await mails.stop();
    await shop.close();
  });

  it('customers register, log in, fill carts and buy a product until it is sold out', async () => {
    const product = await shop.newProduct({ stock: 20 });
    const customers = await Promise.all(Array.from({ length: BUYERS }, () => shop.newCustomer()));
    const buyers = customers.map((customer, index) => customer.at(shop.processes[index % 2]!.url));
    await Promise.all(buyers.map((buyer) => buyer.get('/api/products?search=product').expect(200)));
    const sold = await Promise.all(buyers.map((buyer) => buyUntilSoldOut(buyer, product.id)));
    expect(sold.reduce((sum, units) => sum + units, 0)).toBe(20);
    expect(await shop.stockOf(product.id)).toBe(0);
    const orders = await Promise.all(buyers.map((buyer) => buyer.get('/api/orders/my-orders').expect(200)));
    expect(orders.map(({ body }) => body.count)).toEqual(sold);
  });

  it('a retried checkout gets the first order', async () => {
    const product = await shop.newProduct({ stock: 100 });
    const buyer = await shop.newCustomer();
    await buyer.post('/api/cart', { product_id: product.id, quantity: 1 }).expect(201);
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, index) =>
        buyer
          .at(shop.processes[index % 2]!.url)
          .post('/api/cart/checkout', undefined, { 'idempotency-key': 'one' }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(16).fill(201));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await shop.stockOf(product.id)).toBe(99);
  });

  it('mails are sent, and their links work on the other process', async () => {
    const { user } = await shop.newCustomer();
    await shop.visitor.post('/api/auth/reset_password', { email: user.email }).expect(200);
    const mail = await mails.mailTo(user.email, { subject: /password/i });
    const link = linkIn(mail);
    const other = shop.visitor.at(shop.processes[1]!.url);
    await other.post(link, { new_password: 'another one 2' }).expect(200);
    await other.post('/api/auth/login', { email: user.email, password: PASSWORD }).expect(401);
    await other.post('/api/auth/login', { email: user.email, password: 'another one 2' }).expect(200);
  });

  it('the server cancels a statement that waits too long for a lock', async () => {
    const product = await shop.newProduct();
    const buyer = await shop.newCustomer();
    const blocker = await shop.database.connect();
    await blocker.query('BEGIN');
    await blocker.query('SELECT FROM products WHERE id = $1 FOR UPDATE', [product.id]);
    const order = { items: [{ product_id: product.id, quantity: 1 }] };
    const answers = await Promise.all(Array.from({ length: 3 }, () => buyer.post('/api/orders', order)));
    await blocker.query('ROLLBACK');
    blocker.release();
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
    await buyer.get('/api/orders/my-orders').expect(200);
    expect(await shop.stockOf(product.id)).toBe(10);
  });

  async function buyUntilSoldOut(buyer: Api, product_id: number): Promise<number> {
    for (let units = 0; ; units += 1) {
      const added = await buyer.post('/api/cart', { product_id, quantity: 1 });
      const { status } = added.status === 201 ? await buyer.post('/api/cart/checkout') : added;
      if (status === 409) return units;
      expect(status).toBe(201);
    }
  }
});
