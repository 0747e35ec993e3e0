import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PASSWORD, Shop } from '../support/shop.js';

const vectors: { made_by: string; password: string; hash: string }[] = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'old-hashes.json'), 'utf8'),
);
const hashOf = (maker: RegExp) =>
  vectors.find(({ made_by, password }) => maker.test(made_by) && password === PASSWORD)!.hash;
const BCRYPT = hashOf(/^PHP.*cost 10$/);
const HEADER = 'username,email,name,phone,birth_date,gender,role,password_hash,created_at';

describe('npm run import:users', () => {
  let shop: Shop;
  let folder: string;
  beforeAll(async () => {
    shop = await Shop.open();
    folder = await mkdtemp(path.join(tmpdir(), 'import-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await shop.close();
  });

  /** What the command says and how it ends, for a file of this content. */
  const importing = (content: string | Buffer, name = 'users.csv') => {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    return run(file);
  };
  const run = (...args: string[]) =>
    new Promise<{ code: number; refused: string[]; said: string }>((resolve) => {
      const env = {
        PATH: process.env.PATH,
        DATABASE_URL: shop.databaseUrl,
        DATA_DIR: process.env.TEST_DATA_DIR,
      };
      execFile(
        process.execPath,
        ['dist/src/cli/import-users.js', ...args],
        { env },
        (error, stdout, stderr) =>
          resolve({
            code: error ? Number(error.code) : 0,
            refused: stderr.split('\n').filter(Boolean),
            said: stdout.trim().split('\n').at(-1)!,
          }),
      );
    });
  const rowOf = async (username: string) => {
    const { rows } = await shop.database.query(
      `SELECT email, name, phone, birth_date::text, gender, role, password_hash, created_at FROM users WHERE username = $1`,
      [username],
    );
    return rows[0];
  };

  it('brings in users who sign in with the passwords they have, once however often it runs', async () => {
    const file = [
      HEADER,
      `anna,anna@old.example.com,"Anna ""A."" Müller",0123456789,1990-01-31,female,,${hashOf(/BCryptSHA256PasswordHasher$/)},2020-02-29 12:00:00.123456+01`,
      `berta,Berta@old.example.com,,,,,admin,${hashOf(/PBKDF2PasswordHasher$/)},`,
      `"carl@old.example.com",carl@old.example.com,"Carl`,
      `of two lines",,,,customer,${BCRYPT},2024-01-01T00:00:00Z`,
      '',
    ].join('\n');

    expect(await importing(file)).toEqual({
      code: 0,
      refused: [],
      said: '3 imported, 0 there already, 0 refused.',
    });
    expect(await rowOf('anna')).toMatchObject({
      name: 'Anna "A." Müller',
      phone: '0123456789',
      birth_date: '1990-01-31',
      gender: 'female',
      role: 'customer',
      created_at: new Date('2020-02-29T11:00:00.123Z'),
    });
    expect(await rowOf('carl@old.example.com')).toMatchObject({ name: 'Carl\nof two lines' });
    for (const login of ['anna', 'berta@old.example.com', 'carl@old.example.com']) await shop.signIn(login);
    await (await shop.signIn('berta')).get('/api/users').expect(200);

    const upgraded = await rowOf('anna');
    expect(await importing(file)).toEqual({
      code: 0,
      refused: [],
      said: '0 imported, 3 there already, 0 refused.',
    });
    expect(await rowOf('anna')).toEqual(upgraded);
  });

  it('says of each line that it refuses the number, the field and the reason, and imports the others', async () => {
    const line = (cells: Partial<Record<string, string>>) =>
      HEADER.split(',')
        .map(
          (name) =>
            cells[name] ?? { username: 'x', email: 'x@old.example.com', password_hash: BCRYPT }[name] ?? '',
        )
        .join(',');
    const { code, refused, said } = await importing(
      [
        HEADER,
        line({ username: 'first', email: 'first@old.example.com' }),
        line({ username: '' }),
        line({ email: 'nobody' }),
        line({ password_hash: '5f4dcc3b5aa765d61d8327deb882cf99' }),
        line({ password_hash: '' }),
        '"name in',
        'two lines",x@old.example.com,,,,,,secret123,',
        line({ role: 'root' }),
        line({ birth_date: '31/01/1990' }),
        line({ created_at: '2023-02-30 10:00:00' }),
        line({ created_at: '2999-01-01' }),
        line({ username: 'other@old.example.com' }),
        line({ username: 'JOHN', email: 'someone@old.example.com' }),
        line({ username: 'someone', email: 'Jane@Example.com' }),
        line({ username: 'first', email: 'second@old.example.com' }),
        'short,line@old.example.com',
        `${line({ username: 'long' })},one more`,
        line({ username: 'last', email: 'last@old.example.com' }),
      ].join('\r\n'),
    );

    expect(refused).toEqual([
      'line 3: username: username is required',
      'line 4: email: email must be an email',
      'line 5: password_hash: password_hash is in no format that a login could verify',
      'line 6: password_hash: password_hash is required',
      expect.stringMatching(/^line 7: (username|password_hash): /),
      'line 9: role: role must be one of the following values: admin, customer',
      'line 10: birth_date: birth_date must be a date in the past, as YYYY-MM-DD',
      'line 11: created_at: created_at must be a moment in the past, such as 2024-01-31 12:00:00',
      'line 12: created_at: created_at must be a moment in the past, such as 2024-01-31 12:00:00',
      'line 13: username: A username with an @ must be the email itself.',
      'line 14: username: username belongs to another user',
      'line 15: email: email belongs to another user',
      'line 16: username: username belongs to another user',
      'line 17: columns: 2 instead of 9',
      'line 18: columns: 10 instead of 9',
    ]);
    expect(said).toBe('2 imported, 0 there already, 15 refused.');
    expect(code).toBe(1);
    await shop.signIn('first');
    await shop.signIn('last');
  });

  it('never overwrites a user that is there', async () => {
    const john = await rowOf('john');
    const file = `${HEADER}\njohn,john@example.com,Mallory,,,,admin,${BCRYPT},\n`;
    expect(await importing(file)).toMatchObject({ code: 0, said: '0 imported, 1 there already, 0 refused.' });
    expect(await rowOf('john')).toEqual(john);
  });

  it('reads a byte order mark, columns in any order, and names those that it does not read', async () => {
    const file = `\uFEFFpassword_hash,Email,shoe_size,username\n${BCRYPT},bom@old.example.com,44,bom\n`;
    expect(await importing(file)).toEqual({
      code: 0,
      refused: ['Columns that are not read: shoe_size'],
      said: '1 imported, 0 there already, 0 refused.',
    });
  });

  it('refuses text that is not UTF-8 rather than store it broken', async () => {
    const file = Buffer.from(`${HEADER}\nlatin,latin@old.example.com,Ren\xe9,,,,,${BCRYPT},\n`, 'latin1');
    expect(await importing(file)).toMatchObject({
      code: 1,
      refused: ['line 2: name: name is not UTF-8 text'],
    });
  });

  it.each([
    ['a file that is not there', () => run(path.join(folder, 'nothing.csv')), /ENOENT/],
    ['a folder', () => run(folder), /EISDIR/],
    ['no file at all', () => run(), /Say which file/],
    ['an empty file', () => importing(''), /The file is empty/],
    ['a header without password_hash', () => importing('username,email\na,a@example.com\n'), /password_hash/],
    ['a quote without an end', () => importing(`${HEADER}\n"a,b\n`), /[Qq]uote/],
  ])('ends with 2 on %s', async (_what, importing, reason) => {
    const { code, refused } = await importing();
    expect(code).toBe(2);
    expect(refused.join('\n')).toMatch(reason);
    expect(refused).toHaveLength(1);
  });

  it('takes 20,000 lines in a few seconds', async () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, n) =>
        `many${n},many${n}@old.example.com,Many ${n},0123456789,1990-01-01,other,,${BCRYPT},2024-01-01 00:00:00`,
    );
    const file = [HEADER, ...lines].join('\n');
    const from = performance.now();
    expect(await importing(file)).toMatchObject({
      code: 0,
      said: '20000 imported, 0 there already, 0 refused.',
    });
    expect(performance.now() - from).toBeLessThan(12_000);
    expect(await importing(file)).toMatchObject({
      code: 0,
      said: '0 imported, 20000 there already, 0 refused.',
    });
    await shop.signIn('many19999');
  });
});
