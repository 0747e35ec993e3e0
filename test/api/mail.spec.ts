import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { linkIn, MailServer } from '../support/mail-server.js';
import { promisify } from 'node:util';
import { PASSWORD, Shop } from '../support/shop.js';
import { expectWithin, inTime } from '../support/slowness.js';
import { until } from '../support/until.js';

/** With a path, which a proxy may remove from the addresses of requests. */
const PUBLIC_URL = 'https://shop.example.com/shop';
const NEW_PASSWORD = 'correct horse battery';
const VERIFY = /confirm your e-mail address/;
const RESET = /Choose a new password/;
const HTML = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let shop: Shop;
let server: MailServer;
let dataDir: string;

beforeAll(async () => {
  server = await MailServer.start();
  dataDir = mkdtempSync(path.join(tmpdir(), 'comptoir-mail-'));
  const env = {
    SMTP_URL: server.url,
    MAIL_FROM: 'Le Comptoir <shop@mail.example.com>',
    PUBLIC_URL,
    DATA_DIR: dataDir,
    LOG_LEVEL: 'debug',
  };
  shop = await Shop.open({ env });
});
afterAll(async () => {
  server.behaviour = 'accept';
  await shop.close();
  await server.stop();
  rmSync(dataDir, { recursive: true });
});

/** The output of `npm run admin`. */
async function admin(...args: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, DATABASE_URL: shop.databaseUrl, DATA_DIR: dataDir };
  return (await promisify(execFile)(process.execPath, ['dist/src/cli/admin.js', ...args], { env })).stdout;
}

function newAccount(language?: string) {
  const username = `reader_${randomBytes(5).toString('hex')}`;
  return { username, email: `${username}@example.com`, password: PASSWORD, ...(language && { language }) };
}

async function register(language?: string) {
  const account = newAccount(language);
  const { body } = await shop.visitor.post('/api/auth/register', account).expect(201);
  return {
    ...account,
    id: body.user.id as number,
    api: shop.visitor.withToken(body.access, body.user, body.refresh),
  };
}

async function askForReset(email: string, count = 1): Promise<string> {
  await shop.visitor.post('/api/auth/reset_password', { email }).expect(200);
  return linkIn(await server.mailTo(email, { subject: RESET, count }));
}

function page(link: string, init: RequestInit & { headers?: Record<string, string> } = {}) {
  return fetch(shop.url + link, { redirect: 'manual', ...init, headers: { ...HTML, ...init.headers } });
}

function submit(link: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  return page(link, {
    method: 'POST',
    body: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });
}

/** Retries waiting mails now, by the notification that the queue sends for a new job. */
async function retryNow() {
  const { rowCount } = await shop.database.query(
    'UPDATE graphile_worker._private_jobs SET run_at = now() WHERE locked_at IS NULL AND run_at > now()',
  );
  if (rowCount) await shop.database.query(`SELECT pg_notify('jobs:insert', '{"count":2}')`);
}

/** As if the job workers had been killed a minute ago: after 10 seconds their jobs are released. */
async function fallSilent() {
  await shop.database.query(`
    UPDATE job_workers SET seen_at = seen_at - interval '1 minute';
    UPDATE graphile_worker._private_jobs SET locked_at = locked_at - interval '1 minute'`);
}

async function waitingJobs(): Promise<number> {
  const { rows } = await shop.database.query(
    'SELECT count(*)::int AS count FROM graphile_worker._private_jobs',
  );
  return rows[0].count;
}

async function untilNoJobWaits() {
  await until(async () => (await waitingJobs()) === 0);
}

/** Includes mails that fail meanwhile, such as one whose connection the server leaves open. */
async function retryUntilNoJobWaits() {
  await until(async () => {
    await retryNow();
    return (await waitingJobs()) === 0;
  });
}

describe('A registration', () => {
  it('mails a link that verifies the address once, and a second use gets a friendly page', async () => {
    const user = await register();
    expect((await user.api.get('/api/users/me').expect(200)).body.email_verified).toBe(false);

    const mail = await server.mailTo(user.email, { subject: VERIFY });
    expect(mail.headers.get('from')).toMatchObject({
      value: [{ address: 'shop@mail.example.com', name: 'Le Comptoir' }],
    });
    expect(mail.id).toMatch(/^<mail-\d+-[0-9a-f]{16}@mail\.example\.com>$/);
    expect(mail.html).toContain(`href="${PUBLIC_URL}/api/auth/verify-email/`);
    expect(mail.text).toContain('Welcome to Le Comptoir.');

    const link = linkIn(mail);
    expect((await shop.visitor.get(link).expect(200)).body).toEqual({
      code: 'email_verified',
      detail: expect.any(String),
    });
    expect((await user.api.get('/api/users/me').expect(200)).body.email_verified).toBe(true);
    expect((await shop.visitor.get(link).expect(200)).body.code).toBe('email_already_verified');
    const kind = await page(link);
    expect(kind.status).toBe(200);
    expect(await kind.text()).toContain('was confirmed already');

    await shop.visitor.post('/api/auth/resend-verification', { email: user.email }).expect(200);
    await untilNoJobWaits();
    expect(server.to(user.email)).toHaveLength(1);
  });

  it('uses the chosen language, or the browser’s, in mails and on pages', async () => {
    const chosen = await register('fr');
    const mail = await server.mailTo(chosen.email);
    expect(mail.subject).toBe('Confirmez votre adresse e-mail');
    expect(mail.text).toContain('Bienvenue chez Le Comptoir.');
    const french = await page(linkIn(mail), { headers: { 'accept-language': 'fr-CA,fr;q=0.8,en;q=0.5' } });
    expect(french.headers.get('content-language')).toBe('fr');
    expect(await french.text()).toContain('Votre adresse e-mail est confirmée.');

    const asked = newAccount();
    await shop.visitor.post('/auth/signup/', asked, { 'accept-language': 'fr;q=0.9, en;q=0.3' }).expect(201);
    expect((await server.mailTo(asked.email)).subject).toBe('Confirmez votre adresse e-mail');
    const broken = await page('/auth/verify-email/MQ/x/', { headers: { 'accept-language': 'fr' } });
    expect(broken.status).toBe(400);
    expect(await broken.text()).toContain('Ce lien ne fonctionne plus');
    await shop.visitor.post('/api/auth/register', { ...newAccount(), language: 'de' }).expect(400);
  });

  it('mails nothing when it is refused', async () => {
    const user = await register();
    await server.mailTo(user.email);
    await shop.visitor.post('/api/auth/register', { ...newAccount(), email: user.email }).expect(400);
    await untilNoJobWaits();
    expect(server.to(user.email)).toHaveLength(1);
  });
});

describe('A registration that gets 503', () => {
  it.each([
    ['/api/auth/register', 201],
    ['/register', 201],
    ['/users/register/', 201],
    ['/api/v1/auth/register', 201],
  ])('creates no account and mails nothing, so that a retry succeeds (%s)', async (path, status) => {
    const { username, email, password } = newAccount();
    const names = path.includes('v1') ? { name: username, password_confirmation: password } : { username };
    const account = { ...names, email, password };
    await shop.whileBusy('sessions', () => shop.visitor.post(path, account).expect(503));
    await untilNoJobWaits();
    expect(server.to(email)).toEqual([]);
    const { rows } = await shop.database.query('SELECT FROM users WHERE email = $1', [email]);
    expect(rows).toEqual([]);
    await shop.visitor.post(path, account).expect(status);
    await server.mailTo(email);
  });
});

describe('A rolled-back change', () => {
  it('mails nothing', async () => {
    await shop.database.query(`
      CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE check_violation; END $$;
      CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON users DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION fail();
      CREATE TABLE kept_jobs AS SELECT payload FROM graphile_worker._private_jobs WHERE false;
      CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO public.kept_jobs VALUES (new.payload); RETURN new; END $$;
      CREATE TRIGGER keep AFTER INSERT ON graphile_worker._private_jobs FOR EACH ROW EXECUTE FUNCTION keep();`);
    try {
      await shop.visitor.post('/api/auth/register', newAccount()).expect(409);
      expect((await shop.database.query('SELECT payload FROM kept_jobs')).rows).toEqual([]);
    } finally {
      await shop.database.query(`
        DROP TRIGGER fail ON users;
        DROP FUNCTION fail;
        DROP TRIGGER keep ON graphile_worker._private_jobs;
        DROP FUNCTION keep;
        DROP TABLE kept_jobs;`);
    }
  });
});

describe('A reset', () => {
  it('sets a new password, ends all sessions, verifies the address and mails a notice', async () => {
    const user = await register();
    const other = await shop.signIn(user.email);
    const link = await askForReset(user.email);

    expect((await shop.visitor.get(link).expect(200)).body.code).toBe('reset_link_valid');
    expect((await shop.visitor.post(link, { new_password: NEW_PASSWORD }).expect(200)).body.code).toBe(
      'password_reset',
    );
    await user.api.get('/api/users/me').expect(401);
    await other.get('/api/users/me').expect(401);
    await other.post('/api/auth/token/refresh', { refresh: other.refresh }).expect(401);
    await shop.visitor.post('/api/auth/login', { email: user.email, password: PASSWORD }).expect(401);
    const again = await shop.signIn(user.email, NEW_PASSWORD);
    expect(again.user.email_verified).toBe(true);
    await server.mailTo(user.email, { subject: /password was changed/ });
    expect((await shop.visitor.post(link, { new_password: PASSWORD }).expect(400)).body.code).toBe(
      'link_invalid',
    );
    expect((await shop.visitor.get(link).expect(400)).body.code).toBe('link_invalid');
  });

  it('works once of fifty concurrent attempts', async () => {
    const user = await register();
    const link = await askForReset(user.email);
    const tries = Array.from({ length: 50 }, (_, i) =>
      shop.visitor.post(link, { new_password: `${NEW_PASSWORD} ${i}` }),
    );
    const statuses: number[] = (await Promise.all(tries)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status !== 200 && status !== 400 && status !== 503)).toEqual([]);
    await shop.signIn(user.email, `${NEW_PASSWORD} ${statuses.indexOf(200)}`);
  });

  it('has a link that ends with time, a newer link, a changed password or a changed address', async () => {
    const user = await register();
    const admin = await shop.admin();
    const isDead = async (link: string) =>
      expect((await shop.visitor.post(link, { new_password: NEW_PASSWORD }).expect(400)).body.code).toBe(
        'link_invalid',
      );

    const first = await askForReset(user.email);
    const second = await askForReset(user.email, 2);
    await isDead(first);
    await shop.database.query(
      `UPDATE account_tokens SET expires_at = expires_at - interval '30 minutes' WHERE user_id = $1`,
      [user.id],
    );
    await isDead(second);

    const third = await askForReset(user.email, 3);
    await user.api
      .patch('/api/users/me', { password: `${PASSWORD}4`, current_password: PASSWORD })
      .expect(200);
    await isDead(third);
    await server.mailTo(user.email, { subject: /password was changed/ });

    const fourth = await askForReset(user.email, 4);
    await admin.patch(`/api/users/${user.id}`, { email: `new.${user.email}` }).expect(200);
    await isDead(fourth);
    await server.mailTo(`new.${user.email}`, { subject: VERIFY });

    const fifth = await askForReset(`new.${user.email}`);
    await admin.delete(`/api/users/${user.id}`).expect(204);
    await isDead(fifth);
  });

  it('is valid for 30 minutes, a verification for 24 hours; both have 256 bits, stored as a hash only', async () => {
    const user = await register();
    const links = [linkIn(await server.mailTo(user.email)), await askForReset(user.email)];
    const tokens = links.map((link) => link.split('/').at(-2)!);
    for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    const { rows } = await shop.database.query(
      `SELECT purpose, extract(epoch FROM expires_at - now()) / 60 AS minutes FROM account_tokens WHERE user_id = $1 ORDER BY purpose`,
      [user.id],
    );
    expect(rows).toMatchObject([{ purpose: 'reset_password' }, { purpose: 'verify_email' }]);
    expect(Number(rows[0].minutes)).toBeLessThanOrEqual(30);
    expect(Number(rows[1].minutes)).toBeLessThanOrEqual(24 * 60);

    const { rows: tables } = await shop.database.query(
      `SELECT format('SELECT t::text AS row FROM %I.%I t', schemaname, tablename) AS sql FROM pg_tables
       WHERE schemaname IN ('public', 'graphile_worker')`,
    );
    for (const { sql } of tables) {
      const { rows: stored } = await shop.database.query(sql);
      const text = stored.map((row: { row: string }) => row.row).join('\n');
      const written = tokens.flatMap((token) => [
        token,
        Buffer.from(token).toString('hex'),
        Buffer.from(token, 'base64url').toString('hex'),
      ]);
      expect(written.filter((token) => text.includes(token))).toEqual([]);
    }
    for (const token of tokens) expect(shop.processes[0]!.output.includes(token)).toBe(false);
  });

  it('takes the address of its link from the settings only', async () => {
    const user = await register();
    const forged = [
      'Host',
      'X-Forwarded-Host',
      'X-Host',
      'X-Original-Host',
      'X-Forwarded-Server',
      'Forwarded',
      'Origin',
      'Referer',
      'X-Original-URL',
      'X-Rewrite-URL',
      'X-Forwarded-Proto',
      'X-Forwarded-Port',
      'X-HTTP-Host-Override',
      'X-Forwarded-Prefix',
      'Via',
    ];
    const { request } = await import('node:http');
    for (const header of forged) {
      const value = header === 'Forwarded' ? 'host=evil.example;proto=http' : 'evil.example';
      const status = await new Promise((resolve, reject) => {
        const sent = request(
          `${shop.url}/auth/reset_password/`,
          { method: 'POST', headers: { 'content-type': 'application/json', [header]: value } },
          (answer) => resolve(answer.resume().statusCode),
        );
        sent.on('error', reject).end(JSON.stringify({ email: user.email }));
      });
      expect(status).toBe(200);
      await server.mailTo(user.email, { subject: RESET, count: forged.indexOf(header) + 1 });
    }
    for (const mail of server.to(user.email)) {
      expect(mail.source).not.toContain('evil.example');
      expect(mail.html).toContain(`href="${PUBLIC_URL}/api/auth/`);
    }
  });

  it.each([
    [
      'another user’s id',
      (link: string) => link.replace(/confirm\/[^/]+/, `confirm/${Buffer.from('1').toString('base64url')}`),
    ],
    ['a token with another end', (link: string) => link.replace(/..\/$/, 'AA/')],
    ['an id that is none', (link: string) => link.replace(/confirm\/[^/]+/, 'confirm/null')],
    ['a token that is none', (link: string) => link.replace(/[^/]+\/$/, 'undefined/')],
    [
      'a huge id',
      (link: string) =>
        link.replace(/confirm\/[^/]+/, `confirm/${Buffer.from('9'.repeat(40)).toString('base64url')}`),
    ],
    ['a NUL', (link: string) => link.replace(/[^/]+\/$/, '%00/')],
  ])('refuses %s', async (_name, forge) => {
    const user = await register();
    const link = await askForReset(user.email);
    expect([400, 404]).toContain(
      (await shop.visitor.post(forge(link), { new_password: NEW_PASSWORD })).status,
    );
    await shop.signIn(user.email);
  });

  it('does not accept the link of a verification', async () => {
    const user = await register();
    const link = linkIn(await server.mailTo(user.email)).replace('verify-email', 'password_reset_confirm');
    const refused = await shop.visitor.post(link, { new_password: NEW_PASSWORD });
    expect(refused.status).toBe(400);
  });
});

describe('The response', () => {
  it.each(['/api/auth/reset_password', '/api/auth/resend-verification'])(
    'of %s is the same for a known and an unknown address',
    async (route) => {
      const user = await register();
      const answers = [];
      for (const email of [user.email, 'nobody@example.com', 'john@example.com', user.email.toUpperCase()]) {
        const { status, headers, text } = await shop.visitor.post(route, { email });
        const { date: _date, 'x-ratelimit-remaining': _left, ...told } = Object.fromEntries(headers);
        answers.push({ status, told, text });
      }
      expect(answers[0]).toMatchObject({ status: 200 });
      for (const answer of answers) expect(answer).toEqual(answers[0]);
      await untilNoJobWaits();
      expect(server.to('nobody@example.com')).toEqual([]);
    },
  );

  it('takes the same time', async () => {
    const user = await register();
    const times: Record<string, number[]> = { known: [], unknown: [] };
    // Probability that a known one takes longer; 0.5 means no difference. σ is 0.041 for 100 against 100.
    const tells = () => {
      const { known, unknown } = times as { known: number[]; unknown: number[] };
      const longer = known.flatMap((a) => unknown.map((b) => (a > b ? 1 : a === b ? 0.5 : 0) as number));
      return Math.abs(longer.reduce((sum, one) => sum + one, 0) / longer.length - 0.5);
    };
    for (let i = 0; i < 100 || (i < 300 && tells() >= 0.15); i += 1) {
      const pair = [
        ['known', user.email],
        ['unknown', `${randomBytes(6).toString('hex')}@example.com`],
      ] as const;
      for (const [kind, email] of i % 2 ? pair : pair.toReversed()) {
        const start = performance.now();
        await shop.visitor.post('/api/auth/reset_password', { email }).expect(200);
        times[kind]!.push(performance.now() - start);
      }
    }
    expect(tells()).toBeLessThan(0.15);
    await untilNoJobWaits();
  });

  it('is limited for each account', async () => {
    const limited = await shop.startProcess({ RATE_LIMIT: 'on' });
    const visitor = shop.visitor.at(limited.url);
    for (let i = 0; i < 5; i += 1)
      await visitor.post('/api/auth/reset_password', { email: 'limited@example.com' }).expect(200);
    const { headers } = await visitor
      .post('/auth/reset_password/', { email: 'LIMITED@example.com' })
      .expect(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    await visitor.post('/api/auth/reset_password', { email: 'another@example.com' }).expect(200);
    await limited.stop();
    shop.processes.pop();
  });
});

describe('The page', () => {
  it('is a form without script, with error messages in the user’s language', async () => {
    const user = await register();
    const link = await askForReset(user.email);
    const form = await page(link);
    expect(form.status).toBe(200);
    const html = await form.text();
    expect(html).toContain('<label for="new_password">New password</label>');
    expect(html).not.toContain('<script');
    expect(html).not.toContain(user.email);

    const short = await submit(
      link,
      { new_password: 'short', new_password_confirm: 'short' },
      { 'accept-language': 'fr' },
    );
    expect(short.status).toBe(400);
    const wrong = await short.text();
    expect(wrong).toContain('Le mot de passe doit avoir de 8 à 128 caractères.');
    expect(wrong).toContain('aria-invalid="true"');
    const different = await submit(link, {
      new_password: NEW_PASSWORD,
      new_password_confirm: `${NEW_PASSWORD}!`,
    });
    expect(different.status).toBe(400);
    expect(await different.text()).toContain('The two passwords are not the same.');

    const done = await submit(
      link,
      { new_password: NEW_PASSWORD, new_password_confirm: NEW_PASSWORD },
      { 'sec-fetch-site': 'same-origin' },
    );
    expect(done.status).toBe(200);
    expect(await done.text()).toContain('Your password is changed');
    const used = await page(link);
    expect(used.status).toBe(400);
    expect(await used.text()).toContain('This link does not work any more');
    await shop.signIn(user.email, NEW_PASSWORD);
  });

  it('has no-store, no frames, no referrer, and runs no script', async () => {
    const user = await register();
    const links = [
      await askForReset(user.email),
      linkIn(await server.mailTo(user.email)),
      '/auth/verify-email/MQ/x/',
    ];
    for (const link of links) {
      const { headers } = await page(link);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      const policy = headers.get('content-security-policy')!;
      expect(policy).toMatch(
        /^default-src 'none'; style-src 'sha256-[^']+'; img-src 'self'; form-action 'self'; frame-ancestors 'none'/,
      );
      expect(headers.get('vary')).toContain('Accept');
    }
    const json = await shop.visitor.get(links[0]!).expect(200);
    expect(json.headers.get('cache-control')).toBe('no-store');
  });

  it('accepts forms from its own origin only', async () => {
    const user = await register();
    const link = await askForReset(user.email);
    const fields = { new_password: NEW_PASSWORD, new_password_confirm: NEW_PASSWORD };
    const strangers: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
    ];
    for (const headers of strangers) {
      expect((await submit(link, fields, headers)).status).toBe(403);
    }
    for (const headers of strangers) {
      // A foreign page can also send a POST without a body.
      expect((await page(link, { method: 'POST', headers })).status).toBe(403);
      await shop.visitor.post('/api/guest-orders/1.x/cancel', undefined, headers).expect(403);
    }
    const frontend = { origin: 'http://localhost:5173', 'sec-fetch-site': 'cross-site' };
    await shop.visitor.post(link, undefined, frontend).expect(400);
    await shop.signIn(user.email);
    const text = await page(link, {
      method: 'POST',
      body: JSON.stringify(fields),
      headers: { 'content-type': 'text/plain' },
    });
    expect(text.status).toBe(415);
    expect((await submit(link, { new_password: 'x'.repeat(70_000) })).status).toBe(413);
    expect((await submit(link, fields, { origin: 'null' })).status).toBe(200);
  });

  it('and the mails can have the shop’s own templates', async () => {
    const folder = path.join(dataDir, 'templates');
    mkdirSync(folder, { recursive: true });
    try {
      writeFileSync(path.join(folder, 'mail.txt.eta'), 'Own words: <%= it.link %>\n');
      writeFileSync(
        path.join(folder, 'words.en.json'),
        JSON.stringify({ mails: { verify_email: { subject: 'Hello from {shop} & co' } } }),
      );
      const user = await register();
      const mail = await server.mailTo(user.email);
      expect(mail.subject).toBe('Hello from Le Comptoir & co');
      expect(mail.text).toContain(`Own words: ${PUBLIC_URL}/api/auth/verify-email/`);
      expect(mail.html).toContain('Hello from Le Comptoir &amp; co');
      expect(mail.html).toContain('Confirm my address');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('A faulty mail server', () => {
  afterEach(async () => {
    server.behaviour = 'accept';
    server.onArrival = () => {};
    await retryUntilNoJobWaits();
  });

  it('that refuses a recipient permanently gets no retry, and the mail is listed', async () => {
    server.behaviour = 'refuse for good';
    const before = server.attempts;
    const user = await register();
    const failed =
      'SELECT FROM graphile_worker._private_jobs WHERE attempts >= max_attempts AND locked_at IS NULL';
    await until(async () => (await shop.database.query(failed)).rowCount === 1);
    const listed = await admin('failed-jobs');
    expect(listed).toContain(`verify_email user ${user.id}\t1 attempts`);
    expect(listed).toMatch(/refused for good: 550 No such mailbox/);
    expect(shop.processes[0]!.output).toMatch(/refused for good: 550/);
    server.behaviour = 'accept';
    await retryNow();
    await server.mailTo((await register()).email);
    expect(server.attempts - before).toBe(2);
    expect(server.to(user.email)).toEqual([]);
    await shop.database.query(`DELETE FROM graphile_worker._private_jobs WHERE attempts >= max_attempts`);
  });

  it.each(['refuse', 'hang', 'cut after data', 'down'] as const)(
    'that does this: %s: delays no request and loses no mail',
    async (fault) => {
      if (fault === 'down') await server.stop();
      else server.behaviour = fault;
      const before = server.attempts;
      let users: Awaited<ReturnType<typeof register>>[] = [];
      await inTime(async () => {
        const start = performance.now();
        users = await Promise.all(Array.from({ length: 4 }, () => register()));
        await Promise.all(
          users.map(({ email }) => shop.visitor.post('/api/auth/reset_password', { email }).expect(200)),
        );
        expectWithin(2_500, performance.now() - start);
      });
      if (fault !== 'down') await until(() => server.attempts > before);
      await pause(300);

      if (fault === 'down') await server.listen();
      server.behaviour = 'accept';
      await retryUntilNoJobWaits();
      for (const { email } of users) {
        const ids = new Set(server.to(email).map(({ id }) => id));
        expect(ids.size).toBe(2);
        const doubled = fault === 'cut after data'; // it accepted the mail without confirming it
        expect(server.to(email).length === 2 || doubled).toBe(true);
        const links = new Set(
          server
            .to(email)
            .filter((mail) => VERIFY.test(mail.subject))
            .map(linkIn),
        );
        expect(links.size).toBe(1);
        await shop.visitor.get([...links][0]!).expect(200);
      }
    },
  );

  it('or a queue whose connections end: the next mail is sent', async () => {
    const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE application_name = 'comptoir jobs' AND datname = current_database()`;
    expect((await shop.database.query(end)).rowCount).toBeGreaterThan(0);
    const user = await register();
    await server.mailTo(user.email, { subject: VERIFY });
    await shop.database.query(end);
    await until(
      async () => (await shop.database.query(end.replace('pg_terminate_backend(pid)', '1'))).rowCount! > 0,
    );
    const next = await register();
    await server.mailTo(next.email, { subject: VERIFY });
  });

  it.each([
    ['was sent', 'accept', 'Failed to complete jobs'],
    ['was not sent', 'cut after data', 'Failed to fail jobs'],
  ] as const)(
    'and no connection to note that a mail %s: the shop serves on, and loses none',
    async (_what, behaviour, noted) => {
      server.behaviour = behaviour;
      const name = new URL(shop.databaseUrl).pathname.slice(1);
      const owner = await shop.database.connect(); // new connections would be refused as well
      server.onArrival = async () => {
        server.onArrival = () => {};
        await owner.query(`ALTER DATABASE ${name} CONNECTION LIMIT 0`);
        await owner.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'comptoir jobs' AND datname = current_database()`,
        );
      };
      const user = await register();
      await server.mailTo(user.email, { subject: VERIFY });
      try {
        await until(() => shop.processes[0]!.output.includes(noted));
      } finally {
        server.behaviour = 'accept';
        await owner.query(`ALTER DATABASE ${name} CONNECTION LIMIT -1`);
        owner.release();
      }
      await until(async () => {
        await fallSilent();
        return (await waitingJobs()) === 0;
      });
      const next = await register();
      await server.mailTo(next.email, { subject: VERIFY });
      expect(new Set(server.to(user.email).map(({ id }) => id)).size).toBe(1);
    },
  );

  it('or kill -9 before a mail is sent, or before that is stored: another process sends it, at most twice in total', async () => {
    const victim = shop.processes[0]!;
    server.behaviour = 'hang';
    const before = server.attempts;
    const unsent = await register();
    await until(() => server.attempts > before);
    await victim.stop('SIGKILL');
    server.behaviour = 'accept';
    shop.processes.splice(0, 1);
    await fallSilent();
    await shop.startProcess();
    await server.mailTo(unsent.email, { subject: VERIFY });

    const next = shop.processes[0]!;
    server.onArrival = () => void next.child.kill('SIGKILL');
    const unnoted = await register();
    await server.mailTo(unnoted.email, { subject: VERIFY });
    await until(() => next.child.signalCode !== null);
    server.onArrival = () => {};
    shop.processes.splice(0, 1);
    await fallSilent();
    await shop.startProcess();
    await server.mailTo(unnoted.email, { subject: VERIFY, count: 2 });
    await untilNoJobWaits();
    const copies = server.to(unnoted.email);
    expect(copies).toHaveLength(2);
    expect(copies[0]!.id).toBe(copies[1]!.id);
    expect(linkIn(copies[0]!)).toBe(linkIn(copies[1]!));
    expect(server.to(unsent.email)).toHaveLength(1);
    await shop.visitor.get(linkIn(copies[0]!)).expect(200);
  });
});

describe('Without a mail server', () => {
  it('development shows the mails at the address in the banner', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'comptoir-mailbox-'));
    const dev = await Shop.open({ env: { DATA_DIR: folder } });
    try {
      expect(dev.processes[0]!.output).toMatch(/Mailbox +http:\/\/localhost:\d+\/dev\/mailbox\n/);
      const { user } = await dev.newCustomer();
      let list = '';
      await until(async () => {
        list = await (await fetch(`${dev.url}/dev/mailbox`)).text();
        return list.includes(user.email);
      });
      const [, address] = /href="(\/dev\/mailbox\/[^"]+)"/.exec(list)!;
      const shown = await fetch(dev.url + address);
      expect(shown.headers.get('content-security-policy')).toContain("default-src 'none'");
      const html = await shown.text();
      expect(html).toContain('sandbox="allow-popups');
      const [, link] = /<pre>[^]*?<a href="([^"]+)"/.exec(html)!;
      expect((await dev.visitor.get(new URL(link!).pathname).expect(200)).body.code).toBe('email_verified');
      await dev.visitor.get('/dev/mailbox/..%2f..%2fjwt-secret').expect(404);
      await dev.visitor.get('/dev/mailbox/nothing').expect(404);
    } finally {
      await dev.close();
      rmSync(folder, { recursive: true });
    }
  });

  it('production starts with a warning and without a mailbox, and mails wait for the server', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'comptoir-production-'));
    const production = {
      NODE_ENV: 'production',
      JWT_SECRET: randomBytes(48).toString('base64'),
      RATE_LIMIT: 'on',
      DATA_DIR: folder,
      PUBLIC_URL,
    };
    const closed = await Shop.open({ env: { ...production, HOST: '127.0.0.1' } });
    try {
      const [app] = closed.processes;
      expect(app!.output).toContain('SMTP_URL is not set');
      expect(app!.output).not.toContain('Mailbox');
      await closed.visitor.get('/dev/mailbox').expect(404);
      const { user } = await closed.newCustomer();
      await pause(500);
      expect(server.to(user.email)).toEqual([]);
      await app!.stop();
      closed.processes.splice(0, 1);
      await closed.startProcess({ SMTP_URL: server.url });
      await server.mailTo(user.email, { subject: VERIFY });
    } finally {
      await closed.close();
      rmSync(folder, { recursive: true });
    }
  });
});

it('no content of a mail is in the log', () => {
  for (const app of shop.processes)
    expect(app.output).not.toMatch(/(verify-email|password_reset_confirm)\/\w+\/[\w-]{43}/);
});
