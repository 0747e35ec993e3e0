/** The two servers that are compared, with the same accounts and products, which PostgreSQL generates. */
import bcrypt from 'bcrypt';
import { createSecretKey, randomUUID } from 'node:crypto';
import path from 'node:path';
import { SCHEMA } from './baseline/schema.mjs';
import { passwordDigest, signToken } from './credentials.mjs';
import { withClient } from './environment.mjs';
import { HAS_ADDRESSES } from './load.mjs';

const BCRYPT_COST = 10;
const TOKEN_LIFETIME_S = 24 * 3600;

export const PASSWORD = 'correct horse battery staple';

/** Slugs of the categories. */
export const CATEGORIES =
  'lighting furniture kitchen garden stationery textiles ceramics tools baskets travel'.split(' ');

/** Each word is in the name and the description of a tenth of the products. */
export const MATERIALS = 'oak linen brass stoneware walnut enamel rattan copper wool cork'.split(' ');
export const THINGS = 'lamp chair kettle planter notebook blanket vase trowel hamper trunk'.split(' ');

/** Stock of each product, which no run sells out. */
const STOCK = 100_000_000;

const textArray = (values) => `(ARRAY['${values.join("','")}'])`;

const CATEGORY_NAMES = 'SELECT initcap(slug) AS name, slug FROM unnest($1::text[]) slug';

/** Products 1 to $1. $2 is the base address of pictures, which only the baseline stores. */
const PRODUCTS = `
  SELECT initcap(material || ' ' || thing) || ' no. ' || n AS name,
         material || '-' || thing || '-' || n AS slug,
         'A ' || thing || ' of ' || material || ', made by hand in a small workshop and finished with care. '
           || 'Each piece differs a little from the next in grain, glaze and colour; batch ' || n % 97 || '.' AS description,
         (5 + n * 7919 % 49500 / 100.0)::numeric(10, 2) AS price,
         ${STOCK} AS stock,
         n % ${CATEGORIES.length} + 1 AS category_id,
         ARRAY[$2 || 'products/' || n || '-front.webp', $2 || 'products/' || n || '-side.webp'] AS pictures
  FROM generate_series(1, $1::integer) n,
       LATERAL (SELECT ${textArray(MATERIALS)}[n % 10 + 1] AS material, ${textArray(THINGS)}[n / 10 % 10 + 1] AS thing) words`;
const PRODUCT_COLUMNS = 'name, slug, description, price, stock, category_id, pictures';

const USERS = `
  SELECT 'customer' || n AS username, 'customer' || n || '@example.com' AS email, 'Customer ' || n AS name,
         $2::text AS password_hash, n || ' Rue de la Paix, 75001 Paris' AS shipping_address,
         n || ' Rue de la Paix, 75001 Paris' AS billing_address
  FROM generate_series(1, $1::integer) n`;
const USER_COLUMNS = 'username, email, name, password_hash, shipping_address, billing_address';

export async function startBaseline(environment, { products, accounts }) {
  const settings = { DATABASE_URL: await environment.createDatabase(), JWT_SECRET: randomUUID() };
  const baseline = await environment.start(['bench/baseline/server.mjs'], settings);
  await withClient(baseline.databaseUrl, async (client) => {
    await client.query(SCHEMA);
    await client.query(`INSERT INTO categories (name, slug) ${CATEGORY_NAMES}`, [CATEGORIES]);
    await client.query(
      `INSERT INTO products (${PRODUCT_COLUMNS}, name_text, search_text)
       SELECT *, lower(unaccent(name)), lower(unaccent(name || ' ' || description)) FROM (${PRODUCTS}) product`,
      [products, `${baseline.url}/media/`],
    );
    await client.query(`INSERT INTO users (${USER_COLUMNS}) ${USERS}`, [accounts, await hashPassword()]);
    await client.query('VACUUM FULL ANALYZE');
  });
  const sessions = Array.from({ length: accounts }, (_, index) => ({ id: randomUUID(), user_id: index + 1 }));
  return { ...baseline, accounts: accountsOf(sessions, createSecretKey(settings.JWT_SECRET, 'utf8')) };
}

/**
 * Two production processes of the app on one database: `live` without the read cache, `delivered` with the defaults.
 *
 * @param {string} [profileDir] folder for their CPU profiles
 */
export async function startApps(environment, size, profileDir) {
  const optionsOf = (name, settings) => ({
    settings: { ...settings, ...(HAS_ADDRESSES ? {} : { RATE_LIMIT: 'off', ALLOW_UNSAFE: 'bench' }) },
    nodeOptions: profileDir
      ? ['--cpu-prof', `--cpu-prof-dir=${profileDir}`, `--cpu-prof-name=${name}.cpuprofile`]
      : [],
  });
  const live = await startShop(environment, size, optionsOf('live', { LIST_CACHE_MS: '0' }));
  const { databaseUrl, accounts } = live;
  const options = optionsOf('delivered', { JWT_SECRET: live.env.JWT_SECRET });
  const delivered = await environment.startApp({ databaseUrl, ...options });
  return { live, delivered: { ...delivered, accounts } };
}

/** A production process of a build of the app, with products and accounts. */
export async function startShop(environment, size, { build = '.', ...options }) {
  const app = await environment.startApp({ build, ...options });
  const sessions = await withClient(app.databaseUrl, (client) => fillApp(client, size));
  const { loadConfig } = await import(path.resolve(build, 'dist/src/config/config.js'));
  return { ...app, accounts: accountsOf(sessions, loadConfig(app.env).key('access-token')) };
}

/** The keys of names equal the names, which are lower-case ASCII. @returns a session of each user: `{ id, user_id }` */
async function fillApp(client, { products, accounts }) {
  const passwordHash = `bcrypt_sha256$${await hashPassword()}`;
  // An older build has no keys.
  await client.query(`ALTER TABLE categories ADD COLUMN IF NOT EXISTS name_key text`);
  await client.query(
    `ALTER TABLE users ADD COLUMN IF NOT EXISTS username_key text, ADD COLUMN IF NOT EXISTS email_key text`,
  );
  await client.query(
    `INSERT INTO categories (name, slug, name_key) SELECT *, slug FROM (${CATEGORY_NAMES}) category`,
    [CATEGORIES],
  );
  await client.query(
    `WITH inserted AS (
       INSERT INTO products (${PRODUCT_COLUMNS}, stock_sequence) SELECT *, 1 FROM (${PRODUCTS}) product
       RETURNING id, stock
     )
     INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
     SELECT id, 1, stock, stock, 'initial' FROM inserted`,
    [products, ''],
  );
  await client.query(
    `INSERT INTO users (${USER_COLUMNS}, username_key, email_key) SELECT *, username, email FROM (${USERS}) account`,
    [accounts, passwordHash],
  );
  const { rows } = await client.query(`
    INSERT INTO sessions (id, user_id, seed, expires_at)
    SELECT gen_random_uuid(), id, sha256(id::text::bytea), now() + interval '7 days' FROM users ORDER BY id
    RETURNING id, user_id`);
  await client.query('VACUUM ANALYZE');
  return rows;
}

function hashPassword() {
  return bcrypt.hash(passwordDigest(PASSWORD), BCRYPT_COST);
}

function accountsOf(sessions, key) {
  return sessions.map(({ id, user_id }) => ({
    email: `customer${user_id}@example.com`,
    token: signToken({ userId: Number(user_id), sessionId: id }, key, TOKEN_LIFETIME_S),
  }));
}
