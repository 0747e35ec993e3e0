import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Api, ApiResponse } from '../support/api.js';
import { runCommand } from '../support/commands.js';
import { linkIn, MailServer } from '../support/mail-server.js';
import { PASSWORD, Shop } from '../support/shop.js';
import { until } from '../support/until.js';

const RESET = /Choose a new password/;
const CHANGED = /address was changed/;
const REQUESTED = /asked to change/;
const VERIFY = /confirm your e-mail address/;

let shop: Shop;
let server: MailServer;

beforeAll(async () => {
  server = await MailServer.start();
  shop = await Shop.open({ env: { SMTP_URL: server.url } });
});
afterAll(async () => {
  await shop.close();
  await server.stop();
});

const askForReset = (email: string) => shop.visitor.post('/api/auth/reset_password', { email }).expect(200);
const login = (username: string, password = PASSWORD) =>
  shop.visitor.post('/api/auth/login', { username, password });
const linkTo = async (email: string, subject: RegExp, count = 1) =>
  linkIn(await server.mailTo(email, { subject, count }));
const open = (link: string) => shop.visitor.get(link).expect(200);
const post = (link: string, body: object = {}) => shop.visitor.post(link, body);
/** A customer with a verified address. */
const newOwner = async (): Promise<Api> => {
  const owner = await shop.newCustomer();
  await open(await linkTo(owner.user.email, VERIFY));
  return owner;
};

describe.each([
  ['PATCH /users/me', (thief: Api, email: string) => thief.patch('/api/users/me', { email }).expect(200)],
  [
    'PUT /api/v1/auth/profile',
    (thief: Api, email: string) => thief.put('/api/v1/auth/profile', { email }).expect(200),
  ],
])('An address that is changed without the password, by %s', (_route, change) => {
  it('is stored, but mails about a new password go to the former one', async () => {
    const owner = await newOwner();
    const { email: old } = owner.user;
    await change(owner, `thief.${old}`);
    expect((await owner.get('/api/users/me').expect(200)).body.email).toBe(`thief.${old}`);

    await askForReset(`thief.${old}`);
    await server.mailTo(old, { subject: RESET });
    await askForReset(old);
    const link = await linkTo(old, RESET, 2);
    expect(server.to(`thief.${old}`).filter(({ subject }) => RESET.test(subject))).toEqual([]);

    await post(link, { new_password: 'the owner’s own' }).expect(200);
    await owner.get('/api/users/me').expect(401);
    await login(owner.user.username, 'the owner’s own').expect(200);
  });

  it('gets them after its own link was opened', async () => {
    const owner = await newOwner();
    const next = `next.${owner.user.email}`;
    await change(owner, next);
    await open(await linkTo(next, VERIFY));
    await askForReset(next);
    await server.mailTo(next, { subject: RESET });
  });
});

describe('The former address', () => {
  it('restores the account with one link, whatever was changed meanwhile', async () => {
    const owner = await newOwner();
    const { email: old, username } = owner.user;
    await owner.patch('/api/users/me', { email: `first.${old}` }).expect(200);
    await open(await linkTo(`first.${old}`, VERIFY));
    await owner.patch('/api/users/me', { email: `second.${old}` }).expect(200);
    await askForReset(`first.${old}`);
    await post(await linkTo(`first.${old}`, RESET), { new_password: 'the thief’s own' }).expect(200);
    const thief = shop.visitor.withToken((await login(username, 'the thief’s own').expect(200)).body.access);

    const link = await linkTo(old, CHANGED);
    expect((await open(link)).body.code).toBe('undo_link_valid');
    expect((await post(link).expect(200)).body.code).toBe('email_change_undone');
    await thief.get('/api/users/me').expect(401);
    const reset = await linkTo(old, RESET);
    await post(reset, { new_password: 'the owner’s own' }).expect(200);
    const { body } = await login(old, 'the owner’s own').expect(200);
    expect(body.user).toMatchObject({ username, email: old });
    await login(username, 'the thief’s own').expect(401);

    await post(link).expect(400);
    await post(await linkTo(`first.${old}`, CHANGED)).expect(400);
  });

  it('gets a page with one button in a browser, in the user’s language', async () => {
    const owner = await newOwner();
    await owner.patch('/api/users/me', { email: `x.${owner.user.email}` }).expect(200);
    const path = await linkTo(owner.user.email, CHANGED);
    const page = await shop.visitor.get(path, { accept: 'text/html', 'accept-language': 'fr' }).expect(200);
    expect(page.text).toContain('Reprendre votre adresse');
    expect(page.text).toContain('<form method="post">');
  });

  it('is reserved: nobody else can use it for seven days', async () => {
    const owner = await newOwner();
    const { email } = owner.user;
    await owner.patch('/api/users/me', { email: `x.${email}`, current_password: PASSWORD }).expect(200);
    const account = { username: `squatter_${owner.user.id}`, email: email.toUpperCase(), password: PASSWORD };
    const { body } = await shop.visitor.post('/api/auth/register', account).expect(400);
    expect(body.errors).toEqual({ email: ['A user with that email already exists.'] });
    const other = await shop.newCustomer();
    await other.patch('/api/users/me', { email }).expect(400);
    const folder = mkdtempSync(path.join(tmpdir(), 'squatters-'));
    const file = path.join(folder, 'users.csv');
    writeFileSync(file, `username,email\nsquatter,${email}\n`);
    const { said } = await runCommand(shop, 'import-users', [file]);
    rmSync(folder, { recursive: true });
    expect(said).toBe('0 imported, 0 of them changed, 1 there already, 0 refused.');
    await owner.patch('/api/users/me', { email }).expect(200);

    await shop.database.query(`UPDATE email_undo_tokens SET expires_at = now() WHERE user_id = $1`, [
      owner.user.id,
    ]);
    await owner.patch('/api/users/me', { email: `y.${email}`, current_password: PASSWORD }).expect(200);
    await shop.database.query(`UPDATE email_undo_tokens SET expires_at = now() WHERE user_id = $1`, [
      owner.user.id,
    ]);
    await shop.visitor.post('/api/auth/register', account).expect(201);
  });

  it('cannot be restored after seven days', async () => {
    const owner = await newOwner();
    await owner.patch('/api/users/me', { email: `x.${owner.user.email}` }).expect(200);
    const link = await linkTo(owner.user.email, CHANGED);
    const { rows } = await shop.database.query(
      `UPDATE email_undo_tokens SET expires_at = now() WHERE user_id = $1
       RETURNING extract(day FROM expires_at - created_at) AS days`,
      [owner.user.id],
    );
    expect(rows).toHaveLength(1);
    expect((await post(link).expect(400)).body.code).toBe('link_invalid');
  });
});

/** Repeats a request that is answered with 503, since a lock was not free in time. */
const insist = (request: () => Promise<ApiResponse>) => until(async () => (await request()).status !== 503);

describe('Two changes of an account at once', () => {
  it('an undone address has no link to come back, whichever link is used first', async () => {
    const owner = await newOwner();
    const { email: old, id } = owner.user;
    const stolen = `stolen.${old}`;
    await owner.patch('/api/users/me', { email: stolen, current_password: PASSWORD }).expect(200);
    const undo = await linkTo(old, CHANGED);
    await owner.post('/api/auth/change-email', { new_email: `next.${old}`, password: PASSWORD }).expect(200);
    const confirm = await linkTo(`next.${old}`, /confirm your new e-mail address/);
    await shop.whileUncommitted('SELECT FROM users WHERE id = $1 FOR UPDATE', [id], () => [
      insist(() => post(confirm)),
      insist(() => post(undo)),
    ]);
    const { rows } = await shop.database.query(
      `SELECT u.email, (SELECT count(*)::int FROM email_undo_tokens t
         WHERE t.user_id = u.id AND t.used_at IS NULL AND t.expires_at > now()) AS links FROM users u WHERE id = $1`,
      [id],
    );
    expect(rows).toEqual([{ email: old, links: 0 }]);
  });

  it('an invented link is refused, and does not wait for the change', async () => {
    const owner = await newOwner();
    const { email: old, id } = owner.user;
    await owner.patch('/api/users/me', { email: `x.${old}`, current_password: PASSWORD }).expect(200);
    const undo = await linkTo(old, CHANGED);
    await owner.post('/api/auth/change-email', { new_email: `y.${old}`, password: PASSWORD }).expect(200);
    const confirm = await linkTo(`y.${old}`, /confirm your new e-mail address/);
    const change = await shop.database.connect();
    await change.query('BEGIN');
    await change.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [id]);
    for (const link of [undo, confirm]) {
      const invented = link.replace(/\w(?=\W*$)/, (last) => (last === 'a' ? 'b' : 'a'));
      expect((await post(invented).expect(400)).body.code).toBe('link_invalid');
    }
    await change.query('ROLLBACK');
    change.release();
  });

  it('the notice of a requested change goes to the address that the account has then', async () => {
    const owner = await newOwner();
    const { email: old, id } = owner.user;
    const body = { new_email: `next.${old}`, password: PASSWORD };
    const moved = 'UPDATE users SET email = $2, email_key = $2 WHERE id = $1';
    await shop.whileUncommitted(moved, [id, `now.${old}`], () => [
      insist(() => owner.post('/api/auth/change-email', body)),
    ]);
    await server.mailTo(`now.${old}`, { subject: REQUESTED });
    expect(server.to(old).filter(({ subject }) => REQUESTED.test(subject))).toEqual([]);
  });
});

it('An address changed with the current password gets mails about a new one at once; a wrong password changes nothing', async () => {
  const owner = await newOwner();
  const email = `next.${owner.user.email}`;
  const wrong = await owner.patch('/api/users/me', { email, current_password: 'wrong' }).expect(400);
  expect(Object.keys(wrong.body.errors)).toEqual(['current_password']);
  await owner.patch('/api/users/me', { email, current_password: PASSWORD }).expect(200);
  await askForReset(email);
  await server.mailTo(email, { subject: RESET });
});

it('A stolen access token cannot change the password, or request a change of address, without the password', async () => {
  const owner = await newOwner();
  await owner.patch('/api/users/me', { password: 'the thief’s own' }).expect(400);
  await owner.post('/api/auth/change-email', { new_email: 'thief@example.com' }).expect(400);
  await owner.delete('/api/users/me').expect(400);
  await owner.patch('/api/users/me', { role: 'admin' }).expect(403);
  await login(owner.user.username).expect(200);
});
