import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CommandHost } from '../support/commands.js';
import { linkIn, MailServer } from '../support/mail-server.js';
import { PASSWORD, Shop } from '../support/shop.js';

const HERE = import.meta.dirname;
const vectors: { made_by: string; password: string; hash: string }[] = JSON.parse(
  readFileSync(path.join(HERE, 'old-hashes.json'), 'utf8'),
);
/** Hash of `password123` by the library whose name begins like this. */
const hashBy = (maker: string) =>
  vectors.find(({ made_by, password }) => made_by.startsWith(maker) && password === PASSWORD)!.hash;
const BCRYPT = hashBy('PHP 8.2.35 password_hash, cost 10');
const PEPPER = 'a pepper of the old shop';
/** By Devise 4.8.1 with this pepper. */
const PEPPERED = '$2a$12$n8UgM22/aIi.OEAElfcWqO2iKj1UHtee7cmZZYJy3SdyIU6zuK30G';
const HEADER = 'username,email,name,phone,birth_date,gender,role,password_hash,created_at';

let shop: Shop;
let commands: CommandHost;
let mailServer: MailServer;
let folder: string;
beforeAll(async () => {
  mailServer = await MailServer.start();
  shop = await Shop.open({ env: { SMTP_URL: mailServer.url } });
  commands = new CommandHost(shop);
  folder = await mkdtemp(path.join(tmpdir(), 'import-'));
});
afterAll(async () => {
  commands.stop();
  await rm(folder, { recursive: true });
  await shop.close();
  await mailServer.stop();
});

/** Output and exit code of the command for a file with this content. */
const importing = (content: string | Buffer, ...options: string[]) => {
  const file = path.join(folder, 'users.csv');
  writeFileSync(file, content);
  return run(...options, file);
};
const run = (...args: string[]) => commands.run('import-users', args);
const userOf = async (email: string) => {
  const { rows } = await shop.database.query(
    `SELECT username, email, name, phone, birth_date::text, gender, role, language, newsletter_subscription,
            shipping_address, email_verified_at, password_hash, created_at FROM users WHERE email = $1`,
    [email],
  );
  return rows[0];
};
const table = (...rows: string[][]) =>
  rows
    .map((row) =>
      row.map((cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(','),
    )
    .join('\n');

interface Export {
  peer: string;
  file: string | Buffer;
  options?: string[];
  /** The summary and the reported lines. */
  said: string;
  told?: unknown[];
  code?: number;
  /** Signs in with `password123`, and returns the account's data. */
  email: string;
  user: object;
}

const EXPORTS: Export[] = [
  {
    peer: 'Django 3.2.25, dumpdata auth',
    file: readFileSync(path.join(HERE, 'exports/django-3.2.25-dumpdata.json')),
    said: '3 imported, 1 of them changed, 0 there already, 2 refused.',
    told: [
      expect.stringMatching(
        /^line \d+: changed: password_hash: left out, it cannot be verified here; the account must reset/,
      ),
      expect.stringMatching(/^line \d+: refused: is not active there \(false\)$/),
      expect.stringMatching(/^line \d+: refused: email: is required$/),
    ],
    code: 1,
    email: 'Anna@example.org',
    user: {
      username: 'Anna',
      name: 'Anna Müller',
      role: 'customer',
      created_at: new Date('2024-02-29T12:30:15.123Z'),
    },
  },
  {
    peer: 'Django 3.2 auth_user, psql \\copy with header',
    file: table(
      'id,password,last_login,is_superuser,username,first_name,last_name,email,is_staff,is_active,date_joined'.split(
        ',',
      ),
      [
        '1',
        hashBy('Django 3.2.25 PBKDF2PasswordHasher'),
        '',
        'f',
        'pg_anna',
        'Anna',
        'Müller',
        'pg.anna@example.org',
        'f',
        't',
        '2020-02-29 12:00:00.123456+01',
      ],
      [
        '2',
        hashBy('Django 3.2.25 BCryptSHA256'),
        '',
        't',
        'pg_root',
        '',
        '',
        'pg.root@example.org',
        't',
        't',
        '2020-02-29 12:00:00+00',
      ],
      [
        '3',
        hashBy('Django 3.2.25 PBKDF2PasswordHasher'),
        '',
        'f',
        'pg_gone',
        '',
        '',
        'pg.gone@example.org',
        'f',
        'f',
        '2020-02-29 12:00:00+00',
      ],
    ),
    said: '2 imported, 0 of them changed, 0 there already, 1 refused.',
    told: [
      expect.stringMatching(/^Columns that are not read: id, last_login, is_superuser, is_staff$/),
      'line 4: refused: is not active there (f)',
    ],
    code: 1,
    email: 'pg.root@example.org',
    user: { username: 'pg_root', role: 'customer' },
  },
  {
    peer: 'Laravel 8 users, mysql --batch (tabs, NULL)',
    file: [
      'id\tname\temail\temail_verified_at\tpassword\tremember_token\tcreated_at\tupdated_at',
      `1\tJohn "Jo" Roe\tjohn.roe@example.org\t2023-01-02 03:04:05\t${hashBy('Laravel 8')}\tNULL\t2023-01-01 00:00:00\tNULL`,
      `2\tNew\tnew.roe@example.org\tNULL\t${hashBy('Laravel 8.83.26 Argon2IdHasher')}\tNULL\tNULL\tNULL`,
    ].join('\n'),
    said: '2 imported, 0 of them changed, 0 there already, 0 refused.',
    told: ['Columns that are not read: id, remember_token, updated_at'],
    email: 'john.roe@example.org',
    user: {
      username: 'john.roe',
      name: 'John "Jo" Roe',
      email_verified_at: new Date('2023-01-02T03:04:05Z'),
    },
  },
  {
    peer: 'WordPress 6.1 wp_users, phpMyAdmin CSV',
    file: table(
      'ID,user_login,user_pass,user_nicename,user_email,user_url,user_registered,user_activation_key,user_status,display_name'.split(
        ',',
      ),
      [
        '1',
        'Marie Curie',
        hashBy('WordPress 6.1.9'),
        'marie',
        'marie@example.org',
        '',
        '0000-00-00 00:00:00',
        '',
        '0',
        'Marie Curie',
      ],
      [
        '2',
        'pierre',
        '5f4dcc3b5aa765d61d8327deb882cf99',
        'pierre',
        'pierre@example.org',
        '',
        '2012-05-06 07:08:09',
        '',
        '0',
        'Pierre',
      ],
    ),
    said: '2 imported, 2 of them changed, 0 there already, 0 refused.',
    told: [
      expect.stringMatching(/^Columns that are not read/),
      'line 2: changed: username: Marie_Curie, since a username here holds letters, digits and . + - _ only',
      'line 3: changed: password_hash: left out, MD5 is refused; the account must reset its password',
    ],
    email: 'marie@example.org',
    user: { username: 'Marie_Curie', name: 'Marie Curie' },
  },
  {
    peer: 'WooCommerce 9 customers with WordPress 6.8 hashes',
    file: table(
      'user_login,user_email,user_pass,first_name,last_name,date_registered,role,billing_phone,billing_address_1,billing_postcode,billing_city,billing_country,shipping_address_1,shipping_postcode,shipping_city,shipping_country,locale'.split(
        ',',
      ),
      [
        'woo',
        'woo@example.org',
        hashBy('PHP 8.2.36 password_hash, as WordPress 6.8'),
        'Léa',
        'Petit',
        '2021-03-04 05:06:07',
        'customer',
        '06\u00a012\u00a034\u00a056\u00a078',
        '1 rue A',
        '75001',
        'Paris',
        'FR',
        '2 rue B',
        '69001',
        'Lyon',
        'FR',
        'fr_FR',
      ],
    ),
    said: '1 imported, 0 of them changed, 0 there already, 0 refused.',
    email: 'woo@example.org',
    user: {
      name: 'Léa Petit',
      phone: '06 12 34 56 78',
      shipping_address: '2 rue B, 69001 Lyon, FR',
      language: 'fr',
    },
  },
  {
    peer: 'PrestaShop 8, ps_customer with semicolons in Windows-1252',
    file: Buffer.from(
      [
        'id_customer;id_gender;company;firstname;lastname;email;passwd;birthday;newsletter;optin;active;is_guest;deleted;date_add',
        `1;2;;Zoé;Lefèvre;zoe@example.org;${hashBy('PHP 8.2.36 password_hash, as PrestaShop')};1990-01-31;1;0;1;0;0;2019-01-02 03:04:05`,
        `2;1;;Guest;One;guest.one@example.org;${BCRYPT};0000-00-00;0;0;1;1;0;2019-01-02 03:04:05`,
        `3;1;;Gone;One;gone.one@example.org;${BCRYPT};0000-00-00;0;0;1;0;1;2019-01-02 03:04:05`,
      ].join('\r\n'),
      'latin1',
    ),
    said: '1 imported, 0 of them changed, 0 there already, 2 refused.',
    told: [
      expect.stringMatching(/^Columns that are not read/),
      'line 3: refused: is a guest there, without an account',
      'line 4: refused: is deleted there',
    ],
    code: 1,
    email: 'zoe@example.org',
    user: {
      username: 'zoe',
      name: 'Zoé Lefèvre',
      gender: 'female',
      birth_date: '1990-01-31',
      newsletter_subscription: true,
    },
  },
  {
    peer: 'Magento 2.4, customers main file',
    file: table(
      'email,_website,_store,confirmation,created_at,created_in,disable_auto_group_change,dob,firstname,gender,group_id,lastname,middlename,password_hash,prefix,store_id,website_id,password'.split(
        ',',
      ),
      [
        'magento@example.org',
        'base',
        'default',
        '',
        '2022-01-02 03:04:05',
        'Default',
        '0',
        '1/31/1990',
        'Max',
        'Male',
        '1',
        'Muster',
        '',
        hashBy('PHP 8.2.36 libsodium 1.0.18, as Magento 2.4 Encryptor calls it, version 3'),
        '',
        '1',
        '1',
        '',
      ],
    ),
    said: '1 imported, 0 of them changed, 0 there already, 0 refused.',
    email: 'magento@example.org',
    user: { name: 'Max Muster', gender: 'male', birth_date: '1990-01-31' },
  },
  {
    peer: 'Devise 4.8.1 users with a pepper',
    file: table(
      'id,email,encrypted_password,reset_password_token,confirmed_at,created_at,updated_at'.split(','),
      [
        '1',
        'devise@example.org',
        PEPPERED,
        '',
        '2020-01-02 00:00:00',
        '2020-01-01 00:00:00',
        '2020-01-01 00:00:00',
      ],
    ),
    options: [`--pepper=${PEPPER}`],
    said: '1 imported, 0 of them changed, 0 there already, 0 refused.',
    email: 'devise@example.org',
    user: {
      email_verified_at: new Date('2020-01-02T00:00:00Z'),
      password_hash: expect.not.stringContaining(PEPPER),
    },
  },
  {
    peer: 'Medusa 2 customers with scrypt-kdf 2.0.1, JSON lines',
    file: [
      {
        id: 'cus_1',
        email: 'medusa@example.org',
        first_name: 'Mia',
        last_name: null,
        phone: null,
        has_account: true,
        provider_metadata: { password: hashBy('scrypt-kdf 2.0.1') },
      },
      { id: 'cus_2', email: 'medusa@example.org', first_name: 'Mia', has_account: false },
    ]
      .map((row) => JSON.stringify(row))
      .join('\n'),
    said: '1 imported, 0 of them changed, 0 there already, 1 refused.',
    told: ['line 2: refused: is a guest there, without an account'],
    code: 1,
    email: 'medusa@example.org',
    user: { name: 'Mia', username: 'medusa' },
  },
  {
    peer: 'Vendure 3 users and customers, joined',
    file: table(
      'createdAt,identifier,verified,passwordHash,firstName,lastName,phoneNumber,emailAddress,deletedAt'.split(
        ',',
      ),
      [
        '2024-05-06T07:08:09.000Z',
        'vendure@example.org',
        'true',
        hashBy('bcrypt 6.0.0, as Vendure'),
        'Vera',
        'Dure',
        '+44 (0)20 7946 0000',
        'vendure@example.org',
        '',
      ],
    ),
    said: '1 imported, 0 of them changed, 0 there already, 0 refused.',
    email: 'vendure@example.org',
    user: {
      name: 'Vera Dure',
      phone: '+44 (0)20 7946 0000',
      email_verified_at: new Date('2024-05-06T07:08:09Z'),
    },
  },
];

describe('npm run import:users reads unmodified exports:', () => {
  it.each(EXPORTS)('$peer', async ({ file, options = [], said, told, code = 0, email, user }) => {
    const result = await importing(file, ...options);
    expect(result).toMatchObject({ said, code });
    if (told) expect(result.told).toEqual(told);
    expect(await userOf(email)).toMatchObject(user);

    await shop.signIn(email);
    const upgraded = await userOf(email);
    expect(upgraded.password_hash).toMatch(/^bcrypt_sha256\$/);
    const again = await importing(file, ...options);
    expect(again.said).toMatch(/^0 imported, 0 of them changed, [1-9]\d* there already/);
    expect(await userOf(email)).toEqual(upgraded);
  });

  it('Shopify customers, who have no passwords: --invite mails a link to choose one', async () => {
    const file = table(
      'Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags'.split(
        ',',
      ),
      [
        "'6601",
        'Sho',
        'Pify',
        'shopify@example.org',
        'yes',
        '',
        '1 Main St',
        '',
        'Ottawa',
        'ON',
        'CA',
        'K1A 0A1',
        '',
        "'+16135550123",
        'no',
        '12.00',
        '1',
        '',
        'no',
        '',
      ],
      [
        "'6602",
        'No',
        'Address',
        '',
        'no',
        '',
        '',
        '',
        '',
        '',
        '',
        '',
        '',
        "'+16135550124",
        'no',
        '0.00',
        '0',
        '',
        'no',
        '',
      ],
    );
    const { said, told } = await importing(file, '--invite');
    expect(said).toBe('1 imported, 0 of them changed, 0 there already, 1 refused.');
    expect(told).toEqual([
      expect.stringMatching(/^Columns that are not read: Customer ID/),
      'No column holds password hashes: each account must reset its password.',
      'line 3: refused: email: is required',
    ]);
    expect(await userOf('shopify@example.org')).toMatchObject({
      name: 'Sho Pify',
      phone: '+16135550123',
      newsletter_subscription: true,
      shipping_address: '1 Main St, K1A 0A1 Ottawa, CA',
    });

    await shop.visitor.post('/api/auth/login', { email: 'shopify@example.org', password: '!' }).expect(401);
    const link = linkIn(await mailServer.mailTo('shopify@example.org', { subject: /Choose a password/ }));
    await shop.visitor.post(link, { new_password: 'my first password' }).expect(200);
    await shop.signIn('shopify@example.org', 'my first password');
    expect((await userOf('shopify@example.org')).email_verified_at).not.toBeNull();

    await importing(file, '--invite');
    expect(mailServer.mails.filter(({ subject }) => /Choose a password/.test(subject!))).toHaveLength(1);
  });

  it('PrestaShop’s back office in French, which has no passwords', async () => {
    const file = [
      '\uFEFF"ID";"Titre de civilité";"Prénom";"Nom";"Adresse e-mail";"Ventes";"Activé";"Newsletter";"Inscription"',
      '"1";"Mme";"Zoé";"Noël";"zoe.noel@example.org";"12,00 €";"1";"0";"2019-01-02 03:04:05"',
    ].join('\r\n');
    expect(await importing(file)).toMatchObject({ code: 0, said: expect.stringMatching(/^1 imported/) });
    expect(await userOf('zoe.noel@example.org')).toMatchObject({ name: 'Zoé Noël', gender: 'female' });
  });

  it('Excel’s “Unicode text”: UTF-16 with tabs', async () => {
    const text = `\uFEFFEmail\tName\tpassword_hash\r\nexcel@example.org\tŁukasz\t${BCRYPT}\r\n`;
    expect(await importing(Buffer.from(text, 'utf16le'))).toMatchObject({ code: 0 });
    expect(await userOf('excel@example.org')).toMatchObject({ name: 'Łukasz' });
  });
});

describe('npm run import:users', () => {
  it('reports changed and refused values with the line’s number, and imports the other lines', async () => {
    const line = (cells: Partial<Record<string, string>>) =>
      HEADER.split(',')
        .map(
          (name) =>
            cells[name] ?? { username: 'x', email: 'x@old.example.com', password_hash: BCRYPT }[name] ?? '',
        )
        .join(',');
    const { code, told, said } = await importing(
      [
        HEADER,
        line({ username: 'first', email: 'first@old.example.com' }),
        line({ username: '', email: 'made@old.example.com' }),
        line({ email: 'nobody' }),
        line({ email: 'sha1@old.example.com', username: 's1', password_hash: `sha1$x$${'a'.repeat(40)}` }),
        '"two',
        'lines",two@old.example.com,,,,,,secret123,',
        line({ email: 'a1@old.example.com', username: 'a1', role: 'root', phone: 'call me' }),
        line({ email: 'a2@old.example.com', username: 'a2', birth_date: '02/01/1990', gender: 'robot' }),
        line({ email: 'a3@old.example.com', username: 'a3', created_at: '2023-02-30 10:00:00' }),
        line({ email: 'a4@old.example.com', username: 'a4', created_at: '2999-01-01' }),
        line({ email: 'a5@old.example.com', username: 'other@old.example.com' }),
        line({ email: 'a6@old.example.com', username: 'JOHN' }),
        line({ email: 'Jane@Example.com', username: 'someone' }),
        line({ email: 'FIRST@old.example.com', username: 'second' }),
        'short,line@old.example.com',
        `${line({ username: 'long' })},one more`,
        line({ username: 'last', email: 'last@old.example.com' }),
      ].join('\r\n'),
      `--report=${path.join(folder, 'report.jsonl')}`,
    );

    expect(told).toEqual([
      'line 4: refused: email: is no address',
      'line 5: changed: password_hash: left out, it cannot be verified here; the account must reset its password',
      'line 6: changed: username: two__lines, since a username here holds letters, digits and . + - _ only',
      'line 6: changed: password_hash: left out, it cannot be verified here; the account must reset its password',
      'line 8: changed: phone: left out, it is no phone number',
      'line 8: changed: role: customer',
      'line 9: changed: birth_date: left out, "02/01/1990" says nothing',
      'line 9: changed: gender: left out, "robot" says nothing',
      'line 10: changed: created_at: left out, "2023-02-30 10:00:00" says nothing',
      'line 11: changed: created_at: left out, it is not in the past',
      'line 12: changed: username: a5, since a username here holds letters, digits and . + - _ only',
      expect.stringMatching(/^line 13: changed: username: JOHN\d\d, since another user has the one before$/),
      'line 16: refused: columns: 2 instead of 9',
      'line 17: refused: columns: 10 instead of 9',
    ]);
    expect(said).toBe('11 imported, 8 of them changed, 2 there already, 3 refused.');
    expect(code).toBe(1);
    for (const login of ['first', 'last', 'made', 'a6@old.example.com']) await shop.signIn(login);

    const report = readFileSync(path.join(folder, 'report.jsonl'), 'utf8').trim().split('\n');
    const outcomes = report.map((each) => JSON.parse(each)).map(({ line: n, outcome }) => `${n} ${outcome}`);
    expect(outcomes).toEqual([
      '2 imported',
      '3 imported',
      '4 refused',
      '5 changed',
      '6 changed',
      '8 changed',
      '9 changed',
      '10 changed',
      '11 changed',
      '12 changed',
      '13 changed',
      '14 there',
      '15 there',
      '16 refused',
      '17 refused',
      '18 imported',
    ]);
  });

  it('never changes an existing user', async () => {
    const john = await userOf('john@example.com');
    const file = `${HEADER}\njohn,JOHN@example.com,Mallory,,,,admin,${BCRYPT},\n`;
    expect(await importing(file)).toMatchObject({
      code: 0,
      said: '0 imported, 0 of them changed, 1 there already, 0 refused.',
    });
    expect(await userOf('john@example.com')).toEqual(john);
  });

  it('leaves out text with broken encoding', async () => {
    const broken = Buffer.from('Ren\xe9', 'latin1');
    const file = Buffer.concat([
      Buffer.from(`${HEADER}\nmixed,mixed@old.example.com,`),
      broken,
      Buffer.from(`,,,,,${BCRYPT},\nfine,fine@old.example.com,Renée Müller,,,,,${BCRYPT},\n`),
    ]);
    expect(await importing(file)).toMatchObject({
      told: ['line 2: changed: name: left out, it holds characters that are none'],
    });
    expect(await userOf('fine@old.example.com')).toMatchObject({ name: 'Renée Müller' });
  });

  it.each([
    ['a file that is not there', () => run(path.join(folder, 'nothing.csv')), /ENOENT/],
    ['a folder', () => run(folder), /EISDIR/],
    ['no file at all', () => run(), /Say which file/],
    ['an option that it does not know', () => run('--overwrite', 'x.csv'), /--overwrite/],
    ['an empty file', () => importing(''), /The file is empty/],
    [
      'a header without addresses',
      () => importing('username,password\na,b\n'),
      /no column of e-mail addresses/,
    ],
    ['the same column twice', () => importing('email,email\na,b\n'), /the column email twice/],
    ['a quote without an end', () => importing(`${HEADER}\n"a,b\n`), /[Qq]uote/],
    ['a JSON file that breaks off', () => importing('[{"email": "x@example.org"'), /./],
  ])('exits with 2 for %s', async (_what, importingIt, reason) => {
    const { code, told } = await importingIt();
    expect(code).toBe(2);
    expect(told.join('\n')).toMatch(reason);
  });
});
