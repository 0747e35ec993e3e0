import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PASSWORD, Shop } from '../support/shop.js';

interface Vector {
  made_by: string;
  password: string;
  hash: string;
}

/** Made by the named libraries, most with `make-hashes/`. */
const vectors: Vector[] = JSON.parse(readFileSync(path.join(import.meta.dirname, 'old-hashes.json'), 'utf8'));
const OURS = /^bcrypt_sha256\$\$2b\$04\$/; // BCRYPT_COST of the tests

const { hash: ofAnotherCost } = vectors.find(({ made_by }) => made_by.includes('5 rounds'))!;

describe('A password hash of another shop', () => {
  let shop: Shop;
  beforeAll(async () => (shop = await Shop.open()));
  afterAll(() => shop.close());

  let accounts = 0;
  const accountWith = async (hash: string) => {
    const email = `moved${(accounts += 1)}@example.com`;
    await shop.database.query(
      'INSERT INTO users (username, username_key, email, email_key, password_hash) VALUES ($1, $1, $1, $1, $2)',
      [email, hash],
    );
    return email;
  };
  const login = (email: string, password: string) =>
    shop.visitor.post('/api/auth/login', { email, password });
  const hashOfPeer = (peer: string) => {
    const maker = peer.startsWith('WordPress') ? 'WordPress 6.1.9' : 'Django 3.2.25 PBKDF2PasswordHasher';
    return vectors.find(({ made_by, password }) => made_by.startsWith(maker) && password === PASSWORD)!.hash;
  };
  const hashOf = async (email: string): Promise<string> => {
    const { rows } = await shop.database.query('SELECT password_hash FROM users WHERE email = $1', [email]);
    return rows[0].password_hash;
  };

  it.each(vectors)('is accepted and upgraded: $made_by, $password', async ({ password, hash }) => {
    const email = await accountWith(hash);

    await login(email, `${password.slice(0, 20)}?`).expect(401);
    expect(await hashOf(email)).toBe(hash);

    await login(email, password).expect(200);
    const upgraded = await hashOf(email);
    expect(upgraded).toMatch(OURS);

    await login(email, password).expect(200);
    expect(await hashOf(email)).toBe(upgraded);
    await login(email, `${password.slice(0, 20)}?`).expect(401);
  });

  it('of plain bcrypt covers 72 bytes, and all bytes after the upgrade', async () => {
    const { password, hash } = vectors.find(
      (vector) => vector.made_by.startsWith('PHP') && vector.password.length > 72,
    )!;
    const email = await accountWith(hash);

    await login(email, `${password.slice(0, 71)}?`).expect(401);
    await login(email, password).expect(200);
    await login(email, `${password.slice(0, 72)}other tail`).expect(401);
    await login(email, password).expect(200);
  });

  it('of the shop’s own format with another cost is upgraded as well', async () => {
    const email = await accountWith(ofAnotherCost);
    await shop.visitor.post('/api/v1/auth/login', { email, password: PASSWORD }).expect(200);
    expect(await hashOf(email)).toMatch(OURS);
  });

  it('is upgraded once by concurrent logins, which all succeed', async () => {
    const email = await accountWith(ofAnotherCost);
    await Promise.all(Array.from({ length: 8 }, () => login(email, PASSWORD).expect(200)));
    await login(email, PASSWORD).expect(200);
  });

  it('does not replace a password that was changed meanwhile', async () => {
    const email = await accountWith(vectors[4]!.hash);
    const { hash: slow } = vectors[0]!;
    await shop.database.query('UPDATE users SET password_hash = $2 WHERE email = $1', [email, slow]);

    const signingIn = login(email, PASSWORD);
    await new Promise((resolve) => setTimeout(resolve, 100)); // it has read the old hash and is verifying it
    const newer = vectors[1]!;
    await shop.database.query('UPDATE users SET password_hash = $2 WHERE email = $1', [email, newer.hash]);
    await signingIn.expect(401);

    expect(await hashOf(email)).toBe(newer.hash);
    await login(email, newer.password).expect(200);
    await login(email, PASSWORD).expect(401);
  });

  it.each(['SimpleJWT 5.2', 'WordPress 6.1'])(
    'that was made of the trimmed password, as %s does, is also right with the space',
    async (peer) => {
      const email = await accountWith(hashOfPeer(peer));
      await login(email, ` ${PASSWORD} `).expect(200);
      await login(email, PASSWORD).expect(200);
      await login(email, ` ${PASSWORD}`).expect(401); // the upgraded hash is the shop's own, which trims nothing
    },
  );

  it('in an unknown format is never accepted', async () => {
    for (const hash of ['', PASSWORD, `plain$$${PASSWORD}`, '!unusable', 'pbkdf2_sha256$1$$']) {
      await login(await accountWith(hash), PASSWORD).expect(401);
    }
  });

  it('takes at least as long for a wrong password as an unknown account', async () => {
    const cheap = await accountWith(vectors.find(({ made_by }) => made_by.includes('1000 iterations'))!.hash);
    const { url } = await shop.startProcess({ BCRYPT_COST: '10' });
    const visitor = shop.visitor.at(url);
    const username = `known${Math.round(performance.now())}`;
    const account = { username, email: `${username}@example.com`, password: PASSWORD };
    await visitor.post('/api/auth/register', account).expect(201);
    // From an address that has signed in, a guess does not wait for the one before.
    await visitor.post('/api/auth/login', account).expect(200);
    // The minimum of many, in turns: other load can only make one slower.
    const fastest = [Infinity, Infinity, Infinity];
    const [LEAST, MOST] = [0.6, 1.7];
    const isFair = () => fastest.every((time) => time > fastest[0]! * LEAST && time < fastest[0]! * MOST);
    for (let round = 0; round < 12 || (round < 60 && !isFair()); round += 1) {
      for (const [index, email] of ['nobody@example.com', account.email, cheap].entries()) {
        const from = performance.now();
        await visitor.post('/api/auth/login', { email, password: 'wrong password' }).expect(401);
        fastest[index] = Math.min(fastest[index]!, performance.now() - from);
      }
    }
    expect({ fastest, isFair: isFair() }).toMatchObject({ isFair: true });
  });
});
