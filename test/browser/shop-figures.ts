import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { gzipSync } from 'node:zlib';
import { DRAWN, openBrowser, SKIP_TRANSITIONS } from '../support/browser.js';
import { type Frontend, ShopVisitor } from '../support/shop-visitor.js';

const MAX_SCRIPT_BYTES = 120_000;
const MAX_LAYOUT_SHIFT = 0.05;

/** `npm run shop:figures` prints them. */
export function measureShop(name: string, open: () => Promise<Frontend>): void {
  let frontend: Frontend;
  let browser: Browser;
  let email: string;
  let orderId: number;

  beforeAll(async () => {
    [frontend, browser] = await Promise.all([open(), openBrowser()]);
    const customer = await frontend.shop.newCustomer();
    email = customer.user.email;
    await customer.post('/api/favorites', { product_id: 3 }).expect(201);
    const items = [{ product_id: 17, quantity: 2 }];
    orderId = (await customer.post('/api/orders', { items }).expect(201)).body.id;
    await customer.post('/api/cart', { product_id: 1, quantity: 1 }).expect(201);
  });
  afterAll(async () => {
    await browser?.close();
    await frontend?.close();
  });

  it('the first page loads at most 120 kB of script, compressed', async () => {
    const visitor = await ShopVisitor.come(browser, frontend);
    const scripts: Promise<Buffer>[] = [];
    visitor.page.on('response', (response) => {
      if (response.request().resourceType() === 'script') scripts.push(response.body());
    });
    await visitor.open('/');
    await settled(visitor.page);
    const bytes = (await Promise.all(scripts)).reduce((sum, script) => sum + gzipSync(script).length, 0);
    await visitor.leave();

    report(`${name}: script of the first page ${(bytes / 1000).toFixed(1)} kB gzip`);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThanOrEqual(MAX_SCRIPT_BYTES);
  });

  it.each([
    ['desktop, light', { width: 1280, colorScheme: 'light' }],
    ['phone, dark', { width: 360, colorScheme: 'dark' }],
  ] as const)('nothing moves or overflows, and axe finds nothing serious: %s', async (screen, options) => {
    const visitor = await ShopVisitor.come(browser, frontend, options);
    const { page } = visitor;
    // Not in the page's own scripts, since its policy allows no others.
    await page.addInitScript(axe.source);
    await page.addInitScript(WATCH_LAYOUT_SHIFTS);
    const paths = [
      '/',
      '/?search=lamp',
      '/?search=qqqqqqqq',
      '/products/atelier-desk-lamp',
      '/sign-in',
      '/register',
    ];
    const inside = [
      '/cart',
      '/checkout',
      '/orders',
      `/orders/${orderId}`,
      '/favorites',
      '/account',
      '/nowhere',
    ];
    const findings: string[] = [];
    const shifts: Record<string, number> = {};
    for (const path of [...paths, ...inside]) {
      if (path === inside[0]) {
        await visitor.open('/sign-in');
        await visitor.fillSignIn(email);
      }
      await visitor.open(path);
      await settled(page);
      shifts[path] = await page.evaluate<number>('layoutShift');
      findings.push(...(await axeFindings(page)).map((finding) => `${path}: ${finding}`));
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      if (overflow > 0) findings.push(`${path}: ${overflow} px wider than the screen`);
    }
    await visitor.leave();

    report(`${name}: layout shift, ${screen}: at most ${Math.max(...Object.values(shifts)).toFixed(3)}`);
    expect(findings).toEqual([]);
    expect(Object.entries(shifts).filter(([, shift]) => shift > MAX_LAYOUT_SHIFT)).toEqual([]);
  });
}

/** Waits until all requests of the page are answered and drawn. Its stream of events never ends. */
async function settled(page: Page): Promise<void> {
  await page.locator('h1, h2').first().waitFor();
  await page.locator('.skeleton, .spinner').first().waitFor({ state: 'detached' });
  await page.evaluate(PICTURES_ARE_SHOWN);
}

/** Runs in the page. Pictures below the screen are loaded when they come near. */
const PICTURES_ARE_SHOWN = `
  Promise.all([
    document.fonts.ready,
    ...[...document.images]
      .filter(({ loading }) => loading === 'eager')
      .map((image) => image.decode().catch(() => {})),
  ]).then(() => ${DRAWN})`;

/** Runs in the page. */
const WATCH_LAYOUT_SHIFTS = `
  globalThis.layoutShift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) layoutShift += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });`;

/** Runs in the page. */
const RUN_AXE = `axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations)`;

async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(SKIP_TRANSITIONS);
  const violations = await page.evaluate<any[]>(RUN_AXE);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id} at ${nodes.map(({ target }: any) => target.join(' ')).join(', ')}`);
}

function report(line: string): void {
  if (process.env.SHOP_FIGURES) process.stdout.write(`${line}\n`);
}
