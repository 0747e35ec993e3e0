import { readFileSync } from 'node:fs';
import type { Call } from '../support/api.js';
import { Shop } from '../support/shop.js';

interface CollectionItem {
  name: string;
  request: {
    method: string;
    url: string;
    header: { key: string; value: string }[];
    body?: { mode: 'raw'; raw: string };
  };
}

/** The unchanged collection of the document: requests with variables, without scripts. */
function collectionOf002(): CollectionItem[] {
  const document = readFileSync('docs/contracts/002_9049e7f2c6aed510.txt', 'utf8');
  const [, text] = /### Collection Postman[^\n]*\n```json\n(.*?)\n```/s.exec(document)!;
  return JSON.parse(text!).item;
}

describe('The Postman collection of contract 002', () => {
  let shop: Shop;
  beforeAll(async () => (shop = await Shop.open({ empty: true })));
  afterAll(() => shop.close());

  const collection = collectionOf002();

  /** Sends the request with that name and with its variables, as Postman does. */
  const send = (named: string, variables: Record<string, string> = {}): Call => {
    const { request } = collection.find(({ name }) => name === named)!;
    const fill = (text: string) =>
      text.replace(/\{\{(\w+)\}\}/g, (_, name) => ({ base_url: '/api/v1', ...variables })[name as string]!);
    const headers = Object.fromEntries(
      request.header.map(({ key, value }) => [key.toLowerCase(), fill(value)]),
    );
    return shop.visitor.send(request.method, fill(request.url), { raw: request.body?.raw, headers });
  };

  it('can be run by hand: first the login, then all requests with its token', async () => {
    const names = collection.map(({ name }) => name);
    expect(names).toEqual(['Register', 'Login', 'Get User', 'Update Profile', 'Change Password', 'Logout']);

    const registered = await send('Register').expect(201);
    const loggedIn = await send('Login').expect(200);
    const user = {
      id: 1,
      name: 'Test User',
      email: 'test@example.com',
      phone: '0123456789',
      birth_date: '1990-01-01',
      gender: 'male',
      newsletter_subscription: true,
      created_at: expect.any(String),
      updated_at: expect.any(String),
      version: expect.any(String),
    };
    const data = { user, token: expect.any(String), token_type: 'Bearer' };
    expect(registered.body).toEqual({ success: true, message: 'User registered successfully', data });
    expect(loggedIn.body).toEqual({ success: true, message: 'Login successful', data });

    const variables = { token: loggedIn.body.data.token };
    const read = await send('Get User', variables).expect(200);
    expect(read.body.data.user).toMatchObject(user);
    expect(read.body.data.stats).toEqual({
      orders_count: 0,
      total_spent: '0.00 €',
      has_orders: false,
      newsletter_subscribed: true,
    });
    const updated = await send('Update Profile', variables).expect(200);
    expect(updated.body).toEqual({
      success: true,
      message: 'Profile updated successfully',
      data: {
        user: {
          ...user,
          name: 'Updated Name',
          email: 'updated@example.com',
          phone: '0987654321',
          newsletter_subscription: false,
          shipping_address: null,
          billing_address: null,
        },
      },
    });
    const changed = await send('Change Password', variables).expect(200);
    expect(changed.body).toEqual({ success: true, message: 'Password changed successfully' });
    const loggedOut = await send('Logout', variables).expect(200);
    expect(loggedOut.body).toEqual({ success: true, message: 'Logged out successfully' });

    const refused = await send('Get User', variables).expect(401);
    expect(refused.body).toMatchObject({ success: false });
  });
});
