import type { Api } from '../support/api.js';
import { Shop } from '../support/shop.js';

describe('The cart', () => {
  let shop: Shop;
  beforeAll(async () => (shop = await Shop.open({ env: { MAX_QUANTITY: '1000000' } })));
  afterAll(() => shop.close());

  it('adds up units of the same product, and has a total', async () => {
    const customer = await shop.newCustomer();
    const product = await shop.newProduct({ price: '24.50', stock: 5 });

    await customer.post('/api/cart', { product_id: product.id, quantity: 2 }).expect(201);
    const { body } = await customer.post('/api/cart', { product_id: product.id }).expect(201);

    const line = {
      id: product.id,
      product: expect.objectContaining({ id: product.id }),
      quantity: 3,
      unit_price: '24.50',
      subtotal: '73.50',
      state: 'available',
      added_price: '24.50',
      price_changed: false,
      version: 2,
    };
    expect(body).toEqual(line);
    expect((await customer.get('/api/cart').expect(200)).body).toEqual({
      items: [line],
      total_items: 3,
      total: '73.50',
    });
    expect((await customer.get('/api/cart/summary').expect(200)).body).toEqual({
      total_items: 3,
      total_cost: '73.50',
    });
  });

  it('is empty at first', async () => {
    const customer = await shop.newCustomer();
    expect((await customer.get('/api/cart').expect(200)).body).toEqual({
      items: [],
      total_items: 0,
      total: '0.00',
    });
    const { body } = await customer.get('/api/cart/summary').expect(200);
    expect(body).toEqual({ total_items: 0, total_cost: '0.00' });
  });

  it('has an exact total at current prices, in the order of addition', async () => {
    const customer = await shop.newCustomer();
    const dear = await shop.newProduct({ price: '99999999.99', stock: 1_000_000_000 });
    const cheap = await shop.newProduct({ price: '0.10', stock: 3 });
    await customer.post('/api/cart', { product_id: cheap.id, quantity: 3 }).expect(201);
    await customer.post('/api/cart', { product_id: dear.id, quantity: 1_000_000 }).expect(201);
    const { body } = await customer.get('/api/cart').expect(200);
    expect(body.items.map(({ subtotal }: any) => subtotal)).toEqual(['0.30', '99999999990000.00']);
    expect(body).toMatchObject({ total: '99999999990000.30', total_items: 1_000_003 });

    await (await shop.admin()).patch(`/api/products/${cheap.id}`, { price: '0.20' }).expect(200);
    const { body: now } = await customer.get(`/api/cart/${cheap.id}`).expect(200);
    expect(now).toMatchObject({ unit_price: '0.20', subtotal: '0.60' });
  });

  describe('Item by item', () => {
    it('reads, sets and removes one line', async () => {
      const { customer, product } = await filled();
      const line = `/api/cart/${product.id}`;
      const { body } = await customer.get(line).expect(200);
      expect(body).toMatchObject({ id: product.id, quantity: 2, unit_price: '10.00', subtotal: '20.00' });
      expect(body.product).toMatchObject({ id: product.id, name: product.name });
      expect((await customer.put(line, { quantity: 4 }).expect(200)).body).toEqual({
        ...body,
        quantity: 4,
        subtotal: '40.00',
        version: body.version + 1,
      });
      expect((await customer.patch(line, { quantity: 1 }).expect(200)).body).toMatchObject({ quantity: 1 });
      await customer.delete(line).expect(204);
      await customer.get(line).expect(404);
      await customer.put(line, { quantity: 1 }).expect(404);
      await customer.patch(line, { quantity: 1 }).expect(404);
      await customer.delete(line).expect(404);
    });

    it('sets by update_item, with the names of the documents', async () => {
      const { customer, product } = await filled();
      const set = { product_id: product.id, quantity: 7 };
      const { body } = await customer.put('/api/cart/update_item', set).expect(200);
      expect(body).toMatchObject({
        items: [{ id: product.id, quantity: 7 }],
        total_items: 7,
        total: '70.00',
      });
      const other = await shop.newProduct();
      await customer.put('/api/cart/update_item', { product_id: other.id, quantity: 1 }).expect(404);
      const { body: refused } = await customer.put('/api/cart/update_item', {}).expect(400);
      expect(Object.keys(refused.errors).sort()).toEqual(['product_id', 'quantity']);
    });

    it('removes by body and by query', async () => {
      const { customer, product } = await filled();
      const other = await shop.newProduct();
      await customer.post('/api/cart', { product_id: other.id }).expect(201);
      const { body } = await customer.delete('/api/cart/remove', { product_id: product.id }).expect(200);
      expect(body).toMatchObject({ items: [{ id: other.id }], total_items: 1 });
      const { body: empty } = await customer.delete(`/api/cart/remove?product_id=${other.id}`).expect(200);
      expect(empty).toEqual({ items: [], total_items: 0, total: '0.00' });
      await customer.delete('/api/cart/remove', { product_id: product.id }).expect(404);
    });

    it('can be removed again after a removal whose response failed', async () => {
      const { id } = await shop.newProduct();
      const buyer = await shop.newCustomer();
      await buyer.post('/api/cart', { product_id: id }).expect(201);
      const other = await shop.database.connect();
      await other.query('BEGIN; LOCK TABLE products IN ACCESS EXCLUSIVE MODE');
      await buyer.delete(`/api/cart/remove?product_id=${id}`).expect(503);
      await other.query('ROLLBACK');
      other.release();
      const { body } = await buyer.delete(`/api/cart/remove?product_id=${id}`).expect(200);
      expect(body.items).toEqual([]);
    });

    it('removes nothing when no product is named', async () => {
      const { customer } = await filled();
      for (const attempt of [
        customer.delete('/api/cart/remove'),
        customer.delete('/api/cart/remove', {}),
        customer.delete('/api/cart/remove', { product_id: 'x' }),
        customer.delete('/api/cart/remove?product_id=x'),
      ]) {
        expect(Object.keys((await attempt.expect(400)).body.errors)).toEqual(['product_id']);
      }
      expect((await customer.get('/api/cart')).body.total_items).toBe(2);
    });
  });

  describe('Quantities', () => {
    let customer: Api;
    let product: any;
    beforeAll(async () => ({ customer, product } = await filled()));

    it.each([
      [0],
      [-1],
      [1.5],
      ['x'],
      [''],
      ['1.5'],
      ['-1'],
      ['1_0'],
      ['0x2'],
      [2 ** 31],
      [1e300],
      [null],
      [true],
      [[2]],
    ])('that are %j are refused, and the cart stays', async (quantity) => {
      const product_id = product.id;
      for (const attempt of [
        customer.post('/api/cart', { product_id, quantity }),
        customer.put('/api/cart/update_item', { product_id, quantity }),
        customer.put(`/api/cart/${product_id}`, { quantity }),
        customer.patch(`/api/cart/${product_id}`, { quantity }),
      ]) {
        expect(Object.keys((await attempt.expect(400)).body.errors)).toEqual(['quantity']);
      }
      expect((await customer.get(`/api/cart/${product_id}`)).body.quantity).toBe(2);
    });

    it('may be digits in a form', async () => {
      const { body } = await customer.patch(`/api/cart/${product.id}`, { quantity: '2' }).expect(200);
      expect(body.quantity).toBe(2);
    });
  });

  describe('More than the stock', () => {
    it('is 409 with the number left, and changes nothing', async () => {
      const { customer, product } = await filled();
      const product_id = product.id;
      for (const attempt of [
        customer.post('/api/cart', { product_id, quantity: 9 }), // 2 are in the cart, the stock is 10
        customer.post('/api/cart', { product_id, quantity: 900_000 }),
        customer.put('/api/cart/update_item', { product_id, quantity: 11 }),
        customer.put(`/api/cart/${product_id}`, { quantity: 11 }),
        customer.patch(`/api/cart/${product_id}`, { quantity: 900_000 }),
      ]) {
        const { body } = await attempt.expect(409);
        expect(body).toMatchObject({ code: 'insufficient_stock', errors: { quantity: ['Only 10 left.'] } });
      }
      expect((await customer.get('/api/cart')).body.total_items).toBe(2);
      await customer.post('/api/cart', { product_id, quantity: 8 }).expect(201);
    });

    it('is 409 for an empty cart, too', async () => {
      const [customer, { id }] = [await shop.newCustomer(), await shop.newProduct({ stock: 3 })];
      await customer.post('/api/cart', { product_id: id, quantity: 4 }).expect(409);
      expect((await customer.get('/api/cart')).body.items).toEqual([]);
      await customer.post('/api/cart', { product_id: id, quantity: 3 }).expect(201);
    });

    it('is never in the cart after many concurrent additions', async () => {
      const [customer, { id }] = [await shop.newCustomer(), await shop.newProduct({ stock: 5 })];
      const answers = await Promise.all(
        Array.from({ length: 12 }, () => customer.post('/api/cart', { product_id: id })),
      );
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(7);
      expect((await customer.get('/api/cart')).body.total_items).toBe(5);
    });
  });

  it('can be in several carts: a cart reserves nothing', async () => {
    const { id } = await shop.newProduct({ stock: 1 });
    const [slow, quick] = [await shop.newCustomer(), await shop.newCustomer()];
    await slow.post('/api/cart', { product_id: id }).expect(201);
    await quick.post('/api/cart', { product_id: id }).expect(201);
    await quick.post('/api/cart/checkout').expect(201);
    const { body } = await slow.post('/api/cart/checkout').expect(409);
    expect(body).toMatchObject({
      code: 'insufficient_stock',
      errors: { [`product_${id}`]: [expect.any(String)] },
    });
    expect((await slow.get('/api/cart')).body.total_items).toBe(1);
  });

  it('refuses an unknown product', async () => {
    const customer = await shop.newCustomer();
    const { body } = await customer.post('/api/cart', { product_id: 999999 }).expect(404);
    expect(body.code).toBe('product_not_found');
    for (const product_id of [undefined, null, 0, -1, 'x', 1.5, 2 ** 53]) {
      const refused = await customer.post('/api/cart', { product_id }).expect(400);
      expect(Object.keys(refused.body.errors)).toEqual(['product_id']);
    }
    await customer.get('/api/cart/x').expect(404);
  });

  it('belongs to one user', async () => {
    const { customer, product } = await filled();
    const { customer: other } = await filled();
    const before = (await customer.get('/api/cart')).body;
    await other.get(`/api/cart/${product.id}`).expect(404);
    await other.put(`/api/cart/${product.id}`, { quantity: 1 }).expect(404);
    await other.patch(`/api/cart/${product.id}`, { quantity: 1 }).expect(404);
    await other.delete(`/api/cart/${product.id}`).expect(404);
    await other.delete('/api/cart/remove', { product_id: product.id }).expect(404);
    await other.post('/api/cart', { product_id: product.id, user_id: customer.user.id }).expect(201);
    await other.post('/api/cart/checkout').expect(201);
    expect((await customer.get('/api/cart')).body).toEqual({
      ...before,
      items: [{ ...before.items[0], product: expect.objectContaining({ stock: 9 }) }],
    });
  });

  it('handles concurrent additions of many users separately', async () => {
    const [plenty, scarce] = [await shop.newProduct(), await shop.newProduct({ stock: 1 })];
    const wishes = [
      { product_id: plenty.id, quantity: 2 },
      { product_id: scarce.id, quantity: 2 },
      { product_id: 999_999_999, quantity: 1 },
      { product_id: scarce.id, quantity: 1 },
      { product_id: plenty.id, quantity: 10 },
      { product_id: plenty.id, quantity: 11 },
    ];
    const customers = await Promise.all(wishes.map(() => shop.newCustomer()));
    for (let round = 0; round < 5; round += 1) {
      await shop.database.query('DELETE FROM cart_items');
      const answers = await Promise.all(
        customers.map((customer, index) => customer.post('/api/cart', wishes[index])),
      );
      expect(answers.map(({ status, body }) => [status, body.code ?? body.quantity])).toEqual([
        [201, 2],
        [409, 'insufficient_stock'],
        [404, 'product_not_found'],
        [201, 1],
        [201, 10],
        [409, 'insufficient_stock'],
      ]);
    }
    const { body } = await customers[4]!.get('/api/cart');
    expect(body.items.map(({ id, quantity }: any) => [id, quantity])).toEqual([[plenty.id, 10]]);
  });

  it('ignores prices and totals in the body', async () => {
    const [customer, { id }] = [await shop.newCustomer(), await shop.newProduct()];
    const { body } = await customer
      .post('/api/cart', { product_id: id, quantity: 1, unit_price: '0.01', subtotal: '0.01', total: '0.01' })
      .expect(201);
    expect(body.subtotal).toBe('10.00');
  });

  /** A customer with two of a product (10.00 each, 10 in stock) in the cart. */
  async function filled() {
    const [customer, product] = [await shop.newCustomer(), await shop.newProduct()];
    await customer.post('/api/cart', { product_id: product.id, quantity: 2 }).expect(201);
    return { customer, product };
  }
});
