import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openContext } from './browser.js';
import { freePort } from './free-port.js';
import { PASSWORD, Shop } from './shop.js';

/** A frontend, and the shop whose API it uses. */
export interface Frontend {
  url: string;
  shop: Shop;
  close(): Promise<void>;
}

/** A shop whose `PUBLIC_URL`, and so the addresses of its pictures, is the address that browsers open. */
export async function openShopForBrowsers(
  env: (url: string) => Record<string, string> = () => ({}),
): Promise<Shop> {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  return Shop.open({ env: { PORT: port, PUBLIC_URL: url, ...env(url) } });
}

/** The React shop, served by the app as with `npm start`. */
export async function openReactShop(): Promise<Frontend> {
  const shop = await openShopForBrowsers((url) => ({ FRONTEND_URL: `${url}/shop` }));
  return { url: `${shop.url}/shop`, shop, close: () => shop.close() };
}

interface VisitOptions {
  locale?: string;
  width?: number;
  colorScheme?: 'light' | 'dark';
}

/** A visitor in a browser context of its own (cookies, storage, tabs), with the errors of its pages. */
export class ShopVisitor {
  /** Console messages and exceptions of the pages; tests that cut the network remove the ones that they expect. */
  readonly complaints: string[] = [];
  /** Requests to any host but the shop's and its API's. */
  readonly foreignRequests: string[] = [];

  private constructor(
    readonly url: string,
    private readonly apiUrl: string,
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    this.listen(page);
  }

  static async come(
    browser: Browser,
    { url, shop }: Frontend,
    options: VisitOptions = {},
  ): Promise<ShopVisitor> {
    const { locale = 'en', width = 1280, colorScheme } = options;
    const context = await openContext(browser, { locale, colorScheme, viewport: { width, height: 800 } });
    return new ShopVisitor(url, shop.url, context, await context.newPage());
  }

  /** Opens another tab of the same browser. */
  async openTab(path: string): Promise<Page> {
    const tab = await this.context.newPage();
    this.listen(tab);
    await tab.goto(this.url + path);
    return tab;
  }

  async open(path: string): Promise<void> {
    await this.page.goto(this.url + path);
  }

  /** Signs in by the link of the page that is open. */
  async signIn(email: string): Promise<void> {
    const { page } = this;
    await page.getByRole('link', { name: 'Sign in' }).click();
    await this.fillSignIn(email);
  }

  async fillSignIn(email: string, password = PASSWORD): Promise<void> {
    const { page } = this;
    await page.getByLabel('E-mail address or username').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Account', exact: true }).waitFor();
  }

  async signOut(): Promise<void> {
    await this.page.getByRole('link', { name: 'Account', exact: true }).click();
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
      const isOwn =
        [new URL(this.url).origin, this.apiUrl].includes(origin) ||
        protocol === 'data:' ||
        protocol === 'blob:';
      if (!isOwn) this.foreignRequests.push(request.url());
    });
  }
}
