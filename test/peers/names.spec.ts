import { PASSWORD, Shop } from '../support/shop.js';

/** Names as users type, paste and autocomplete them; Django's authentication forms normalise them, too. */
describe('Names of accounts, normalised like in Django 3.2 and 5.2 (NFKC), and as users type them', () => {
  let shop: Shop;
  beforeAll(async () => (shop = await Shop.open()));
  afterAll(() => shop.close());

  const register = (username: string, email: string) =>
    shop.visitor.post('/api/auth/register', { username, email, password: PASSWORD });

  it.each([
    ['a space behind it, from a phone keyboard', 'john '],
    ['a capital letter in front', 'John'],
    ['a no-break space and a direction mark, from a page', '\u200ejohn\u00a0'],
    ['full-width letters', 'ｊｏｈｎ'],
    ['an address in capitals', 'JOHN@EXAMPLE.COM'],
    ['an address with spaces around it', ' john@example.com\u202f'],
    ['an address with a full-width @', 'john＠example.com'],
  ])('sign in with %s', async (_what, name) => {
    await shop.visitor.post('/api/auth/login', { username: name, password: PASSWORD }).expect(200);
    await shop.visitor.post('/api/auth/token/', { email: name, password: PASSWORD }).expect(200);
  });

  it('identify one account, in every composition and case of letters', async () => {
    const { body } = await register(' E\u0301lodie.Straße ', 'E\u0301lodie@Mu\u0308ller.example').expect(201);
    expect(body.user).toMatchObject({ username: 'Élodie.Straße', email: 'Élodie@Müller.example' });
    for (const name of [
      'élodie.strasse',
      'ÉLODIE.STRASSE',
      'élodie@xn--mller-kva.example',
      'ÉLODIE@MÜLLER.EXAMPLE',
    ])
      await shop.signIn(name);

    const again = await register('ÉLODIE.STRASSE', 'élodie@xn--mller-kva.example').expect(400);
    expect(again.body.errors).toEqual({
      username: ['A user with that username already exists.'],
      email: ['A user with that email already exists.'],
    });
    await register('elodie.strasse', 'elodie@müller.example').expect(201); // without accents: another account
  });

  it('can be the account’s address in another spelling', async () => {
    await register('SELF@MÜLLER.example', 'self@xn--mller-kva.example').expect(201);
    const { body } = await register('john@Example.com', 'somebody@example.com').expect(400);
    expect(body.errors).toEqual({ username: ['A username with an @ must be the email itself.'] });
  });

  it('are found by requests for mails about an address, too', async () => {
    await register('recover', 'recover@müller.example').expect(201);
    await shop.visitor
      .post('/api/auth/reset_password/', { email: 'Recover@XN--MLLER-KVA.example' })
      .expect(200);
    const self = await shop.signIn('recover');
    const change = { new_email: 'RECOVER@xn--mller-kva.example', password: PASSWORD };
    const { body } = await self.post('/api/auth/change-email', change).expect(400);
    expect(body.errors).toEqual({ new_email: ['This is the address that the account has.'] });
  });

  it('share one limit of password guesses in every spelling', async () => {
    const { url } = await shop.startProcess({ RATE_LIMIT: 'on' });
    const guess = (username: string) =>
      shop.visitor.at(url).post('/api/auth/login', { username, password: 'wrong guess' });
    for (let n = 0; n < 10; n += 1) await guess(['nobody', 'NOBODY ', 'ｎｏｂｏｄｙ'][n % 3]!).expect(401);
    await guess('Nobody').expect(429);
  });

  it('come decomposed, with a space, to a phone number, which stays readable', async () => {
    const customer = await shop.newCustomer();
    for (const [typed, kept] of [
      ['+33\u00a06\u202f12 34 56 78', '+33 6 12 34 56 78'],
      ['\u202a06\u201112\u201134\u202c', '06-12-34'],
      ['(0228) 12 / 34.56', '(0228) 12 / 34.56'],
    ]) {
      const { body } = await customer.patch('/api/users/me', { phone: typed }).expect(200);
      expect(body.phone).toBe(kept);
    }
    const { body } = await customer.patch('/api/users/me', { phone: 'call me' }).expect(400);
    expect(body.errors).toEqual({ phone: ['phone must be a phone number'] });
  });
});
