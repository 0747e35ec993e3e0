import { crowd } from '../support/crowd.js';
import { PASSWORD, Shop } from '../support/shop.js';
import { load, requestText } from './load.js';

const SECRET = 'a secret that only this test and its processes know';
const ATTACKED = 200;
const RIGHT = 20;
const SECONDS = 10;

/** R19: password guessing, from any number of addresses, neither slows the shop down nor locks out customers. */
describe('A hundred wrong logins a second', () => {
  let shop: Shop;

  // The generator needs little CPU here, and the shop uses all cores: it hashes on one fewer.
  beforeAll(async () => {
    const env = { JWT_SECRET: SECRET, RATE_LIMIT: 'on', TRUST_PROXY: '127.0.0.1', BCRYPT_COST: '10' };
    shop = await Shop.open({ newProcesses: true, env: { ...env, LOG_LEVEL: 'error' } });
  });
  afterAll(() => shop.close());

  it('do not slow down product requests, and customers on known devices can log in', async () => {
    const product = await shop.newProduct();
    const { user } = await shop.newCustomer(); // with a hash of production's cost
    const customers = await crowd(shop, ATTACKED + RIGHT, SECRET);
    await shop.database.query(
      `UPDATE users SET password_hash = (SELECT password_hash FROM users WHERE id = $1) WHERE username LIKE 'crowd-%'`,
      [user.id],
    );
    const right = customers.slice(0, RIGHT);
    for (const [index, { user: customer }] of right.entries()) {
      await shop.database.query('UPDATE sessions SET address = $2 WHERE user_id = $1', [
        customer.id,
        `198.51.100.${index}`,
      ]);
    }
    const login = (email: string, password: string, address: string) =>
      requestText(shop.visitor, 'POST', '/api/auth/login', { email, password }).replace(
        '\r\nHost',
        `\r\nX-Forwarded-For: ${address}\r\nHost`,
      );
    const wrong = Array.from({ length: 1_000 }, (_, index) => {
      const { email } = customers[RIGHT + (index % ATTACKED)]!.user;
      return login(
        index % 2 ? email : `nobody${index}@example.com`,
        'wrong',
        `203.0.${index % 100}.${index % 250}`,
      );
    });
    const rights = right.map(({ user: { email } }, index) => login(email, PASSWORD, `198.51.100.${index}`));
    const readers = Array.from({ length: 100 }, (_, index) =>
      requestText(shop.visitor, 'GET', `/api/products/${product.id}`).replace(
        '\r\nHost',
        `\r\nX-Forwarded-For: 192.0.2.${index}\r\nHost`,
      ),
    );
    const read = (seconds: number) =>
      load(shop, { kinds: { read: readers }, mix: ['read'], rate: 100, seconds });

    await read(3);
    const quiet = (await read(SECONDS)).read!;
    const flood = load(shop, { kinds: { wrong }, mix: ['wrong'], rate: 100, seconds: SECONDS });
    const logins = load(shop, {
      kinds: { rights },
      mix: ['rights'],
      rate: RIGHT / SECONDS,
      seconds: SECONDS,
    });
    const busy = (await read(SECONDS)).read!;
    const { wrong: flooded } = await flood;
    const { rights: let_in } = await logins;
    console.table({ quiet, busy, flooded, let_in });

    expect(Math.round(let_in!.accepted * SECONDS)).toBeGreaterThanOrEqual(RIGHT - 1);
    expect(busy.failed).toEqual({});
    expect(busy.refused).toBe(0);
    expect(busy.acceptedP99).toBeLessThanOrEqual(2 * quiet.acceptedP99);
    expect(flooded!.refusedP99).toBeLessThanOrEqual(2_000);
  });
});
