import { CommandHost } from '../support/commands.js';
import { PASSWORD, Shop } from '../support/shop.js';

/** `npm run admin` restores access without mail. */
describe('npm run admin', () => {
  let shop: Shop;
  let commands: CommandHost;
  beforeAll(async () => {
    shop = await Shop.open();
    commands = new CommandHost(shop, { BCRYPT_COST: '4' });
  });
  afterAll(async () => {
    commands.stop();
    await shop.close();
  });

  const admin = async (...args: string[]) => {
    const { code, stdout: said, stderr: errors } = await commands.run('admin', args);
    return { code, said, errors };
  };
  const passwordIn = (said: string) => /password.*: (\S+)\n$/.exec(said)![1]!;

  it('creates an admin, prints the password, and lists all admins', async () => {
    const { code, said } = await admin('create', 'owner@example.com');
    expect(code).toBe(0);
    const owner = await shop.signIn('owner@example.com', passwordIn(said));
    await owner.get('/api/users').expect(200);
    const { said: list } = await admin('list');
    expect(list.split('\n').map((line) => line.split('\t')[0])).toEqual([
      'admin@example.com',
      'owner@example.com',
      '',
    ]);
  });

  it('sets a new password of an admin, and ends sessions and links', async () => {
    const before = await shop.admin();
    const { said } = await admin('reset', 'Admin@Example.com');
    await before.get('/api/users/me').expect(401);
    await shop.visitor
      .post('/api/auth/login', { email: 'admin@example.com', password: PASSWORD })
      .expect(401);
    const after = await shop.signIn('admin@example.com', passwordIn(said));
    await after.get('/api/users').expect(200);
  });

  it('lets a disabled admin sign in again', async () => {
    const { said: made } = await admin('create', 'locked-out@example.com');
    const { user } = await shop.signIn('locked-out@example.com', passwordIn(made));
    const { said: other } = await admin('create', 'intruder@example.com');
    const intruder = await shop.signIn('intruder@example.com', passwordIn(other));
    await intruder.post(`/api/admin/users/${user.id}/disable`).expect(204);
    const { said } = await admin('reset', 'locked-out@example.com');
    const back = await shop.signIn('locked-out@example.com', passwordIn(said));
    await back.get('/api/users').expect(200);
  });

  it('gives no password to an account that is no admin any more when the reset takes place', async () => {
    const { said } = await admin('create', 'former@example.com');
    const demoted = `UPDATE users SET role = 'customer' WHERE email = $1`;
    await shop.whileUncommitted(demoted, ['former@example.com'], () => [
      admin('reset', 'former@example.com').then((end) => expect(end).toMatchObject({ code: 2, said: '' })),
    ]);
    await shop.signIn('former@example.com', passwordIn(said));
  });

  it.each([
    [['reset', 'nobody@example.com'], /^No admin has the address nobody@example\.com\.\n$/],
    [['reset', 'john@example.com'], /^No admin has the address john@example\.com\.\n$/],
    [['create', 'john@example.com'], /^A user with that .* already exists\.( A user .*)?\n$/],
    [['create', 'owner'], /^owner is no e-mail address\.\n$/],
    [['reset'], /^Usage: npm run admin/],
    [['toString'], /^Usage: npm run admin/],
  ])('%j is one message, and nothing is changed', async (args, message) => {
    expect(await admin(...args)).toEqual({ code: 2, said: '', errors: expect.stringMatching(message) });
    await shop.signIn('john@example.com');
  });

  it('is recommended by a start when ADMIN_PASSWORD differs from the admin’s password', async () => {
    await admin('create', 'boss@example.com').then(({ said }) =>
      shop.signIn('boss@example.com', passwordIn(said)),
    );
    const said = /ADMIN_PASSWORD was not used.*npm run admin -- reset/;
    const changed = await shop.startProcess({
      ADMIN_EMAIL: 'john@example.com',
      ADMIN_PASSWORD: 'another one',
    });
    expect(changed.output).toMatch(said);
    const same = await shop.startProcess({ ADMIN_EMAIL: 'john@example.com', ADMIN_PASSWORD: PASSWORD });
    expect(same.output).not.toMatch(said);
  });
});
