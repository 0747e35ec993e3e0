/**
 * The floor: the shop written by hand on Fastify and `pg`, without framework, ORM, sessions, rate limits, ledger or
 * idempotency. It is what this stack could do if it did nothing else, and what the app is measured against.
 *
 * Settings: DATABASE_URL, JWT_SECRET, PORT. Says "open" on standard output when it listens.
 */
import bcrypt from 'bcrypt';
import Fastify from 'fastify';
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { passwordDigest, signToken, verifyToken } from '../credentials.mjs';
import { routeSchemas } from './schemas.mjs';
import { statements } from './statements.mjs';

const { DATABASE_URL, JWT_SECRET, PORT } = process.env;
const PAGE_SIZE = 20;
const TOKEN_LIFETIME_S = 900;

const INT8 = 20;
pg.types.setTypeParser(INT8, Number);
const pool = new pg.Pool({
  connectionString: DATABASE_URL,
  max: 10,
  options: '-c jit=off -c random_page_cost=1.1',
});
const database = statements(pool);
const key = createSecretKey(JWT_SECRET, 'utf8');
const origin = `http://127.0.0.1:${PORT}`;

/** @type {any} its types would need the routes' schemas a second time */
const fastify = Fastify();
fastify.decorateRequest('userId', 0);

/** A shop checks who you are. */
async function signedIn(request) {
  const userId = verifyToken(request.headers.authorization?.slice('Bearer '.length), key);
  if (!userId) throw httpError(401);
  request.userId = userId;
}

fastify.get('/api/products', { schema: routeSchemas.list }, async ({ query }) => {
  const { category, search, max_price } = query;
  const rows = category
    ? await database.filteredList(category, max_price)
    : search
      ? await database.search(`%${search.replace(/[\\%_]/g, '\\$&')}%`)
      : await database.list();
  return page(rows, '/api/products', query);
});

fastify.get('/api/products/:id', { schema: routeSchemas.detail }, async ({ params }) => {
  const [product] = await database.detail(params.id);
  if (!product) throw httpError(404);
  return product;
});

fastify.post(
  '/api/cart',
  { schema: routeSchemas.addToCart, onRequest: signedIn },
  async ({ userId, body }, reply) => {
    const [row] = await database.addToCart(userId, body.product_id, body.quantity);
    if (!row) throw httpError(409);
    const { quantity, subtotal, ...product } = row;
    reply.code(201);
    return { id: product.id, product, quantity, unit_price: product.price, subtotal };
  },
);

fastify.post(
  '/api/orders/checkout',
  { schema: routeSchemas.checkout, onRequest: signedIn },
  async ({ userId }, reply) => {
    const [order] = await database.checkout(userId);
    if (!order) throw httpError(400);
    reply.code(201);
    return order;
  },
);

fastify.get(
  '/api/orders/my-orders',
  { schema: routeSchemas.myOrders, onRequest: signedIn },
  async ({ userId }) => page(await database.myOrders(userId), '/api/orders/my-orders', {}),
);

fastify.post('/api/auth/login', { schema: routeSchemas.login }, async ({ body }) => {
  const [user] = await database.userByEmail(body.email);
  if (!user || !(await bcrypt.compare(passwordDigest(body.password), user.password_hash)))
    throw httpError(401);
  const access = signToken({ userId: user.id, sessionId: randomUUID() }, key, TOKEN_LIFETIME_S);
  const refresh = randomBytes(52).toString('base64url');
  return { access, refresh, token: access, token_type: 'Bearer', expires_in: TOKEN_LIFETIME_S, user };
});

/** The envelope around up to 21 rows, of which the last only says that there is a next page. */
function page(rows, path, query) {
  const results = rows.slice(0, PAGE_SIZE);
  const more = rows.length > PAGE_SIZE;
  const link = () =>
    `${origin}${path}?${new URLSearchParams({ ...query, page: 2, after: results.at(-1).id })}`;
  return { count: rows[0]?.count ?? 0, next: more ? link() : null, previous: null, results };
}

function httpError(statusCode) {
  return Object.assign(new Error(`status ${statusCode}`), { statusCode });
}

await fastify.listen({ port: Number(PORT), host: '127.0.0.1' });
console.log('open');
