import type { Api } from '../support/api.js';
import { Shop } from '../support/shop.js';

describe('Orders and users are found', () => {
  let shop: Shop;
  let admin: Api;
  let [ann, bob]: [Api, Api] = [] as any;
  let orders: any[];

  beforeAll(async () => {
    shop = await Shop.open();
    admin = await shop.admin();
    [ann, bob] = [await shop.newCustomer(), await shop.newCustomer()];
    await ann.patch(`/api/users/${ann.user.id}`, { name: 'Zoë Quillfeather' }).expect(200);
    const { id: product_id } = await shop.newProduct({ price: '10.00', stock: 100 });
    orders = [];
    for (const [who, quantity] of [
      [ann, 1],
      [bob, 2],
      [ann, 3],
      [bob, 4],
    ] as const) {
      const { body } = await who.post('/api/orders', { items: [{ product_id, quantity }] }).expect(201);
      orders.push(body);
    }
    for (const [index, { id }] of orders.entries()) {
      await shop.database.query(`UPDATE orders SET created_at = $2::timestamptz WHERE id = $1`, [
        id,
        `2026-01-0${index + 1}T12:00:00Z`,
      ]);
    }
  });
  afterAll(() => shop.close());

  const found = async (query: Record<string, string>, who = admin, path = '/api/orders') => {
    const { body } = await who.get(`${path}?${new URLSearchParams(query)}`).expect(200);
    return body.results.map((order: any) => orders.findIndex(({ id }) => id === order.id));
  };

  it('by owner, total and time, alone and together', async () => {
    expect(await found({ user_id: String(ann.user.id) })).toEqual([2, 0]);
    expect(await found({ min_total: '20', max_total: '30.00' })).toEqual([2, 1]);
    expect(await found({ created_after: '2026-01-02T12:00:00Z' })).toEqual([3, 2, 1]);
    expect(await found({ created_before: '2026-01-02T12:00:00Z' })).toEqual([1, 0]);
    const both = { created_after: '2026-01-02T00:00:00Z', created_before: '2026-01-03T23:00:00Z' };
    expect(await found({ ...both, user_id: String(ann.user.id), min_total: '30' })).toEqual([2]);
  });

  it('not by a time that does not exist, which names the field', async () => {
    for (const time of [
      '2026-02-30T10:00:00Z',
      '2026-01-01T25:00:00Z',
      '0000-01-01T00:00:00Z',
      '2026-01-01T10:00:00+99:99',
    ]) {
      for (const field of ['created_after', 'created_before']) {
        const query = new URLSearchParams({ [field]: time });
        const { body } = await admin.get(`/api/orders?${query}`).expect(400);
        expect([time, body.errors]).toEqual([time, { [field]: [expect.any(String)] }]);
      }
    }
    expect(await found({ created_before: '2026-01-02T23:30:00+13:00' })).toEqual([0]);
  });

  it('by number, name, username and e-mail of the owner', async () => {
    expect(await found({ search: String(orders[1].id) })).toEqual([1]);
    expect(await found({ search: `#${orders[3].id}` })).toEqual([3]);
    for (const search of ['quillFEATHER', 'zoe q', ann.user.username, ann.user.email.toUpperCase()])
      expect([search, await found({ search })]).toEqual([search, [2, 0]]);
    expect(await found({ search: '%' })).toEqual([]);
    expect(await found({ search: 'nobody at all' })).toEqual([]);
  });

  it('on several pages, whose links have the filters', async () => {
    const walked: number[] = [];
    let next: string | null = '/api/orders?created_after=2026-01-01T00:00:00Z&min_total=20&page_size=1';
    while (next) {
      const { body }: any = await admin.get(next).expect(200);
      walked.push(...body.results.map((order: any) => orders.findIndex(({ id }) => id === order.id)));
      next = body.next && new URL(body.next).pathname + new URL(body.next).search;
    }
    expect(walked).toEqual([3, 2, 1]);
  });

  it('among a customer’s own orders only', async () => {
    expect(await found({ min_total: '20' }, ann)).toEqual([2]);
    expect(await found({ user_id: String(bob.user.id) }, ann)).toEqual([2, 0]);
    expect(await found({ search: bob.user.username }, ann)).toEqual([2, 0]);
  });

  it('and a bad value is 400 and names the field', async () => {
    for (const [field, value] of Object.entries({
      user_id: 'x',
      created_after: 'yesterday',
      created_before: '2026-13-45T00:00:00Z',
      min_total: '-1',
      max_total: 'much',
    })) {
      const { body } = await admin.get(`/api/orders?${field}=${value}`).expect(400);
      if (field !== 'created_before') expect(Object.keys(body.errors)).toEqual([field]);
    }
  });

  it('users by any part of three letters, or the beginning of a word', async () => {
    const names = async (search: string) =>
      (await admin.get(`/api/users?${new URLSearchParams({ search })}`).expect(200)).body.results.map(
        ({ id }: any) => id,
      );
    for (const search of ['quillf', 'LLFEA', 'zoe', 'zo', 'Q', ann.user.email])
      expect([search, await names(search)]).toEqual([search, [ann.user.id]]);
    expect(await names('il')).toEqual([]);
    await ann.patch(`/api/users/${ann.user.id}`, { name: 'Renamed' }).expect(200);
    expect(await names('quillf')).toEqual([]);
    const { body } = await admin.get(`/api/users/${ann.user.id}`).expect(200);
    expect(body).not.toHaveProperty('search_text');
  });
});
