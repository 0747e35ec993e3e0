import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PoolClient } from 'pg';
import type { Api } from '../support/api.js';
import { picture } from '../support/pictures.js';
import { Shop } from '../support/shop.js';
import { until } from '../support/until.js';
import { zip } from '../support/zip.js';

describe('An admin’s import of products', () => {
  let shop: Shop;
  let admin: Api;
  let series = 0;
  /** Counts only this shop's import, since other test files import as well. */
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'imports-'));
    shop = await Shop.open({ processes: 2, env: { MAX_IMPORT_MB: '1', DATA_DIR: folder } });
    admin = await shop.admin();
  });
  afterAll(() => shop.close());

  const send = async (content: string, name = 'products.csv', who = admin) => {
    const form = new FormData();
    form.append('file', new Blob([content]), name);
    return who.send('POST', '/api/admin/imports/preview', { raw: form });
  };
  const ended = async (id: number): Promise<any> => {
    let state: any;
    await until(async () => {
      state = (await admin.get(`/api/admin/imports/${id}`).expect(200)).body;
      return !['checking', 'running'].includes(state.status);
    });
    return state;
  };
  const previewed = async (content: string, name?: string) => {
    const { status, body } = await send(content, name);
    expect(status).toBe(202);
    return ended(body.id);
  };
  const run = async (id: number, body: object = {}) => {
    const started = await admin.post(`/api/admin/imports/${id}/run`, body).expect(202);
    expect(started.body.status).toBe('running');
    return ended(id);
  };
  const ofThisTest = () => `lot${(series += 1)}`;
  /** As a signed-in user, who gets no cached lists. */
  const found = async (search: string) =>
    (await admin.get(`/api/products?search=${search}&page_size=100`).expect(200)).body;
  /** Files that wait for their import. */
  const kept = async () => (await readdir(path.join(folder, 'media/imports')).catch(() => [])).length;

  it('is previewed, executed once and logged as one entry', async () => {
    const lot = ofThisTest();
    const shelf = await shop.newProduct({ name: `${lot} shelf`, price: '10.00', stock: 5 });
    const before = await kept();
    const lines = Array.from({ length: 20 }, (_, n) => `,${lot} new ${n},1.50,3,${lot} things`);
    const table = `slug,name,price,stock,category\n${shelf.slug},,12,6,\n${lines.join('\n')}\n`;
    const preview = await previewed(table);
    expect(preview).toMatchObject({
      status: 'checked',
      file_name: 'products.csv',
      done: 100,
      totals: { created: 20, changed: 1, unchanged: 0, skipped: 0, refused: 0 },
      report: [],
      error: null,
    });
    expect(await found(lot)).toMatchObject({ count: 1, results: [{ price: '10.00' }] });

    expect(await run(preview.id)).toMatchObject({ status: 'done', totals: preview.totals, error: null });
    expect((await found(lot)).count).toBe(21);
    await until(async () => (await kept()) === before);
    const { body: log } = await admin.get('/api/admin/audit_log?page_size=5').expect(200);
    expect(log.results).toMatchObject([
      {
        action: 'import',
        model: 'products',
        actor_id: admin.user.id,
        after: { file: 'products.csv', created: 20 },
      },
      { action: 'stock', row_id: String(shelf.id), before: { stock: 5 }, after: { stock: 6 } },
      { action: 'update', row_id: String(shelf.id), before: { price: '10.00' }, after: { price: '12.00' } },
      { action: 'create', model: 'categories', after: { name: `${lot} things` } },
      expect.anything(),
    ]);
    const again = await admin.post(`/api/admin/imports/${preview.id}/run`);
    expect([again.status, again.body.code]).toEqual([409, 'import_not_checked']);
    const { body: list } = await admin.get('/api/admin/product_imports').expect(200);
    expect(list.results[0]).toMatchObject({ id: preview.id, status: 'done', actor_id: admin.user.id });

    await admin.post(`/api/admin/audit_log/${log.results[2].id}/restore`).expect(204);
    expect((await shop.visitor.get(`/api/products/${shelf.id}`)).body).toMatchObject({
      price: '10.00',
      stock: 6,
    });
  });

  it('takes an archive of pictures, and another one that replaces it', async () => {
    const lot = ofThisTest();
    const preview = await previewed(`name,price,pictures\n${lot} seen,1,"one.jpg,two.jpg"\n`);
    expect(preview).toMatchObject({ totals: { created: 1, pictures_left_out: 2 }, report: [] });
    const add = async (files: Record<string, Buffer>) => {
      const form = new FormData();
      form.append('file', new Blob([Uint8Array.from(zip(files))]), 'pictures.zip');
      return admin.send('POST', `/api/admin/imports/${preview.id}/pictures/preview`, { raw: form });
    };
    const [one, two] = [await picture({ width: 50 }), await picture({ width: 60 })];
    const waiting = await kept();
    expect((await add({ 'one.jpg': one, 'two.jpg': Buffer.from('none') })).status).toBe(202);
    const reason = {
      name: 'two.jpg',
      reason: 'picture_format_unknown',
      message: 'two.jpg is no PNG, JPEG, WebP, AVIF or GIF.',
    };
    const refusal = { outcome: 'refused', notes: [{ code: 'picture_refused', values: reason }] };
    expect(await ended(preview.id)).toMatchObject({ status: 'checked', report: [refusal] });
    expect((await add({ 'one.jpg': one, 'two.jpg': two })).status).toBe(202);
    expect(await ended(preview.id)).toMatchObject({
      totals: { created: 1, pictures_left_out: 0 },
      report: [],
    });
    expect(await kept()).toBe(waiting + 1);
    expect(await run(preview.id)).toMatchObject({ status: 'done' });
    await until(async () => (await kept()) === waiting - 1);
    const { results } = await found(lot);
    expect(results[0].pictures.map(({ width }: any) => width)).toEqual([50, 60]);
    const late = await add({ 'one.jpg': one });
    expect([late.status, late.body.code]).toEqual([409, 'import_not_checked']);
    expect(await kept()).toBe(waiting - 1);
  });

  it('names refused lines, and can leave them out', async () => {
    const lot = ofThisTest();
    const table = `name,price\n${lot} good,1\n${lot} bad,many\n`;
    const refusal = {
      line: 3,
      outcome: 'refused',
      name: `${lot} bad`,
      notes: [
        { code: 'price_invalid', values: { message: expect.stringMatching(/^price must be an amount/) } },
      ],
    };
    const first = await previewed(table);
    expect(first).toMatchObject({ status: 'checked', totals: { created: 1, refused: 1 }, report: [refusal] });
    expect(await run(first.id)).toMatchObject({
      status: 'failed',
      error: 'Lines were refused, so nothing was imported.',
      report: [{ line: 0, notes: [{ code: 'lines_refused', values: {} }] }, refusal],
    });
    expect((await found(lot)).count).toBe(0);

    const second = await previewed(table);
    expect(await run(second.id, { line_by_line: true })).toMatchObject({ status: 'done', report: [refusal] });
    expect((await found(lot)).results).toMatchObject([{ name: `${lot} good` }]);
  });

  it('runs once when it is started many times at once', async () => {
    const lot = ofThisTest();
    const { id } = await previewed(`name,price\n${lot} one,1\n`);
    const elsewhere = (await shop.admin()).at(shop.processes[1]!.url);
    const answers = await Promise.all(
      [admin, elsewhere, admin, elsewhere].map((who) => who.post(`/api/admin/imports/${id}/run`)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409, 409]);
    expect(await ended(id)).toMatchObject({ status: 'done', totals: { created: 1 } });
    expect((await found(lot)).count).toBe(1);
  });

  it.each([
    ['no table of products', 'colour\nred\n', 'no_products', /^The first line names no column of products/],
    ['an empty file', '', 'file_empty', /^The file is empty\.$/],
    ['a picture', Buffer.from('\x89PNG\r\n\x1a\n\0\0').toString('latin1'), 'file_no_text', /save the table/],
    ["an Excel's workbook", 'PK\x03\x04\x14\0\x06\0\b\0name,price\n', 'file_no_text', /as CSV, in UTF-8/],
    ['quotes that do not end', 'name,price\n"a,1\n', 'record_unreadable', /^What begins in line 2 cannot/],
  ])('fail with a reason when the file is %s', async (_what, content, code, error) => {
    expect(await previewed(content)).toMatchObject({
      status: 'failed',
      error: expect.stringMatching(error),
      totals: null,
      report: [{ line: 0, notes: [{ code }] }],
    });
  });

  it('is refused without a file, with another field, or with a file that is too large', async () => {
    const before = await kept();
    const none = await admin.send('POST', '/api/admin/imports/preview', { raw: new FormData() });
    expect([none.status, none.body.errors]).toEqual([400, { file: ['file must be one file'] }]);
    const form = new FormData();
    form.append('other', new Blob(['name\n']), 'x.csv');
    const other = await admin.send('POST', '/api/admin/imports/preview', { raw: form });
    expect([other.status, other.body.errors]).toEqual([400, { other: ['other must not be a file'] }]);
    const large = await send('x'.repeat(2 ** 20 + 1));
    expect([large.status, large.body.errors]).toEqual([413, { file: ['products.csv is larger than 1 MB.'] }]);
    expect(await kept()).toBeLessThanOrEqual(before); // an earlier import may have ended since
    expect((await send('name\n', 'x.csv', await shop.newCustomer())).status).toBe(403);
    await admin.get('/api/admin/imports/999999').expect(404);
  });

  it('has a file that is never served', async () => {
    const { id } = await previewed('name,price\nsecret,1\n');
    const { rows } = await shop.database.query('SELECT file FROM product_imports WHERE id = $1', [id]);
    const file = await readFile(path.join(folder, 'media', rows[0].file), 'utf8');
    expect(file).toContain('secret');
    await shop.visitor.get(`/media/${rows[0].file}`).expect(404);
  });

  describe.each([
    ['all at once', false],
    ['line by line', true],
  ])('%s', (_how, lineByLine) => {
    /** An import of 501 new products in a shop of its own, which waits for the product that it changes. */
    const begun = async () => {
      const lot = ofThisTest();
      const own = await Shop.open();
      const otherAdmin = await own.admin();
      const known = await own.newProduct({ name: `${lot} known`, price: '1.00' });
      const added = Array.from({ length: 501 }, (_, n) => `${lot} new ${n},,1`);
      const form = new FormData();
      form.append('file', new Blob([['name,slug,price', ...added, `,${known.slug},2`].join('\n')]), 'p.csv');
      const { body } = await otherAdmin.send('POST', '/api/admin/imports/preview', { raw: form });
      const rows = async (sql: string, ...values: unknown[]) => (await own.database.query(sql, values)).rows;
      const state = async () =>
        (await rows('SELECT status, totals, file FROM product_imports WHERE id = $1', body.id))[0];
      await until(async () => (await state()).status === 'checked');
      const holder = await own.database.connect();
      await holder.query('BEGIN');
      await holder.query('SELECT FROM products WHERE id = $1 FOR UPDATE', [known.id]);
      await otherAdmin.post(`/api/admin/imports/${body.id}/run`, { line_by_line: lineByLine }).expect(202);
      const waiting = (what: string) =>
        rows(
          `SELECT FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE $1`,
          `%${what}%`,
        );
      await until(async () => (await waiting('staged')).length === 1);
      return {
        own,
        rows,
        state,
        waiting,
        letGo: async () => {
          await holder.query('ROLLBACK');
          holder.release();
        },
        /** So that another process does not wait for ten seconds. */
        takeForDead: async () => {
          await rows(`UPDATE job_workers SET seen_at = now() - interval '1 hour'`);
          await rows(`UPDATE graphile_worker._private_jobs SET locked_at = now() - interval '1 hour'`);
        },
        products: async () =>
          (
            await rows(
              'SELECT count(*)::int AS count, max(price)::text AS price FROM products WHERE name LIKE $1',
              `${lot} %`,
            )
          )[0],
      };
    };

    it('adds each product once when its process is killed', async () => {
      const { own, state, letGo, takeForDead, products } = await begun();
      await own.processes[0]!.stop('SIGKILL').catch(() => {});
      await letGo();
      expect(await products()).toEqual({ count: lineByLine ? 501 : 1, price: '1.00' });
      own.processes.length = 0;
      await takeForDead();
      await own.startProcess();
      await until(async () => (await state()).status === 'done');
      expect(await products()).toEqual({ count: 502, price: '2.00' });
      expect((await state()).totals).toMatchObject({ created: 501, changed: 1, unchanged: 0 });
      await own.close();
    });

    it('has the right counts when its process was suspended and considered dead', async () => {
      const { own, rows, state, waiting, letGo, takeForDead, products } = await begun();
      const [frozen] = own.processes;
      frozen!.child.kill('SIGSTOP');
      await letGo();
      await takeForDead();
      await own.startProcess();
      await until(async () => (await waiting('pg_advisory_xact_lock')).length === 1);
      frozen!.child.kill('SIGCONT');
      await until(async () => (await state()).status === 'done' && (await state()).file === null);
      for (const process of own.processes) await process.stop('SIGINT'); // so that the other attempt can end
      expect((await state()).totals).toMatchObject({ created: 501, changed: 1, unchanged: 0 });
      expect(await rows(`SELECT after FROM audit_log WHERE action = 'import'`)).toMatchObject([
        { after: { created: 501, changed: 1 } },
      ]);
      expect(await products()).toEqual({ count: 502, price: '2.00' });
      await own.close();
    });
  });

  describe('line by line, waiting in its last batch', () => {
    let holder: PoolClient;
    afterEach(async () => {
      await holder.query('ROLLBACK');
      holder.release();
    });

    /** Runs until the last batch waits for the product; 501 new ones come before it. */
    const heldUp = async () => {
      const lot = ofThisTest();
      const known = await shop.newProduct({ name: `${lot} known`, price: '1.00' });
      const added = Array.from({ length: 501 }, (_, n) => `${lot} new ${n},,1`);
      const { id } = await previewed(['name,slug,price', ...added, `,${known.slug},2`].join('\n'));
      holder = await shop.database.connect();
      await holder.query('BEGIN');
      await holder.query('SELECT FROM products WHERE id = $1 FOR UPDATE', [known.id]);
      await admin.post(`/api/admin/imports/${id}/run`, { line_by_line: true }).expect(202);
      const waiting = `SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%staged%'`;
      await until(async () => (await shop.database.query(waiting)).rowCount === 1);
      const goOn = async (statement: string, ...values: unknown[]) => {
        await holder.query(statement, values);
        await holder.query('COMMIT');
      };
      return { lot, known, id, goOn };
    };
    const count = async (lot: string) =>
      (await shop.database.query('SELECT count(*)::int FROM products WHERE name LIKE $1', [`${lot} new %`]))
        .rows[0].count;

    it('writes nothing more when another attempt has progressed further', async () => {
      const { lot, known, id, goOn } = await heldUp();
      await goOn(`UPDATE product_imports SET status = 'failed' WHERE id = $1`, id);
      const jobs = `SELECT FROM graphile_worker._private_jobs WHERE key = $1 AND attempts = 1 AND locked_at IS NULL`;
      await until(async () => (await shop.database.query(jobs, [`import:${id}:run`])).rowCount === 1);
      expect(await ended(id)).toMatchObject({ status: 'failed', totals: { created: 500, changed: 0 } });
      expect((await admin.get(`/api/products/${known.id}`)).body.price).toBe('1.00');
      expect(await count(lot)).toBe(500);
    });

    it('does not count a product that was deleted meanwhile', async () => {
      const { lot, known, id, goOn } = await heldUp();
      await goOn('UPDATE products SET deleted_at = now() WHERE id = $1', known.id);
      expect(await ended(id)).toMatchObject({
        status: 'done',
        totals: { created: 501, changed: 0, skipped: 1 },
      });
      expect(await count(lot)).toBe(501);
    });

    it('reports what it has written when it fails permanently', async () => {
      await shop.database.query(`
        CREATE FUNCTION once() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.max_attempts = 1; RETURN NEW; END';
        CREATE TRIGGER once BEFORE INSERT ON graphile_worker._private_jobs FOR EACH ROW EXECUTE FUNCTION once()`);
      const { lot, id } = await heldUp();
      await shop.database.query(`
        DROP FUNCTION once CASCADE;
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%staged%'`);
      const state = await ended(id);
      const notes = [
        { code: 'given_up', values: {} },
        { code: 'written_before', values: { created: '500', changed: '0' } },
      ];
      expect(state).toMatchObject({
        status: 'failed',
        error: expect.stringMatching(/again and again .*: 500 new ones, 0 changed\.$/),
        totals: { created: 500, changed: 0, unchanged: 0 },
        report: [{ line: 0, notes }],
      });
      expect(await count(lot)).toBe(500);
      const { body } = await admin.get('/api/admin/overview').expect(200);
      expect(body.failed_jobs).toMatchObject({ count: 1 });
    });
  });

  it('is deleted when it was not started within a day', async () => {
    const { id } = await previewed('name,price\nforgotten,1\n');
    const before = await kept();
    await shop.database.query(
      `UPDATE product_imports SET created_at = now() - interval '25 hours' WHERE id = $1`,
      [id],
    );
    await shop.startProcess(); // housekeeping runs at the start
    await until(async () => (await admin.get(`/api/admin/imports/${id}`)).status === 404);
    expect(await kept()).toBe(before - 1);
  });
});
