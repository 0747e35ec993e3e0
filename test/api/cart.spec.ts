import { Shop } from '../support/shop.js';

describe('The cart', () => {
  let shop: Shop;
  beforeAll(async () => (shop = await Shop.open()));
  afterAll(() => shop.close());

  it('adds up what is added twice, and counts it', async () => {
    const customer = await shop.newCustomer();
    const product = await shop.newProduct({ price: '24.50', stock: 5 });

    await customer.post('/api/cart', { product_id: product.id, quantity: 2 }).expect(201);
    const { body } = await customer.post('/api/cart', { product_id: product.id }).expect(201);

    expect(body).toEqual({
      items: [
        {
          id: product.id,
          product: expect.objectContaining({ id: product.id }),
          quantity: 3,
          unit_price: '24.50',
          subtotal: '73.50',
        },
      ],
      total_items: 3,
      total: '73.50',
    });
    expect((await customer.get('/api/cart/summary').expect(200)).body).toEqual({
      total_items: 3,
      total_cost: '73.50',
    });
    expect((await customer.get('/api/cart').expect(200)).body).toEqual(body);
  });
});
