import { parse } from 'csv-parse/sync';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Api } from '../support/api.js';
import { type CommandEnd, CommandHost, runCommand } from '../support/commands.js';
import { picture } from '../support/pictures.js';
import { Shop } from '../support/shop.js';
import { until } from '../support/until.js';
import { zip } from '../support/zip.js';

const FIXTURES = path.join(import.meta.dirname, '../fixtures/imports');

describe('npm run import:products', () => {
  let shop: Shop;
  let commands: CommandHost;
  let admin: Api;
  let folder: string;
  let series = 0;
  beforeAll(async () => {
    shop = await Shop.open();
    admin = await shop.admin();
    commands = new CommandHost(shop);
    folder = await mkdtemp(path.join(tmpdir(), 'import-'));
  });
  afterAll(async () => {
    commands.stop();
    await rm(folder, { recursive: true });
    await shop.close();
  });

  const importing = (content: string | Buffer, ...options: string[]): Promise<CommandEnd> => {
    const file = path.join(folder, 'products.csv');
    writeFileSync(file, content);
    return commands.run('import-products', [...options, file]);
  };
  /** A fixture with these edits. */
  const fixture = (name: string, ...edits: [string, string][]) =>
    edits.reduce(
      (text, [from, to]) => {
        expect(text).toContain(from);
        return text.replaceAll(from, to);
      },
      readFileSync(path.join(FIXTURES, name), 'utf8'),
    );
  const ofThisTest = () => `unit${(series += 1)}`;
  const named = async (pattern: string) => {
    const { rows } = await shop.database.query(
      `SELECT p.id, p.name, p.slug, p.description, p.price::text, p.stock, p.on_sale, c.name AS category, p.import_key,
              p.revision + p.stock_sequence AS version
       FROM products p LEFT JOIN categories c ON c.id = p.category_id
       WHERE p.name LIKE $1 AND p.deleted_at IS NULL ORDER BY p.id`,
      [pattern],
    );
    return rows;
  };
  /** By their slugs, without columns that differ between shops. */
  const productsIn = (csv: string): object[] => {
    const options = { bom: true, columns: true, record_delimiter: '\r\n' } as const;
    const ofShop = ['id', 'category_id', 'created_at', 'updated_at'];
    return parse<Record<string, string>>(csv, options)
      .map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !ofShop.includes(name))))
      .sort((one, two) => (one.slug! < two.slug! ? -1 : 1));
  };
  /** All tables that an import may change. */
  const everything = async () => {
    const tables = [
      'products',
      'product_versions',
      'stock_movements',
      'categories',
      'audit_log',
      'search_words',
      'pictures',
      'picture_files',
    ];
    const sums = tables.map(
      (table) => `(SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM ${table} t) AS ${table}`,
    );
    return (await shop.database.query(`SELECT ${sums.join()}`)).rows[0];
  };

  describe('our own export', () => {
    it('saved by a French Excel changes nothing when it is imported again', async () => {
      const unit = ofThisTest();
      const fields = { description: 'Two lines:\n“;” and ","', price: '1234.50', stock: 3 };
      for (const name of [`=${unit}+1`, `${unit}; half`, `'@${unit}`]) {
        await admin.post('/api/products', { ...fields, name, category: 'Unités' }).expect(201);
      }
      const exported = await admin.get('/api/admin/csv/products?dialect=excel-fr').expect(200);
      expect(exported.text).toContain(`'=${unit}+1`);
      const before = await everything();
      const unchanged = await importing(`\uFEFF${exported.text.replace(/^\uFEFF/, '')}`);
      expect(unchanged.said).toMatch(/^0 created, 0 changed, \d+ unchanged, 0 skipped, 0 refused\. Nothing/);
      expect(unchanged.code).toBe(0);
      expect(await everything()).toEqual(before);

      // Excel writes other booleans and fewer zeros
      const edited = exported.text
        .split('\r\n')
        .map((line) => line.replace(';true;', ';VRAI;').replace(';1234,50;', ';1 234,5;'))
        .join('\r\n');
      expect((await importing(edited)).said).toMatch(/^0 created, 0 changed/);
      expect(await everything()).toEqual(before);
    });

    it('creates the same products in another shop, whatever their texts', async () => {
      const unit = ofThisTest();
      const texts = [
        '=1+1', "'", "''=x", '-5', '+33 1', '@x', '"', '""', 'a "b" c', ';', ',', '|', 'a;b,c\td', 'a\nb', 'a\r\nb',
        'a\rb', 'NULL', 'true', '007', '1,5', '1e3', '[1]', '{"a":1}', '\\', '\\n', '\\"', 'é', 'e\u0301', '日本',
        'שלום', '🧥👩‍👩‍👧', 'a\u00a0b', 'a\u2028b', 'x\ufeffy', '＝x', '<b>x</b>', '&amp;', '%20', '${x}', 'x'.repeat(4_990),
      ]; // prettier-ignore
      const rows = Array.from({ length: 1_100 }, (_, n) => {
        const text = texts[n % texts.length]!;
        const category = n % 3 === 0 ? null : `${unit} ${n % 7 === 0 ? '=' : ''}"kind"; ${n % 11}, é`;
        return [`${text.slice(0, 100)} ${unit} ${n}`, text, `${n}.${n % 100}`, n, n % 5 > 0, category];
      });
      rows.push([`${unit} dearest`, '', '99999999.99', 1_000_000_000, true, null]);
      for (const name of new Set(rows.flatMap((row) => (row[5] as string | null) ?? []))) {
        await admin.post('/api/categories', { name }).expect(201);
      }
      await shop.database.query(
        `WITH made AS (
           INSERT INTO products (name, slug, description, price, stock, stock_sequence, on_sale, category_id)
           SELECT name, 'p-' || md5(name), description, price, stock, 1, on_sale,
                  (SELECT id FROM categories c WHERE c.name = category)
           FROM unnest($1::text[], $2::text[], $3::numeric[], $4::int[], $5::boolean[], $6::text[])
             AS t (name, description, price, stock, on_sale, category)
           RETURNING id, stock
         )
         INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
         SELECT id, 1, stock, stock, 'initial' FROM made`,
        Array.from({ length: 6 }, (_, column) => rows.map((row) => row[column])),
      );
      const other = await Shop.open();
      await other.newProduct({ name: 'first of all' });
      const otherAdmin = await other.admin();
      await otherAdmin.post('/api/categories', { name: 'first of all' }).expect(201);
      const address = `/api/admin/csv/products?search=${unit}`;
      const exported = await admin.get(address).expect(200);
      const file = path.join(folder, 'there.csv');
      writeFileSync(file, exported.text);
      const { said } = await runCommand(other, 'import-products', [file]);
      expect(said).toBe('1101 created, 0 changed, 0 unchanged, 0 skipped, 0 refused.');
      const back = await otherAdmin.get(address).expect(200);
      expect(productsIn(back.text)).toEqual(productsIn(exported.text));
      expect(productsIn(back.text)).toHaveLength(1_101);
      await other.close();
    });

    it('changes only cells that were edited in the file, and keeps edits made here since the export', async () => {
      const unit = ofThisTest();
      const fields = { description: 'Plain', price: '1.00', stock: 4, category: `${unit} Lamps` };
      const made = async (name: string) =>
        (await admin.post('/api/products', { ...fields, name: `${unit} ${name}` }).expect(201)).body;
      const [edited, both, moved] = [await made('edited'), await made('both'), await made('moved')];
      const kept = await made('as it is');
      const { text } = await admin.get(`/api/admin/csv/products?search=${unit}`).expect(200);

      const since = { name: `${unit} renamed`, price: '2.00', category: `${unit} Desks` };
      await admin.patch(`/api/products/${edited.id}`, { ...since, available: false }).expect(200);
      await admin.patch(`/api/products/${edited.id}`, { description: 'Oiled twice' }).expect(200);
      await admin.patch(`/api/products/${both.id}`, { price: '3.00', description: 'Oiled' }).expect(200);
      await admin.patch(`/api/products/${moved.id}`, { category: null }).expect(200);
      const before = await named(`${unit} %`);
      expect((await importing(text)).said).toMatch(/^0 created, 0 changed, 4 unchanged/);
      expect(await named(`${unit} %`)).toEqual(before);

      const table = text
        .replace(/(both.*),1\.00,4,/, '$1,5.00,9,')
        .replace(`${unit} moved,`, `${unit} moved on,`);
      expect((await importing(table)).said).toMatch(/^0 created, 2 changed, 2 unchanged/);
      expect(await named(`${unit} %`)).toMatchObject([
        { ...since, description: 'Oiled twice', on_sale: false },
        { name: `${unit} both`, price: '5.00', stock: 9, description: 'Oiled', category: `${unit} Lamps` },
        { name: `${unit} moved on`, price: '1.00', category: null },
        { id: String(kept.id), version: kept.version },
      ]);

      const withoutTime = text.replace(/(T[\d:.]+Z),[\d-]+T[\d:.]+Z,/g, '$1,,');
      expect((await importing(withoutTime)).said).toMatch(/^0 created, 3 changed, 1 unchanged/);
      expect(await named(`${unit} %`)).toMatchObject(
        ['edited', 'both', 'moved', 'as it is'].map((name) => ({
          name: `${unit} ${name}`,
          description: 'Plain',
          price: '1.00',
          stock: 4,
          on_sale: true,
          category: `${unit} Lamps`,
        })),
      );
    });

    it('uses a category that was renamed or merged since, without regard to case and spaces', async () => {
      const unit = ofThisTest();
      const made = { name: `${unit} one`, price: '1.00', stock: 1, category: `${unit} Old  Lamps` };
      await admin.post('/api/products', made).expect(201);
      const { text } = await admin.get(`/api/admin/csv/products?search=${unit}`).expect(200);
      const idOf = async (name: string) =>
        (await shop.database.query('SELECT id::int FROM categories WHERE name = $1', [name])).rows[0]?.id;
      const old = await idOf(`${unit} Old Lamps`);
      await admin.patch(`/api/categories/${old}`, { name: `${unit} New Lamps` }).expect(200);
      expect((await importing(text)).said).toMatch(/^0 created, 0 changed, 1 unchanged/);
      const { body: into } = await admin.post('/api/categories', { name: `${unit} Lights` }).expect(201);
      await admin.post(`/api/categories/${old}/merge`, { into: into.id }).expect(200);
      expect((await importing(text)).said).toMatch(/^0 created, 0 changed, 1 unchanged/);
      expect(await named(`${unit} one`)).toMatchObject([{ category: `${unit} Lights` }]);
      expect(await idOf(`${unit} Old Lamps`)).toBeUndefined();
    });

    it('uses a category that was renamed since, and not another shop’s category with the same id', async () => {
      const unit = ofThisTest();
      const made = { name: `${unit} one`, price: '1.00', stock: 1, category: `${unit} old` };
      const { body: product } = await admin.post('/api/products', made).expect(201);
      const exported = await admin.get(`/api/admin/csv/products?ids=${product.id}`).expect(200);
      const { rows } = await shop.database.query('SELECT id FROM categories WHERE name = $1', [
        `${unit} old`,
      ]);
      await admin.patch(`/api/categories/${rows[0].id}`, { name: `${unit} new` }).expect(200);
      expect((await importing(exported.text)).said).toMatch(/^0 created, 0 changed, 1 unchanged/);
      const elsewhere = exported.text.replaceAll(`${unit} old`, `${unit} other`);
      expect((await importing(elsewhere)).said).toMatch(/^0 created, 1 changed/);
      expect(await named(`${unit} one`)).toMatchObject([{ category: `${unit} other` }]);
    });

    it('changes what differs, with a version, a ledger row and an entry of the audit log', async () => {
      const unit = ofThisTest();
      const desk = await shop.newProduct({ name: `${unit} desk`, price: '10.00', stock: 5 });
      const lamp = await shop.newProduct({ name: `${unit} lamp`, price: '20.00', stock: 2 });
      const table = `slug;price;stock;on_sale;category\r\n${desk.slug};12,50;9;;${unit} rooms\r\n${lamp.slug};20;2;faux;\r\n`;
      expect((await importing(table)).said).toBe('0 created, 2 changed, 0 unchanged, 0 skipped, 0 refused.');
      expect(await named(`${unit} %`)).toMatchObject([
        { price: '12.50', stock: 9, on_sale: true, category: `${unit} rooms`, version: desk.version + 2 },
        { price: '20.00', stock: 2, on_sale: false, category: null, version: lamp.version + 1 },
      ]);
      const { rows: movements } = await shop.database.query(
        `SELECT delta, stock_after, reason, note FROM stock_movements WHERE product_id = $1 AND sequence > 1`,
        [desk.id],
      );
      expect(movements).toEqual([
        { delta: 4, stock_after: 9, reason: 'adjustment', note: 'Import of products.csv' },
      ]);
      // a form that was opened before the import does not revert it
      await admin
        .patch(`/api/products/${desk.id}`, { version: desk.version, price: '10.00', name: `${unit} bureau` })
        .expect(200);
      expect(await named(`${unit} bureau`)).toMatchObject([{ price: '12.50', stock: 9 }]);
      const { rows: entries } = await shop.database.query(
        `SELECT actor_id, action, before, after FROM audit_log
         WHERE (model, row_id) = ('products', $1) AND actor_id IS NULL ORDER BY id`,
        [String(desk.id)],
      );
      expect(entries).toMatchObject([
        { action: 'update', before: { price: '10.00' }, after: { price: '12.50' } },
        { action: 'stock', before: { stock: 5 }, after: { stock: 9, reason: 'Import of products.csv' } },
      ]);
      const {
        rows: [import_],
      } = await shop.database.query(
        `SELECT after FROM audit_log WHERE action = 'import' ORDER BY id DESC LIMIT 1`,
      );
      expect(import_.after).toMatchObject({ file: 'products.csv', created: 0, changed: 2 });
    });

    it('accepts a stock above the maximum that a cancellation made, but raises none above it', async () => {
      const { id, slug } = await shop.newProduct({ stock: 5 });
      const { body: order } = await admin
        .post('/api/orders', { items: [{ product_id: id, quantity: 5 }] })
        .expect(201);
      await admin.post(`/api/products/${id}/stock`, { set: 1_000_000_000 }).expect(200);
      await admin.patch(`/api/orders/${order.id}`, { status: 'cancelled' }).expect(200);
      const table = (stock: number) => `slug,price,stock\n${slug},12,${stock}\n`;
      expect((await importing(table(1_000_000_005))).said).toMatch(/^0 created, 1 changed/);
      expect((await importing(table(1_000_000_006))).told.join()).toContain(
        'line 2: refused: stock must not be greater than 1000000000',
      );
      expect(
        (await importing('name,price,stock\nAs much as nobody has,1,1000000001\n')).told.join(),
      ).toContain('line 2: refused: stock must not be greater than 1000000000');
      expect((await importing(table(1_000_000_001))).said).toMatch(/^0 created, 1 changed/);
      expect(await shop.stockOf(id)).toBe(1_000_000_001);
    });

    it('creates products with a search entry, a first ledger row and a category', async () => {
      const unit = ofThisTest();
      const table = `name,price,stock,category,description\n${unit} Éclair,3.2,7,${unit} Patisserie,Choux\n${unit} plain,4,,,\n`;
      expect((await importing(table)).said).toMatch(/^2 created/);
      expect(await named(`${unit} %`)).toMatchObject([
        { slug: `${unit}-eclair`, price: '3.20', stock: 7, category: `${unit} Patisserie`, version: 1 },
        { price: '4.00', stock: 0, on_sale: true, category: null, version: 1 },
      ]);
      const { body } = await shop.visitor.get(`/api/products?search=${unit}+eclair`).expect(200);
      expect(body.results).toMatchObject([{ name: `${unit} Éclair`, available: true }]);
      const before = await everything();
      expect((await importing(table)).said).toMatch(/^0 created, 0 changed, 2 unchanged/);
      expect(await everything()).toEqual(before);
    });

    it('is refused as a whole when a line is invalid, with its number, or imported without such lines', async () => {
      const unit = ofThisTest();
      const lines = [
        'name,slug,price,stock,category_id,on_sale,description',
        `${unit} good,,10,1,,true,"two`, // lines 2 and 3, with three kinds of line ends
        `lines"`,
        `${unit} dear,,100000000,1,,true,`, // 4
        `${unit} few,,1,-1,,true,`,
        `${unit} where,,1,1,999999,true,`,
        `${unit} maybe,,1,1,,maybe,`,
        `,${unit}-nameless,1,1,,true,`,
        `${unit} priceless,,,1,,true,`,
        `${unit} good,,11,1,,true,`, // 10
        `too,few`,
        `${'n'.repeat(201)},,1,1,,true,`,
        `${unit} ambiguous,,"1,234",1,,true,`,
        `${unit} last,,2.5,1,,true,${'d'.repeat(5001)}`,
        `${unit} fine,,2.5,1,,true,`,
        ',,1,1,,true,',
        `${unit} thousand,,1.234,1,,true,`,
        `${unit} thousands,,1,1.000,,true,`,
      ];
      const ends = ['\r\n', '\r\n', '\n', '\r'];
      const table = lines.map((line, index) => line + (ends[index % 4] ?? '')).join('');
      const before = await everything();
      const all = await importing(table);
      expect(all.told).toEqual([
        'line 4: refused: price must be an amount from 0 to 99999999.99 with at most two decimals, such as "24.50"',
        'line 5: refused: stock must not be less than 0',
        'line 6: refused: there is no category 999999 here',
        'line 7: refused: on_sale must be true or false',
        'line 8: refused: name is required for a new product',
        'line 9: refused: price is required for a new product',
        'line 10: refused: the product stands in line 2 already',
        'line 11: refused: columns: 2 instead of 7',
        expect.stringMatching(/^line 12: refused: name must be shorter than or equal to 200 characters/),
        expect.stringMatching(/^line 13: refused: price must be an amount/),
        expect.stringMatching(
          /^line 14: refused: description must be shorter than or equal to 5000 characters/,
        ),
        'line 16: refused: id, slug or name is required',
        expect.stringMatching(/^line 17: refused: price must be an amount/),
        'line 18: refused: stock must be a whole number',
      ]);
      expect(all.said).toBe('2 created, 0 changed, 0 unchanged, 0 skipped, 14 refused. Nothing was written.');
      expect(all.code).toBe(1);
      expect(await everything()).toEqual(before);

      const each = await importing(table, '--line-by-line');
      expect(each.told).toEqual(all.told);
      expect(each.said).toBe('2 created, 0 changed, 0 unchanged, 0 skipped, 14 refused.');
      expect(each.code).toBe(1);
      expect(await named(`${unit} %`)).toMatchObject([
        { name: `${unit} good`, price: '10.00', description: 'two\r\nlines' },
        { name: `${unit} fine`, price: '2.50' },
      ]);
    });

    it('is reported by a dry run, which changes nothing', async () => {
      const unit = ofThisTest();
      const old = await shop.newProduct({ name: `${unit} old`, price: '10.00' });
      const table = `name,slug,price,category\n${unit} old,${old.slug},11,${unit} new\n${unit} new,,1,\n${unit} bad,,x,\n`;
      const report = path.join(folder, 'report.jsonl');
      const before = await everything();
      const dry = await importing(table, '--dry-run', '--line-by-line', `--report=${report}`);
      expect(dry.said).toBe('1 created, 1 changed, 0 unchanged, 0 skipped, 1 refused.');
      expect(await everything()).toEqual(before);
      const told = readFileSync(report, 'utf8');
      expect(
        told
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ).toMatchObject([
        { line: 2, outcome: 'changed', name: `${unit} old`, changes: ['price', 'category'] },
        { line: 3, outcome: 'created', name: `${unit} new`, changes: [] },
        { line: 4, outcome: 'refused', name: `${unit} bad` },
      ]);
      const wet = await importing(table, '--line-by-line', `--report=${report}`);
      expect([wet.said, wet.told]).toEqual([dry.said, dry.told]);
      expect(readFileSync(report, 'utf8')).toBe(told);
    });

    it('does not change deleted products, here or there', async () => {
      const unit = ofThisTest();
      const gone = await shop.newProduct({ name: `${unit} gone` });
      const table = `id,name,price,deleted_at\n${gone.id},${unit} back,1,2026-01-01T00:00:00.000Z\n`;
      const { said, told } = await importing(table);
      expect(said).toMatch(/^0 created, 0 changed, 0 unchanged, 1 skipped, 0 refused/);
      expect(told).toEqual(['line 2: skipped: it is deleted in the shop of the file']);
      await admin.delete(`/api/products/${gone.id}`).expect(204);
      const byId = await importing(`id,price\n${gone.id},2\n`);
      expect(byId.told).toEqual([`line 2: refused: there is no product ${gone.id} here`]);
    });

    it.each([
      ['an empty file', '', 'The file is empty.'],
      [
        'a column of ours twice, written in two ways',
        'Name,price,name\na,1,b\n',
        /names the column name twice/,
      ],
      ['ids of another shop', 'ID,Name,Preis,Typ\n1,Lampe,"1,00",simple\n', /Preis, Typ\.$/],
      ['a column twice', 'name,price,name\na,1,b\n', 'The first line names the column name twice.'],
      [
        'no column of ours',
        'colour,size\nred,1\n',
        'The first line names no column of products: name, slug or id.',
      ],
      [
        'no column of ours in a long file',
        `colour,size\n${'red,1\n'.repeat(300_000)}`,
        /^The first line names no col/,
      ],
      [
        'a column twice in a long file',
        `name,name\n${'red,1\n'.repeat(300_000)}`,
        /^The first line names the col/,
      ],
      [
        'quotes that do not end',
        'name,price\nb,1\n"a,1\n',
        /^What begins in line 3 cannot be read: Quote Not/,
      ],
    ])('ends with a message and code 2 for %s', async (_what, content, message) => {
      const { code, told } = await importing(content);
      expect([code, told.at(-1)]).toEqual([
        2,
        typeof message === 'string' ? message : expect.stringMatching(message),
      ]);
    });

    it('may be Windows-1252 with tabs; a NUL refuses only its own line', async () => {
      const unit = ofThisTest();
      const text = `name\tprice\tdescription\n${unit} crème\t1\tBr\u00fbl\u00e9e\n${unit} nul\t1\ta\0b\nn\0ul\t1\t\n`;
      const { said, told } = await importing(Buffer.from(text, 'latin1'), '--line-by-line');
      expect(said).toMatch(/^1 created.* 2 refused/);
      expect(told).toEqual([3, 4].map((line) => `line ${line}: refused: A text holds a NUL.`));
      expect(await named(`${unit} %`)).toMatchObject([{ name: `${unit} crème`, description: 'Brûlée' }]);
    });
  });

  describe('during other changes', () => {
    it('changes nothing when it is killed', async () => {
      const unit = ofThisTest();
      const known = await shop.newProduct({ name: `${unit} known`, price: '1.00' });
      const lines = Array.from({ length: 300 }, (_, n) => `${unit} new ${n},,1,1,${unit} category`);
      const file = path.join(folder, 'killed.csv');
      writeFileSync(file, ['name,slug,price,stock,category', `,${known.slug},2,3,`, ...lines].join('\n'));
      const before = await everything();
      const holder = await shop.database.connect();
      await holder.query('BEGIN');
      await holder.query('SELECT FROM products WHERE id = $1 FOR UPDATE', [known.id]);
      const env = {
        PATH: process.env.PATH,
        DATABASE_URL: shop.databaseUrl,
        DATA_DIR: process.env.TEST_DATA_DIR,
      };
      const command = spawn(process.execPath, ['dist/src/cli/import-products.js', file], { env });
      const waits = `SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%staged%'`;
      await until(async () => {
        expect(command.exitCode).toBeNull();
        return (await shop.database.query(waits)).rowCount === 1; // the new products are inserted by now
      });
      command.kill('SIGKILL');
      await holder.query('ROLLBACK');
      holder.release();
      await until(async () => (await shop.database.query(waits)).rowCount === 0);
      expect(await everything()).toEqual(before);
      expect((await commands.run('import-products', [file])).said).toMatch(/^300 created, 1 changed/);
    });

    it('does not revert a sale since the export or while it waits', async () => {
      const unit = ofThisTest();
      const [held, sold, counted] = [
        await shop.newProduct({ name: `${unit} held`, price: '1.00', stock: 10 }),
        await shop.newProduct({ name: `${unit} sold`, price: '1.00', stock: 10 }),
        await shop.newProduct({ name: `${unit} counted`, price: '1.00', stock: 10 }),
      ];
      const products = [held, sold, counted];
      const stocks = async () => (await named(`${unit} %`)).map(({ stock }) => stock);
      const buyer = await shop.newCustomer();
      const sell = (...bought: { id: number }[]) => {
        const items = bought.map(({ id }) => ({ product_id: id, quantity: 2 }));
        return buyer.post('/api/orders', { items, shipping_address: 'Here' }).expect(201);
      };
      const { text } = await admin.get(`/api/admin/csv/products?search=${unit}`).expect(200);
      await sell(...products);
      const edited = text.replaceAll(',1.00,10,', ',2.00,10,').replace(/(counted.*),10,/, '$1,25,');
      expect((await importing(edited)).said).toMatch(/^0 created, 3 changed/);
      expect(await stocks()).toEqual([8, 8, 25]);

      const file = path.join(folder, 'waiting.csv');
      const lines = (await named(`${unit} %`)).map(({ slug, stock }) => `${slug},3.00,${stock}`);
      writeFileSync(file, ['slug,price,stock', ...lines].join('\n'));
      const holder = await shop.database.connect();
      await holder.query('BEGIN');
      await holder.query('SELECT FROM products WHERE id = $1 FOR UPDATE', [held.id]);
      const waiting = runCommand(shop, 'import-products', [file]);
      await until(async () => {
        const { rowCount } = await shop.database.query(`SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%staged%'`);
        return rowCount === 1;
      });
      await sell(sold);
      await holder.query('ROLLBACK');
      holder.release();
      expect((await waiting).said).toMatch(/^0 created, 3 changed/);
      expect(await stocks()).toEqual([8, 6, 25]);
    });

    it('line by line: buyers wait for one batch at most, and committed batches stay', async () => {
      const unit = ofThisTest();
      const [first, held, last] = [
        await shop.newProduct({ name: `${unit} first`, price: '1.00' }),
        await shop.newProduct({ name: `${unit} held`, price: '1.00' }),
        await shop.newProduct({ name: `${unit} last`, price: '1.00' }),
      ];
      const added = (of: string) =>
        Array.from({ length: 499 }, (_, n) => `${unit} ${of} ${n},,1,2,${unit} ${of}`);
      const lines = [`,${first.slug},2,3,`, ...added('early'), `,${held.slug},2,3,`, ...added('middle')];
      const file = path.join(folder, 'batches.csv');
      writeFileSync(file, ['name,slug,price,stock,category', ...lines, `,${last.slug},2,3,`].join('\n'));
      const holder = await shop.database.connect();
      await holder.query('BEGIN');
      await holder.query('SELECT FROM products WHERE id = $1 FOR UPDATE', [held.id]);
      const env = {
        PATH: process.env.PATH,
        DATABASE_URL: shop.databaseUrl,
        DATA_DIR: process.env.TEST_DATA_DIR,
      };
      const command = spawn(process.execPath, ['dist/src/cli/import-products.js', '--line-by-line', file], {
        env,
      });
      let told = '';
      command.stderr.on('data', (data) => (told += data));
      const ended = once(command, 'close');
      const waits = `SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%staged%'`;
      await until(async () => {
        expect(command.exitCode).toBeNull();
        return (await shop.database.query(waits)).rowCount === 1;
      });
      const buyer = await shop.newCustomer();
      for (const [product, price] of [
        [first, '2.00'],
        [last, '1.00'],
      ] as const) {
        const order = { items: [{ product_id: product.id, quantity: 1 }], shipping_address: 'Here' };
        expect((await buyer.post('/api/orders', order).expect(201)).body).toMatchObject({ total: price });
      }
      await shop.database.query(`SELECT pg_terminate_backend(pid) FROM (${waits}) AS waiting`);
      expect(await ended).toEqual([2, null]);
      expect(told).toBe(
        'Written before it failed: 499 created, 1 changed.\nterminating connection due to administrator command\n',
      );
      await holder.query('ROLLBACK');
      holder.release();
      expect((await named(`${unit} %`)).length).toBe(3 + 499);
      const again = await commands.run('import-products', ['--line-by-line', file]);
      expect(again.said).toBe('499 created, 3 changed, 499 unchanged, 0 skipped, 0 refused.'); // one was sold
      expect(await named(`${unit} %`)).toHaveLength(3 + 2 * 499);
      const before = await everything();
      const third = await commands.run('import-products', ['--line-by-line', file]);
      expect(third.said).toMatch(/^0 created, 0 changed, 1001 unchanged/);
      expect(await everything()).toEqual(before);
    });

    it.each([
      [[], '2 created, 0 changed, 0 unchanged, 0 skipped, 1 refused. Nothing was written.', 0],
      [['--line-by-line'], '2 created, 0 changed, 0 unchanged, 0 skipped, 1 refused.', 2],
    ])('refuses a line whose category is deleted after the check %j', async (options, said, written) => {
      const unit = ofThisTest();
      const [gone, kept] = await Promise.all(
        ['gone', 'kept'].map(async (name) => {
          const { body } = await admin.post('/api/categories', { name: `${unit} ${name}` }).expect(201);
          return body;
        }),
      );
      const file = path.join(folder, 'category-gone.csv');
      const lines = [`${unit} 1,1,${gone.id},,A`, `${unit} 2,1,${kept.id},,B`, `${unit} 3,1,,${unit} new,C`];
      writeFileSync(file, ['name,price,category_id,category,shelf', ...lines].join('\n'));
      // Both wait until the deletion is committed: the new category for the lock of all slugs.
      const deletion = `WITH gone AS (DELETE FROM categories WHERE id = $1) SELECT pg_advisory_xact_lock(x'736c7567'::int)`;
      await shop.whileUncommitted(deletion, [gone.id], () => [
        runCommand(shop, 'import-products', [...options, file]).then((end) =>
          expect(end).toMatchObject({
            code: 1,
            said,
            told: [
              `line 2: refused: there is no category ${gone.id} here`,
              'Columns that are not read: shelf',
            ],
          }),
        ),
      ]);
      expect(await named(`${unit} %`)).toHaveLength(written);
      const { body } = await admin.get('/api/categories').expect(200);
      const isNew = ({ name }: { name: string }) => name === `${unit} new`;
      expect(body.results.filter(isNew)).toHaveLength(written ? 1 : 0);
    });

    it('writes each product once when it runs several times at once', async () => {
      const unit = ofThisTest();
      const known = await shop.newProduct({ name: `${unit} known`, price: '1.00' });
      const file = path.join(folder, 'twice.csv');
      const lines = Array.from({ length: 50 }, (_, n) => `${unit} ${n},,1`);
      writeFileSync(file, ['name,slug,price', `,${known.slug},2`, ...lines].join('\n'));
      const holder = await shop.database.connect();
      await holder.query('BEGIN');
      await holder.query('SELECT FROM products WHERE id = $1 FOR UPDATE', [known.id]);
      const imports = Promise.all([1, 2].map(() => runCommand(shop, 'import-products', [file])));
      const waiting = `SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name = 'comptoir'`;
      await until(async () => (await shop.database.query(waiting)).rowCount === 2); // both wait for a lock
      await holder.query('ROLLBACK');
      holder.release();
      const said = (await imports).map((end) => end.said);
      expect(said.toSorted()).toEqual([
        '0 created, 0 changed, 51 unchanged, 0 skipped, 0 refused. Nothing was written.',
        '50 created, 1 changed, 0 unchanged, 0 skipped, 0 refused.',
      ]);
      expect(await named(`${unit} %`)).toHaveLength(51);
    });
  });

  describe("Shopify's export", () => {
    it('creates a product for each variant, with plain texts, and changes nothing the second time', async () => {
      const { said, told, code } = await importing(fixture('shopify-2024.csv'));
      expect([said, code]).toEqual([
        '5 created, 0 changed, 0 unchanged, 0 skipped, 0 refused. Pictures left out: 4.',
        0,
      ]);
      expect(told).toEqual([
        'line 2: created: variant of Linen Shirt: a product of its own here',
        'line 8: created: variant of Linen Shirt: a product of its own here',
        'line 8: created: stock -3 becomes 0',
        'line 9: created: variant of Linen Shirt: a product of its own here',
        'line 9: created: stock is not counted there: set it here',
      ]);
      const shirt = {
        description:
          'Cool in summer\n\nWoven from European flax & washed once.\n\n * Straight cut\n * Buttons of shell',
        category: 'Apparel & Accessories / Clothing / Clothing Tops / Shirts',
        on_sale: true,
      };
      const shirts = await named('Linen Shirt%');
      expect(shirts).toMatchObject([
        { ...shirt, name: 'Linen Shirt – Écru, M', slug: 'linen-shirt-ecru-m', price: '85.00', stock: 12 },
        { ...shirt, name: 'Linen Shirt – Écru, L', slug: 'linen-shirt-ecru-l', price: '85.00', stock: 0 },
        { ...shirt, name: 'Linen Shirt – Indigo, M', slug: 'linen-shirt-indigo-m', price: '89.90', stock: 0 },
      ]);
      expect(await named('Beeswax Candle')).toMatchObject([
        {
          slug: 'beeswax-candle',
          price: '14.50',
          stock: 40,
          category: 'Candles',
          import_key: 'shopify:beeswax-candle',
        },
      ]);
      expect(await named('"Old" Lamp, 1950s')).toMatchObject([
        { price: '1250.00', stock: 1, on_sale: false, category: 'Home & Garden / Lighting / Lamps' },
      ]);
      const before = await everything();
      expect((await importing(fixture('shopify-2024.csv'))).said).toMatch(
        /^0 created, 0 changed, 5 unchanged/,
      );
      expect(await everything()).toEqual(before);

      const renamed = fixture('shopify-2024.csv', ['Linen Shirt', 'Linen Blouse'], ['14.50', '15']);
      expect((await importing(renamed)).said).toMatch(/^0 created, 4 changed, 1 unchanged/);
      expect((await named('Linen Blouse%')).map(({ id, slug }) => [id, slug])).toEqual(
        shirts.map(({ id, slug }) => [id, slug]),
      );
    });

    it('is accepted with the columns of 2025; an existing product with that slug is not changed', async () => {
      const mine = await shop.newProduct({ name: 'Wool Beanie Grey', price: '5.00' });
      expect(mine.slug).toBe('wool-beanie-grey');
      expect((await importing(fixture('shopify-2025.csv'))).said).toMatch(/^2 created/);
      expect(await named('Wool Beanie – Grey')).toMatchObject([
        { slug: expect.stringMatching(/^wool-beanie-grey-[0-9a-f]{6}$/), stock: 7 },
      ]);
      expect(await named('Wool Beanie – Red')).toMatchObject([{ slug: 'wool-beanie-red', stock: 0 }]);
      await admin.get(`/api/products/${mine.id}`).expect(200);
      expect((await importing(fixture('shopify-2025.csv'))).said).toMatch(
        /^0 created, 0 changed, 2 unchanged/,
      );

      const [grey] = await named('Wool Beanie – Grey');
      await admin.delete(`/api/products/${grey.id}`).expect(204);
      const again = await importing(fixture('shopify-2025.csv'));
      expect(again.said).toMatch(/^0 created, 0 changed, 1 unchanged, 1 skipped, 0 refused/);
      expect(again.told).toContain(
        `line 2: skipped: product ${grey.id} was deleted here: restore it to import it`,
      );
    });

    it('is refused where the rows of a product are not adjacent, or a variant has no price', async () => {
      const text = fixture('shopify-2024.csv', ['beeswax-candle,Beeswax Candle', 'linen-shirt-2,']);
      const { told, code } = await importing(text, '--dry-run');
      expect(code).toBe(1);
      expect(told).toContain(
        'line 11: refused: Title is missing: rows of a product stand together, and the first one has its title',
      );
    });
  });

  describe('pictures', () => {
    /** Pictures with these names, each of another colour. */
    const picturesNamed = async (...names: string[]): Promise<Record<string, Buffer>> => {
      const made = names.map(async (name, index): Promise<[string, Buffer]> => [
        name,
        await picture({
          format: 'jpeg',
          width: 90,
          background: { r: 10 * (series += 1), g: 40 * index, b: 9 },
        }),
      ]);
      return Object.fromEntries(await Promise.all(made));
    };
    const folderOf = async (files: Record<string, Buffer>): Promise<string> => {
      const made = await mkdtemp(path.join(folder, 'pictures-'));
      for (const [name, content] of Object.entries(files)) {
        await mkdir(path.dirname(path.join(made, name)), { recursive: true });
        writeFileSync(path.join(made, name), content);
      }
      return made;
    };
    const shirts = (unit: string) =>
      fixture(
        'shopify-2024.csv',
        ['linen-shirt', `${unit}-shirt`],
        ['Linen Shirt', `${unit} Shirt`],
        ['beeswax-candle', `${unit}-candle`],
        ['old-lamp', `${unit}-lamp`],
      );
    const galleryOf = async (name: string) => {
      const [{ id }] = await named(name);
      return (await shop.visitor.get(`/api/products/${id}`).expect(200)).body.pictures;
    };

    it('are found in a folder by the last part of their address, with their texts, and never downloaded', async () => {
      const unit = ofThisTest();
      const files = await picturesNamed('a/Shirt-Front.PNG', 'shirt-back.png', 'deep/er/shirt-ecru.png');
      const pictures = await folderOf(files);
      const before = await everything();
      const dry = await importing(shirts(unit), `--pictures=${pictures}`, '--dry-run');
      expect(dry.said).toMatch(/^5 created, .* Pictures left out: 1\.$/);
      expect(await everything()).toEqual(before);

      const { said, told } = await importing(shirts(unit), `--pictures=${pictures}`);
      expect(said).toBe(dry.said);
      expect(told.filter((line) => line.includes('pictures'))).toEqual(
        [2, 8, 9].map((line) =>
          expect.stringMatching(
            new RegExp(
              `^line ${line}: created: pictures that were not given along are left out: .*/shirt-label.png`,
            ),
          ),
        ),
      );
      const ecru = await galleryOf(`${unit} Shirt – Écru, M`);
      expect(ecru.map(({ alt, width }: any) => [alt, width])).toEqual([
        ['', 90], // the variant's picture
        ['Shirt from the front', 90],
        ['', 90],
      ]);
      expect(await galleryOf(`${unit} Shirt – Indigo, M`)).toHaveLength(2);
      const answer = await fetch(ecru[0].src.replace(/^https?:\/\/[^/]+/, shop.url));
      expect(answer.status).toBe(200);

      const [{ id }] = await named(`${unit} Shirt – Écru, M`);
      await admin.patch(`/api/products/${id}/images/${ecru[0].id}`, { alt: 'Written here' }).expect(200);
      const after = await everything();
      expect((await importing(shirts(unit), `--pictures=${pictures}`)).said).toMatch(
        /^0 created, 0 changed, 5 un/,
      );
      expect(await everything()).toEqual(after); // a text that was edited here stays
      expect((await importing(shirts(unit))).said).toMatch(
        /^0 created, 0 changed, 5 unchanged.* Pictures left out: 4/,
      );

      const [{ version }] = await named(`${unit} Shirt – Écru, M`);
      const others = await folderOf({ ...files, ...(await picturesNamed('shirt-back.png')) });
      expect((await importing(shirts(unit), `--pictures=${others}`)).said).toMatch(/^0 created, 3 changed/);
      expect(await named(`${unit} Shirt – Écru, M`)).toMatchObject([{ version: version + 1 }]);
      expect((await galleryOf(`${unit} Shirt – Écru, M`))[0]).toMatchObject({
        id: ecru[0].id,
        alt: 'Written here',
      });
    });

    it('are found in an archive by the longest matching end of their address', async () => {
      const unit = ofThisTest();
      const files = await picturesNamed('2023/01/photo.jpg', 'uploads/2024/03/photo.jpg', '__MACOSX/x.jpg');
      const archive = path.join(folder, `${unit}.zip`);
      writeFileSync(archive, zip(files));
      const table = `name,price,pictures\n${unit} new,1,https://old.example/wp/uploads/2024/03/photo.jpg?x=1\n${unit} none,1,photo.jpg\n`;
      const { said, told } = await importing(table, `--pictures=${archive}`);
      expect(said).toMatch(/^2 created.* Pictures left out: 1/); // two files match equally
      expect(told).toEqual(['line 3: created: pictures that were not given along are left out: photo.jpg']);
      const alone = await folderOf({ 'one.jpg': files['uploads/2024/03/photo.jpg']! });
      const { said: same } = await importing(
        `name,price,pictures\n${unit} new,1,one.jpg\n`,
        `--pictures=${alone}`,
      );
      expect(same).toMatch(/^0 created, 0 changed, 1 unchanged/); // another name, the same picture
    });

    it('of our own export are recognised by their paths', async () => {
      const unit = ofThisTest();
      const [first] = (
        await shop.database.query(`SELECT pictures FROM products WHERE pictures <> '{}' LIMIT 1`)
      ).rows;
      const cell = JSON.stringify(first.pictures).replaceAll('"', '""');
      const table = `name,price,pictures\n${unit} copy,1,"${cell}"\n`;
      expect((await importing(table)).said).toBe('1 created, 0 changed, 0 unchanged, 0 skipped, 0 refused.');
      expect((await galleryOf(`${unit} copy`))[0].src).toContain(first.pictures[0]);
      const wrong = await importing(`name,price,pictures\n${unit} x,1,"[1,2]"\n`);
      expect(wrong.told).toEqual(['line 2: refused: pictures must be a list of names or addresses']);
    });

    it('that are invalid refuse their lines; an invalid archive refuses everything', async () => {
      const unit = ofThisTest();
      const good = await picture({ format: 'jpeg' });
      const archive = path.join(folder, `${unit}.zip`);
      const files = {
        'cut.jpg': good.subarray(0, 300),
        'script.png': Buffer.from('<svg onload="alert(1)"/>'),
        'bomb.jpg': Buffer.alloc(11 * 2 ** 20),
        'good.jpg': good,
      };
      writeFileSync(archive, zip(files));
      const lines = Object.keys(files).map((name) => `${unit} ${name},1,${name}`);
      const table = `name,price,pictures\n${lines.join('\n')}\n`;
      const { picture_files: _files, ...before } = await everything();
      const { told, said } = await importing(table, `--pictures=${archive}`);
      expect(told).toEqual([
        'line 2: refused: cut.jpg is cut short.',
        'line 3: refused: script.png is text such as SVG, HTML or a script, which may run in a browser.',
        'line 4: refused: bomb.jpg is larger than 10 MB.',
      ]);
      expect(said).toMatch(/^1 created.* 3 refused\. Nothing was written\.$/);
      const { picture_files: _swept, ...rest } = await everything(); // the valid one is deleted within the hour
      expect(rest).toEqual(before);

      const unreadable: [Buffer, RegExp][] = [
        [zip({ '../../evil.jpg': good }), /^The archive of pictures cannot be read: invalid relative path/],
        [zip(files).subarray(0, 500), /^The archive of pictures cannot be read: /],
        [Buffer.from('no archive'), /^The archive of pictures cannot be read: /],
      ];
      for (const [content, reason] of unreadable) {
        writeFileSync(archive, content);
        const end = await importing(table, `--pictures=${archive}`);
        expect([end.code, end.told.at(-1)]).toEqual([2, expect.stringMatching(reason)]);
      }
    });
  });

  describe("WooCommerce's export", () => {
    it('gives variants the missing values of their parents, in any order of lines', async () => {
      const { said, told, code } = await importing(fixture('woocommerce.csv'));
      expect(told).toEqual([
        'line 2: created: variant of Hoodie: a product of its own here',
        'line 3: skipped: its variants are products here, it is none itself',
        'line 4: created: the sale price 40 is left out',
        'line 4: created: stock is not counted there: set it here',
        'line 4: created: variant of Hoodie: a product of its own here',
        'line 6: created: stock is not counted there: set it here',
        'line 7: skipped: a group of products has no price of its own',
        'line 8: skipped: it is sold by another shop',
      ]);
      expect([said, code]).toEqual([
        '4 created, 0 changed, 0 unchanged, 3 skipped, 0 refused. Pictures left out: 3.',
        0,
      ]);
      expect(await named('Hoodie – %')).toMatchObject([
        {
          name: 'Hoodie – Blue, Yes, woven',
          slug: 'hoodie-blue-yes',
          description:
            'This is a variable product.\n\nWarm, and soft.\nMade of organic cotton.\n\nWash at 30°.',
          price: '45.00',
          stock: 8,
          category: 'Clothing / Hoodies',
          import_key: 'woocommerce:61',
        },
        { name: 'Hoodie – Red, No', description: 'The last of the red ones.', price: '42.50', stock: 0 },
      ]);
      expect(await named('=HYPERLINK%')).toMatchObject([
        {
          description: 'A beanie & a half.',
          price: '18.00',
          stock: 0,
          category: 'Clothing / Accessories, warm',
        },
      ]);
      expect(await named('Album')).toMatchObject([{ price: '15.00', on_sale: false, category: 'Music' }]);
      const before = await everything();
      expect((await importing(fixture('woocommerce.csv'))).said).toMatch(
        /^0 created, 0 changed, 4 unchanged, 3/,
      );
      expect(await everything()).toEqual(before);
    });

    it('is accepted in French', async () => {
      expect((await importing(fixture('woocommerce-fr.csv'))).said).toMatch(/^1 created.* 1 skipped/);
      expect(await named('Pull d’hiver%')).toMatchObject([
        {
          name: 'Pull d’hiver – Bleu',
          price: '59.90',
          stock: 4,
          description: 'Laine mérinos.',
          category: 'Vêtements / Pulls',
        },
      ]);
    });

    it('refuses a variant without its parent', async () => {
      const { told } = await importing(fixture('woocommerce.csv', ['id:44', 'id:45']), '--dry-run');
      expect(told).toContain('line 4: refused: its parent id:45 is in no line of the file');
    });
  });
});
