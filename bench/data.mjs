/** The same accounts and products in both databases, made by PostgreSQL itself. */

export const PASSWORD = 'correct horse battery staple';

/** Slugs of the categories. */
export const CATEGORIES = [
  'lighting', 'furniture', 'kitchen', 'garden', 'stationery',
  'textiles', 'ceramics', 'tools', 'baskets', 'travel',
]; // prettier-ignore

const MATERIALS = [
  'oak',
  'linen',
  'brass',
  'stoneware',
  'walnut',
  'enamel',
  'rattan',
  'copper',
  'wool',
  'cork',
];
const THINGS = [
  'lamp',
  'chair',
  'kettle',
  'planter',
  'notebook',
  'blanket',
  'vase',
  'trowel',
  'hamper',
  'trunk',
];

/** Words that stand in some of the products. */
export const SEARCH_WORDS = [...MATERIALS, ...THINGS];

/** So much that no run sells a product out. */
const STOCK = 100_000_000;

const textArray = (values) => `(ARRAY['${values.join("','")}'])`;

/** Rows 1 to $1; $2 is the address that pictures lie under, which only the floor keeps with them. */
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

const FLOOR_PRODUCTS = `INSERT INTO products (${PRODUCT_COLUMNS}) ${PRODUCTS}`;

/** Each with the first row of its ledger. */
const APP_PRODUCTS = `
  WITH inserted AS (
    INSERT INTO products (${PRODUCT_COLUMNS}, stock_sequence) SELECT *, 1 FROM (${PRODUCTS}) product
    RETURNING id, stock
  )
  INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
  SELECT id, 1, stock, stock, 'initial' FROM inserted`;

const USERS = `
  INSERT INTO users (username, email, name, password_hash, shipping_address, billing_address)
  SELECT 'customer' || n, 'customer' || n || '@example.com', 'Customer ' || n, $2, n || ' Rue de la Paix, 75001 Paris',
         n || ' Rue de la Paix, 75001 Paris'
  FROM generate_series(1, $1::integer) n`;

const SESSIONS_OF = `
  INSERT INTO sessions (id, user_id, seed, expires_at)
  SELECT gen_random_uuid(), id, sha256(id::text::bytea), now() + interval '7 days' FROM users`;
const ANSWERING = 'RETURNING id, user_id';
const SESSIONS = `${SESSIONS_OF} ${ANSWERING}`;

/**
 * Fills the floor's tables.
 *
 * @param {import('pg').Client} client
 */
export async function fillFloor(client, { products, users, passwordHash, media }) {
  await fillCategories(client);
  await client.query(FLOOR_PRODUCTS, [products, media]);
  await client.query(USERS, [users, passwordHash]);
  await client.query('VACUUM ANALYZE');
}

/**
 * Fills the app's tables.
 *
 * @param {import('pg').Client} client
 * @returns a session of each user: `{ id, user_id }`
 */
export async function fillApp(client, { products, users, passwordHash }) {
  await fillCategories(client);
  await client.query(APP_PRODUCTS, [products, '']);
  await client.query(USERS, [users, `bcrypt_sha256$${passwordHash}`]);
  const { rows } = await client.query(SESSIONS);
  await client.query('VACUUM ANALYZE');
  return rows;
}

/**
 * @param {import('pg').Client} client
 * @returns a session of each of the first so many users, the last of whom becomes an admin: `{ id, user_id }`
 */
export async function openSessions(client, users) {
  await client.query(`UPDATE users SET role = 'admin' WHERE id = $1`, [users]);
  const { rows } = await client.query(`${SESSIONS_OF} WHERE id <= $1 ${ANSWERING}`, [users]);
  return rows.sort((a, b) => a.user_id - b.user_id);
}

async function fillCategories(client) {
  await client.query(
    'INSERT INTO categories (name, slug) SELECT initcap(slug), slug FROM unnest($1::text[]) slug',
    [CATEGORIES],
  );
}
