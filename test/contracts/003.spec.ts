import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, openBrowser, openContext, serveEmptyPage } from '../support/browser.js';
import { linkIn, MailServer } from '../support/mail-server.js';
import { freePort, PASSWORD, Shop } from '../support/shop.js';

const NEW_PASSWORD = 'une phrase à retenir';

/** Document 003, endpoint by endpoint. */
describeInBrowser('Document 003', () => {
  let shop: Shop;
  let server: MailServer;
  let browser: Browser;
  let frontend: Awaited<ReturnType<typeof serveEmptyPage>>;

  beforeAll(async () => {
    server = await MailServer.start();
    frontend = await serveEmptyPage();
    browser = await openBrowser();
    const port = String(await freePort());
    const env = {
      SMTP_URL: server.url,
      CORS_ORIGINS: frontend.origin,
      PORT: port,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
    };
    shop = await Shop.open({ env });
  });
  afterAll(async () => {
    await browser?.close();
    await frontend.close();
    await shop?.close();
    await server.stop();
  });

  const account = { username: 'john_doe', email: 'john.doe@example.com', password: 'password123' };

  async function onFrontend<T>(origin: string, run: (page: Page) => Promise<T>): Promise<T> {
    const page = await (await openContext(browser)).newPage();
    try {
      await page.goto(origin);
      return await run(page);
    } finally {
      await page.close();
    }
  }

  /** The snippet of the document, on a page of another origin. */
  const post = (address: string, body: object, origin = frontend.origin) =>
    onFrontend(origin, (page) =>
      page.evaluate(
        ([url, sent]) =>
          fetch(url!, {
            method: 'POST',
            headers: {
              'Content-Type': 'application/json',
            },
            body: sent!,
          }).then(async (response) => ({
            ok: response.ok,
            status: response.status,
            body: (await response.json()) as any,
          })),
        [shop.url + address, JSON.stringify(body)],
      ),
    );

  it('1. auth/signup/ creates an account with 201, and returns 400 for missing and invalid members', async () => {
    const made = await post('/auth/signup/', account);
    expect(made).toMatchObject({ ok: true, status: 201, body: { user: { username: 'john_doe' } } });
    const wrong: object[] = [
      {},
      { username: 'jane_doe', email: 'jane.doe@example.com' },
      { username: 'jane_doe', password: 'password123' },
      { email: 'jane.doe@example.com', password: 'password123' },
      { ...account, username: 'jane_doe', email: 'no address' },
      { ...account, username: 'jane_doe', email: 'jane.doe@example.com', password: 'short' },
      account,
    ];
    for (const body of wrong)
      expect(await post('/auth/signup/', body)).toMatchObject({ ok: false, status: 400 });
  });

  it('2. auth/token/ returns an access token, and 401 for wrong credentials', async () => {
    const { username, password } = account;
    const tokens = { access: expect.any(String), refresh: expect.any(String) };
    const signedIn = await post('/auth/token/', { username, password });
    expect(signedIn).toMatchObject({ ok: true, status: 200, body: tokens });
    const refused = { ok: false, status: 401 };
    expect(await post('/auth/token/', { username, password: 'wrong password' })).toMatchObject(refused);
    expect(await post('/auth/token/', { username: 'nobody', password })).toMatchObject(refused);
  });

  it('3. auth/token/refresh/ returns a new access token, and 401 for an invalid one', async () => {
    const { body } = await post('/auth/token/', account);
    const refreshed = await post('/auth/token/refresh/', { refresh: body.refresh });
    expect(refreshed).toMatchObject({ ok: true, status: 200, body: { access: expect.any(String) } });
    const refused = await post('/auth/token/refresh/', { refresh: 'your_refresh_token_here' });
    expect(refused).toMatchObject({ ok: false, status: 401 });
  });

  it('4. auth/verify-email/<uidb64>/<token>/ is opened from the mail', async () => {
    const link = linkIn(await server.mailTo(account.email));
    const asWritten = shop.url + link.replace('/api/auth/', '/auth/');
    const [, uidb64] = /verify-email\/([^/]+)/.exec(link)!;
    expect(Buffer.from(uidb64!, 'base64url').toString()).toMatch(/^\d+$/);

    await onFrontend(frontend.origin, async (page) => {
      const answer = await page.goto(asWritten);
      expect(answer!.status()).toBe(200);
      expect(await page.textContent('h1')).toBe('Thank you');
    });
    const seen = await onFrontend(frontend.origin, (page) =>
      page.evaluate((url) => fetch(url).then((response) => response.json()), asWritten),
    );
    expect(seen).toMatchObject({ code: 'email_already_verified' });
    const bad = await shop.visitor.get(`/auth/verify-email/${uidb64}/wrong-token/`).expect(400);
    expect(bad.body.code).toBe('link_invalid');
  });

  it('5. auth/reset_password/ mails a link', async () => {
    const asked = await post('/auth/reset_password/', { email: account.email });
    expect(asked).toMatchObject({ ok: true, status: 200 });
    const refused = await post('/auth/reset_password/', { email: 'no address' });
    expect(refused).toMatchObject({ ok: false, status: 400 });
    await server.mailTo(account.email, { subject: /new password/ });
  });

  it('6. auth/password_reset_confirm/<uidb64>/<token>/ is a form, which works on a phone and without script', async () => {
    const link = linkIn(await server.mailTo(account.email, { subject: /new password/ }));
    const context = await openContext(browser, {
      viewport: { width: 375, height: 667 },
      javaScriptEnabled: false,
      locale: 'fr-FR',
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    const pictures = mkdtempSync(path.join(tmpdir(), 'comptoir-reset-'));
    const picture = (name: string) =>
      page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true });
    const fill = async (password: string, again: string) => {
      await page.getByLabel('Nouveau mot de passe').fill(password);
      await page.getByLabel('Encore une fois').fill(again);
      await page.getByRole('button', { name: 'Enregistrer' }).click();
    };

    await page.goto(shop.url + link.replace('/api/auth/', '/auth/'));
    expect(await page.title()).toContain('Choisissez un nouveau mot de passe');
    const { x, width } = (await page.locator('main').boundingBox())!;
    expect(x + width).toBeLessThanOrEqual(375);
    await picture('form');

    await fill(NEW_PASSWORD, 'une autre phrase');
    expect(await page.getByRole('alert').textContent()).toContain('ne sont pas identiques');
    await picture('wrong');

    await fill(NEW_PASSWORD, NEW_PASSWORD);
    expect(await page.textContent('h1')).toBe('Votre mot de passe est changé');
    await picture('done');
    expect(complaints.filter((text) => /Content Security Policy|Refused|violates/.test(text))).toEqual([]);
    await context.close();

    await shop.signIn(account.email, NEW_PASSWORD);
    await shop.visitor.post('/auth/token/', { username: account.username, password: PASSWORD }).expect(401);
  });

  it('7. auth/validate_token/ says whether an access token is valid', async () => {
    const { body } = await post('/auth/token/', { username: account.username, password: NEW_PASSWORD });
    const good = await post('/auth/validate_token/', { token: body.access });
    expect(good).toMatchObject({ ok: true, status: 200, body: { valid: true } });
    const bad = await post('/auth/validate_token/', { token: 'your_access_token_here' });
    expect(bad).toMatchObject({ ok: false, status: 401, body: { valid: false } });
    expect(await post('/auth/validate_token/', {})).toMatchObject({ ok: false, status: 400 });
  });

  it('accepts pages of allowed origins only', async () => {
    const stranger = await serveEmptyPage();
    const sent = post('/auth/reset_password/', { email: account.email }, stranger.origin);
    await expect(sent).rejects.toThrow('Failed to fetch');
    await stranger.close();
  });
});
