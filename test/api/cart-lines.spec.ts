import type { Api } from '../support/api.js';
import { Shop } from '../support/shop.js';

describe('Lines of a cart whose product was changed', () => {
  let shop: Shop;
  let admin: Api;
  let buyer: Api;

  beforeAll(async () => {
    shop = await Shop.open({ env: { MAX_QUANTITY: '50' } });
    admin = await shop.admin();
  });
  beforeEach(async () => {
    buyer = await shop.newCustomer();
  });
  afterAll(() => shop.close());

  const add = (product_id: number, quantity = 1) => buyer.post('/api/cart', { product_id, quantity });
  const cart = async () => (await buyer.get('/api/cart').expect(200)).body;
  const change = (id: number, fields: object) => admin.patch(`/api/products/${id}`, fields).expect(200);

  /** A cart with a line in each state, each of two units at 10.00. */
  const withEveryState = async () => {
    const products: [string, any][] = [];
    for (const state of ['available', 'short', 'off_sale', 'gone'])
      products.push([state, await shop.newProduct()]);
    for (const [, { id }] of products) await add(id, 2).expect(201);
    const { short, off_sale, gone, available } = Object.fromEntries(products);
    await change(short.id, { stock: 1 });
    await change(off_sale.id, { available: false });
    await admin.delete(`/api/products/${gone.id}`).expect(204);
    return { short, off_sale, gone, available };
  };

  it('have a state; a deleted product keeps its slug and is not in the total', async () => {
    const products = await withEveryState();
    const { items, total, total_items } = await cart();
    expect(items.map((item: any) => [item.product.id, item.state, item.subtotal])).toEqual([
      [products.available.id, 'available', '20.00'],
      [products.short.id, 'short', '20.00'],
      [products.off_sale.id, 'off_sale', '20.00'],
      [products.gone.id, 'gone', '0.00'],
    ]);
    expect(items[3].product).toMatchObject({ slug: products.gone.slug, available: false });
    expect([total, total_items]).toEqual(['60.00', 6]);
    expect((await buyer.get('/api/cart/summary').expect(200)).body).toEqual({
      total_items: 6,
      total_cost: '60.00',
    });
    const again = await shop.newProduct({ name: products.gone.name });
    expect(again.slug).toBe(products.gone.slug); // can be used by another product
  });

  it('have the price at their addition, and say whether it has changed', async () => {
    const { id } = await shop.newProduct({ price: '10.00' });
    await add(id).expect(201);
    await change(id, { price: '12.00' });
    const [line] = (await cart()).items;
    expect(line).toMatchObject({ unit_price: '12.00', added_price: '10.00', price_changed: true });
    const more = await add(id).expect(201);
    expect(more.body).toMatchObject({ quantity: 2, added_price: '12.00', price_changed: false });
  });

  it('are named by a checkout, which can leave out the unavailable ones', async () => {
    const products = await withEveryState();
    const refused = await buyer.post('/api/cart/checkout').expect(409);
    expect(refused.body.code).toBe('insufficient_stock');
    const { short, off_sale, gone } = products;
    expect(refused.body.unavailable).toEqual([
      { product_id: short.id, product_name: short.name, state: 'short', wanted: 2, available: 1 },
      { product_id: off_sale.id, product_name: off_sale.name, state: 'off_sale', wanted: 2, available: 0 },
      { product_id: gone.id, product_name: gone.name, state: 'gone', wanted: 2, available: 0 },
    ]);
    expect(refused.body.detail).toContain('skip_unavailable');

    const other = { skip_unavailable: true, expected_total: '60.00' };
    expect((await buyer.post('/api/cart/checkout', other).expect(409)).body).toMatchObject({
      code: 'total_changed',
      total: '20.00',
    });
    const key = { 'idempotency-key': `skip-${short.id}` };
    const rest = { skip_unavailable: true, expected_total: '20.00' };
    const { body } = await buyer.post('/api/cart/checkout', rest, key).expect(201);
    expect(body).toMatchObject({ total: '20.00', items: [{ product_id: products.available.id }] });
    expect((await buyer.post('/api/cart/checkout', rest, key).expect(201)).body).toEqual(body);
    expect((await cart()).items.map((item: any) => item.product.id)).toEqual([
      short.id,
      off_sale.id,
      gone.id,
    ]);
    expect((await buyer.post('/api/cart/checkout', { skip_unavailable: true }).expect(409)).body.code).toBe(
      'insufficient_stock',
    );
    await (await shop.newCustomer()).post('/api/cart/checkout', { skip_unavailable: true }).expect(400);
  });

  it('are left out of an order that names its items, too', async () => {
    const { available, short, off_sale, gone } = await withEveryState();
    const itemsOf = (...products: any[]) => products.map(({ id }) => ({ product_id: id, quantity: 2 }));
    const items = itemsOf(short, available, off_sale, gone);
    const refused = await buyer.post('/api/orders', { items }).expect(409);
    expect(refused.body.detail).toContain('skip_unavailable');
    expect(Object.keys(refused.body.errors)).toEqual(['items.0', 'items.2', 'items.3']);

    const all = { items, skip_unavailable: true, expected_total: '80.00' };
    expect((await buyer.post('/api/orders', all).expect(409)).body).toMatchObject({
      code: 'total_changed',
      total: '20.00',
    });
    const key = { 'idempotency-key': `skip-items-${short.id}` };
    const rest = { ...all, expected_total: '20.00' };
    const { body } = await buyer.post('/api/orders', rest, key).expect(201);
    expect(body).toMatchObject({ total: '20.00', items: [{ product_id: available.id, quantity: 2 }] });
    expect((await buyer.post('/api/orders', rest, key).expect(201)).body).toEqual(body);
    expect(await shop.stockOf(available.id)).toBe(8);
    expect((await cart()).items).toHaveLength(4);

    const never = { items: [...items, { product_id: 999_999_999 }], skip_unavailable: true };
    expect((await buyer.post('/api/orders', never).expect(404)).body).toMatchObject({
      code: 'product_not_found',
      errors: { 'items.4': ['There is no product 999999999.'] },
    });
    expect(await shop.stockOf(available.id)).toBe(8);

    const none = { items: itemsOf(gone, short), skip_unavailable: true };
    expect((await buyer.post('/api/orders', none).expect(409)).body).toMatchObject({
      code: 'insufficient_stock',
      unavailable: [{ state: 'gone' }, { state: 'short' }],
    });
  });

  it('sell the last units once, in 20 rounds of buyers with skip_unavailable', async () => {
    const buyers = await Promise.all(Array.from({ length: 6 }, () => shop.newCustomer()));
    for (let round = 0; round < 20; round += 1) {
      const [rare, common] = [await shop.newProduct({ stock: 2 }), await shop.newProduct({ stock: 50 })];
      const answers = await Promise.all(
        buyers.map(async (one) => {
          await one.post('/api/cart', { product_id: common.id }).expect(201);
          await one.post('/api/cart', { product_id: rare.id });
          const answer = await one.post('/api/cart/checkout', { skip_unavailable: true }).expect(201);
          await one.delete(`/api/cart/${rare.id}`);
          return answer;
        }),
      );
      const sold = answers.filter(({ body }) => body.items.length === 2);
      expect([sold.length, await shop.stockOf(rare.id), await shop.stockOf(common.id)]).toEqual([2, 0, 44]);
    }
  });

  it('are bounded in number and in units', async () => {
    const { id } = await shop.newProduct({ stock: 1_000 });
    const says = (answer: any) => answer.body.errors.quantity;
    expect(says(await add(id, 51).expect(400))).toEqual(['At most 50 units of one product.']);
    await add(id, 30).expect(201);
    expect(says(await add(id, 30).expect(400))).toEqual(['At most 50 units of one product.']);
    await buyer.put(`/api/cart/${id}`, { quantity: 51 }).expect(400);
    await buyer.put('/api/cart/update_item', { product_id: id, quantity: 51 }).expect(400);
    await buyer.put(`/api/cart/${id}`, { quantity: 50 }).expect(200);

    await shop.database.query(
      `INSERT INTO cart_items (user_id, product_id, quantity, unit_price)
       SELECT $1, p.id, 1, 1 FROM products p WHERE p.id <> $2 ORDER BY p.id LIMIT 99`,
      [buyer.user.id, id],
    );
    const { rows } = await shop.database.query(`SELECT count(*)::int FROM cart_items WHERE user_id = $1`, [
      buyer.user.id,
    ]);
    const missing = 100 - rows[0].count;
    for (let more = 0; more < missing; more += 1) await add((await shop.newProduct()).id).expect(201);
    const one = await shop.newProduct();
    expect((await add(one.id).expect(409)).body.code).toBe('cart_full');
    await buyer.put(`/api/cart/${id}`, { quantity: 49 }).expect(200);
    await add(id).expect(201); // an existing line can grow
  });

  it('have a total of any size, which a checkout can expect and a list can filter by', async () => {
    const { id } = await shop.newProduct({ price: '99999999.99' });
    const buyer = await shop.newCustomer();
    await buyer.post('/api/cart', { product_id: id, quantity: 3 }).expect(201);
    const { total } = (await buyer.get('/api/cart').expect(200)).body;
    expect(total).toBe('299999999.97');
    await buyer.post('/api/cart/checkout', { expected_total: '299999999.98' }).expect(409);
    await buyer.post('/api/cart/checkout', { expected_total: total }).expect(201);
    const { body } = await buyer.get(`/api/orders?min_total=${total}&max_total=${total}`).expect(200);
    expect(body.count).toBe(1);
  });

  it('with a version are changed only if it is the current one', async () => {
    const { id } = await shop.newProduct();
    const read = (await add(id, 2).expect(201)).body;
    await add(id).expect(201); // in another tab
    const stale = await buyer.put(`/api/cart/${id}`, { quantity: 1, version: read.version }).expect(409);
    expect(stale.body).toMatchObject({ code: 'cart_item_changed', item: { quantity: 3 } });
    const { version } = stale.body.item;
    const set = await buyer.put(`/api/cart/${id}`, { quantity: 1, version }).expect(200);
    expect(set.body).toMatchObject({ quantity: 1, version: version + 1 });
    await buyer.patch(`/api/cart/${id}`, { quantity: 1, version: read.version }).expect(200); // unchanged
    await buyer.patch(`/api/cart/${id}`, { quantity: 4 }).expect(200);
  });
});
