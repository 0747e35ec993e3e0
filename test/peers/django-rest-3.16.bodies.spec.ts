import type { Api } from '../support/api.js';
import { Shop } from '../support/shop.js';

/** Django REST parses forms and multipart wherever it parses JSON, and its fields convert the input of users. */
describe('Bodies as Django REST 3.16 reads them', () => {
  let shop: Shop;
  let admin: Api;
  let customer: Api;
  let lamp: any;

  beforeAll(async () => {
    shop = await Shop.open();
    [admin, customer, lamp] = await Promise.all([shop.admin(), shop.newCustomer(), shop.newProduct()]);
  });
  afterAll(() => shop.close());

  const form = (fields: Record<string, string>) => ({
    raw: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  const multipart = (fields: Record<string, string>, ending = '') => {
    const parts = Object.entries(fields).map(
      ([name, value]) => `--edge\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const raw = `${parts.join('')}${ending}--edge--\r\n`;
    return { raw, headers: { 'content-type': 'multipart/form-data; boundary=edge' } };
  };

  it.each([
    ['a form', form],
    ['multipart', multipart],
  ])('%s signs in, adds to the cart and orders nested items', async (_kind, encoded) => {
    const { body: signedIn } = await shop.visitor
      .send('POST', '/api/token/', encoded({ username: ' john@example.com ', password: 'password123' }))
      .expect(200);
    const john = shop.visitor.withToken(signedIn.access);
    const line = { 'items[0][product]': String(lamp.id), 'items[0][quantity]': '2' };
    const { body: order } = await john.send('POST', '/api/orders/', encoded(line)).expect(201);
    expect(order.items).toMatchObject([{ product_id: lamp.id, quantity: 2 }]);
    const item = encoded({ product: ` ${lamp.id} `, quantity: '1.0' });
    expect((await john.send('POST', '/api/cart/', item).expect(201)).body).toMatchObject({ id: lamp.id });
    await john.send('DELETE', '/cart/remove/', encoded({ product: String(lamp.id) })).expect(200);
  });

  it('an error in a form names the field, also in a nested object', async () => {
    const bad = form({ 'items[0][product]': String(lamp.id), 'items[1][product]': 'x' });
    const { body } = await customer.send('POST', '/api/orders/', bad).expect(400);
    expect(body.errors).toEqual({ 'items.1.product_id': ['product_id must be a whole number'] });
  });

  it('an empty file input is no file, and a file in another field is refused with the field’s name', async () => {
    const file = (name: string, content: string) =>
      `--edge\r\nContent-Disposition: form-data; name="image"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n${content}\r\n`;
    const item = { product_id: String(lamp.id) };
    await customer.send('POST', '/api/cart', multipart(item, file('', ''))).expect(201);
    const { body } = await customer
      .send('POST', '/api/cart', multipart(item, file('x.png', 'x')))
      .expect(400);
    expect(body.errors).toEqual({ image: ['image must not be a file'] });
  });

  it.each([
    ['cut off', '--edge\r\nContent-Disposition: form-data; name="a"\r\n\r\n1', 400],
    ['of nothing', 'x', 400],
    [
      'too large',
      `--edge\r\nContent-Disposition: form-data; name="a"\r\n\r\n${'x'.repeat(70_000)}\r\n--edge--\r\n`,
      413,
    ],
  ])('multipart that is %s is refused', async (_what, raw, status) => {
    const headers = { 'content-type': 'multipart/form-data; boundary=edge' };
    await customer.send('POST', '/api/cart', { raw, headers }).expect(status);
    await customer.send('POST', '/api/cart', { raw, headers: { 'content-type': 'multipart/form-data' } });
  });

  it('a form has the limits of JSON, and stores no NUL', async () => {
    const wide = Array.from({ length: 1_100 }, (_, index) => `a${index}=1`).join('&');
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await customer.send('POST', '/api/cart', { raw: wide, headers }).expect(400)).body.code).toBe(
      'json_too_wide',
    );
    await customer.send('POST', '/api/cart', { raw: 'product_id=%00', headers }).expect(400);
    await customer
      .send('POST', '/api/cart', { raw: '__proto__[role]=admin&a[__proto__][b]=1', headers })
      .expect(400);
  });

  it.each([
    ['" .5 "', ' .5 ', '0.50'],
    ['"5."', '5.', '5.00'],
    ['24.5', 24.5, '24.50'],
    ['"007"', '007', '7.00'],
  ])('an amount of %s is accepted', async (_typed, price, stored) => {
    const { body } = await admin.patch(`/api/products/${lamp.id}`, { price }).expect(200);
    expect(body.price).toBe(stored);
  });

  it.each(['1_000', '٣', '1e2', '.', '1.234', '-1', ''])('an amount of "%s" is refused', async (price) => {
    const { body } = await admin.patch(`/api/products/${lamp.id}`, { price }).expect(400);
    expect(Object.keys(body.errors)).toEqual(['price']);
  });

  it('text is trimmed, numbers are accepted as text, and passwords are not changed', async () => {
    const { body } = await admin
      .patch(`/api/products/${lamp.id}`, { name: '  Lamp  ', description: 7 })
      .expect(200);
    expect(body).toMatchObject({ name: 'Lamp', description: '7' });
    const account = { username: ' spaced ', email: ' spaced@example.com ', password: ' password123 ' };
    await shop.visitor.post('/api/auth/register/', account).expect(201);
    await shop.visitor.post('/api/token/', { username: 'spaced', password: ' password123 ' }).expect(200);
    await shop.visitor.post('/api/token/', { username: 'spaced', password: 'password12' }).expect(401);
  });

  it.each([
    [1, true],
    [0, false],
    ['on', true],
    ['True', true],
    ['FALSE', false],
    ['1', true],
  ])('a boolean can be %p', async (given, stored) => {
    const { body } = await admin.patch(`/api/products/${lamp.id}`, { available: given }).expect(200);
    expect(body.available).toBe(stored && body.stock > 0);
  });
});
