// Takes the pictures of README and of the page at the root: `node scripts/screenshots.mjs`, after `npm run build` and
// `npm run build:angular`.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import serveStatic from '@fastify/static';
import fastify from 'fastify';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

const BROWSERS = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };
const KEEPER = { email: 'admin@example.com', password: 'password123' };

/** The screenshots: page, what must be visible before, and file; `width` is that of the file. */
const PICTURES = [
  { file: 'docs/pictures/admin-start.webp', path: '/admin/', width: 1280 },
  { file: 'docs/pictures/admin-products.webp', path: '/admin/products', width: 1280 },
  { file: 'docs/pictures/admin-orders-dark.webp', path: '/admin/orders', width: 1280, scheme: 'dark' },
  { file: 'docs/pictures/admin-phone.webp', path: '/admin/products', width: 360, viewport: PHONE },
  { file: 'docs/pictures/shop.webp', path: '/shop/', width: 1280 },
  {
    file: 'docs/pictures/shop-product-dark.webp',
    path: '/shop/products/atelier-desk-lamp',
    width: 1280,
    scheme: 'dark',
  },
  {
    file: 'docs/pictures/shop-phone.webp',
    path: '/shop/?search=lmap',
    width: 360,
    viewport: PHONE,
    shows: '.card',
  },
  {
    file: 'docs/pictures/shop-angular.webp',
    site: 'angular',
    path: '/products/enamel-kettle',
    width: 360,
    viewport: PHONE,
  },
  { file: 'templates/welcome/admin.webp', path: '/admin/products', width: 640 },
  { file: 'templates/welcome/shop.webp', path: '/shop/', width: 640 },
  { file: 'templates/welcome/docs.webp', path: '/api/docs', width: 640, shows: '.opblock' },
  { file: 'templates/welcome/mailbox.webp', path: '/dev/mailbox', width: 640 },
];

const dataDir = await mkdtemp(path.join(tmpdir(), 'comptoir-pictures-'));
const origin = `http://localhost:${await freePort()}`;
const angular = await serveAngularShop();
const shop = spawn(process.execPath, ['dist/src/main.js'], {
  env: {
    ...process.env,
    PORT: new URL(origin).port,
    DATA_DIR: dataDir,
    RATE_LIMIT: 'off',
    CORS_ORIGINS: angular.origin,
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = new Promise((resolve) => shop.once('exit', resolve));
await new Promise((resolve, reject) => {
  shop.stdout.on('data', (text) => String(text).includes('Comptoir is open') && resolve());
  shop.once('exit', (code) => reject(new Error(`The shop ended with ${code}.`)));
});
const browser = await chromium.launch({
  executablePath: BROWSERS.find((place) => existsSync(place)),
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  await sellSomething();
  const signedIn = await signIn();
  for (const picture of PICTURES) await take(picture, signedIn);
} finally {
  await browser.close();
  await angular.close();
  shop.kill('SIGTERM');
  await ended;
  await rm(dataDir, { recursive: true, force: true });
}

async function take(
  { file, site, path: place, width, shows = 'h1', viewport = DESKTOP, scheme = 'light' },
  storageState,
) {
  const context = await browser.newContext({
    viewport,
    colorScheme: scheme,
    locale: 'en-GB',
    reducedMotion: 'reduce',
    storageState,
    deviceScaleFactor: viewport === PHONE ? 2 : 1,
  });
  const page = await context.newPage();
  await page.route('**/api/events*', (route) => route.abort()); // with an open stream the network is never idle
  await page.goto((site ? angular.origin : origin) + place, { waitUntil: 'networkidle' });
  await page.waitForSelector(shows);
  const png = await page.screenshot();
  const scale = viewport === PHONE ? 2 : 1;
  const { size } = await sharp(png)
    .resize({ width: width * scale })
    .webp({ quality: 82 })
    .toFile(file);
  console.log(`${file}: ${Math.round(size / 1000)} kB`);
  await context.close();
}

/** Serves the built shop on an origin of its own, with the API's address written into its page. */
async function serveAngularShop() {
  const root = path.resolve('examples/angular/dist');
  const html = await readFile(path.join(root, 'index.html'), 'utf8');
  const page = html.replace('content="http://localhost:8000"', `content="${origin}"`);
  const server = fastify();
  await server.register(serveStatic, { root, index: false, wildcard: false, globIgnore: ['index.html'] });
  server.get('/*', (_request, reply) => reply.type('text/html; charset=utf-8').send(page));
  return { origin: await server.listen({ port: 0, host: '127.0.0.1' }), close: () => server.close() };
}

async function signIn() {
  const context = await browser.newContext({ locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(`${origin}/admin/`);
  await page.fill('[name=email]', KEEPER.email);
  await page.fill('[name=password]', KEEPER.password);
  await page.click('[type=submit]');
  await page.waitForSelector('main#content');
  const state = await context.storageState();
  await context.close();
  return state;
}

/** Places orders of each status, so that the lists are not empty. */
async function sellSomething() {
  const keeper = await login(KEEPER);
  for (const [index, email] of ['john@example.com', 'jane@example.com'].entries()) {
    const buyer = await login({ email, password: KEEPER.password });
    for (let order = 0; order < 5; order += 1) {
      const items = [3 + index, 7 + order, 12 + order].map((id) => ({ product_id: id, quantity: 1 }));
      const placed = await call(
        'POST',
        '/orders',
        { items, shipping_address: '12 rue des Lilas, 75011 Paris' },
        buyer,
      );
      for (const status of ['paid', 'shipped', 'delivered'].slice(0, order)) {
        await call('PATCH', `/orders/${placed.id}`, { status }, keeper);
      }
    }
  }
  await call('POST', '/auth/reset_password', { email: 'john@example.com' });
}

async function login(credentials) {
  return (await call('POST', '/auth/login', credentials)).access;
}

async function call(method, place, body, access) {
  const headers = {
    'content-type': 'application/json',
    ...(access && { authorization: `Bearer ${access}` }),
  };
  const request = { method, headers, body: JSON.stringify(body) };
  const response = await fetch(`${origin}/api${place}`, request);
  if (!response.ok) throw new Error(`${method} ${place}: ${response.status} ${await response.text()}`);
  return response.json();
}

function freePort() {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
