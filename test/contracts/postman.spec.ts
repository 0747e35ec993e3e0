import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runPostman } from '../support/postman.js';
import { Shop } from '../support/shop.js';

/** The collection that stands in the document, as it stands there. */
function collectionOf002() {
  const document = readFileSync(path.join(import.meta.dirname, '002_9049e7f2c6aed510.txt'), 'utf8');
  const [, text] = /### Collection Postman[^\n]*\n```json\n(.*?)\n```/s.exec(document)!;
  return JSON.parse(text!);
}

describe('The Postman collection of contract 002', () => {
  let shop: Shop;
  beforeAll(async () => (shop = await Shop.open({ empty: true })));
  afterAll(() => shop.close());

  it('runs as a person runs it: first the login, then everything with its token', async () => {
    const collection = collectionOf002();
    const names = collection.item.map(({ name }: { name: string }) => name);
    expect(names).toEqual(['Register', 'Login', 'Get User', 'Update Profile', 'Change Password', 'Logout']);
    const base_url = `${shop.url}/api/v1`;

    const signingIn = await runPostman(collection, {
      folder: ['Register', 'Login'],
      envVar: [{ key: 'base_url', value: base_url }],
    });
    expect(signingIn.answers.map(({ status }) => status)).toEqual([201, 200]);
    const [registered, loggedIn] = signingIn.answers.map(({ body }) => body);
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
    };
    const data = { user, token: expect.any(String), token_type: 'Bearer' };
    expect(registered).toEqual({ success: true, message: 'User registered successfully', data });
    expect(loggedIn).toEqual({ success: true, message: 'Login successful', data });

    const { token } = loggedIn.data;
    const rest = await runPostman(collection, {
      folder: names.slice(2),
      envVar: [
        { key: 'base_url', value: base_url },
        { key: 'token', value: token },
      ],
    });
    expect(rest.answers.map(({ name, status, authorization }) => ({ name, status, authorization }))).toEqual(
      names.slice(2).map((name: string) => ({ name, status: 200, authorization: `Bearer ${token}` })),
    );
    const [read, updated, changed, loggedOut] = rest.answers.map(({ body }) => body);
    expect(read.data.user).toMatchObject(user);
    expect(read.data.stats).toEqual({
      orders_count: 0,
      total_spent: '0.00 €',
      has_orders: false,
      newsletter_subscribed: true,
    });
    expect(updated).toEqual({
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
    expect(changed).toEqual({ success: true, message: 'Password changed successfully' });
    expect(loggedOut).toEqual({ success: true, message: 'Logged out successfully' });

    const again = await runPostman(collection, {
      folder: 'Get User',
      envVar: [
        { key: 'base_url', value: base_url },
        { key: 'token', value: token },
      ],
    });
    expect(again.answers[0]).toMatchObject({ status: 401, body: { success: false } });
  });
});
