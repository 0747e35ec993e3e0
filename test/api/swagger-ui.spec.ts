import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, openBrowser, openContext } from '../support/browser.js';
import { PASSWORD, Shop } from '../support/shop.js';

describeInBrowser('Swagger UI', () => {
  let shop: Shop;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    [shop, browser] = await Promise.all([Shop.open(), openBrowser()]);
    page = await (await openContext(browser, { viewport: { width: 1280, height: 900 } })).newPage();
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== shop.url)
        complaints.push(request.url());
    });
    await page.goto(`${shop.url}/api/docs`);
    await page.locator('#operations-Auth-signIn').waitFor();
  });
  afterAll(() => Promise.all([shop.close(), browser.close()]));
  afterEach(() => expect(complaints).toEqual([]));

  it('signs in by name and password, and sends requests as that user', async () => {
    await page.locator('.auth-wrapper .btn.authorize').click();
    const form = page.locator('.auth-container', { hasText: 'OAuth2, password' });
    await form.locator('#oauth_username').fill('john');
    await form.locator('#oauth_password').fill(PASSWORD);
    await form.locator('button.authorize').click();
    await form.getByText('Logout').waitFor();
    await page.locator('.btn-done').first().click();

    expect(await answerOf('#operations-Users-getMe')).toMatchObject({ username: 'john' });
  });

  it('says why a sign-in failed', async () => {
    await page.locator('.auth-wrapper .btn.authorize').click();
    const form = page.locator('.auth-container', { hasText: 'OAuth2, password' });
    await form.getByText('Logout').click();
    await form.locator('#oauth_username').fill('john');
    await form.locator('#oauth_password').fill('wrong');
    await form.locator('button.authorize').click();
    await form.locator('.errors').waitFor();
    expect(complaints.splice(0)).toEqual([expect.stringContaining('401')]);
    await page.locator('.btn-done').first().click();
  });

  it('accepts a pasted token', async () => {
    const { token } = await shop.signIn('admin@example.com');
    await page.locator('.auth-wrapper .btn.authorize').click();
    const form = page.locator('.auth-container', { hasText: 'bearer' }).first();
    await form.locator('input').fill(token!);
    await form.locator('button.authorize').click();
    await form.getByText('Logout').waitFor();
    await page.locator('.btn-done').first().click();

    expect(await answerOf('#operations-Users-getMe')).toMatchObject({ role: 'admin' });
  });

  it.each([
    ['Admin', undefined],
    ['v1', '#operations-Auth_v1-signIn'],
    ['Aliases', '#operations-Auth-signInAtToken'],
  ])('shows the document %s', async (name, operation) => {
    await page.locator('#select').selectOption({ label: name });
    await page.locator('.info .title', { hasText: `Comptoir: ${name}` }).waitFor();
    if (operation) await page.locator(operation).waitFor();
  });

  it('sends an alias to the path in its document', async () => {
    const count = async (address: string) => (await shop.visitor.get(address).expect(200)).body.count;
    for (const server of [0, 1]) {
      const servers = page.locator('#servers');
      await servers.selectOption({ index: server });
      const answer = await answerOf('#operations-Products-listCategories');
      expect(answer.count).toBe(await count('/api/categories'));
    }
  });

  /** Opens an operation, executes it and reads the response. */
  async function answerOf(operation: string): Promise<any> {
    const block = page.locator(operation);
    await block.waitFor();
    if (!(await block.locator('.execute').count())) await block.locator('.opblock-summary-control').click();
    const answered = page.waitForResponse((response) => response.request().resourceType() === 'fetch');
    await block.locator('.execute').click();
    await answered;
    await block.locator('.live-responses-table .response-col_status').first().waitFor();
    return (await answered).json();
  }
});
