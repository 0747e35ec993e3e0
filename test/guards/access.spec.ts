import { randomUUID } from 'node:crypto';
import type { Api, ApiResponse } from '../support/api.js';
import { operationsOf, readWhole } from '../support/documents.js';
import { Shop } from '../support/shop.js';

/**
 * S1, S2: who may use each operation of the OpenAPI documents. An operation that is not in this table fails the test.
 *
 * - public: everybody
 * - guest: everybody; without an account a guest, who gets a cart
 * - signed-in: every user, for the own data; its path has no id of another user's data
 * - own: the path names a row of a user (`one`), and another user's row is "unknown"
 * - admin: admins only
 */
type Entry =
  | 'public'
  | 'guest'
  | 'signed-in'
  | 'admin'
  | { own: (owned: Owned) => string | number; body?: (owned: Owned) => object };

/** Rows of customer A. */
interface Owned {
  user: number;
  order: number;
  product: number;
  session: string;
}

const order = ({ order: id }: Owned) => id;
const user = ({ user: id }: Owned) => id;
/** Lines of a cart and favorites are addressed by the product, which belongs to nobody: B has neither. */
const product = ({ product: id }: Owned) => id;

const TABLE: Record<string, Entry> = {
  'GET /api': 'public',
  'GET /api/health/live': 'public',
  'GET /api/health/ready': 'public',

  'POST /api/auth/register': 'public',
  'POST /api/auth/login': 'public',
  'POST /api/auth/token/refresh': 'public',
  'POST /api/auth/validate_token': 'public',
  'POST /api/auth/logout': 'signed-in',
  'GET /api/auth/verify-email/{uidb64}/{token}': 'public',
  'POST /api/auth/resend-verification': 'public',
  'POST /api/auth/reset_password': 'public',
  'GET /api/auth/password_reset_confirm/{uidb64}/{token}': 'public',
  'POST /api/auth/password_reset_confirm/{uidb64}/{token}': 'public',
  'POST /api/auth/change-email': 'signed-in',
  'GET /api/auth/confirm-email/{uidb64}/{token}': 'public',
  'POST /api/auth/confirm-email/{uidb64}/{token}': 'public',
  'GET /api/auth/undo-email-change/{uidb64}/{token}': 'public',
  'POST /api/auth/undo-email-change/{uidb64}/{token}': 'public',
  'GET /api/auth/unsubscribe/{uidb64}/{token}': 'public',
  'POST /api/auth/unsubscribe/{uidb64}/{token}': 'public',
  'GET /api/auth/sessions': 'signed-in',
  'DELETE /api/auth/sessions': 'signed-in',
  'DELETE /api/auth/sessions/{id}': { own: ({ session }) => session },

  'POST /api/v1/auth/register': 'public',
  'POST /api/v1/auth/login': 'public',
  'POST /api/v1/auth/logout': 'signed-in',
  'POST /api/v1/auth/refresh': 'signed-in',
  'POST /api/v1/auth/change-password': 'signed-in',
  'GET /api/v1/auth/user': 'signed-in',
  'PUT /api/v1/auth/profile': 'signed-in',

  'GET /api/users/me/export': 'signed-in',
  'GET /api/users/me': 'signed-in',
  'PUT /api/users/me': 'signed-in',
  'PATCH /api/users/me': 'signed-in',
  'DELETE /api/users/me': 'signed-in',

  'GET /api/users': 'admin',
  'POST /api/users': 'admin',
  'GET /api/users/{id}': { own: user },
  'PUT /api/users/{id}': { own: user, body: () => ({ name: 'Mallory' }) },
  'PATCH /api/users/{id}': { own: user, body: () => ({ name: 'Mallory', password: 'mallory123' }) },
  'DELETE /api/users/{id}': 'admin',

  'GET /api/products': 'public',
  'GET /api/products/{id}': 'public',
  'GET /api/products/available': 'public',
  'GET /api/products/suggest': 'public',
  'GET /api/products/facets': 'public',
  'GET /api/categories': 'public',
  'GET /api/categories/{id}': 'public',
  'POST /api/categories': 'admin',
  'PUT /api/categories/{id}': 'admin',
  'PATCH /api/categories/{id}': 'admin',
  'POST /api/categories/{id}/merge': 'admin',
  'DELETE /api/categories/{id}': 'admin',
  'POST /api/products': 'admin',
  'POST /api/products/{id}/stock': 'admin',
  'PUT /api/products/{id}': 'admin',
  'PATCH /api/products/{id}': 'admin',
  'DELETE /api/products/{id}': 'admin',

  'GET /api/products/{id}/images': 'public',
  'POST /api/products/{id}/images': 'admin',
  'PUT /api/products/{id}/images/order': 'admin',
  'GET /api/products/{id}/images/{picture_id}': 'public',
  'PUT /api/products/{id}/images/{picture_id}': 'admin',
  'PATCH /api/products/{id}/images/{picture_id}': 'admin',
  'DELETE /api/products/{id}/images/{picture_id}': 'admin',

  'GET /api/cart': 'signed-in',
  'POST /api/cart': 'guest',
  'GET /api/cart/summary': 'signed-in',
  'PUT /api/cart/update_item': {
    own: product,
    body: (owned) => ({ product_id: owned.product, quantity: 1 }),
  },
  'DELETE /api/cart/remove': { own: product, body: (owned) => ({ product_id: owned.product }) },
  'GET /api/cart/{id}': { own: product },
  'PUT /api/cart/{id}': { own: product, body: () => ({ quantity: 1 }) },
  'PATCH /api/cart/{id}': { own: product, body: () => ({ quantity: 1 }) },
  'DELETE /api/cart/{id}': { own: product },

  'GET /api/orders': 'signed-in',
  'POST /api/orders': 'signed-in',
  'POST /api/orders/checkout': 'signed-in',
  'GET /api/orders/my-orders': 'signed-in',
  'GET /api/orders/{id}': { own: order },
  'GET /api/orders/{id}/history': { own: order },
  'GET /api/guest-orders/{token}': 'public',
  'POST /api/guest-orders/{token}/cancel': 'public',
  'DELETE /api/orders/{id}/guest': 'admin',
  'PUT /api/orders/{id}': { own: order, body: () => ({ notes: 'Mallory was here' }) },
  'PATCH /api/orders/{id}': { own: order, body: () => ({ status: 'cancelled' }) },
  'DELETE /api/orders/{id}': { own: order },

  'GET /api/admin/webhooks': 'admin',
  'POST /api/admin/webhooks': 'admin',
  'GET /api/admin/webhooks/{id}': 'admin',
  'PATCH /api/admin/webhooks/{id}': 'admin',
  'DELETE /api/admin/webhooks/{id}': 'admin',
  'POST /api/admin/webhooks/{id}/rotate-secret': 'admin',
  'POST /api/admin/webhooks/{id}/test': 'admin',
  'GET /api/admin/webhooks/{id}/deliveries': 'admin',
  'POST /api/admin/webhooks/{id}/deliveries/{deliveryId}/replay': 'admin',
  'GET /api/admin/models': 'admin',
  'GET /api/admin/overview': 'admin',
  'POST /api/admin/audit_log/{id}/restore': 'admin',
  'POST /api/admin/bulk/preview': 'admin',
  'POST /api/admin/bulk': 'admin',
  'GET /api/admin/bulk/changes/{id}': 'admin',
  'POST /api/admin/bulk/changes/{id}/undo': 'admin',
  'POST /api/admin/imports/preview': 'admin',
  'POST /api/admin/imports/{id}/pictures/preview': 'admin',
  'GET /api/admin/imports/{id}': 'admin',
  'POST /api/admin/imports/{id}/run': 'admin',
  'GET /api/admin/orders/{id}/timeline': 'admin',
  'POST /api/admin/users/{id}/disable': 'admin',
  'POST /api/admin/users/{id}/enable': 'admin',
  'POST /api/admin/users/{id}/end-sessions': 'admin',
  'POST /api/admin/users/{id}/send-reset': 'admin',
  'GET /api/admin/users/{id}/export': 'admin',
  'GET /api/admin/{model}': 'admin',
  'GET /api/admin/csv/{model}': 'admin',
  'GET /api/admin/{model}/{id}': 'admin',
  'GET /api/events': 'public',

  'GET /api/favorites': 'signed-in',
  'POST /api/favorites': 'signed-in',
  'DELETE /api/favorites/{id}': { own: product },
};

const UNKNOWN = 999_999_999;

describe('The access table', () => {
  let shop: Shop;
  let operations: string[];
  let [alice, bob]: [Api, Api] = [] as any;
  let owned: Owned;

  beforeAll(async () => {
    shop = await Shop.open();
    operations = operationsOf(await readWhole(shop)).map(({ name }) => name);
    [alice, bob] = [await shop.newCustomer(), await shop.newCustomer()];
    const { id } = await shop.newProduct({ stock: 50 });
    const items = [{ product_id: id, quantity: 2 }];
    const placed = await alice
      .post('/api/orders', { items, shipping_address: 'Secret Street 1' })
      .expect(201);
    await alice.post('/api/cart', { product_id: id, quantity: 3 }).expect(201);
    await alice.post('/api/favorites', { product_id: id }).expect(201);
    const sessions = await alice.get('/api/auth/sessions').expect(200);
    owned = { user: alice.user.id, order: placed.body.id, product: id, session: sessions.body.results[0].id };
  });
  afterAll(() => shop.close());

  it('has an entry for every operation, and no other', () => {
    expect(operations.sort()).toEqual(Object.keys(TABLE).sort());
  });

  it.each(Object.keys(TABLE))('%s: is closed without credentials unless it is public', async (operation) => {
    const answer = await send(shop.visitor, operation, 1);
    if (['public', 'guest'].includes(TABLE[operation] as string))
      expect([401, 403]).not.toContain(isLogin(operation) ? 0 : answer.status);
    else {
      const code = operation.includes('/api/v1/') ? undefined : 'not_authenticated';
      expect([answer.status, answer.body.code]).toEqual([401, code]);
    }
  });

  it.each(where((entry) => entry === 'admin'))(
    '%s: S2: is 403 for a customer, known id or not',
    async (operation) => {
      const before = await everything();
      for (const id of [owned.user, owned.product, UNKNOWN, bob.user.id]) {
        const { status, body } = await send(bob, operation, id, {
          name: 'Mallory',
          price: '0.01',
          stock: 9,
          role: 'admin',
        });
        expect([status, body.code]).toEqual([403, 'permission_denied']);
      }
      expect(await everything()).toBe(before);
    },
  );

  it.each(where((entry) => typeof entry === 'object'))(
    '%s: S1: returns “unknown” for another user’s row, and changes nothing',
    async (operation) => {
      const entry = TABLE[operation] as Exclude<Entry, string>;
      const unknown: Owned = { user: UNKNOWN, order: UNKNOWN, product: UNKNOWN, session: randomUUID() };
      const before = await everything();
      const foreign = await send(bob, operation, entry.own(owned), entry.body?.(owned));
      const missing = await send(bob, operation, entry.own(unknown), entry.body?.(unknown));
      expect(foreign.status).toBe(404);
      expect([foreign.status, foreign.text]).toEqual([missing.status, missing.text]);
      expect(headersOf(foreign)).toEqual(headersOf(missing));
      expect(await everything()).toBe(before);
    },
  );

  it.each(where((entry) => entry === 'signed-in' || entry === 'guest'))(
    '%s: S1: shows and changes no data of another user',
    async (operation) => {
      if (/(logout|v1\/auth\/refresh)$/.test(operation)) return; // these end the session that the other tests need
      const before = await everything();
      const ids = {
        user_id: owned.user,
        owner: owned.user,
        user: owned.user,
        id: owned.order,
        order_id: owned.order,
      };
      const query = `?${new URLSearchParams(Object.entries(ids).map(([name, id]): [string, string] => [name, String(id)]))}`;
      const answer = await send(bob, operation, 1, { ...ids, product_id: owned.product }, query);
      expect(answer.status).toBeLessThan(500);
      expect(answer.text).not.toMatch(/Secret Street/);
      expect(answer.text).not.toContain(alice.user.username);
      if (Array.isArray(answer.body?.results)) {
        expect(answer.body.results.filter((row: any) => row.user_id === owned.user)).toEqual([]);
      }
      expect(await everything()).toBe(before);
    },
  );

  it('S1: lets customers see their own orders, and admins all orders and users', async () => {
    const admin = await shop.admin();
    for (const who of [alice, admin]) {
      await who.get(`/api/orders/${owned.order}`).expect(200);
      await who.get(`/api/users/${owned.user}`).expect(200);
    }
    const all = await admin.get('/api/orders').expect(200);
    expect(all.body.results.map((row: any) => row.id)).toContain(owned.order);
  });

  it('S1: another user’s keys, orders and cursors reveal nothing', async () => {
    const key = { 'idempotency-key': 'of-alice' };
    const body = { items: [{ product_id: owned.product, quantity: 1 }], shipping_address: 'Secret Street 2' };
    await alice.post('/api/orders', body, key).expect(201);
    const { next } = (await alice.get('/api/orders/my-orders?page_size=1').expect(200)).body;
    const { body: page } = await bob.get(new URL(next).pathname + new URL(next).search);
    expect(JSON.stringify(page)).not.toContain('Secret Street');
    const { body: bobs } = await bob
      .post('/api/orders', { ...body, shipping_address: 'Elsewhere' }, key)
      .expect(201);
    expect(bobs).toMatchObject({ user_id: bob.user.id, shipping_address: 'Elsewhere' });
  });

  it('S1: a deleted order is hidden from its owner, and visible to admins', async () => {
    const items = [{ product_id: owned.product, quantity: 1 }];
    const { id } = (await alice.post('/api/orders', { items }).expect(201)).body;
    await alice.delete(`/api/orders/${id}`).expect(204);
    for (const operation of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      await alice.send(operation, `/api/orders/${id}`, operation === 'GET' ? {} : { body: {} }).expect(404);
    }
    await (await shop.admin()).get(`/api/orders/${id}`).expect(200);
  });

  function where(kind: (entry: Entry) => boolean): string[] {
    return Object.keys(TABLE).filter((operation) => kind(TABLE[operation]!));
  }

  function isLogin(operation: string): boolean {
    return /login|refresh|validate_token/.test(operation);
  }

  async function send(
    who: Api,
    operation: string,
    id: string | number,
    body?: object,
    query = '',
  ): Promise<ApiResponse> {
    const [method, path] = operation.split(' ') as [string, string];
    return who.send(
      method,
      path.replaceAll(/\{(picture_)?id\}/g, String(id)) + query,
      method === 'GET' ? {} : { body: body ?? {} },
    );
  }

  function headersOf({ headers }: ApiResponse): string[] {
    const varying = new Set(['date', 'content-length', 'x-ratelimit-remaining']);
    return [...headers].filter(([name]) => !varying.has(name)).map(([name, value]) => `${name}: ${value}`);
  }

  /** All data of Alice, and the catalogue. */
  async function everything(): Promise<string> {
    const { rows } = await shop.database.query(
      `SELECT (SELECT json_agg(u) FROM users u WHERE id = $1) AS users,
              (SELECT json_agg(o ORDER BY id) FROM orders o WHERE user_id = $1) AS orders,
              (SELECT json_agg(i ORDER BY i.id) FROM order_items i JOIN orders o ON o.id = i.order_id WHERE o.user_id = $1) AS items,
              (SELECT json_agg(c) FROM cart_items c WHERE user_id = $1) AS cart,
              (SELECT json_agg(f) FROM favorites f WHERE user_id = $1) AS favorites,
              (SELECT json_agg(s ORDER BY id) FROM sessions s WHERE user_id = $1) AS sessions,
              (SELECT json_agg(p ORDER BY id) FROM (SELECT id, name, price, deleted_at FROM products) p) AS products`,
      [owned.user],
    );
    return JSON.stringify(rows);
  }
});
