/**
 * The baseline: the shop written by hand on Fastify and `pg`, without framework, ORM, sessions, rate limits, ledger or
 * idempotency. It shows what this stack can do without these features, and the app is measured against it.
 *
 * Settings: DATABASE_URL, JWT_SECRET, PORT. Prints "is open" when it listens.
 */
import bcrypt from 'bcrypt';
import Fastify from 'fastify';
import { createSecretKey, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { passwordDigest, signToken, verifyToken } from '../credentials.mjs';
import { statements } from './statements.mjs';

const { DATABASE_URL, JWT_SECRET, PORT } = process.env;
const PAGE_SIZE = 20;
const TOKEN_LIFETIME_S = 900;

const INT8 = 20;
pg.types.setTypeParser(INT8, Number);
const options = '-c jit=off -c random_page_cost=1.1';
const database = statements(new pg.Pool({ connectionString: DATABASE_URL, max: 10, options }));
const key = createSecretKey(JWT_SECRET, 'utf8');

/** @type {any} typed routes would need each schema a second time, as a type */
const fastify = Fastify();
// Fastify compiles serializers from the schemas of responses, which are those of the app's own OpenAPI document.
fastify.addSchema({ $id: 'api', ...JSON.parse(readFileSync('openapi.json', 'utf8')) });
fastify.decorateRequest('userId', 0);

const response = (status, name) => ({ response: { [status]: { $ref: `api#/components/schemas/${name}` } } });
const object = (properties, required = []) => ({ type: 'object', properties, required });
const text = { type: 'string', maxLength: 100 };
const id = { type: 'integer', minimum: 1 };
const page = { ...id, default: 1 };
const filters = {
  category: text,
  search: text,
  max_price: { type: 'string', pattern: '^\\d{1,8}(\\.\\d{1,2})?$' },
  ordering: { enum: ['id', 'price', '-price'], default: 'id' },
};

async function onRequest(request) {
  request.userId = verifyToken(request.headers.authorization?.slice('Bearer '.length), key);
  if (!request.userId) throw httpError(401);
}

fastify.get(
  '/api/products',
  { schema: { querystring: object({ ...filters, page }), ...response(200, 'ProductPage') } },
  async ({ query: { page: number, ...given }, query }) =>
    pageOf(await database.list(given, (number - 1) * PAGE_SIZE), '/api/products', query),
);

fastify.get(
  '/api/products/:id',
  { schema: { params: object({ id }), ...response(200, 'Product') } },
  async ({ params }) => (await database.run('detail', params.id))[0] ?? httpError(404),
);

fastify.post(
  '/api/cart',
  {
    schema: {
      body: object({ product_id: id, quantity: page }, ['product_id']),
      ...response(201, 'CartItem'),
    },
    onRequest,
  },
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
  { schema: response(201, 'Order'), onRequest },
  async ({ userId }, reply) => {
    const [order] = await database.run('checkout', userId);
    if (!order) throw httpError(400);
    reply.code(201);
    return order;
  },
);

fastify.get(
  '/api/orders/my-orders',
  { schema: { querystring: object({ page }), ...response(200, 'OrderPage') }, onRequest },
  async ({ userId, query }) => {
    const rows = await database.run('myOrders', userId, (query.page - 1) * PAGE_SIZE);
    return pageOf(rows, '/api/orders/my-orders', query);
  },
);

fastify.post(
  '/api/auth/login',
  {
    schema: {
      body: object({ email: text, password: text }, ['email', 'password']),
      ...response(200, 'SignedIn'),
    },
  },
  async ({ body }) => {
    const [user] = await database.run('userByEmail', body.email);
    if (!user || !(await bcrypt.compare(passwordDigest(body.password), user.password_hash))) {
      throw httpError(401);
    }
    const [access, refresh] = [TOKEN_LIFETIME_S, 30 * 24 * 3600].map((lifetimeS) =>
      signToken({ userId: user.id, sessionId: randomUUID() }, key, lifetimeS),
    );
    const token = { token: access, access_token: access, token_type: 'Bearer', expires_in: TOKEN_LIFETIME_S };
    return { access, refresh, ...token, user };
  },
);

/** A page from up to 21 rows; the last row only shows that there is a next page. */
function pageOf(rows, path, query) {
  const results = rows.slice(0, PAGE_SIZE);
  const link = (number) =>
    `http://127.0.0.1:${PORT}${path}?${new URLSearchParams({ ...query, page: number })}`;
  const next = rows.length > PAGE_SIZE ? `${link(query.page + 1)}&after=${results.at(-1).id}` : null;
  const previous = query.page > 1 ? link(query.page - 1) : null;
  return { count: rows[0]?.count ?? 0, next, previous, results };
}

function httpError(statusCode) {
  return Object.assign(new Error(`status ${statusCode}`), { statusCode });
}

await fastify.listen({ port: Number(PORT), host: '127.0.0.1' });
console.log('The baseline is open');
