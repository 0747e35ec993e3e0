/**
 * The baseline: the shop written by hand on Fastify and `pg`, without framework, ORM, sessions, rate limits, ledger or
 * idempotency. It shows what this stack can do without these features, and the app is measured against it.
 *
 * Settings: DATABASE_URL, JWT_SECRET, PORT. Prints "open" when it listens.
 */
import bcrypt from 'bcrypt';
import Fastify from 'fastify';
import { createSecretKey, randomUUID } from 'node:crypto';
import pg from 'pg';
import { passwordDigest, signToken, verifyToken } from '../credentials.mjs';
import { api, routeSchemas } from './schemas.mjs';
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

/** @type {any} typed routes would need each schema a second time, as a type */
const fastify = Fastify();
fastify.addSchema(api);
fastify.decorateRequest('userId', 0);

async function signedIn(request) {
  const userId = verifyToken(request.headers.authorization?.slice('Bearer '.length), key);
  if (!userId) throw httpError(401);
  request.userId = userId;
}

fastify.get('/api/products', { schema: routeSchemas.list }, async ({ query }) => {
  const { page, ...filters } = query;
  return pageOf(await database.list(filters, (page - 1) * PAGE_SIZE), '/api/products', query);
});

fastify.get('/api/products/:id', { schema: routeSchemas.detail }, async ({ params }) => {
  const [product] = await database.run('detail', params.id);
  if (!product) throw httpError(404);
  return product;
});

fastify.post(
  '/api/cart',
  { schema: routeSchemas.addToCart, onRequest: signedIn },
  async ({ userId, body }, reply) => {
    const [row] = await database.run('addToCart', userId, body.product_id, body.quantity);
    if (!row) throw httpError(409);
    const { line_version: version, ...line } = row;
    reply.code(201);
    return { ...line, product: row, unit_price: row.price, state: 'available', version };
  },
);

fastify.post(
  '/api/orders/checkout',
  { schema: routeSchemas.checkout, onRequest: signedIn },
  async ({ userId }, reply) => {
    const [order] = await database.run('checkout', userId);
    if (!order) throw httpError(400);
    reply.code(201);
    return order;
  },
);

fastify.get(
  '/api/orders/my-orders',
  { schema: routeSchemas.myOrders, onRequest: signedIn },
  async ({ userId, query }) => {
    const rows = await database.run('myOrders', userId, (query.page - 1) * PAGE_SIZE);
    return pageOf(rows, '/api/orders/my-orders', query);
  },
);

fastify.post('/api/auth/login', { schema: routeSchemas.login }, async ({ body }) => {
  const [user] = await database.run('userByEmail', body.email);
  if (!user || !(await bcrypt.compare(passwordDigest(body.password), user.password_hash)))
    throw httpError(401);
  const access = signToken({ userId: user.id, sessionId: randomUUID() }, key, TOKEN_LIFETIME_S);
  const refresh = signToken({ userId: user.id, sessionId: randomUUID() }, key, 30 * 24 * 3600);
  return {
    access,
    refresh,
    token: access,
    access_token: access,
    token_type: 'Bearer',
    expires_in: TOKEN_LIFETIME_S,
    user,
  };
});

/** A page from up to 21 rows; the last row only shows that there is a next page. */
function pageOf(rows, path, query) {
  const results = rows.slice(0, PAGE_SIZE);
  const link = (page) => `${origin}${path}?${new URLSearchParams({ ...query, page })}`;
  const next = rows.length > PAGE_SIZE ? `${link(query.page + 1)}&after=${results.at(-1).id}` : null;
  const previous = query.page > 1 ? link(query.page - 1) : null;
  return { count: rows[0]?.count ?? 0, next, previous, results };
}

function httpError(statusCode) {
  return Object.assign(new Error(`status ${statusCode}`), { statusCode });
}

await fastify.listen({ port: Number(PORT), host: '127.0.0.1' });
console.log('open');
