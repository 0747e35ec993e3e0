import { readFileSync } from 'node:fs';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import sharp from 'sharp';
import { en } from '../../admin/src/i18n/en.js';
import { fr } from '../../admin/src/i18n/fr.js';
import type { Api } from '../support/api.js';
import { describeInBrowser, DRAWN, openBrowser, openContext, SKIP_TRANSITIONS } from '../support/browser.js';
import { PASSWORD, Shop } from '../support/shop.js';
import { until } from '../support/until.js';

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };

/** No mail server listens there: mails stay queued. */
const UNSENT_MAILS = { SMTP_URL: 'smtp://127.0.0.1:9' };

/** A drawing of the demo shop, encoded like a photograph. */
async function picture(name: string) {
  const buffer = await sharp(`demo/pictures/source/${name}.svg`).resize(800).jpeg().toBuffer();
  return { name: `${name}.jpg`, mimeType: 'image/jpeg', buffer };
}

describeInBrowser('The admin in a browser', () => {
  let shop: Shop;
  let browser: Browser;
  let admin: Api;
  beforeAll(async () => {
    [shop, browser] = await Promise.all([Shop.open({ env: UNSENT_MAILS }), openBrowser()]);
    admin = await shop.admin();
  });
  afterAll(async () => {
    await browser.close();
    await shop.close();
  });

  describe.each([
    ['on a desktop, in English', DESKTOP, 'en-GB', en],
    ['on a phone, in French', PHONE, 'fr-FR', fr],
  ])('%s', (_where, viewport, locale, texts) => {
    let visitor: AdminBrowser;
    beforeAll(async () => {
      visitor = await AdminBrowser.arrive(browser, shop, { viewport, locale, texts });
    });
    afterEach(() => visitor.expectNoFault());
    afterAll(() => visitor.leave());

    it('refuses a customer and a wrong password, and accepts an admin', async () => {
      const { page } = visitor;
      await page.goto(`${shop.url}/admin/orders`);
      await visitor.signIn('john@example.com', PASSWORD);
      await page.getByText(texts['error.not_an_admin']).waitFor();
      await visitor.signIn('admin@example.com', 'not the password');
      await page.getByText(texts['error.no_active_account']).waitFor();
      visitor.forgetErrors(); // of the response 401
      await visitor.signIn('admin@example.com', PASSWORD);
      await visitor.heading(texts['nav.orders']).waitFor();
    });

    it('sends only changed fields', async () => {
      const product = await shop.newProduct({ price: '12.00' });
      const { page } = visitor;
      await page.goto(`${shop.url}/admin/products/${product.id}`);
      const sent = page.waitForRequest((request) => request.method() === 'PATCH');
      await page.getByLabel(texts['products.price']).fill('13,50');
      await visitor.button(texts.save).click();
      const request = await sent;
      expect(request.postDataJSON()).toEqual({ price: '13.50' });
      expect(await request.headerValue('if-match')).toBeTruthy();
      await page.getByText(texts['form.saved']).waitFor();
      const { body: saved } = await admin.get(`/api/products/${product.id}`).expect(200);
      expect(saved).toEqual({
        ...product,
        price: '13.50',
        version: expect.any(Number),
        updated_at: expect.any(String),
      });
    });

    it('shows and reads amounts in the format of its language', async () => {
      const product = await shop.newProduct({ price: '1234.50' });
      const { page } = visitor;
      const written = texts === fr ? '1234,50' : '1234.50';
      await page.goto(`${shop.url}/admin/products/${product.id}`);
      expect(await page.getByLabel(texts['products.price']).inputValue()).toBe(written);
      await visitor.open(`/products?search=${product.name}`);
      await visitor.button(texts['list.filters']).click();
      await page.getByLabel(texts['products.priceFrom']).fill('1 234,5');
      await page.waitForURL(/price_min=1234\.5$/);
      await page.getByText(product.name).first().waitFor();
      await page.getByLabel(texts['products.priceFrom']).fill('1234,51');
      await page.getByText(texts['list.nothingFound']).waitFor();
      expect(await page.getByLabel(texts['products.priceFrom']).inputValue()).toBe('1234,51');
    });

    it('shows both versions when another admin saved first, and saves the chosen one', async () => {
      const product = await shop.newProduct({ price: '12.00' });
      const { page } = visitor;
      await page.goto(`${shop.url}/admin/products/${product.id}`);
      await page.getByLabel(texts['products.name']).fill('My name');
      await page.getByLabel(texts['products.price']).fill('14.00');
      await admin.patch(`/api/products/${product.id}`, { price: '15.00', description: 'Theirs' }).expect(200);
      await visitor.button(texts.save).click();
      const dialog = page.getByRole('dialog');
      const save = dialog.getByRole('button', { name: texts['conflict.save'] });
      expect(await save.isDisabled()).toBe(true); // both changed the price
      await dialog
        .getByRole('group', { name: texts['products.price'] })
        .getByRole('radio', { name: texts['conflict.mine'] })
        .check();
      await save.click();
      await page.getByText(texts['form.saved']).waitFor();
      visitor.forgetErrors(); // of the response 412
      const { body: saved } = await admin.get(`/api/products/${product.id}`).expect(200);
      expect(saved).toMatchObject({ name: 'My name', price: '14.00', description: 'Theirs' });
    });

    it('asks before leaving a changed form', async () => {
      const product = await shop.newProduct();
      const { page } = visitor;
      await page.goto(`${shop.url}/admin/products/${product.id}`);
      await page.getByLabel(texts['products.name']).fill('Not saved');
      await page.getByRole('link', { name: texts['nav.products'] }).last().click();
      await visitor.button(texts['leave.stay']).click();
      expect(await page.getByLabel(texts['products.name']).inputValue()).toBe('Not saved');
      await page.getByRole('link', { name: texts['nav.products'] }).last().click();
      await visitor.button(texts['leave.go']).click();
      await visitor.heading(texts['nav.products']).waitFor();
    });

    it('keeps the form when the session ends, and saves it after a new sign-in', async () => {
      const product = await shop.newProduct();
      const { page } = visitor;
      await page.goto(`${shop.url}/admin/products/${product.id}`);
      await page.getByLabel(texts['products.name']).fill('Typed before the end');
      await visitor.endSession();
      await visitor.button(texts.save).click();
      await page.getByRole('dialog', { name: texts['signIn.again'] }).waitFor();
      await page.getByLabel(texts['signIn.password']).fill(PASSWORD);
      await visitor.button(texts['signIn.submit']).click();
      await page.getByText(texts['form.saved']).waitFor();
      visitor.forgetErrors(); // of the responses 401
      const { body: saved } = await admin.get(`/api/products/${product.id}`).expect(200);
      expect(saved.name).toBe('Typed before the end');
    });

    describe('at work', () => {
      it('adds a product with three pictures, sorts them by keyboard and describes the first one', async () => {
        const { page } = visitor;
        await visitor.open('/products/new');
        await page.getByLabel(texts['products.name']).fill('AdminBrowser’s lamp');
        await page.getByLabel(texts['products.price']).fill('49,90');
        await page.getByLabel(texts['products.stock']).fill('12');
        await visitor.button(texts['products.create']).click();
        await visitor.heading('AdminBrowser’s lamp').waitFor();
        await page
          .locator('input[type=file][multiple]')
          .setInputFiles(
            await Promise.all(
              ['atelier-desk-lamp', 'opal-globe-pendant', 'stoneware-table-lamp'].map(picture),
            ),
          );
        const tiles = page.locator('.picture');
        await tiles.nth(2).waitFor();
        const last = await tiles.nth(2).locator('img').getAttribute('src');
        const handle = page.getByRole('button', {
          name: textOf(texts['pictures.move'], { name: textOf(texts['pictures.number'], { place: 3 }) }),
        });
        await handle.focus();
        await visitor.press('Space', 'ArrowLeft', 'ArrowLeft', 'ArrowUp', 'ArrowUp', 'Space');
        await until(async () => (await tiles.first().locator('img').getAttribute('src')) === last);
        const alt = page.getByLabel(textOf(texts['pictures.alt'], { place: 1 }));
        await alt.fill('A lamp of stoneware');
        await alt.press('Enter');
        await page.getByText(texts['pictures.described']).waitFor();
        const id = Number(new URL(page.url()).pathname.split('/').at(-1));
        const { body: product } = await admin.get(`/api/products/${id}`).expect(200);
        expect(product).toMatchObject({ price: '49.90', stock: 12 });
        expect(product.pictures.map((each: { alt: string }) => each.alt)).toEqual([
          'A lamp of stoneware',
          '',
          '',
        ]);
      });

      it('changes prices of filtered products after a preview, and undoes it', async () => {
        const { page } = visitor;
        const mark = `bulk${visitor.id}`;
        const made: { id: number }[] = [];
        for (const price of ['10.00', '20.00', '30.00'])
          made.push(await shop.newProduct({ name: `${mark} at ${price}`, price }));
        await visitor.open(`/products?search=${mark}`);
        await page.getByRole('checkbox', { name: texts['list.choosePage'], exact: true }).check();
        await visitor.button(texts['bulk.do.price_percent']).click();
        await page.getByLabel(texts['bulk.percent']).fill('10');
        await visitor.button(texts['bulk.preview']).click();
        await page.getByText(textOf(texts['bulk.count'].split(' | ')[1]!, { count: 3 })).waitFor();
        await page
          .getByText(/^22[.,]00$/)
          .first()
          .waitFor();
        expect(await pricesOf(admin, made)).toEqual(['10.00', '20.00', '30.00']);
        await visitor.button(textOf(texts['bulk.run'].split(' | ')[1]!, { count: 3 })).click();
        await visitor.button(texts.undo).waitFor();
        await until(async () => String(await pricesOf(admin, made)) === '11.00,22.00,33.00');
        await visitor.button(texts.undo).click();
        await page.getByText(textOf(texts['bulk.undone'].split(' | ')[1]!, { count: 3 })).waitFor();
        expect(await pricesOf(admin, made)).toEqual(['10.00', '20.00', '30.00']);
      });

      it('undoes a bulk change from the audit log, after its notice has disappeared', async () => {
        const { page } = visitor;
        const made = [await shop.newProduct({ price: '10.00' }), await shop.newProduct({ price: '20.00' })];
        const action = { kind: 'price_percent', percent: '50' };
        const ids = made.map(({ id }) => id);
        const { body: preview } = await admin
          .post('/api/admin/bulk/preview', { model: 'products', ids, action })
          .expect(200);
        const { id } = (await admin.post('/api/admin/bulk', { token: preview.token }).expect(202)).body;
        await until(async () => String(await pricesOf(admin, made)) === '15.00,30.00');
        await visitor.open('/audit');
        await page
          .getByRole('link', { name: textOf(texts['audit.bulk'], { id }) })
          .first()
          .click();
        await visitor.button(texts.undo).click();
        await page.getByRole('dialog').getByRole('button', { name: texts['bulk.undoNow'] }).click();
        await page.getByText(textOf(texts['bulk.undone'].split(' | ')[1]!, { count: 2 })).waitFor();
        expect(await pricesOf(admin, made)).toEqual(['10.00', '20.00']);
        await visitor.button(texts.undo).waitFor({ state: 'detached' });
      });

      it('ships two orders', async () => {
        const { page } = visitor;
        const customer = await shop.newCustomer();
        const orders = [await paidOrder(shop, admin, customer), await paidOrder(shop, admin, customer)];
        await visitor.open(`/orders?status=paid&user_id=${customer.user.id}`);
        for (const id of orders)
          await page
            .getByRole('checkbox', {
              name: textOf(texts['list.choose'], { name: textOf(texts['orders.one'], { id }) }),
            })
            .check();
        await visitor.button(texts['bulk.do.ship']).click();
        await visitor.button(textOf(texts['bulk.run'].split(' | ')[1]!, { count: 2 })).click();
        await page.getByText(textOf(texts['bulk.done'].split(' | ')[1]!, { count: 2 })).waitFor();
        for (const id of orders)
          expect((await admin.get(`/api/orders/${id}`).expect(200)).body.status).toBe('shipped');
        await visitor.open(`/orders/${orders[0]}`);
        await visitor.button(texts['step.delivered']).click();
        await page
          .getByText(textOf(texts['orders.stepDone'], { id: orders[0]!, status: texts['status.delivered'] }))
          .waitFor();
      });

      it('finds a mail of a customer, and disables the account', async () => {
        const { page } = visitor;
        const customer = await shop.newCustomer();
        await visitor.open(`/users?search=${customer.user.username}`);
        await page.getByRole('link', { name: customer.user.username }).click();
        await page
          .getByRole('link', { name: texts['users.behind.models/mails'], exact: true })
          .last()
          .click();
        await page
          .getByRole('cell')
          .getByRole('link', { name: String(customer.user.id), exact: true })
          .first()
          .waitFor();
        await visitor.open(`/users/${customer.user.id}`);
        await visitor.button(texts['users.do.disable']).click();
        await page.getByRole('dialog').getByRole('button', { name: texts['users.do.disable'] }).click();
        await page.getByText(textOf(texts['users.did.disable'], { name: customer.user.username })).waitFor();
        await shop.visitor
          .post('/api/auth/login', { email: customer.user.email, password: PASSWORD })
          .expect(401);
      });

      it('imports a file of products: previews it, and leaves out refused lines', async () => {
        const { page } = visitor;
        const mark = `import${visitor.id}`;
        const file = csvFile(`name,price\n${mark} one,5\n${mark} two,6\n${mark} three,many\n`);
        await visitor.open('/products');
        await page.getByRole('link', { name: texts['import.title'], exact: true }).click();
        await visitor.heading(texts['import.title']).waitFor();
        await visitor.button(texts['import.check']).click();
        await page.getByText(texts['import.fileMissing']).waitFor();
        await page.getByLabel(texts['import.file']).setInputFiles(file);
        await visitor.button(texts['import.check']).click();
        const run = visitor.button(textOf(texts['import.run'].split(' | ')[1]!, { count: 2 }));
        await run.waitFor();
        await page.getByText(`${mark} three`, { exact: true }).waitFor();
        await page.getByText(texts['import.note.price_invalid']).waitFor();
        expect(await run.isDisabled()).toBe(true);
        await page.reload(); // its address has the id
        await page.getByLabel(texts['import.leaveOut']).check();
        expect((await admin.get(`/api/products?search=${mark}`).expect(200)).body.count).toBe(0);
        await run.click();
        await page.getByText(texts['import.done']).waitFor();
        expect((await admin.get(`/api/products?search=${mark}`).expect(200)).body.count).toBe(2);
        await page.getByRole('link', { name: texts['import.toProducts'], exact: true }).click();
        await page.getByText(`${mark} two`).first().waitFor();
      });

      it('exports exactly the filtered rows', async () => {
        const { page } = visitor;
        const mark = `export${visitor.id}`;
        for (const name of ['one', 'two']) await shop.newProduct({ name: `${mark} ${name}` });
        await visitor.open(`/products?search=${mark}`);
        await page.getByText(`${mark} two`).first().waitFor();
        await visitor.button(texts['export.button']).click();
        const downloading = page.waitForEvent('download');
        await page
          .getByRole('dialog')
          .getByRole('button', { name: texts['export.start'], exact: true })
          .click();
        const csv = readFileSync((await (await downloading).path())!, 'utf8');
        const lines = csv.trim().split('\r\n');
        expect(lines).toHaveLength(3);
        expect(lines[0]).toContain(texts === fr ? 'id;name;' : 'id,name,');
        expect(lines.slice(1).every((line) => line.includes(mark))).toBe(true);
      });
    });
  });

  it('has a name for every table, column and value in both languages', async () => {
    const { body: models } = await admin.get('/api/admin/models').expect(200);
    const keys = models.flatMap(
      ({ name, columns }: { name: string; columns: { name: string; enum?: string[] }[] }) => [
        `model.${name}`,
        ...columns.map((column) => `field.${column.name}`),
        ...columns.flatMap((column) => (column.enum ?? []).map((value) => `value.${value}`)),
      ],
    );
    expect(keys.length).toBeGreaterThan(50);
    expect(keys.filter((key: string) => !(key in en && key in fr))).toEqual([]);
  });

  describe('accessibility', () => {
    let visitor: AdminBrowser;
    beforeAll(async () => {
      visitor = await AdminBrowser.arrive(browser, shop, { viewport: DESKTOP, locale: 'en-GB', texts: en });
      await visitor.open('/');
      await visitor.signIn('admin@example.com', PASSWORD);
      await visitor.heading(en['nav.start']).waitFor();
    });
    afterAll(() => visitor.leave());

    it('axe finds nothing serious on any screen, in light and dark', async () => {
      const order = await paidOrder(shop, admin, await shop.newCustomer());
      const form = new FormData();
      form.append('file', new Blob(['name,price,pictures\ngood,1,a.jpg\nbad,many,\n']), 'products.csv');
      const { body: sent } = await admin.send('POST', '/api/admin/imports/preview', { raw: form });
      await until(
        async () => (await admin.get(`/api/admin/imports/${sent.id}`).expect(200)).body.status === 'checked',
      );
      const screens = [
        '/',
        '/products',
        '/products/new',
        '/products/1',
        '/products/import',
        `/products/import?id=${sent.id}`,
        '/categories',
        '/orders',
        `/orders/${order}`,
        '/users',
        '/users/2',
        '/audit',
        '/models',
        '/models/sessions',
        '/models/stock_movements',
      ];
      const findings = [];
      for (const screen of screens) {
        await visitor.open(screen);
        findings.push(...(await visitor.findings(screen)));
      }
      expect(findings).toEqual([]);
    });

    const OPENED: [string, string, (page: Page) => Promise<void>][] = [
      ['the filters', '/products', (page) => page.getByRole('button', { name: en['list.filters'] }).click()],
      [
        'the columns',
        '/products',
        (page) => page.locator('summary', { hasText: en['list.columns'] }).click(),
      ],
      ['the views', '/orders', (page) => page.locator('summary', { hasText: en['list.views'] }).click()],
      ['an export', '/orders', (page) => page.getByRole('button', { name: en['export.button'] }).click()],
      [
        'a bulk change with its preview',
        '/products',
        async (page) => {
          await page.getByRole('checkbox', { name: en['list.choosePage'] }).check();
          await page.getByRole('button', { name: en['bulk.do.price_percent'] }).click();
          await page.getByLabel(en['bulk.percent']).fill('5');
          await page.getByRole('button', { name: en['bulk.preview'] }).click();
          await page.getByRole('dialog').getByRole('table').waitFor();
        },
      ],
      [
        'a stock',
        '/products/1',
        (page) =>
          page
            .getByRole('button', { name: /^Change the stock of/ })
            .first()
            .click(),
      ],
      [
        'a question before a deletion',
        '/products/1',
        (page) => page.getByRole('button', { name: en.delete, exact: true }).click(),
      ],
      [
        'a form that is wrong',
        '/products/new',
        async (page) => {
          await page.getByLabel(en['products.price']).fill('much');
          await page.getByRole('button', { name: en['products.create'] }).click();
        },
      ],
    ];

    it.each(OPENED)('axe finds nothing serious on %s that are open', async (what, screen, open) => {
      await visitor.open(screen);
      await open(visitor.page);
      expect(await visitor.findings(what)).toEqual([]);
    });

    it('axe finds nothing serious on the sign-in screen, the first time and again', async () => {
      const visitor = await AdminBrowser.arrive(browser, shop, {
        viewport: PHONE,
        locale: 'en-GB',
        texts: en,
      });
      const look = async (where: string) => expect(await visitor.findings(where)).toEqual([]);
      await visitor.open('/');
      await look('first');
      await visitor.signIn('admin@example.com', 'not the password');
      await visitor.page.getByText(en['error.no_active_account']).waitFor();
      await look('refused');
      await visitor.signIn('admin@example.com', PASSWORD);
      await visitor.heading(en['nav.start']).waitFor();
      await visitor.page.getByRole('button', { name: en.menu }).click();
      await look('the menu of a phone');
      await visitor.endSession();
      await visitor.page.getByRole('link', { name: en['nav.users'] }).click();
      await visitor.page.getByRole('dialog', { name: en['signIn.again'] }).waitFor();
      await look('again');
      await visitor.leave();
    });

    it('can be used with the keyboard alone', async () => {
      const product = await shop.newProduct({ price: '8.00' });
      const { page } = visitor;
      await visitor.open(`/products?search=${encodeURIComponent(product.name)}`);
      await page.getByText(product.name).first().waitFor();
      await page.keyboard.press('Tab');
      await page.getByRole('link', { name: en.skip }).press('Enter');
      const price = page.getByRole('button', {
        name: textOf(en['products.changePrice'], { name: product.name, price: '8.00' }),
      });
      for (
        let tabs = 0;
        tabs < 40 && !(await price.evaluate((element) => element.matches(':focus')));
        tabs += 1
      ) {
        await page.keyboard.press('Tab');
      }
      await page.keyboard.press('Enter');
      await page.keyboard.type('9.50');
      await page.keyboard.press('Enter');
      await page
        .getByText(textOf(en['products.priceSaved'], { name: product.name, price: '9.50' }))
        .waitFor();
      expect(await pricesOf(admin, [product])).toEqual(['9.50']);
    });

    it('fits on a phone', async () => {
      await visitor.page.setViewportSize(PHONE);
      for (const screen of [
        '/',
        '/products',
        '/products/1',
        '/products/import?id=1',
        '/categories',
        '/orders',
        '/users/2',
        '/audit',
        '/models/sessions',
      ]) {
        await visitor.open(screen);
        const overflow = await visitor.page.evaluate<number>(
          'document.documentElement.scrollWidth - innerWidth',
        );
        expect([screen, Math.max(overflow, 0)]).toEqual([screen, 0]);
      }
      await visitor.open('/products');
      for (const menu of [en['list.views'], en['list.columns']]) {
        await visitor.page.locator('summary', { hasText: menu }).click();
        const panel = await visitor.page.locator('details[open] .menu-panel').boundingBox();
        expect([menu, panel!.x >= 0, panel!.x + panel!.width <= PHONE.width]).toEqual([menu, true, true]);
      }
    });
  });
});

function csvFile(text: string) {
  return { name: 'products.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
}

async function pricesOf(api: Api, products: { id: number }[]): Promise<string[]> {
  const read = products.map(({ id }) => api.get(`/api/products/${id}`).expect(200));
  return (await Promise.all(read)).map(({ body }) => body.price);
}

async function paidOrder(shop: Shop, admin: Api, customer: Api): Promise<number> {
  const product = await shop.newProduct();
  const { body } = await customer.post('/api/orders', { items: [{ product_id: product.id }] }).expect(201);
  await admin.patch(`/api/orders/${body.id}`, { status: 'paid' }).expect(200);
  return body.id;
}

function textOf(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
}

type Texts = Record<keyof typeof en, string>;

/** A browser with one page, for an admin. */
class AdminBrowser {
  private static last = 0;
  readonly id = (AdminBrowser.last += 1);
  private readonly faults: string[] = [];
  private readonly awaited = new Set<Request>();

  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
    private readonly texts: Texts,
    private readonly shop: Shop,
  ) {
    page.on('console', (message) => message.type() === 'error' && this.faults.push(message.text()));
    page.on('pageerror', (error) => this.faults.push(String(error)));
    for (const end of ['requestfinished', 'requestfailed'] as const) {
      page.on(end as 'requestfinished', (request) => this.awaited.delete(request));
    }
    page.on('request', (request) => {
      this.awaited.add(request);
      const isOwn = request.url().startsWith(`${shop.url}/`) || /^(data|blob):/.test(request.url());
      if (!isOwn) this.faults.push(`a request to ${request.url()}`);
    });
  }

  static async arrive(
    browser: Browser,
    shop: Shop,
    { texts, ...options }: { texts: Texts; viewport: { width: number; height: number }; locale: string },
  ): Promise<AdminBrowser> {
    const context = await openContext(browser, { ...options, reducedMotion: 'reduce' });
    return new AdminBrowser(context, await context.newPage(), texts, shop);
  }

  async signIn(email: string, password: string): Promise<void> {
    await this.page.getByLabel(this.texts['signIn.email']).fill(email);
    await this.page.getByLabel(this.texts['signIn.password']).fill(password);
    await this.button(this.texts['signIn.submit']).click();
  }

  /** Opens a screen and waits for all its requests, also those that are sent after the last response was drawn. */
  async open(screen: string): Promise<void> {
    await this.page.goto(`${this.shop.url}/admin${screen}`);
    for (let quiet = 0; quiet < 2; quiet += 1) {
      await until(() => this.awaited.size === 0);
      await this.page.evaluate(DRAWN);
      if (this.awaited.size > 0) quiet = -1;
    }
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      await this.page.keyboard.press(key);
      await this.page.evaluate(DRAWN);
    }
  }

  /** Serious and critical findings of axe: all rules in light mode, and the rules about colours in dark mode. */
  async findings(where: string): Promise<string[]> {
    await this.page.evaluate(axe.source);
    const found = [];
    for (const [colorScheme, options] of [
      ['light', {}],
      ['dark', { runOnly: ['color-contrast', 'link-in-text-block'] }],
    ] as const) {
      await this.page.emulateMedia({ colorScheme });
      await this.settle();
      const run = `axe.run(${JSON.stringify({ ...options, resultTypes: ['violations'] })})`;
      const { violations } = await this.page.evaluate<AxeResults>(run);
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      for (const { id, nodes } of serious) {
        found.push(...nodes.map(({ target }) => `${where} ${colorScheme}: ${id} at ${target.join(' ')}`));
      }
    }
    return found;
  }

  /** Waits until changes are drawn, including transitions of colours. */
  private async settle(): Promise<void> {
    await this.page.evaluate(DRAWN);
    await this.page.evaluate(SKIP_TRANSITIONS);
  }

  button(name: string) {
    return this.page.getByRole('button', { name, exact: true });
  }

  heading(name: string) {
    return this.page.getByRole('heading', { name, exact: true, level: 1 });
  }

  /** A change by another admin, or by expiry. */
  async endSession(): Promise<void> {
    const stored = await this.page.evaluate<string>(`localStorage.getItem('comptoir.admin.session')`);
    const { access, user } = JSON.parse(stored);
    await this.shop.visitor.withToken(access, user).post('/api/auth/logout').expect(204);
  }

  /** The browser logs each expected response of 400 or more as an error. */
  forgetErrors(): void {
    this.faults.length = 0;
  }

  expectNoFault(): void {
    expect(this.faults.splice(0)).toEqual([]);
  }

  leave(): Promise<void> {
    return this.context.close();
  }
}
