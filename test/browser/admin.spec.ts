import type { Browser, BrowserContext, Page } from 'playwright-core';
import { en } from '../../admin/src/i18n/en.js';
import { fr } from '../../admin/src/i18n/fr.js';
import type { Api } from '../support/api.js';
import { describeInBrowser, openBrowser } from '../support/browser.js';
import { PASSWORD, Shop } from '../support/shop.js';

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };

describeInBrowser('The admin in a browser', () => {
  let shop: Shop;
  let browser: Browser;
  let admin: Api;
  beforeAll(async () => {
    [shop, browser] = await Promise.all([Shop.open(), openBrowser()]);
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
    let keeper: Keeper;
    beforeAll(async () => {
      keeper = await Keeper.arrive(browser, shop, { viewport, locale, texts });
    });
    afterEach(() => keeper.expectNoFault());
    afterAll(() => keeper.leave());

    it('refuses a customer and a wrong password, and lets an admin in', async () => {
      const { page } = keeper;
      await page.goto(`${shop.url}/admin/orders`);
      await keeper.signIn('john@example.com', PASSWORD);
      await page.getByText(texts['error.not_an_admin']).waitFor();
      await keeper.signIn('admin@example.com', 'not the password');
      await page.getByText(texts['error.no_active_account']).waitFor();
      keeper.forgetErrors(); // of the answer 401
      await keeper.signIn('admin@example.com', PASSWORD);
      await keeper.heading(texts['nav.orders']).waitFor();
    });

    it('sends only what was changed', async () => {
      const product = await shop.newProduct({ price: '12.00' });
      const { page } = keeper;
      await page.goto(`${shop.url}/admin/products/${product.id}`);
      const sent = page.waitForRequest((request) => request.method() === 'PATCH');
      await page.getByLabel(texts['products.price']).fill('13,50');
      await keeper.button(texts.save).click();
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

    it('shows mine and theirs when somebody else was faster, and saves the choice', async () => {
      const product = await shop.newProduct({ price: '12.00' });
      const { page } = keeper;
      await page.goto(`${shop.url}/admin/products/${product.id}`);
      await page.getByLabel(texts['products.name']).fill('My name');
      await page.getByLabel(texts['products.price']).fill('14.00');
      await admin.patch(`/api/products/${product.id}`, { price: '15.00', description: 'Theirs' }).expect(200);
      await keeper.button(texts.save).click();
      const dialog = page.getByRole('dialog');
      const save = dialog.getByRole('button', { name: texts['conflict.save'] });
      expect(await save.isDisabled()).toBe(true); // both changed the price
      await dialog
        .getByRole('group', { name: texts['products.price'] })
        .getByRole('radio', { name: texts['conflict.mine'] })
        .check();
      await save.click();
      await page.getByText(texts['form.saved']).waitFor();
      keeper.forgetErrors(); // of the answer 412
      const { body: saved } = await admin.get(`/api/products/${product.id}`).expect(200);
      expect(saved).toMatchObject({ name: 'My name', price: '14.00', description: 'Theirs' });
    });

    it('asks before a changed form is left', async () => {
      const product = await shop.newProduct();
      const { page } = keeper;
      await page.goto(`${shop.url}/admin/products/${product.id}`);
      await page.getByLabel(texts['products.name']).fill('Not saved');
      await page.getByRole('link', { name: texts['nav.products'] }).last().click();
      await keeper.button(texts['leave.stay']).click();
      expect(await page.getByLabel(texts['products.name']).inputValue()).toBe('Not saved');
      await page.getByRole('link', { name: texts['nav.products'] }).last().click();
      await keeper.button(texts['leave.go']).click();
      await keeper.heading(texts['nav.products']).waitFor();
    });

    it('keeps the form when the session ends, and saves it after signing in again', async () => {
      const product = await shop.newProduct();
      const { page } = keeper;
      await page.goto(`${shop.url}/admin/products/${product.id}`);
      await page.getByLabel(texts['products.name']).fill('Typed before the end');
      await keeper.endSession();
      await keeper.button(texts.save).click();
      await page.getByRole('dialog', { name: texts['signIn.again'] }).waitFor();
      await page.getByLabel(texts['signIn.password']).fill(PASSWORD);
      await keeper.button(texts['signIn.submit']).click();
      await page.getByText(texts['form.saved']).waitFor();
      keeper.forgetErrors(); // of the answers 401
      const { body: saved } = await admin.get(`/api/products/${product.id}`).expect(200);
      expect(saved.name).toBe('Typed before the end');
    });
  });
});

type Texts = Record<keyof typeof en, string>;

/** A browser with one page, of somebody who keeps the shop. */
class Keeper {
  private readonly faults: string[] = [];

  private constructor(
    private readonly context: BrowserContext,
    readonly page: Page,
    private readonly texts: Texts,
    private readonly shop: Shop,
  ) {
    page.on('console', (message) => message.type() === 'error' && this.faults.push(message.text()));
    page.on('pageerror', (error) => this.faults.push(String(error)));
    page.on('request', (request) => {
      const isOwn = request.url().startsWith(`${shop.url}/`) || /^(data|blob):/.test(request.url());
      if (!isOwn) this.faults.push(`a request to ${request.url()}`);
    });
  }

  static async arrive(
    browser: Browser,
    shop: Shop,
    { texts, ...options }: { texts: Texts; viewport: { width: number; height: number }; locale: string },
  ): Promise<Keeper> {
    const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
    return new Keeper(context, await context.newPage(), texts, shop);
  }

  async signIn(email: string, password: string): Promise<void> {
    await this.page.getByLabel(this.texts['signIn.email']).fill(email);
    await this.page.getByLabel(this.texts['signIn.password']).fill(password);
    await this.button(this.texts['signIn.submit']).click();
  }

  button(name: string) {
    return this.page.getByRole('button', { name, exact: true });
  }

  heading(name: string) {
    return this.page.getByRole('heading', { name, exact: true, level: 1 });
  }

  /** As if by an admin elsewhere, or by time. */
  async endSession(): Promise<void> {
    const stored = await this.page.evaluate<string>(`localStorage.getItem('comptoir.admin.session')`);
    const { access, user } = JSON.parse(stored);
    await this.shop.visitor.withToken(access, user).post('/api/auth/logout').expect(204);
  }

  /** An answer of 400 or more that a story wants is an error of the browser's console as well. */
  forgetErrors(): void {
    this.faults.length = 0;
  }

  expectNoFault(): void {
    expect(this.faults).toEqual([]);
  }

  leave(): Promise<void> {
    return this.context.close();
  }
}
