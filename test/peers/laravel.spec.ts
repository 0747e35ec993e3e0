import { Shop } from '../support/shop.js';

const ACCOUNT = {
  name: 'Ann Example',
  email: 'ann@example.com',
  password: 'password123',
  password_confirmation: 'password123',
};

/** Errors as a frontend written for Laravel 10 with Sanctum 3.3 reads them. */
describe('Laravel 10: messages of /api/v1', () => {
  let shop: Shop;
  beforeAll(async () => (shop = await Shop.open()));
  afterAll(() => shop.close());

  const refused = async (body: object, path = 'register') =>
    (await shop.visitor.post(`/api/v1/auth/${path}`, body).expect(422)).body;

  it.each<[string, object, string, Record<string, string[]>]>([
    [
      'one message for a null and for what is missing',
      { name: null, email: null, password: null },
      'The name field is required. (and 2 more errors)',
      {
        name: ['The name field is required.'],
        email: ['The email field is required.'],
        password: ['The password field is required.'],
      },
    ],
    [
      'every rule that a value breaks',
      { ...ACCOUNT, email: 5, password: 'short', password_confirmation: 'other' },
      'The email field must be a string. (and 3 more errors)',
      {
        email: ['The email field must be a string.', 'The email field must be a valid email address.'],
        password: [
          'The password field must be at least 8 characters.',
          'The password field confirmation does not match.',
        ],
      },
    ],
    [
      'a missing confirmation as an error of the password',
      { name: 'Ann', email: 'ann@example.com', password: 'password123' },
      'The password field confirmation does not match.',
      { password: ['The password field confirmation does not match.'] },
    ],
    [
      'that an address is taken, beside what else is wrong',
      { ...ACCOUNT, email: ' JOHN@example.com', password: 'short', password_confirmation: 'short' },
      'The email has already been taken. (and 1 more error)',
      {
        email: ['The email has already been taken.'],
        password: ['The password field must be at least 8 characters.'],
      },
    ],
    [
      'its sentences for the other rules',
      {
        ...ACCOUNT,
        name: 'x'.repeat(151),
        phone: 'call me',
        birth_date: 'yesterday',
        gender: 'Male',
        newsletter_subscription: 'true',
      },
      'The name field must not be greater than 150 characters. (and 4 more errors)',
      {
        name: ['The name field must not be greater than 150 characters.'],
        phone: ['The phone field format is invalid.'],
        birth_date: ['The birth date field must be a valid date.'],
        gender: ['The selected gender is invalid.'],
        newsletter_subscription: ['The newsletter subscription field must be true or false.'],
      },
    ],
    [
      'that a birth is not over',
      { ...ACCOUNT, birth_date: '2990-01-01' },
      'The birth date field must be a date before today.',
      { birth_date: ['The birth date field must be a date before today.'] },
    ],
  ])('%s', async (_what, body, message, errors) => {
    expect(await refused(body)).toEqual({ success: false, message, errors });
  });

  it.each([
    ['1990-1-1', '1990-01-01'],
    ['1990/01/01', '1990-01-01'],
    ['1990-01-01T00:00:00.000Z', '1990-01-01'],
    ['1989-12-31T23:00:00.000Z', '1990-01-01'],
  ])('a date picker’s %s is %s', async (birth_date, day) => {
    const email = `${Math.random().toString(36).slice(2)}@example.com`;
    const { body } = await shop.visitor
      .post('/api/v1/auth/register', { ...ACCOUNT, email, birth_date })
      .expect(201);
    expect(body.data.user.birth_date).toBe(day);
  });

  it.each([true, 1, '1'])('a checkbox with %j is checked', async (newsletter_subscription) => {
    const email = `${Math.random().toString(36).slice(2)}@example.com`;
    const { body } = await shop.visitor
      .post('/api/v1/auth/register', { ...ACCOUNT, email, newsletter_subscription })
      .expect(201);
    expect(body.data.user.newsletter_subscription).toBe(true);
    const customer = shop.visitor.withToken(body.data.token);
    for (const off of [false, 0, '0']) {
      const changed = await customer
        .put('/api/v1/auth/profile', { newsletter_subscription: off })
        .expect(200);
      expect(changed.body.data.user).toMatchObject({ newsletter_subscription: false, name: ACCOUNT.name });
    }
  });

  it('a missing or invalid token is “Unauthenticated.”', async () => {
    for (const visitor of [shop.visitor, shop.visitor.withToken('1|abc')]) {
      const { body } = await visitor.get('/api/v1/auth/user').expect(401);
      expect(body).toEqual({ success: false, message: 'Unauthenticated.' });
    }
    const wrong = { email: 'john@example.com', password: 'wrong' };
    const { body } = await shop.visitor.post('/api/v1/auth/login', wrong).expect(401);
    expect(body).toEqual({ success: false, message: 'These credentials do not match our records.' });
  });

  it('a wrong current password is “The password is incorrect.”', async () => {
    const email = 'changes@example.com';
    const { body } = await shop.visitor.post('/api/v1/auth/register', { ...ACCOUNT, email }).expect(201);
    const passwords = { password: 'password124', password_confirmation: 'password124' };
    const answer = await shop.visitor
      .withToken(body.data.token)
      .post('/api/v1/auth/change-password', { current_password: 'wrong', ...passwords })
      .expect(422);
    expect(answer.body).toEqual({
      success: false,
      message: 'The password is incorrect.',
      errors: { current_password: ['The password is incorrect.'] },
    });
  });
});
