import type { Browser, Page } from 'playwright-core';
import type { Api } from '../support/api.js';
import { openBrowser } from '../support/browser.js';
import { PASSWORD, type Shop } from '../support/shop.js';
import { type Frontend, ShopVisitor } from '../support/shop-visitor.js';
import { until } from '../support/until.js';

const ADDRESS = '5 rue des Lilas, 35000 Rennes';

/** What customers do in a browser. All shops have the same texts and the same stories. */
export function tellShopStories(open: () => Promise<Frontend>): void {
  let frontend: Frontend;
  let shop: Shop;
  let browser: Browser;
  let visitor: ShopVisitor;

  beforeAll(async () => {
    [frontend, browser] = await Promise.all([open(), openBrowser()]);
    shop = frontend.shop;
  });
  afterAll(async () => {
    await browser?.close();
    await frontend?.close();
  });
  afterEach(async () => {
    await visitor.leave();
    expect(visitor.foreignRequests).toEqual([]);
  });

  it('sells, from the first page to "my orders"', async () => {
    const customer = await shop.newCustomer();
    visitor = await ShopVisitor.come(browser, frontend);
    const { page } = visitor;
    await visitor.open('/');
    await page.getByRole('link', { name: 'Enamel Kettle' }).click();
    await page.getByRole('heading', { name: 'Enamel Kettle' }).waitFor();
    await visitor.signIn(customer.user.email);
    await page
      .getByRole('searchbox')
      .or(page.getByRole('combobox', { name: 'Search the shop' }))
      .fill('kettel');
    await page.getByRole('option', { name: 'Enamel Kettle' }).click();
    await visitor.addToCart();
    await page.getByRole('link', { name: 'Go to the cart' }).click();
    await page.getByRole('link', { name: 'Check out' }).click();
    await page.getByLabel('Shipping address').fill(ADDRESS);
    await page.getByRole('button', { name: 'Order for €58.00' }).click();
    await page.getByText('Your order is placed').waitFor();
    await page.getByRole('link', { name: 'My orders' }).click();
    await page.getByText('1 × Enamel Kettle').waitFor();

    expect(await ordersOf(customer)).toMatchObject([{ total: '58.00', shipping_address: ADDRESS }]);
    expect(visitor.complaints).toEqual([]);
  });

  it('sells to a guest, who opens and cancels the order by its link', async () => {
    visitor = await ShopVisitor.come(browser, frontend);
    const { page } = visitor;
    await visitor.open('/');
    await page.getByRole('link', { name: 'Linen Notebook' }).click();
    await visitor.addToCart();
    const email = `guest${Date.now()}@example.com`; // all shops of a run have one mailbox
    const tab = await visitor.openTab('/cart');
    await tab.getByRole('link', { name: 'Check out' }).click();
    await tab.getByLabel('E-mail address').fill(email);
    await tab.getByLabel('Shipping address').fill(ADDRESS);
    await tab.getByRole('button', { name: 'Order for €16.50' }).dblclick();
    await tab.getByText('Your order is placed').waitFor();
    await tab.goto(await mailedLink(shop, email, 'Your order'));
    await tab.getByRole('button', { name: 'Cancel this order' }).click();
    await tab.getByRole('button', { name: 'Yes, cancel it' }).click();
    await tab.getByText('Cancelled', { exact: true }).waitFor();
    await page.getByRole('link', { name: /^Cart/ }).click();
    await page.getByText('Your cart is empty').waitFor();

    const admin = await shop.admin();
    const { results } = (await admin.get('/api/orders').expect(200)).body;
    expect(results.filter((order: any) => order.email === email)).toMatchObject([
      { status: 'cancelled', total: '16.50' },
    ]);
    expect(visitor.complaints).toEqual([]);
  });

  it("merges a guest's cart into the customer's, and reports the changes", async () => {
    const product = await shop.newProduct({ stock: 3 });
    const customer = await customerWithCart(product.id);
    visitor = await ShopVisitor.come(browser, frontend);
    const { page } = visitor;
    await visitor.open(`/products/${product.slug}`);
    await page.getByLabel('Quantity').getByRole('spinbutton').fill('3');
    await visitor.addToCart();
    await visitor.signIn(customer.user.email);
    await page.getByText(`${product.name}: there are only 3.`).waitFor();
    await page.getByRole('link', { name: 'Cart, 3 items' }).waitFor();
    await visitor.signOut();
    await page.getByRole('link', { name: 'Cart', exact: true }).waitFor();
    expect(visitor.complaints).toEqual([]);
  });

  it("puts a guest's first products from two tabs into one cart", async () => {
    const countCarts = async () => (await shop.database.query('SELECT 1 FROM guest_carts')).rowCount!;
    const before = await countCarts();
    visitor = await ShopVisitor.come(browser, frontend);
    await visitor.open('/products/enamel-kettle');
    const tabs = [visitor.page, await visitor.openTab('/products/linen-notebook')];
    let release = () => {};
    const bothPressed = new Promise<void>((resolve) => (release = resolve));
    await visitor.context.route('**/api/cart', async (route) => {
      if (route.request().method() === 'POST') await bothPressed;
      await route.continue();
    });
    await Promise.all(tabs.map((tab) => tab.getByRole('button', { name: 'Add to cart' }).click()));
    await Promise.all(tabs.map((tab) => tab.locator('.add-to-cart [aria-busy="true"]').waitFor()));
    release();
    await Promise.all(tabs.map((tab) => tab.getByText('is in your cart').waitFor()));
    await visitor.open('/cart');
    await visitor.page.getByRole('link', { name: 'Cart, 2 items' }).waitFor();
    expect(await countCarts()).toBe(before + 1);
  });

  it("keeps a guest's cart after a wrong password", async () => {
    visitor = await ShopVisitor.come(browser, frontend);
    const { page } = visitor;
    await visitor.open('/products/enamel-kettle');
    await visitor.addToCart();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await page.getByLabel('E-mail address or username').fill('john@example.com');
    await page.getByLabel('Password').fill('another password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This address and password do not go together').waitFor();
    await page.reload();
    await page.getByRole('link', { name: 'Cart, 1 item' }).waitFor();
  });

  it('places one order after a double click, and one after a lost response and a reload', async () => {
    const customer = await customerWithCart();
    visitor = await ShopVisitor.come(browser, frontend);
    const { page } = visitor;
    await visitor.open('/sign-in?next=/checkout');
    await visitor.fillSignIn(customer.user.email);
    await page.getByLabel('Shipping address').fill(ADDRESS);
    // The order is placed, but its response is lost.
    await page.route('**/api/orders/checkout', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await page.getByRole('button', { name: /Order for/ }).dblclick();
    await page.getByText('We got no answer to your order').waitFor();
    await page.reload();
    await page.unroute('**/api/orders/checkout');
    await page.getByRole('button', { name: 'Send it again' }).click();
    await page.getByText('Your order is placed').waitFor();

    expect(await ordersOf(customer)).toHaveLength(1);
  });

  it('orders a cart once, from two tabs', async () => {
    const customer = await customerWithCart();
    visitor = await ShopVisitor.come(browser, frontend);
    await visitor.open('/sign-in?next=/checkout');
    await visitor.fillSignIn(customer.user.email);
    const tabs = [visitor.page, await visitor.openTab('/checkout')];
    for (const tab of tabs) await tab.getByLabel('Shipping address').fill(ADDRESS);
    await Promise.all(tabs.map((tab) => tab.getByRole('button', { name: /Order for/ }).click()));
    await Promise.all(
      tabs.map((tab) =>
        tab
          .getByText(/Your order is placed|The cart is empty by now/)
          .first()
          .waitFor(),
      ),
    );

    expect(await ordersOf(customer)).toHaveLength(1);
  });

  it('refreshes the session once for all requests of all tabs', async () => {
    const customer = await shop.newCustomer();
    visitor = await ShopVisitor.come(browser, frontend);
    const { page } = visitor;
    await visitor.open('/sign-in');
    await visitor.fillSignIn(customer.user.email);
    const other = await visitor.openTab('/account');
    await other.getByText('This device').waitFor();
    const refreshes: string[] = [];
    visitor.context.on('request', (request) => {
      if (request.url().endsWith('/token/refresh')) refreshes.push(request.url());
    });
    await changeAccessToken(page, (token) => {
      const [header, payload, signature] = token.split('.');
      const claims = { ...JSON.parse(Buffer.from(payload!, 'base64url').toString()), exp: 1 };
      return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
    });
    let release = () => {};
    const bothWait = new Promise<void>((resolve) => (release = resolve));
    await visitor.context.route('**/token/refresh', async (route) => {
      await bothWait;
      await route.continue();
    });
    await Promise.all([page.goto(`${visitor.url}/orders`), other.reload()]);
    await Promise.all([page, other].map((tab) => tab.locator('.spinner').first().waitFor()));
    release();
    await Promise.all([
      page.getByText('You have not ordered').waitFor(),
      other.getByText('This device').waitFor(),
    ]);

    expect(refreshes).toHaveLength(1);
    expect(visitor.complaints).toEqual([]);
  });

  it('continues when the API refuses its token', async () => {
    const customer = await shop.newCustomer();
    visitor = await ShopVisitor.come(browser, frontend);
    const { page } = visitor;
    await visitor.open('/sign-in');
    await visitor.fillSignIn(customer.user.email);
    await changeAccessToken(page, (token) => token.replace(/.{6}$/, 'AAAAAA'));
    await visitor.open('/account');
    await page.getByText('This device').waitFor();
  });

  it('shows no data of the former user, in any tab', async () => {
    const first = await customerWithCart();
    const second = await shop.newCustomer();
    visitor = await ShopVisitor.come(browser, frontend);
    const { page } = visitor;
    await visitor.open('/sign-in?next=/cart');
    await visitor.fillSignIn(first.user.email);
    await page.getByRole('link', { name: 'Check out' }).waitFor();
    const tab = await visitor.openTab('/orders');
    await tab.getByRole('heading', { name: 'My orders' }).waitFor();
    await visitor.signOut();
    await tab.getByRole('heading', { name: 'Sign in' }).waitFor(); // the other tab was notified
    await visitor.signIn(second.user.email);
    await tab.getByRole('link', { name: 'Account', exact: true }).waitFor();
    await tab.goto(`${visitor.url}/cart`);
    await page.getByRole('link', { name: /^Cart/ }).click();

    for (const each of [page, tab]) {
      await each.getByText('Your cart is empty').waitFor();
      expect(await each.getByText('Check out').count()).toBe(0);
    }
    const [order] = await orderedBy(first);
    await visitor.open(`/orders/${order.id}`);
    await page.getByText('There is no such order').waitFor();
    await page.goBack();
    await page.getByText('Your cart is empty').waitFor();
  });

  it('ignores responses to requests of the former user', async () => {
    const first = await customerWithCart();
    const second = await shop.newCustomer();
    visitor = await ShopVisitor.come(browser, frontend);
    const { page } = visitor;
    await visitor.open('/sign-in');
    await visitor.fillSignIn(first.user.email);
    let answer = () => {};
    const isAsked = new Promise<void>((asked) => {
      void page.route('**/api/cart', async (route) => {
        const response = await route.fetch();
        asked();
        await new Promise<void>((resolve) => (answer = resolve));
        await route.fulfill({ response }).catch(() => {}); // the page may have aborted it
      });
    });
    await page.getByRole('link', { name: /^Cart/ }).click();
    await isAsked;
    await page.unroute('**/api/cart');
    await visitor.signOut();
    await visitor.signIn(second.user.email);
    answer();
    await page.getByRole('link', { name: 'Cart', exact: true }).click();
    await page.getByText('Your cart is empty').waitFor();
  });

  it('shows a changed total, and asks', async () => {
    const product = await shop.newProduct({ price: '10.00' });
    const customer = await customerWithCart(product.id);
    visitor = await ShopVisitor.come(browser, frontend);
    const { page } = visitor;
    await visitor.open('/sign-in?next=/checkout');
    await visitor.fillSignIn(customer.user.email);
    await page.getByLabel('Shipping address').fill(ADDRESS);
    await page.getByRole('button', { name: 'Order for €10.00' }).waitFor();
    const admin = await shop.admin();
    await admin.patch(`/api/products/${product.id}`, { price: '12.00' }).expect(200);
    await page.getByRole('button', { name: 'Order for €10.00' }).click();
    await page.getByText('The total has changed from €10.00 to €12.00').waitFor();
    expect(await ordersOf(customer)).toEqual([]);
    await page.getByRole('button', { name: 'Order for €12.00' }).click();
    await page.getByText('Your order is placed').waitFor();

    expect(await ordersOf(customer)).toMatchObject([{ total: '12.00', shipping_address: ADDRESS }]);
  });

  it('sells on a phone, when the network is interrupted', async () => {
    const customer = await shop.newCustomer();
    visitor = await ShopVisitor.come(browser, frontend, { width: 360 });
    const { page, context } = visitor;
    await visitor.open('/products/speckled-stoneware-mug');
    await visitor.signIn(customer.user.email); // and returns to the mug
    await page.getByRole('button', { name: 'Add to cart' }).waitFor();
    await context.setOffline(true);
    await page.getByRole('button', { name: 'Add to cart' }).click();
    await page.getByText('The shop cannot be reached').waitFor();
    await page.getByText('You are offline').waitFor();
    await context.setOffline(false);
    await visitor.addToCart();
    await page.getByRole('link', { name: 'Go to the cart' }).click();
    await page.getByRole('link', { name: 'Check out' }).click();
    await page.getByLabel('Shipping address').fill(ADDRESS);
    await context.setOffline(true);
    await page.getByRole('button', { name: /Order for/ }).click();
    await page.getByRole('button', { name: 'Send it again' }).waitFor();
    await context.setOffline(false);
    await page.getByRole('button', { name: 'Send it again' }).click();
    await page.getByText('Your order is placed').waitFor();

    expect(await ordersOf(customer)).toMatchObject([{ total: '18.00' }]);
    expect(visitor.complaints.filter((line) => !line.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([]);
    expect(await overflow(page)).toBe(0);
  });

  it('shows the errors of the API at their fields', async () => {
    visitor = await ShopVisitor.come(browser, frontend);
    const { page } = visitor;
    await visitor.open('/register');
    await page.getByLabel('Username').fill('john');
    await page.getByLabel('E-mail address').fill('john@example.com');
    await page.getByLabel('Password').fill('password123');
    await page.getByRole('button', { name: 'Create the account' }).click();
    const username = page.getByLabel('Username');
    await until(async () => (await username.getAttribute('aria-invalid')) === 'true');

    expect(await describedBy(page, 'Username')).toContain('This one is taken already.');
    expect(await describedBy(page, 'E-mail address')).toContain('This one is taken already.');
    expect(await username.evaluate((field) => field.matches(':focus'))).toBe(true);
  });

  it('keeps the list in the address, over a reload and when going back', async () => {
    visitor = await ShopVisitor.come(browser, frontend);
    const { page } = visitor;
    await visitor.open('/');
    await page.getByRole('link', { name: /^Kitchen/ }).click();
    await page.getByText('6 products').waitFor();
    await page.getByLabel('Sort by').selectOption('price');
    const names = () => page.locator('.card-name').allTextContents();
    await until(async () => (await names())[0] === 'Speckled Stoneware Mug');
    const list = await names();
    await page.reload();
    await until(async () => String(await names()) === String(list));
    await page.getByRole('link', { name: list[2]! }).click();
    await page.waitForURL('**/products/*'); // the card on the list has the heading as well
    await page.goBack();
    await until(async () => String(await names()) === String(list));
    await until(async () => (await page.getByLabel('Sort by').inputValue()) === 'price');
    expect(visitor.complaints).toEqual([]);
  });

  it('has screens for an empty result, a slow and a failing network', async () => {
    visitor = await ShopVisitor.come(browser, frontend);
    const { page } = visitor;
    await visitor.open('/?search=qqqqqqqq');
    await page.getByText('Nothing matches').waitFor();

    await page.route('**/api/products?*', (route) => route.abort());
    await visitor.open('/');
    await page.getByText('The shop cannot be reached').waitFor();
    await page.unroute('**/api/products?*');
    let answer = () => {};
    await page.route('**/api/products?*', async (route) => {
      await new Promise<void>((resolve) => (answer = resolve));
      await route.continue();
    });
    await page.getByRole('button', { name: 'Try again' }).click();
    await visitor.open('/');
    await page.getByText('This takes longer than usual').waitFor();
    answer();
    await page.getByRole('link', { name: 'Oak Writing Desk' }).waitFor();
  });

  it('can be used with the keyboard alone', async () => {
    visitor = await ShopVisitor.come(browser, frontend);
    const { page } = visitor;
    await visitor.open('/');
    await page.getByRole('link', { name: 'Oak Writing Desk' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the content');
    for (const name of ['Comptoir, first page', 'Search the shop']) {
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe(name);
    }
    await page.keyboard.type('lmap');
    await page.getByRole('option', { name: 'Atelier Desk Lamp' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /Lamp/, level: 1 }).waitFor();
    expect(await page.evaluate('document.activeElement.tagName')).toBe('MAIN'); // the focus is in the new page
  });

  it('shows changes of the stock and of an order’s status', async () => {
    const product = await shop.newProduct({ stock: 9 });
    const customer = await shop.newCustomer();
    const [order] = await orderedBy(customer);
    visitor = await ShopVisitor.come(browser, frontend);
    await visitor.open('/sign-in');
    await visitor.fillSignIn(customer.user.email);
    await visitor.open(`/products/${product.slug}`);
    const orders = await visitor.openTab('/orders');
    await visitor.page.getByText('In stock', { exact: true }).waitFor();
    await orders.getByText('Pending').waitFor();
    const admin = await shop.admin();
    await admin.patch(`/api/products/${product.id}`, { stock: 2 }).expect(200);
    await admin.patch(`/api/orders/${order.id}`, { status: 'paid' }).expect(200);
    await orders.getByText('Paid').waitFor();
    await visitor.page.getByText('Only 2 left').waitFor();
    await orders.getByRole('link', { name: `Order ${order.id}` }).click();
    await orders.locator('.history').getByText('Paid').waitFor();
    await admin.patch(`/api/orders/${order.id}`, { status: 'shipped' }).expect(200);
    await orders.locator('.history').getByText('Shipped').waitFor();
    expect(visitor.complaints).toEqual([]);
  });

  it('polls the stock where no stream is possible', async () => {
    const product = await shop.newProduct({ stock: 9 });
    visitor = await ShopVisitor.come(browser, frontend);
    const { page } = visitor;
    await page.route('**/api/events?*', (route) => route.abort());
    await visitor.open(`/products/${product.slug}`);
    await page.getByText('In stock', { exact: true }).waitFor();
    const admin = await shop.admin();
    await admin.patch(`/api/products/${product.id}`, { stock: 2 }).expect(200);
    await page.getByText('Only 2 left').waitFor();
  });

  it('sets a new password once, by the link in a mail', async () => {
    const { user } = await shop.newCustomer();
    visitor = await ShopVisitor.come(browser, frontend);
    const { page } = visitor;
    await visitor.open('/forgot-password');
    await page.getByLabel('E-mail address').fill(user.email);
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByText('a mail is on its way').waitFor();
    const link = await mailedLink(shop, user.email, 'Choose a new password');
    await page.goto(link);
    await page.getByLabel('New password').fill('another password');
    await page.getByRole('button', { name: 'Change the password' }).click();
    await page.getByText('The password is changed').waitFor();
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await visitor.fillSignIn(user.email, 'another password');
    await page.goto(link);
    await page.getByText('This link was used, or is too old').waitFor();
  });

  it('sells to a guest on a phone, in French, when the network is interrupted before and after the order arrives', async () => {
    const product = await shop.newProduct({ price: '1250.00' });
    visitor = await ShopVisitor.come(browser, frontend, { locale: 'en', width: 360 });
    const { page, context } = visitor;
    await visitor.open(`/products/${product.slug}`);
    await page.getByLabel('Language').selectOption('fr');
    await page.getByRole('button', { name: 'Ajouter au panier' }).click();
    await page.getByText('est dans votre panier').waitFor();
    // The addition arrives, but its response is lost: the next click repeats the same request.
    await page.route('**/api/cart', async (route) => {
      if (route.request().method() === 'POST') await route.fetch();
      await route.abort();
    });
    await page.getByRole('button', { name: 'Ajouter au panier' }).click();
    await page.getByText('La boutique est injoignable').first().waitFor();
    await page.unroute('**/api/cart');
    const answered = page.waitForResponse((response) => response.request().method() === 'POST');
    await page.getByRole('button', { name: 'Ajouter au panier' }).click();
    await answered;
    await page.getByRole('link', { name: /^Panier/ }).click();
    await page.getByRole('link', { name: 'Panier, 2 articles' }).waitFor();
    await context.setOffline(true);
    await page.getByRole('button', { name: 'Un de plus' }).click();
    await page.getByText('La boutique est injoignable').waitFor();
    await until(async () => (await page.getByRole('spinbutton').inputValue()) === '2');
    await context.setOffline(false);
    await page.getByRole('link', { name: 'Commander' }).click();
    const email = `invite${Date.now()}@example.com`;
    await page.getByLabel('Adresse e-mail').fill(email);
    await page.getByLabel('Adresse de livraison').fill(ADDRESS);
    await context.setOffline(true);
    await page.getByRole('button', { name: /Commander pour/ }).click();
    await page.getByText('Votre commande est restée sans réponse').waitFor();
    await until(() => isInView(page, 'Votre commande est restée sans réponse'));
    expect(await overflow(page)).toBe(0);
    await context.setOffline(false);
    await page.route('**/api/orders/checkout', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await page.getByRole('button', { name: 'La renvoyer' }).click();
    await page.getByRole('button', { name: 'La renvoyer' }).waitFor();
    await page.reload();
    await page.unroute('**/api/orders/checkout');
    await page.getByRole('button', { name: 'La renvoyer' }).dblclick();
    await page.getByText('Votre commande est passée').waitFor();
    await page
      .getByText(/2\s500,00\s€/)
      .first()
      .waitFor();
    expect(await overflow(page)).toBe(0);
    await page.goto(await mailedLink(shop, email, 'Votre commande'));
    await page.getByRole('heading', { name: /^Commande \d+/ }).waitFor();

    const admin = await shop.admin();
    const { results } = (await admin.get('/api/orders').expect(200)).body;
    expect(results.filter((order: any) => order.email === email)).toMatchObject([
      { status: 'pending', total: '2500.00', shipping_address: ADDRESS },
    ]);
  });

  it('keeps the input of a customer whose session ends at the checkout', async () => {
    const customer = await customerWithCart();
    visitor = await ShopVisitor.come(browser, frontend);
    const { page } = visitor;
    await visitor.open('/sign-in?next=/checkout');
    await visitor.fillSignIn(customer.user.email);
    await page.getByLabel('Shipping address').fill(ADDRESS);
    await customer.delete('/api/auth/sessions').expect(204); // from another device
    await page.getByRole('button', { name: /Order for/ }).click();
    await page.getByText('Your session has ended').waitFor();
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await visitor.fillSignIn(customer.user.email);
    await page.getByRole('button', { name: 'Send it again' }).click();
    await page.getByText('Your order is placed').waitFor();

    expect(await ordersOf(customer)).toMatchObject([{ shipping_address: ADDRESS }]);
  });

  it('confirms an address, changes it and restores it, by the links in mails', async () => {
    const { user } = await shop.newCustomer();
    const newEmail = `new.${user.email}`;
    visitor = await ShopVisitor.come(browser, frontend);
    const { page } = visitor;
    await page.goto(await mailedLink(shop, user.email, 'Please confirm your e-mail address'));
    await page.getByText('Your e-mail address is confirmed').waitFor();
    await page.reload();
    await page.getByText('is confirmed already').waitFor();
    await visitor.signIn(user.email);
    await visitor.open('/account');
    await page.getByLabel('Tell me when a favorite is cheaper').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    const form = page.locator('form', { has: page.getByLabel('New e-mail address') });
    await form.getByLabel('New e-mail address').fill(newEmail);
    await form.getByLabel('Current password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Send a link to the new address' }).click();
    await page.goto(await mailedLink(shop, newEmail, 'Please confirm your new e-mail address'));
    await page.getByRole('button', { name: 'Confirm the new address' }).click();
    await page.getByText('Your account uses the new address').waitFor();
    const undoLink = await mailedLink(shop, user.email, 'Your e-mail address was changed');
    await page.goto(undoLink);
    await page.getByRole('button', { name: 'Take the address back' }).click();
    await page.getByText('Your address is back').waitFor();
    await page.reload();
    await page.getByText('Your address is back').waitFor();
    const tab = await visitor.openTab(undoLink.slice(visitor.url.length));
    await tab.getByText('This link was used, or is too old').waitFor();
    await tab.getByRole('main').getByRole('link', { name: 'Account' }).click();
    await tab.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('uses the browser’s language, and keeps a chosen one', async () => {
    visitor = await ShopVisitor.come(browser, frontend, { locale: 'fr-FR' });
    const { page } = visitor;
    await visitor.open('/products/enamel-kettle');
    await page.getByRole('button', { name: 'Ajouter au panier' }).waitFor();
    await page.getByText('58,00 €').waitFor();
    expect(await page.getAttribute('html', 'lang')).toBe('fr');
    await visitor.open('/register');
    await page.getByLabel('Nom d’utilisateur').fill('two words');
    await page.getByLabel('Adresse e-mail').fill('two@example.com');
    await page.getByLabel('Mot de passe').fill('password123');
    await page.getByRole('button', { name: 'Créer le compte' }).click();
    await page.getByText('Seulement des lettres, des chiffres et').waitFor();
    await page.goBack();
    await page.getByLabel('Langue').selectOption('en');
    await page.reload();
    await page.getByRole('button', { name: 'Add to cart' }).waitFor();
  });

  it('lets a customer cancel an order, end a device’s session and keep favorites', async () => {
    const customer = await customerWithCart();
    const [order] = await orderedBy(customer);
    visitor = await ShopVisitor.come(browser, frontend);
    const { page } = visitor;
    await visitor.open(`/orders/${order.id}`);
    await visitor.fillSignIn(customer.user.email);
    await page.getByRole('button', { name: 'Cancel this order' }).click();
    await page.getByRole('button', { name: 'Yes, cancel it' }).click();
    await page.getByText('The order is cancelled').waitFor();
    await page.locator('.history').getByText('Cancelled').waitFor();

    await visitor.open('/account');
    await page.getByRole('button', { name: 'Sign out all other devices' }).click();
    await until(async () => (await customer.get('/api/users/me/export')).status === 401);

    await visitor.open('/products/linen-notebook');
    await page.getByRole('button', { name: 'Add Linen Notebook to the favorites' }).click();
    await page.getByRole('button', { name: 'Take Linen Notebook out of the favorites' }).waitFor();
    await page.getByRole('link', { name: 'Favorites' }).click();
    await page.getByRole('link', { name: 'Linen Notebook' }).waitFor();
    expect(visitor.complaints).toEqual([]);
  });

  async function customerWithCart(productId = 17): Promise<Api> {
    const customer = await shop.newCustomer();
    await customer.post('/api/cart', { product_id: productId, quantity: 1 }).expect(201);
    return customer;
  }

  async function orderedBy(customer: Api): Promise<any[]> {
    const body = { items: [{ product_id: 17, quantity: 1 }] };
    await customer.post('/api/orders', body).expect(201);
    return ordersOf(customer);
  }
}

/** The link in the newest such mail to this address, in the development mailbox. */
async function mailedLink(shop: Shop, to: string, subject: string): Promise<string> {
  const mail = new RegExp(`href="(/dev/mailbox/[^"]+)">${subject}[^<]*</a><small>To ${to},`);
  let address: string | undefined;
  await until(async () => {
    const list = await (await fetch(`${shop.url}/dev/mailbox`)).text();
    [, address] = mail.exec(list) ?? [];
    return address !== undefined;
  });
  const [, link] = /<pre>[^]*?<a href="([^"]+)"/.exec(await (await fetch(shop.url + address)).text())!;
  return link!;
}

async function ordersOf(customer: Api): Promise<any[]> {
  return (await customer.get('/api/orders/my-orders').expect(200)).body.results;
}

/** By how much the page is wider than the screen. */
function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - innerWidth');
}

/** Whether a text is visible at the current scroll position. */
function isInView(page: Page, text: string): Promise<boolean> {
  return page.getByText(text).evaluate((element: any) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top >= 0 && bottom <= (globalThis as any).innerHeight;
  });
}

function focused(page: Page): Promise<string> {
  return page.evaluate(
    "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent",
  );
}

/** Stored where the next page that loads reads it. */
async function changeAccessToken(page: Page, change: (token: string) => string): Promise<void> {
  const session = JSON.parse(await page.evaluate<string>("localStorage.getItem('comptoir.session')"));
  const changed = JSON.stringify({ ...session, access: change(session.access) });
  await page.evaluate(`localStorage.setItem('comptoir.session', ${JSON.stringify(changed)})`);
}

async function describedBy(page: Page, label: string): Promise<string> {
  const ids = (await page.getByLabel(label).getAttribute('aria-describedby')) ?? '';
  const texts = ids.split(' ').map((id) => page.locator(`[id="${id}"]`).textContent());
  return (await Promise.all(texts)).join(' ');
}
