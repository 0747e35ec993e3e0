import type { Browser, BrowserContext, Page } from 'playwright-core';
import { freePort } from './free-port.js';
import { PASSWORD, Shop } from './shop.js';

/** A shop whose pictures lie at the address that it is visited at. */
export async function openShopForBrowsers(): Promise<Shop> {
  const port = String(await freePort());
  return Shop.open({ env: { PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}` } });
}

interface VisitOptions {
  locale?: string;
  width?: number;
  colorScheme?: 'light' | 'dark';
}

/** Somebody with a browser of his own: cookies, storage and tabs, and what went wrong in them. */
export class ShopVisitor {
  /** Lines of the consoles and exceptions of the pages; tests that cut the network take theirs out. */
  readonly complaints: string[] = [];
  /** Requests to any host but the shop's. */
  readonly foreignRequests: string[] = [];

  private constructor(
    readonly url: string,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    this.listen(page);
  }

  static async come(browser: Browser, shop: Shop, options: VisitOptions = {}): Promise<ShopVisitor> {
    const { locale = 'en', width = 1280, colorScheme } = options;
    const context = await browser.newContext({ locale, colorScheme, viewport: { width, height: 800 } });
    context.setDefaultTimeout(30_000);
    return new ShopVisitor(`${shop.url}/shop`, context, await context.newPage());
  }

  /** Another tab of the same browser. */
  async openTab(path: string): Promise<Page> {
    const tab = await this.context.newPage();
    this.listen(tab);
    await tab.goto(this.url + path);
    return tab;
  }

  async open(path: string): Promise<void> {
    await this.page.goto(this.url + path);
  }

  /** From the page that is open, by its link. */
  async signIn(email: string): Promise<void> {
    const { page } = this;
    await page.getByRole('link', { name: 'Sign in' }).click();
    await this.fillSignIn(email);
  }

  async fillSignIn(email: string): Promise<void> {
    const { page } = this;
    await page.getByLabel('E-mail address or username').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Account' }).waitFor();
  }

  async signOut(): Promise<void> {
    await this.page.getByRole('link', { name: 'Account' }).click();
    await this.page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await this.page.getByRole('link', { name: 'Sign in' }).waitFor();
  }

  /** Puts a product into the cart from its page, which must be open. */
  async addToCart(page = this.page): Promise<void> {
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.getByText('is in your cart').waitFor();
  }

  leave(): Promise<void> {
    return this.context.close();
  }

  private listen(page: Page): void {
    page.on('console', (line) => line.type() === 'error' && this.complaints.push(line.text()));
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      const isOwn = this.url.startsWith(origin) || protocol === 'data:' || protocol === 'blob:';
      if (!isOwn) this.foreignRequests.push(request.url());
    });
  }
}
