import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runPostman } from '../support/postman.js';
import { Shop } from '../support/shop.js';

/** The collection that stands in the document, as it stands there. */
function collectionOf002() {
  const document = readFileSync('docs/contracts/002_9049e7f2c6aed510.txt', 'utf8');
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

describe('The Postman collection of the whole API', () => {
  const file = 'postman/comptoir.postman_collection.json';
  const collection = JSON.parse(readFileSync(file, 'utf8'));
  let shop: Shop;
  beforeAll(async () => (shop = await Shop.open()));
  afterAll(() => shop.close());

  it('is what `npm run postman` makes of the API as it is', () => {
    const made = path.join(process.env.TEST_DATA_DIR!, 'made.postman_collection.json');
    execFileSync(process.execPath, ['scripts/postman.mjs', `${shop.url}/api/docs-json`, made]);
    expect(JSON.parse(readFileSync(made, 'utf8'))).toEqual(collection);
  });

  it('runs from top to bottom against a demo shop, as often as one likes', async () => {
    for (const _time of ['first', 'second']) {
      const { answers, failures } = await runPostman(collection, {
        envVar: [{ key: 'baseUrl', value: shop.url }],
      });
      const told = answers.map(({ method, path, status }) => `${status} ${method} ${path}`);

      expect(failures).toEqual([]);
      expect(told.filter((line) => line >= '5')).toEqual([]);
      expect(told.filter((line) => / (401|403|415|422) /.test(` ${line}`))).toEqual([]);
      expect(told).toContain('200 POST /api/auth/login');
      expect(told).toContain('200 POST /api/v1/auth/login');

      const templates = new Map(
        requestsOf(collection).map(({ name, request }) => [name, request.url.variable]),
      );
      const reads = answers.filter(({ name, method }) => {
        const variables: { value: string }[] = templates.get(name) ?? [];
        return (
          method === 'GET' && variables.every(({ value }) => /^\{\{(user|product|order)_id\}\}$/.test(value))
        );
      });
      expect(reads.length).toBeGreaterThan(15);
      expect(
        reads.filter(({ status }) => status >= 300).map(({ path, status }) => `${status} ${path}`),
      ).toEqual([]);

      const closed = answers.filter(({ path }) =>
        /^\/api\/(users|cart|orders|favorites|v1\/auth\/user)/.test(path),
      );
      for (const { authorization } of closed)
        expect(authorization).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
      const tokens = new Set(closed.map(({ authorization }) => authorization));
      expect(tokens.size).toBeGreaterThan(1); // that of the first login, and that of v1's
    }
  });
});

function requestsOf(folder: { item: any[] }): { name: string; request: any }[] {
  return folder.item.flatMap((one) => (one.item ? requestsOf(one) : [one]));
}
