import type { Api } from '../support/api.js';
import { MailServer } from '../support/mail-server.js';
import { Shop } from '../support/shop.js';
import { until } from '../support/until.js';

const NEWS = /favorites|favoris/;

describe('A mail about favorites', () => {
  let shop: Shop;
  let server: MailServer;
  let admin: Api;

  beforeAll(async () => {
    server = await MailServer.start();
    shop = await Shop.open({ env: { SMTP_URL: server.url } });
    admin = await shop.admin();
  });
  afterAll(async () => {
    await shop.close();
    await server.stop();
  });

  const reader = async (profile: object = { favorite_mails: true }) => {
    const customer = await shop.newCustomer();
    await shop.database.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [customer.user.id]);
    await customer.patch(`/api/users/${customer.user.id}`, profile).expect(200);
    return customer;
  };
  const choose = async (customer: Api, ...products: { id: number }[]) => {
    for (const { id } of products) await customer.post('/api/favorites', { product_id: id }).expect(201);
  };
  const change = (product: { id: number }, changes: object) =>
    admin.patch(`/api/products/${product.id}`, changes).expect(200);
  const mailsTo = ({ user }: Api) =>
    server.mails.filter(({ to, subject }) => to === user.email && NEWS.test(subject));

  /** Housekeeping runs at the start and then regularly: waits until somebody without news has some. */
  const lookForNews = async () => {
    const [witness, product] = [await reader(), await shop.newProduct({ price: '2.00' })];
    await choose(witness, product);
    await change(product, { price: '1.00' });
    const app = await shop.startProcess();
    await until(() => mailsTo(witness).length === 1);
    await app.stop();
  };

  it('names all that are available again or cheaper, once', async () => {
    const [chair, lamp, desk] = [
      await shop.newProduct({ stock: 0, price: '80.00' }),
      await shop.newProduct({ price: '1250.00' }),
      await shop.newProduct({ price: '5.00' }),
    ];
    const [customer, other] = [await reader(), await reader({ favorite_mails: false })];
    await choose(customer, chair, lamp, desk);
    await choose(other, chair, lamp);
    await change(chair, { stock: 4 });
    await change(lamp, { price: '999.50' });
    await change(desk, { price: '6.00' });
    await lookForNews();
    await until(() => mailsTo(customer).length === 1);

    const [mail] = mailsTo(customer);
    expect(mail!.text).toContain(`${chair.name} is in stock again, at €80.00.`);
    expect(mail!.text).toContain(`${lamp.name} is down to €999.50 from €1,250.00.`);
    expect(mail!.text).not.toContain(desk.name);
    await lookForNews();
    expect(mailsTo(customer)).toHaveLength(1);
    expect(mailsTo(other)).toEqual([]);
  });

  it('is sent at most once a day, with all news since', async () => {
    const [first, second] = [
      await shop.newProduct({ price: '9.00' }),
      await shop.newProduct({ price: '9.00' }),
    ];
    const customer = await reader();
    await choose(customer, first, second);
    await change(first, { price: '8.00' });
    await lookForNews();
    await until(() => mailsTo(customer).length === 1);
    await change(second, { price: '7.00' });
    await lookForNews();
    expect(mailsTo(customer)).toHaveLength(1);

    await shop.database.query(
      `UPDATE users SET favorites_told_at = favorites_told_at - interval '25 hours' WHERE id = $1`,
      [customer.user.id],
    );
    await lookForNews();
    await until(() => mailsTo(customer).length === 2);
    expect(mailsTo(customer)[1]!.text).toContain(second.name);
    expect(mailsTo(customer)[1]!.text).not.toContain(first.name);
  });

  /** Finds one user's news while mails cannot be sent, runs `meanwhile`, and then sends the mails. */
  const tellLate = async (meanwhile: () => Promise<unknown>) => {
    server.behaviour = 'refuse';
    const app = await shop.startProcess();
    await until(async () => {
      const { rows } = await shop.database.query(
        `SELECT FROM graphile_worker.jobs WHERE task_identifier = 'favorites mail' AND last_error IS NOT NULL`,
      );
      return rows.length === 1;
    });
    await app.stop();
    await meanwhile();
    server.behaviour = 'accept';
    await until(async () => {
      const { rows } = await shop.database.query(
        `SELECT FROM graphile_worker.jobs WHERE task_identifier = 'favorites mail'`,
      );
      return rows.length === 0;
    });
  };

  it('is in the user’s language, and leaves out news that are not true any more', async () => {
    const [sold, dearer, kept] = [
      await shop.newProduct({ price: '9.00' }),
      await shop.newProduct({ price: '9.00' }),
      await shop.newProduct({ price: '1000.00' }),
    ];
    const customer = await reader({ favorite_mails: true, language: 'fr' });
    await choose(customer, sold, dearer, kept);
    await change(sold, { price: '8.00' });
    await change(dearer, { price: '8.00' });
    await change(kept, { price: '900.00' });
    await tellLate(async () => {
      await admin.delete(`/api/products/${sold.id}`).expect(204);
      await change(dearer, { price: '9.50' });
    });
    const [mail] = mailsTo(customer);
    expect(mail!.text.replace(/\s/g, ' ')).toContain(`${kept.name} passe de 1 000,00 € à 900,00 €.`);
    expect(mail!.text).not.toContain(sold.name);
    expect(mail!.text).not.toContain(dearer.name);
  });

  it('is not sent to an address that replaced the confirmed one meanwhile', async () => {
    const product = await shop.newProduct({ price: '9.00' });
    const customer = await reader();
    await choose(customer, product);
    await change(product, { price: '8.00' });
    await tellLate(() =>
      customer.patch(`/api/users/${customer.user.id}`, { email: 'not.confirmed@example.com' }).expect(200),
    );
    expect(
      server.mails.filter(({ to, subject }) => to === 'not.confirmed@example.com' && NEWS.test(subject)),
    ).toEqual([]);
  });

  it('is sent to confirmed addresses only, and not to users who are erased or disabled meanwhile', async () => {
    const product = await shop.newProduct({ price: '9.00' });
    const [unconfirmed, erased, disabled, customer] = [
      await reader(),
      await reader(),
      await reader(),
      await reader(),
    ];
    await shop.database.query('UPDATE users SET email_verified_at = NULL WHERE id = $1', [
      unconfirmed.user.id,
    ]);
    for (const each of [unconfirmed, erased, disabled, customer]) await choose(each, product);
    await change(product, { price: '8.00' });
    await admin.delete(`/api/users/${erased.user.id}`).expect(204);
    await admin.post(`/api/admin/users/${disabled.user.id}/disable`).expect(204);
    await lookForNews();
    await until(() => mailsTo(customer).length === 1);
    expect([unconfirmed, erased, disabled].flatMap(mailsTo)).toEqual([]);
  });

  it('can be ended by one click in a mail program, or on the page of its link', async () => {
    const product = await shop.newProduct({ price: '9.00' });
    const customer = await reader();
    await choose(customer, product);
    await change(product, { price: '8.00' });
    await lookForNews();
    await until(() => mailsTo(customer).length === 1);
    const { headers, text } = mailsTo(customer)[0]!;
    const [, link] = /List-Unsubscribe: <([^>]+)>/i.exec(
      mailsTo(customer)[0]!.source.replace(/\r\n\s+/g, ' '),
    )!;
    expect(String(headers.get('list-unsubscribe-post') ?? '')).toMatch(/^$|List-Unsubscribe=One-Click/);
    expect(text).toContain(link);
    const path = new URL(link!).pathname;
    const isSubscribed = async () =>
      (await customer.get(`/api/users/${customer.user.id}`).expect(200)).body.favorite_mails;

    await shop.visitor.get(path).expect(200); // as a scanner of links does
    expect(await isSubscribed()).toBe(true);
    const page = await shop.visitor.get(path, { accept: 'text/html' }).expect(200);
    expect(page.text).toContain('<button type="submit">Confirm</button>');
    const oneClick = {
      'content-type': 'application/x-www-form-urlencoded',
      origin: 'https://mail.example.com',
    };
    await shop.visitor
      .send('POST', path, { raw: 'List-Unsubscribe=One-Click', headers: oneClick })
      .expect(200);
    expect(await isSubscribed()).toBe(false);
    await shop.visitor.post(path).expect(200);
    const parts = path.split('/').filter(Boolean);
    const forged = [...parts.slice(0, -2), Buffer.from('1').toString('base64url'), parts.at(-1)].join('/');
    const { body } = await shop.visitor.post(`/${forged}`).expect(400);
    expect(body.code).toBe('link_invalid');
  });
});
