// Writes the Postman collection of the whole API from its OpenAPI document.
//   node scripts/postman.mjs [document: file or address] [collection: file]
// Without a document it starts the built app on a database of its own and asks that.
import converter from 'openapi-to-postmanv2';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const [source, target = 'postman/comptoir.postman_collection.json'] = process.argv.slice(2);

/** What a collection knows from the start; its own requests overwrite the rest as they go. */
const VARIABLES = {
  baseUrl: 'http://localhost:8000',
  email: 'admin@example.com',
  password: 'password123',
  token: '',
  refresh: '',
  user_id: 'me',
  product_id: '1',
  order_id: '1',
};

/** Which row `{id}` means below these addresses. */
const IDS = [
  [/^\/api\/users\//, '{{user_id}}'],
  [/^\/api\/orders\//, '{{order_id}}'],
  [/^\/api\/(products|cart|favorites)\//, '{{product_id}}'],
];

const NEW_NAME = 'customer-{{$guid}}';
const NEW_EMAIL = 'customer-{{$guid}}@example.com';

/** What goes into a field wherever it occurs. */
const FIELDS = {
  product_id: '{{product_id}}',
  price: '24.50',
  stock: 10,
  refresh: '{{refresh}}',
  token: '{{token}}',
};

/** Bodies in which a field means something else, or must not be sent: `undefined` leaves it out. */
const NEW_ACCOUNT = { username: NEW_NAME, email: NEW_EMAIL };
const SAME_NAMES = {
  username: undefined,
  email: undefined,
  password: undefined,
  current_password: undefined,
  role: undefined,
};
const BODIES = {
  'POST /api/auth/register': NEW_ACCOUNT,
  'POST /api/v1/auth/register': { email: NEW_EMAIL },
  'POST /api/users': NEW_ACCOUNT,
  'POST /api/auth/login': { username: '{{email}}', email: undefined, password: '{{password}}' },
  'POST /api/v1/auth/login': { email: '{{email}}', password: '{{password}}' },
  'POST /api/v1/auth/change-password': {
    current_password: '{{password}}',
    password: '{{password}}',
    password_confirmation: '{{password}}',
  },
  'PUT /api/v1/auth/profile': SAME_NAMES,
  'PUT /api/users/{id}': SAME_NAMES,
  'PATCH /api/users/{id}': SAME_NAMES,
  'POST /api/auth/change-email': { new_email: NEW_EMAIL, password: '{{password}}' },
  'DELETE /api/users/me': { password: 'not the password' }, // a click must not delete the admin
  'PUT /api/orders/{id}': { status: undefined },
  'PATCH /api/orders/{id}': { status: undefined, items: undefined },
};

/** What a request remembers of its answer for those behind it. */
const KEEP_TOKENS = [
  'const { token, access = token, refresh } = pm.response.json().data ?? pm.response.json();',
  "pm.test('answers a token', () => pm.expect(access).to.be.a('string'));",
  "pm.collectionVariables.set('token', access);",
  "if (refresh) pm.collectionVariables.set('refresh', refresh);",
];
const keepId = (variable) => [
  "pm.test('is created', () => pm.response.to.have.status(201));",
  `pm.collectionVariables.set('${variable}', String(pm.response.json().id));`,
];
const resetTo = (variable) => [`pm.collectionVariables.set('${variable}', '${VARIABLES[variable]}');`];
const SCRIPTS = {
  'POST /api/auth/register': KEEP_TOKENS,
  'POST /api/auth/login': KEEP_TOKENS,
  'POST /api/auth/token/refresh': KEEP_TOKENS,
  'POST /api/v1/auth/register': KEEP_TOKENS,
  'POST /api/v1/auth/login': KEEP_TOKENS,
  'POST /api/v1/auth/refresh': KEEP_TOKENS,
  'POST /api/users': keepId('user_id'),
  'POST /api/products': keepId('product_id'),
  'POST /api/orders': keepId('order_id'),
  'DELETE /api/users/{id}': resetTo('user_id'),
  'DELETE /api/products/{id}': resetTo('product_id'),
};

/** A new account signs out again before the admin signs in; what is made is read, changed and deleted, in this order. */
const ORDER = [
  /^POST .*\/register$/,
  /\/logout$/,
  /\/login$/,
  /^POST \/api\/[^/]+$/,
  /^GET /,
  /^POST /,
  /^PUT /,
  /^PATCH /,
  /^DELETE /,
];

const document = source ? await readDocument(source) : await askTheApp();
mkdirSync(path.dirname(target), { recursive: true });
writeFileSync(target, `${JSON.stringify(await collectionOf(document), null, 2)}\n`);

async function collectionOf(document) {
  const options = {
    folderStrategy: 'Tags',
    parametersResolution: 'Example',
    enableOptionalParameters: false,
  };
  const { result, reason, output } = await new Promise((resolve, reject) =>
    converter.convertV2({ type: 'json', data: withExamples(document) }, options, (error, done) =>
      error ? reject(error) : resolve(done),
    ),
  );
  if (!result) throw new Error(reason);
  const { info, item } = output[0].data;
  return {
    info: { name: info.name, description: document.info.description, schema: info.schema },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}', type: 'string' }] },
    variable: Object.entries(VARIABLES).map(([key, value]) => ({ key, value })),
    item: item.map((folder) => ({
      name: folder.name,
      item: folder.item
        .map((one) => requestOf(one, document))
        .sort(byPlace)
        .map(([, request]) => request),
    })),
  };
}

/** The converter makes up what has no example; a collection that is checked for drift must not depend on chance. */
function withExamples(node) {
  if (typeof node !== 'object' || node === null) return node;
  if (Array.isArray(node)) return node.map(withExamples);
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withExamples(value)]));
  const examples = {
    integer: copy.minimum ?? 1,
    number: copy.minimum ?? 1,
    boolean: true,
    string: copy.format ?? 'string',
  };
  if (typeof copy.type !== 'string' || !(copy.type in examples) || 'example' in copy) return copy;
  return { ...copy, example: copy.default ?? copy.enum?.[0] ?? examples[copy.type] };
}

/** A request as it stands in the collection, with its place in the order of its folder. */
function requestOf({ name, request }, document) {
  const address = `/${request.url.path.map((part) => part.replace(/^:(.*)$/, '{$1}')).join('/')}`;
  const operation = `${request.method} ${address}`;
  const [, id] = IDS.find(([below]) => below.test(address)) ?? [];
  const { security, parameters = [] } = document.paths[address][request.method.toLowerCase()];
  const isPublic = security?.length === 0;
  const required = parameters.filter((parameter) => parameter.in === 'query' && parameter.required);
  const search = new URLSearchParams(required.map(({ name: key, schema }) => [key, schema.example]));
  const script = SCRIPTS[operation];
  const url = {
    raw: `{{baseUrl}}${address.replace(/\{(\w+)\}/g, ':$1')}${required.length ? `?${search}` : ''}`,
    host: ['{{baseUrl}}'],
    path: request.url.path,
    query: request.url.query.map(({ key, value }) => ({
      key,
      value: String(FIELDS[key] ?? value),
      ...(!search.has(key) && { disabled: true }),
    })),
    variable: request.url.variable.map(({ key }) => ({ key, value: (key === 'id' && id) || `{{${key}}}` })),
  };
  const place = ORDER.findIndex((pattern) => pattern.test(operation));
  return [
    place,
    {
      name,
      ...(script && { event: [{ listen: 'test', script: { type: 'text/javascript', exec: script } }] }),
      request: {
        method: request.method,
        ...(request.description?.content && { description: request.description.content }),
        ...(isPublic && { auth: { type: 'noauth' } }),
        header: request.header.map((header) =>
          header.key === 'Idempotency-Key' ? { key: header.key, value: '{{$guid}}', disabled: true } : header,
        ),
        url,
        ...(request.body?.raw && {
          body: { ...request.body, raw: bodyOf(request.body.raw, BODIES[operation]) },
        }),
      },
    },
  ];
}

function byPlace([a], [b]) {
  return a - b;
}

function bodyOf(raw, changes) {
  const known = JSON.parse(raw, (key, value) => (key in FIELDS ? FIELDS[key] : value));
  const text = JSON.stringify({ ...known, ...changes }, null, 2);
  return text.replace(/"(\{\{\w+_id\}\})"/g, '$1');
}

async function readDocument(source) {
  const text = /^https?:/.test(source) ? await (await fetch(source)).text() : readFileSync(source, 'utf8');
  return JSON.parse(text);
}

async function askTheApp() {
  execFileSync(process.execPath, ['scripts/build-if-needed.mjs'], { stdio: 'inherit' });
  const dataDir = mkdtempSync(path.join(tmpdir(), 'comptoir-postman-'));
  chmodSync(dataDir, 0o711);
  const port = await freePort();
  const app = spawn(process.execPath, ['dist/src/main.js'], {
    env: { PATH: process.env.PATH, PORT: String(port), DATA_DIR: dataDir, DEMO: 'false', LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => app.once('exit', resolve));
  try {
    let said = '';
    for await (const chunk of app.stdout) {
      said += chunk;
      if (said.includes('Comptoir is open'))
        return await readDocument(`http://localhost:${port}/api/docs-json`);
    }
    throw new Error(`The app did not open:\n${said}`);
  } finally {
    app.kill('SIGTERM');
    await ended;
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
