import type { Api, ApiResponse } from '../support/api.js';
import { picture, pictureForm } from '../support/pictures.js';
import { operationsOf, readWhole } from '../support/documents.js';
import { Shop } from '../support/shop.js';
import { until } from '../support/until.js';

interface Written {
  product: number;
  category: number;
  heir: number;
  order: number;
  user: number;
  /** A picture of the product. */
  picture: number;
  second: number;
  disabled: number;
  /** An order without an account. */
  guestOrder: number;
  /** The entry of a changed price in the audit log. */
  entry: number;
  /** A bulk change that is previewed. */
  token: string;
  /** A bulk change that is executed. */
  bulk: number;
  /** A file that is checked. */
  productImport: number;
  webhook: number;
  /** A delivery to the webhook. */
  delivery: number;
}

/** No receiver listens there. */
const HOOK = 'http://127.0.0.1:9/hook';

type Body = (rows: Written) => object | Promise<FormData>;

/**
 * A body for each operation of admins that changes something. An operation that is not in this table fails the test: the
 * author of a new one adds its body here, and sees its entry in the audit log.
 */
const WRITES: Record<string, [id: keyof Written | null, body: Body]> = {
  'POST /api/users': [null, () => ({ username: 'made', email: 'made@example.com', password: 'password123' })],
  'DELETE /api/users/{id}': ['user', () => ({})],
  'POST /api/categories': [null, () => ({ name: 'Made' })],
  'PUT /api/categories/{id}': ['category', () => ({ name: 'Replaced' })],
  'PATCH /api/categories/{id}': ['category', () => ({ name: 'Changed' })],
  'POST /api/categories/{id}/merge': ['category', ({ heir }) => ({ into: heir })],
  'DELETE /api/categories/{id}': ['category', () => ({})],
  'POST /api/products': [null, () => ({ name: 'Made', price: '1.00' })],
  'POST /api/products/{id}/stock': ['product', () => ({ delta: 1 })],
  'PUT /api/products/{id}': ['product', () => ({ name: 'Replaced', price: '2.00', stock: 3 })],
  'PATCH /api/products/{id}': ['product', () => ({ price: '3.00' })],
  'DELETE /api/products/{id}': ['product', () => ({})],
  'POST /api/products/{id}/images': ['product', anotherPicture],
  'PUT /api/products/{id}/images/order': ['product', ({ picture, second }) => ({ ids: [second, picture] })],
  'PUT /api/products/{id}/images/{picture_id}': ['product', anotherPicture],
  'PATCH /api/products/{id}/images/{picture_id}': ['product', () => ({ alt: 'Made' })],
  'DELETE /api/products/{id}/images/{picture_id}': ['product', () => ({})],
  'DELETE /api/orders/{id}/guest': ['guestOrder', () => ({})],
  'POST /api/admin/webhooks': [null, () => ({ url: HOOK, events: ['order.paid'] })],
  'PATCH /api/admin/webhooks/{id}': ['webhook', () => ({ enabled: false })],
  'POST /api/admin/webhooks/{id}/rotate-secret': ['webhook', () => ({})],
  'POST /api/admin/webhooks/{id}/test': ['webhook', () => ({})],
  'POST /api/admin/webhooks/{id}/deliveries/{deliveryId}/replay': ['webhook', () => ({})],
  'DELETE /api/admin/webhooks/{id}': ['webhook', () => ({})],
  'POST /api/admin/audit_log/{id}/restore': ['entry', () => ({})],
  'POST /api/admin/bulk': [null, ({ token }) => ({ token })],
  'POST /api/admin/bulk/changes/{id}/undo': ['bulk', () => ({})],
  'POST /api/admin/imports/{id}/run': ['productImport', () => ({})],
  'POST /api/admin/users/{id}/disable': ['user', () => ({})],
  'POST /api/admin/users/{id}/enable': ['disabled', () => ({})],
  'POST /api/admin/users/{id}/end-sessions': ['user', () => ({})],
  'POST /api/admin/users/{id}/send-reset': ['user', () => ({})],
};

/** Operations that the owner may use as well. */
const OF_OTHERS: Record<string, [id: keyof Written, body: Body]> = {
  'PUT /api/users/{id}': ['user', () => ({ name: 'Replaced' })],
  'PATCH /api/users/{id}': ['user', () => ({ role: 'admin' })],
  'PUT /api/orders/{id}': ['order', () => ({ notes: 'Replaced' })],
  'PATCH /api/orders/{id}': ['order', () => ({ status: 'paid' })],
  'DELETE /api/orders/{id}': ['order', () => ({})],
};

async function anotherPicture(): Promise<FormData> {
  return pictureForm(await picture({ width: 30 }));
}

describe('Operations of admins that change something', () => {
  let shop: Shop;
  let admin: Api;
  let operations: string[];

  beforeAll(async () => {
    shop = await Shop.open({ env: { WEBHOOK_PRIVATE_ADDRESSES: 'true' } });
    admin = await shop.admin();
    operations = operationsOf(await readWhole(shop))
      .filter(({ operation }) => operation['x-role'] === 'admin')
      .map(({ name }) => name)
      .filter((name) => !name.startsWith('GET ') && !name.endsWith('/preview'));
  });
  afterAll(() => shop.close());

  it('are all in the table', () => {
    expect(operations.toSorted()).toEqual(Object.keys(WRITES).toSorted());
  });

  it.each(Object.keys({ ...WRITES, ...OF_OTHERS }))(
    '%s: is in the audit log with its actor',
    async (operation) => {
      const [name, body] = { ...WRITES, ...OF_OTHERS }[operation]!;
      const rows = await newRows(operation);
      const {
        rows: [{ newest }],
      } = await shop.database.query('SELECT coalesce(max(id), 0) AS newest FROM audit_log');
      const [method, path] = operation.split(' ') as [string, string];
      const address = path
        .replace('{id}', String(name && rows[name]))
        .replace('{picture_id}', String(rows.picture))
        .replace('{deliveryId}', String(rows.delivery));
      const sent = await body(rows);
      const answer: ApiResponse = await admin.send(
        method,
        address,
        sent instanceof FormData ? { raw: sent } : { body: sent },
      );
      if (answer.status >= 300) throw new Error(`${operation}: ${answer.status} ${answer.text}`);
      if (answer.status === 202 && !operation.includes('/webhooks')) await ended(operation, answer.body.id);
      const { rows: entries } = await shop.database.query('SELECT * FROM audit_log WHERE id > $1', [newest]);
      expect(entries.length).toBeGreaterThan(0);
      for (const entry of entries) {
        expect(entry).toMatchObject({ actor_id: String(admin.user.id), actor_role: 'admin' });
        expect([entry.session_id, entry.request_id]).toEqual([expect.any(String), expect.any(String)]);
      }
      expect(new Set(entries.map(({ request_id }) => request_id)).size).toBe(1);
    },
  );

  /** Changed by a job. */
  async function ended(operation: string, id: number): Promise<void> {
    const address = operation.includes('/imports') ? '/api/admin/imports' : '/api/admin/bulk/changes';
    const ends = ['done', 'undone', 'checked'];
    await until(async () => ends.includes((await admin.get(`${address}/${id}`)).body.status));
  }

  let made = 0;

  async function newRows(operation: string): Promise<Written> {
    const customer = await shop.newCustomer();
    const product = (await shop.newProduct()).id;
    const category = async () =>
      (await admin.post('/api/categories', { name: `Category ${(made += 1)}` }).expect(201)).body.id;
    const items = [{ product_id: (await shop.newProduct()).id, quantity: 1 }];
    const order = (await customer.post('/api/orders', { items }).expect(201)).body.id;
    const disabled = (await shop.newCustomer()).user.id;
    await admin.post(`/api/admin/users/${disabled}/disable`).expect(204);
    const user = customer.user.id;
    const priced = (await shop.newProduct()).id;
    await admin.patch(`/api/products/${priced}`, { price: '11.00' }).expect(200);
    const entry = (await admin.get(`/api/admin/audit_log?model=products&row_id=${priced}`)).body.results[0]
      .id;
    const preview = async () => {
      const action = { kind: 'price_percent', percent: '10' };
      const body = { model: 'products', ids: [(await shop.newProduct()).id], action };
      return (await admin.post('/api/admin/bulk/preview', body).expect(200)).body.token;
    };
    const bulk = (await admin.post('/api/admin/bulk', { token: await preview() }).expect(202)).body.id;
    await until(async () => (await admin.get(`/api/admin/bulk/changes/${bulk}`)).body.status === 'done');
    const webhook = (
      await admin.post('/api/admin/webhooks', { url: HOOK, events: ['order.paid'] }).expect(201)
    ).body.id;
    const delivery = operation.includes('replay')
      ? (await admin.post(`/api/admin/webhooks/${webhook}/test`).expect(202)).body.id
      : 0;
    const [one, second] = operation.includes('/images') ? await newPictures(product) : [0, 0];
    return {
      product,
      picture: one!,
      second: second!,
      category: await category(),
      heir: await category(),
      order,
      user,
      disabled,
      guestOrder: await newGuestOrder(),
      token: await preview(),
      bulk,
      productImport: operation.includes('/imports') ? await newImport() : 0,
      entry,
      webhook,
      delivery,
    };
  }

  async function newGuestOrder(): Promise<number> {
    const product_id = (await shop.newProduct()).id;
    const { headers } = await shop.visitor.post('/api/cart', { product_id }).expect(201);
    const token = { 'x-cart-token': headers.get('x-cart-token')! };
    const email = `guest${(made += 1)}@example.com`;
    return (await shop.visitor.post('/api/orders', { email }, token).expect(201)).body.id;
  }

  async function newImport(): Promise<number> {
    const form = new FormData();
    form.append(
      'file',
      new Blob([`name,price,category\nImported ${(made += 1)},1,Imported\n`]),
      'products.csv',
    );
    const { status, body } = await admin.send('POST', '/api/admin/imports/preview', { raw: form });
    expect(status).toBe(202);
    await ended('POST /api/admin/imports/preview', body.id);
    return body.id;
  }

  async function newPictures(product: number): Promise<number[]> {
    const add = async (width: number) =>
      admin.send('POST', `/api/products/${product}/images`, { raw: pictureForm(await picture({ width })) });
    await add(10);
    const { body } = await add(20);
    return body.results.map(({ id }: { id: number }) => id);
  }
});
