import type { Api } from '../support/api.js';
import { Shop } from '../support/shop.js';
import { titled } from '../support/table.js';

const STATUSES = ['pending', 'paid', 'shipped', 'delivered', 'cancelled'];

/** The transitions from `pending` to each status. */
const WAY_TO: Record<string, string[]> = {
  pending: [],
  paid: ['paid'],
  shipped: ['paid', 'shipped'],
  delivered: ['paid', 'shipped', 'delivered'],
  cancelled: ['cancelled'],
};

const STEPS = ['pending paid', 'pending cancelled', 'paid shipped', 'paid cancelled', 'shipped delivered'];
const PAIRS = STATUSES.flatMap((from) => STATUSES.map((to) => [from, to] as const));

describe('Orders', () => {
  let shop: Shop;
  let admin: Api;
  let customer: Api;

  beforeAll(async () => {
    shop = await Shop.open();
    admin = await shop.admin();
    customer = await shop.newCustomer();
  });
  afterAll(() => shop.close());

  describe('Placing', () => {
    it('returns every member of the contract, and reduces the stock', async () => {
      const [lamp, desk] = [
        await newProduct({ price: '24.50' }),
        await newProduct({ price: '100.00', stock: 1 }),
      ];
      const items = [{ product_id: desk.id }, { product_id: lamp.id, quantity: 3 }];
      const { body } = await customer
        .post('/api/orders', { items, shipping_address: '1 Rue X', notes: 'Ring twice' })
        .expect(201);
      expect(body).toEqual({
        id: expect.any(Number),
        user_id: customer.user.id,
        email: null,
        status: 'pending',
        items: expect.any(Array),
        total: '173.50',
        shipping_address: '1 Rue X',
        billing_address: '',
        notes: 'Ring twice',
        held: false,
        version: 1,
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        updated_at: expect.any(String),
      });
      expect(body.items).toHaveLength(2);
      expect(body.items).toContainEqual({
        id: expect.any(Number),
        product_id: lamp.id,
        product_name: lamp.name,
        unit_price: '24.50',
        quantity: 3,
        subtotal: '73.50',
      });
      expect((await customer.get(`/api/orders/${body.id}`).expect(200)).body).toEqual(body);
      expect(await shop.stockOf(lamp.id)).toBe(7);
      expect(await shop.stockOf(desk.id)).toBe(0);
    });

    it('merges lines of one product', async () => {
      const { id } = await newProduct({ stock: 5 });
      const twice = (quantity: number) => ({
        items: [
          { product_id: id, quantity },
          { product_id: id, quantity: 2 },
        ],
      });
      const { body } = await customer.post('/api/orders', twice(3)).expect(201);
      expect(body.items).toEqual([
        expect.objectContaining({ product_id: id, quantity: 5, subtotal: '50.00' }),
      ]);
      expect(await shop.stockOf(id)).toBe(0);
      await customer.post('/api/orders', twice(2 ** 31 - 1)).expect(400); // more than a line can have
    });

    it('takes missing addresses from the profile', async () => {
      const buyer = await shop.newCustomer();
      await buyer.patch('/api/users/me', { shipping_address: 'Home', billing_address: 'Office' }).expect(200);
      const { id } = await newProduct({});
      const place = async (details: object) =>
        (await buyer.post('/api/orders', { items: [{ product_id: id }], ...details }).expect(201)).body;
      expect(await place({})).toMatchObject({
        shipping_address: 'Home',
        billing_address: 'Office',
        notes: '',
      });
      expect(await place({ shipping_address: 'Elsewhere' })).toMatchObject({
        shipping_address: 'Elsewhere',
        billing_address: 'Office',
      });
      expect(await place({ billing_address: '' })).toMatchObject({
        shipping_address: 'Home',
        billing_address: '',
      });
      await buyer.post('/api/cart', { product_id: id }).expect(201);
      const { body } = await buyer.post('/api/cart/checkout', { notes: 'Gift' }).expect(201);
      expect(body).toMatchObject({ shipping_address: 'Home', billing_address: 'Office', notes: 'Gift' });
    });

    it('takes the null of a profile without addresses, and an order as it was read', async () => {
      const buyer = await shop.newCustomer();
      const { shipping_address, billing_address } = (await buyer.get('/api/users/me').expect(200)).body;
      expect([shipping_address, billing_address]).toEqual([null, null]);
      const { id: product_id } = await shop.newProduct();
      const items = [{ product_id, quantity: 2 }];
      const { body: first } = await buyer
        .post('/api/orders', { items, shipping_address, billing_address, email: null })
        .expect(201);
      expect([first.shipping_address, first.billing_address]).toEqual(['', '']);
      const { body: again } = await buyer.post('/api/orders', first).expect(201);
      expect([again.items[0].quantity, again.total]).toEqual([2, first.total]);

      await buyer.patch(`/api/orders/${first.id}`, { shipping_address: null }).expect(400);
      await buyer.post('/api/cart', { product_id }).expect(201);
      await buyer.post('/api/orders/checkout', { shipping_address, email: null }).expect(201);
    });

    it('copies the names and prices of that moment', async () => {
      const product = await newProduct({ price: '5.00' });
      const { body: order } = await customer
        .post('/api/orders', { items: [{ product_id: product.id }] })
        .expect(201);
      await admin.patch(`/api/products/${product.id}`, { name: 'Renamed', price: '500.00' }).expect(200);
      expect((await customer.get(`/api/orders/${order.id}`)).body).toEqual(order);

      const items = [{ product_id: product.id, quantity: 2 }];
      const { body } = await customer.patch(`/api/orders/${order.id}`, { items }).expect(200);
      expect(body).toMatchObject({
        total: '505.00',
        items: [
          { product_name: product.name, unit_price: '5.00', quantity: 1, subtotal: '5.00' },
          { product_name: 'Renamed', unit_price: '500.00', quantity: 1, subtotal: '500.00' },
        ],
      });
    });

    it('more than the stock names the field, and changes nothing', async () => {
      const [enough, short] = [await newProduct({}), await newProduct({ stock: 2 })];
      const items = [
        { product_id: enough.id, quantity: 1 },
        { product_id: short.id, quantity: 3 },
      ];
      const { body } = await customer.post('/api/orders', { items }).expect(409);
      expect(body).toMatchObject({
        code: 'insufficient_stock',
        errors: { 'items.1': [`Only 2 of “${short.name}” left, 3 wanted.`] },
      });
      expect(Object.keys(body.errors)).toEqual(['items.1']);
      expect(await shop.stockOf(enough.id)).toBe(10);
      expect(await shop.stockOf(short.id)).toBe(2);
    });

    it('an unknown product names it', async () => {
      const { id } = await newProduct({});
      const items = [{ product_id: id }, { product_id: 999999 }];
      const { body } = await customer.post('/api/orders', { items }).expect(404);
      expect(body).toMatchObject({ code: 'product_not_found', errors: { 'items.1': [expect.any(String)] } });
      expect(await shop.stockOf(id)).toBe(10);
    });

    it('keeps the cart when it fails', async () => {
      const buyer = await shop.newCustomer();
      const [enough, short] = [await newProduct({}), await newProduct({ stock: 2 })];
      await buyer.post('/api/cart', { product_id: enough.id, quantity: 2 }).expect(201);
      await buyer.post('/api/cart', { product_id: short.id, quantity: 2 }).expect(201);
      await admin.patch(`/api/products/${short.id}`, { stock: 1 }).expect(200);

      const { body } = await buyer.post('/api/orders/checkout').expect(409);
      expect(Object.keys(body.errors)).toEqual([`product_${short.id}`]);
      expect((await buyer.get('/api/cart')).body.total_items).toBe(4);
      expect((await buyer.get('/api/orders')).body.count).toBe(0);
      expect(await shop.stockOf(enough.id)).toBe(10);
    });

    it('in one batch with others gives each user the own lines, in order, with the own address', async () => {
      const products = await Promise.all([1, 2, 3].map(() => newProduct({ stock: 100 })));
      const scarce = await newProduct({ stock: 1 });
      const buyers = await Promise.all(Array.from({ length: 6 }, () => shop.newCustomer()));
      const wanted = buyers.map((_, index) =>
        products.map((_product, offset) => products[(index + offset) % 3]!.id),
      );
      for (const [index, buyer] of buyers.entries()) {
        for (const product_id of wanted[index]!)
          await buyer.post('/api/cart', { product_id, quantity: index + 1 }).expect(201);
      }
      const greedy = await shop.newCustomer();
      await greedy.post('/api/cart', { product_id: scarce.id }).expect(201);
      await customer.post('/api/orders', { items: [{ product_id: scarce.id }] }).expect(201);

      const [refused, ...answers] = await Promise.all(
        [greedy, ...buyers].map((buyer) =>
          buyer.post('/api/orders/checkout', { shipping_address: buyer.user.email }),
        ),
      );
      expect([refused!.status, refused!.body.code]).toEqual([409, 'insufficient_stock']);
      for (const [index, { status, body }] of answers.entries()) {
        expect(status).toBe(201);
        expect(body.user_id).toBe(buyers[index]!.user.id);
        expect(body.shipping_address).toBe(buyers[index]!.user.email);
        expect(body.items.map((item: any) => item.product_id)).toEqual(wanted[index]);
        expect(body.items.map((item: any) => item.quantity)).toEqual(Array(3).fill(index + 1));
        expect(body.total).toBe(`${(index + 1) * 30}.00`);
      }
      for (const { id } of products) expect(await shop.stockOf(id)).toBe(100 - 21);
    });

    it('an empty cart is 400', async () => {
      const buyer = await shop.newCustomer();
      for (const path of [
        '/api/orders',
        '/api/orders/checkout',
        '/api/cart/checkout',
        '/api/orders/create',
      ]) {
        expect((await buyer.post(path).expect(400)).body.code).toBe('cart_empty');
      }
      expect((await buyer.get('/api/orders')).body.count).toBe(0);
    });

    it('ignores prices, totals, statuses and users in the body', async () => {
      const { id } = await newProduct({});
      const { body } = await customer
        .post('/api/orders', {
          items: [{ product_id: id, unit_price: '0.01', subtotal: '0.01', product_name: 'Mine' }],
          total: '0.01',
          status: 'paid',
          user_id: admin.user.id,
        })
        .expect(201);
      expect(body).toMatchObject({ total: '10.00', status: 'pending', user_id: customer.user.id });
    });

    it.each(
      titled([
        [{ items: [] }, 'items'],
        [{ items: 'all' }, 'items'],
        [{ items: null }, 'items'],
        [{ items: {} }, 'items'],
        [{ items: [7] }, 'items.0'],
        [{ items: [null] }, 'items.0'],
        [{ items: [[]] }, 'items.0'],
        [{ items: [{ product_id: 1 }, [{ product_id: 1 }]] }, 'items.1'],
        [{ items: Array.from({ length: 101 }, (_, index) => ({ product_id: index + 1 })) }, 'items'],
        [{ items: [{}] }, 'items.0.product_id'],
        [{ items: [{ product_id: 0 }] }, 'items.0.product_id'],
        [{ items: [{ product_id: 'x' }] }, 'items.0.product_id'],
        [{ items: [{ product_id: 1 }, { product_id: 1, quantity: 0 }] }, 'items.1.quantity'],
        [{ items: [{ product_id: 1, quantity: -1 }] }, 'items.0.quantity'],
        [{ items: [{ product_id: 1, quantity: 1.5 }] }, 'items.0.quantity'],
        [{ items: [{ product_id: 1, quantity: 2 ** 31 }] }, 'items.0.quantity'],
        [{ items: [{ product_id: 1, quantity: null }] }, 'items.0.quantity'],
        [{ items: [{ product_id: 1 }], shipping_address: [7] }, 'shipping_address'],
        [{ items: [{ product_id: 1 }], billing_address: 'x'.repeat(501) }, 'billing_address'],
        [{ items: [{ product_id: 1 }], notes: 'x'.repeat(2001) }, 'notes'],
        [{ items: [{ product_id: 1 }], notes: null }, 'notes'],
      ] as [object, string][]),
    )('refuses %s', async (_title, order, field) => {
      const { body } = await customer.post('/api/orders', order).expect(400);
      expect(Object.keys(body.errors)[0]).toBe(field);
    });
  });

  describe('The status', () => {
    it.each(PAIRS)('from %s to %s', async (from, to) => {
      const product = await newProduct({ stock: 5 });
      const order = await ordered(product, 2);
      for (const status of WAY_TO[from]!)
        await admin.patch(`/api/orders/${order.id}`, { status }).expect(200);

      const allowed = from === to || STEPS.includes(`${from} ${to}`);
      const { body } = await admin
        .patch(`/api/orders/${order.id}`, { status: to })
        .expect(allowed ? 200 : 409);

      if (!allowed) expect(body.code).toBe('invalid_status_transition');
      const { body: now } = await customer.get(`/api/orders/${order.id}`);
      expect(now).toEqual({
        ...order,
        status: allowed ? to : from,
        version: expect.any(Number),
        updated_at: expect.any(String),
      });
      expect(await shop.stockOf(product.id)).toBe(now.status === 'cancelled' ? 5 : 3);
    });

    it.each(STATUSES)('cannot be set by customers from %s; they can cancel a pending order', async (from) => {
      const order = await ordered(await newProduct({}), 1);
      for (const status of WAY_TO[from]!)
        await admin.patch(`/api/orders/${order.id}`, { status }).expect(200);
      for (const status of ['paid', 'shipped', 'delivered'].filter((each) => each !== from)) {
        const { body } = await customer.patch(`/api/orders/${order.id}`, { status }).expect(403);
        expect(body.code).toBe('status_not_yours');
      }
      const mayCancel = from === 'pending' || from === 'cancelled';
      await customer.put(`/api/orders/${order.id}`, { status: 'cancelled' }).expect(mayCancel ? 200 : 409);
      expect((await customer.get(`/api/orders/${order.id}`)).body.status).toBe(
        mayCancel ? 'cancelled' : from,
      );
    });

    it('is one of five', async () => {
      const order = await ordered(await newProduct({}), 1);
      for (const status of ['', 'PAID', 'refunded', null, 1, ['paid']]) {
        const { body } = await admin.patch(`/api/orders/${order.id}`, { status }).expect(400);
        expect(Object.keys(body.errors)).toEqual(['status']);
      }
    });

    it('filters the list', async () => {
      const buyer = await shop.newCustomer();
      const { id } = await newProduct({});
      const orders = [];
      for (let each = 0; each < 2; each += 1) {
        orders.push((await buyer.post('/api/orders', { items: [{ product_id: id }] }).expect(201)).body);
      }
      await admin.patch(`/api/orders/${orders[0].id}`, { status: 'paid' }).expect(200);
      const paid = await buyer.get('/api/orders?status=paid').expect(200);
      expect(paid.body).toMatchObject({ count: 1, results: [{ id: orders[0].id }] });
      const { body } = await buyer.get('/api/orders/my-orders?status=pending').expect(200);
      expect(body).toMatchObject({ count: 1, results: [{ id: orders[1].id }] });
      expect(Object.keys((await buyer.get('/api/orders?status=lost').expect(400)).body.errors)).toEqual([
        'status',
      ]);
    });
  });

  describe('Changing', () => {
    it('changes the stock with the items', async () => {
      const [kept, dropped, added] = [
        await newProduct({}),
        await newProduct({}),
        await newProduct({ price: '3.00' }),
      ];
      const { body: order } = await customer
        .post('/api/orders', { items: [{ product_id: kept.id, quantity: 2 }, { product_id: dropped.id }] })
        .expect(201);

      const items = [
        { product_id: kept.id, quantity: 5 },
        { product_id: added.id, quantity: 2 },
      ];
      const { body } = await customer.put(`/api/orders/${order.id}`, { items }).expect(200);
      expect(body).toMatchObject({ total: '56.00', items });
      expect(body.items[0].id).toBe(order.items.find((item: any) => item.product_id === kept.id).id);
      expect(await shop.stockOf(kept.id)).toBe(5);
      expect(await shop.stockOf(dropped.id)).toBe(10);
      expect(await shop.stockOf(added.id)).toBe(8);

      await customer.put(`/api/orders/${order.id}`, { items: [{ product_id: kept.id }] }).expect(200);
      expect(await shop.stockOf(kept.id)).toBe(9);
      expect(await shop.stockOf(added.id)).toBe(10);
    });

    it('to more than the stock is refused; the order’s own units count as available', async () => {
      const product = await newProduct({ stock: 5 });
      const order = await ordered(product, 3);
      const want = (quantity: number) =>
        customer.patch(`/api/orders/${order.id}`, {
          items: [{ product_id: product.id, quantity }],
          notes: 'Now',
        });

      const { body } = await want(6).expect(409);
      expect(body.code).toBe('insufficient_stock');
      expect(Object.keys(body.errors)).toEqual(['items.0']);
      expect((await customer.get(`/api/orders/${order.id}`)).body).toEqual(order);
      expect(await shop.stockOf(product.id)).toBe(2);
      await want(5).expect(200);
      expect(await shop.stockOf(product.id)).toBe(0);

      const unknown = { items: [{ product_id: product.id, quantity: 5 }, { product_id: 999999 }] };
      await customer.patch(`/api/orders/${order.id}`, unknown).expect(404);
    });

    it('to the values that were read changes nothing, in any status', async () => {
      for (const status of STATUSES) {
        const product = await newProduct({});
        const { id } = await ordered(product, 2);
        for (const step of WAY_TO[status]!)
          await admin.patch(`/api/orders/${id}`, { status: step }).expect(200);
        await admin.patch(`/api/products/${product.id}`, { price: '99.00', available: false }).expect(200);
        const { body: before } = await customer.get(`/api/orders/${id}`).expect(200);
        const stock = await shop.stockOf(product.id);
        for (const by of [customer, admin]) {
          const { body: after } = await by.put(`/api/orders/${id}`, before).expect(200);
          expect(after).toEqual({ ...before, version: expect.any(Number), updated_at: expect.any(String) });
        }
        expect(await shop.stockOf(product.id)).toBe(stock);
      }
    });

    it.each(['paid', 'shipped', 'delivered', 'cancelled'])(
      'is over when it is %s, for the admin too',
      async (status) => {
        const product = await newProduct({});
        const order = await ordered(product, 2);
        for (const step of WAY_TO[status]!)
          await admin.patch(`/api/orders/${order.id}`, { status: step }).expect(200);
        const stock = await shop.stockOf(product.id);
        for (const by of [customer, admin]) {
          for (const changes of [
            { items: [{ product_id: product.id, quantity: 1 }] },
            { shipping_address: 'Elsewhere' },
            { billing_address: 'Elsewhere' },
            { notes: 'Later' },
          ]) {
            const { body } = await by.patch(`/api/orders/${order.id}`, changes).expect(409);
            expect(body.code).toBe('order_not_editable');
          }
          await by.delete(`/api/orders/${order.id}`).expect(409);
        }
        expect((await customer.get(`/api/orders/${order.id}`)).body).toMatchObject({
          items: order.items,
          notes: '',
        });
        expect(await shop.stockOf(product.id)).toBe(stock);
      },
    );

    it('and cancelling in one request restocks the units that it had', async () => {
      const product = await newProduct({});
      const order = await ordered(product, 2);
      const changes = { status: 'cancelled', items: [{ product_id: product.id, quantity: 7 }] };
      await customer.patch(`/api/orders/${order.id}`, changes).expect(200);
      expect(await shop.stockOf(product.id)).toBe(10);
    });

    it('and cancelling twice at once restocks once', async () => {
      const product = await newProduct({});
      const order = await ordered(product, 4);
      await Promise.all(
        Array.from({ length: 5 }, () =>
          customer.patch(`/api/orders/${order.id}`, { status: 'cancelled' }).expect(200),
        ),
      );
      expect(await shop.stockOf(product.id)).toBe(10);
    });
  });

  it('are deleted once while pending: they are restocked, and an admin still sees them', async () => {
    const product = await newProduct({});
    const order = await ordered(product, 4);
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => customer.delete(`/api/orders/${order.id}`)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 404, 404, 404]);
    expect(await shop.stockOf(product.id)).toBe(10);
    await customer.get(`/api/orders/${order.id}`).expect(404);
    await customer.patch(`/api/orders/${order.id}`, { notes: 'x' }).expect(404);
    const { body: list } = await customer.get('/api/orders?page_size=100').expect(200);
    expect(list.results.map(({ id }: any) => id)).not.toContain(order.id);
    const { body } = await admin.get(`/api/orders/${order.id}`).expect(200);
    expect(body).toMatchObject({ status: 'cancelled', items: order.items });
  });

  it('of another user are unknown to every method', async () => {
    const stranger = await shop.newCustomer();
    const product = await newProduct({});
    const order = await ordered(product, 2);
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', order],
      ['PATCH', { notes: 'Mine' }],
      ['PATCH', { status: 'cancelled' }],
      ['DELETE', undefined],
    ] as const) {
      const anothers = await stranger.send(method, `/api/orders/${order.id}`, { body }).expect(404);
      const unknown = await stranger.send(method, '/api/orders/999999', { body }).expect(404);
      expect(anothers.body).toEqual(unknown.body);
    }
    expect((await customer.get(`/api/orders/${order.id}`)).body).toEqual(order);
    expect((await stranger.get('/api/orders')).body.count).toBe(0);
    expect(await shop.stockOf(product.id)).toBe(8);
  });

  it('of all users are visible to admins; my-orders has only the own ones', async () => {
    const order = await ordered(await newProduct({}), 1);
    const { body: all } = await admin.get('/api/orders').expect(200);
    expect(all.results[0]).toEqual(order); // newest first
    const { body: before } = await admin.get('/api/orders/my-orders').expect(200);
    expect(before.count).toBe(0);
    const { id } = await newProduct({});
    const { body: own } = await admin.post('/api/orders', { items: [{ product_id: id }] }).expect(201);
    expect((await admin.get('/api/orders/my-orders')).body.results).toEqual([own]);
  });

  async function newProduct(fields: { price?: string; stock?: number }) {
    const name = `Product ${Math.random().toString(36).slice(2)}`;
    return (await admin.post('/api/products', { name, price: '10.00', stock: 10, ...fields }).expect(201))
      .body;
  }

  async function ordered(product: { id: number }, quantity: number) {
    const items = [{ product_id: product.id, quantity }];
    return (await customer.post('/api/orders', { items }).expect(201)).body;
  }
});
