import type { Api, ApiResponse } from '../support/api.js';
import { Shop } from '../support/shop.js';
import { until } from '../support/until.js';

describe('Categories', () => {
  let shop: Shop;
  let admin: Api;
  let names = 0;

  beforeAll(async () => {
    shop = await Shop.open();
    admin = await shop.admin();
  });
  afterAll(() => shop.close());

  const unique = (name: string) => `${name} ${(names += 1)}x`;
  const make = async (name = unique('Made')) =>
    (await admin.post('/api/categories', { name }).expect(201)).body;
  const sell = async (category: string | null) => {
    const { id } = await shop.newProduct();
    return (await admin.patch(`/api/products/${id}`, { category }).expect(200)).body;
  };
  const find = (path: string) => shop.visitor.get(`/api/categories/${encodeURIComponent(path)}`);
  const listed = async (category: string) => {
    const query = new URLSearchParams({ category });
    const { body } = await shop.visitor.get(`/api/products?${query}`).expect(200);
    return body.results.map((product: any) => product.id);
  };

  const isWaiting = async (statement: string) => {
    const { rowCount } = await shop.database.query(
      `SELECT FROM pg_stat_activity
       WHERE wait_event_type = 'Lock' AND datname = current_database() AND query LIKE $1`,
      [statement],
    );
    return rowCount === 1;
  };

  /** Longer than the first attempt may wait: the second attempt waits for a second. */
  const isWaitingForLong = async (statement: string) => {
    const { rowCount } = await shop.database.query(
      `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
         AND query LIKE $1 AND clock_timestamp() - query_start > interval '80 ms'`,
      [statement],
    );
    return rowCount === 1;
  };

  describe('Comparison of two names', () => {
    it.each([
      ['C++', 'C#'],
      ['9.5 mm', '95 mm'],
      ['手机 5G', '电脑 5G'],
      ['C', 'C!'],
      ['Año', 'Ano'],
      ["Men's", 'Mens'],
    ])('%s and %s are different, each with its own slug', async (one, other) => {
      const [a, b] = [await sell(one), await sell(other)];
      expect([a.category, b.category]).toEqual([one, other]);
      expect((await sell(one.toUpperCase())).category).toBe(one);
      const { body } = await shop.visitor.get('/api/categories').expect(200);
      const [first, second] = [one, other].map((name) =>
        body.results.find((category: any) => category.name === name),
      );
      expect(first.slug).not.toBe(second.slug);
      expect(await listed(second.slug)).toEqual([b.id]);
      expect(await listed(other)).toEqual([b.id]);
    });

    it('distinguishes accents, also in the filter of the list', async () => {
      const [one, other] = [unique('Pate'), unique('Pâté')].map((name) =>
        name.replace(/ \d+x/, ` ${names}y`),
      );
      const [a, b] = [await sell(one!), await sell(other!)];
      expect([a.category, b.category]).toEqual([one, other]);
      expect([await listed(one!), await listed(other!)]).toEqual([[a.id], [b.id]]);
      expect(await listed(other!.toUpperCase())).toEqual([b.id]);
    });

    it('is found by a slug without accents when a product is written, but not by another name', async () => {
      const name = unique('Éclairage');
      const { body: category } = await admin.post('/api/categories', { name }).expect(201);
      expect((await sell(category.slug)).category).toBe(name);
      const plain = name.replace('É', 'E');
      expect((await sell(plain)).category).toBe(plain);
    });

    it('ignores case, spaces and the composition of letters', async () => {
      const name = unique('Été & Cie');
      const [a, b] = [
        await sell(name),
        await sell(`  ${name.toUpperCase().normalize('NFD').replace(' ', '   ')} `),
      ];
      expect([a.category, b.category]).toEqual([name, name]);
      expect(await listed(`  ${name.replaceAll(' ', '  ')}`)).toEqual([a.id, b.id]);
    });

    it('is atomic: many concurrent additions create one category', async () => {
      const name = unique('Rush+');
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          index % 2
            ? admin.post('/api/categories', { name })
            : admin.post('/api/products', { name: unique('P'), price: '1.00', category: name }),
        ),
      );
      expect(answers.filter(({ status }) => ![201, 409].includes(status))).toEqual([]);
      const { rows } = await shop.database.query(
        'SELECT count(*)::int AS n FROM categories WHERE name = $1',
        [name],
      );
      expect(rows[0].n).toBe(1);
    });
  });

  it('are created once for each Idempotency-Key, and refused when the name exists', async () => {
    const name = unique('Lamps');
    const key = { 'idempotency-key': name.replace(' ', '-') };
    const first = await admin.post('/api/categories', { name }, key).expect(201);
    expect((await admin.post('/api/categories', { name }, key).expect(201)).body).toEqual(first.body);
    const taken = await admin.post('/api/categories', { name: name.toUpperCase() }).expect(409);
    expect(taken.body).toMatchObject({ code: 'category_exists', category: first.body });
    const refused = await admin.post('/api/categories', { name }, { 'if-none-match': '*' }).expect(412);
    expect(refused.headers.get('etag')).toBe((await find(first.body.slug).expect(200)).headers.get('etag'));
    for (const body of [{}, { name: '!!' }, { name: 'A', slug: 'Not A Slug' }, { name: 'A', slug: '12' }])
      await admin.post('/api/categories', body).expect(400);
    await (await shop.newCustomer()).post('/api/categories', { name: 'No' }).expect(403);
  });

  it('keep their slug when they are renamed; an old slug redirects to the new one', async () => {
    const { id, name, slug } = await make();
    const product = await sell(name);
    const renamed = unique('Renamed');
    const { body } = await admin.patch(`/api/categories/${id}`, { name: renamed }).expect(200);
    expect(body).toMatchObject({ id, name: renamed, slug });
    expect((await shop.visitor.get(`/api/products/${product.id}`)).body.category).toBe(renamed);

    const newSlug = `renamed-${id}`;
    await admin.put(`/api/categories/${id}`, { name: renamed, slug: newSlug }).expect(200);
    for (const way of [String(id), newSlug, slug])
      expect((await find(way).expect(200)).body).toMatchObject({ id, name: renamed, slug: newSlug });
    expect(await listed(slug)).toEqual([product.id]);
    const other = await admin.post('/api/categories', { name: unique('Thief'), slug }).expect(400);
    expect(other.body.errors.slug).toHaveLength(1);

    const again = await make(name); // the old name is free, the old slug is not
    expect(again.slug).not.toBe(slug);
    expect((await admin.patch(`/api/categories/${again.id}`, { name: renamed }).expect(409)).body.code).toBe(
      'category_exists',
    );
    await find('no-such-category').expect(404);
    await admin.patch('/api/categories/999999', { name: 'X' }).expect(404);
  });

  it('have slugs in one normal form, by which they are found however the letters are composed', async () => {
    const slug = `가구-${(names += 1)}`;
    const made = { name: unique('Kagu'), slug: ` ${slug.normalize('NFD')}` };
    const { body } = await admin.post('/api/categories', made).expect(201);
    expect(body.slug).toBe(slug);
    await admin.post('/api/categories', { name: unique('Kagu'), slug }).expect(400);
    const wide = `ｓａｌｅ-${body.id}`;
    const patched = await admin.patch(`/api/categories/${body.id}`, { slug: wide }).expect(200);
    expect(patched.body.slug).toBe(`sale-${body.id}`);
    const product = await sell(body.name);
    for (const way of [slug, slug.normalize('NFD'), wide]) {
      expect((await find(way).expect(200)).body.id).toBe(body.id);
      expect(await listed(way)).toEqual([product.id]);
    }
  });

  it('keep a product that is saved with the category’s former name', async () => {
    const { id, name } = await make();
    const product = await sell(name);
    const renamed = unique('Renamed');
    await admin.patch(`/api/categories/${id}`, { name: renamed }).expect(200);
    const { body } = await admin
      .put(`/api/products/${product.id}`, { ...product, description: 'New' })
      .expect(200);
    expect(body).toMatchObject({ category: renamed, description: 'New' });
  });

  it('merge: the products move, and the slug redirects', async () => {
    const [from, into] = [await make(), await make()];
    const products = [await sell(from.name), await sell(from.name), await sell(into.name)];
    await admin.delete(`/api/products/${products[1].id}`).expect(204);
    await admin.post(`/api/categories/${from.id}/merge`, { into: from.id }).expect(400);
    await admin.post(`/api/categories/${from.id}/merge`, { into: 999999 }).expect(400);
    const { body } = await admin.post(`/api/categories/${from.id}/merge`, { into: into.id }).expect(200);
    expect(body).toEqual(into);
    expect(await listed(into.slug)).toEqual([products[0].id, products[2].id]);
    expect((await find(from.slug).expect(200)).body).toEqual(into);
    await find(String(from.id)).expect(404);
    const stale = await admin.put(`/api/products/${products[0].id}`, products[0]).expect(200);
    expect(stale.body.category).toBe(into.name);
  });

  it('a product sent back with a version from before a change and a merge does not create the category again', async () => {
    const [from, into, third] = [await make(), await make(), await make()];
    const [stays, moves] = [await sell(from.name), await sell(from.name)];
    for (const { id } of [stays, moves])
      await admin.patch(`/api/products/${id}`, { price: '3.00' }).expect(200);
    await admin.post(`/api/categories/${from.id}/merge`, { into: into.id }).expect(200);
    await admin.patch(`/api/products/${moves.id}`, { category: third.name }).expect(200);
    const send = async (product: any) =>
      (await admin.put(`/api/products/${product.id}`, { ...product, description: 'New' }).expect(200)).body;
    expect(await send(stays)).toMatchObject({ category: into.name, price: '3.00', description: 'New' });
    expect(await send(moves)).toMatchObject({ category: third.name, price: '3.00', description: 'New' });
    expect((await find(from.slug).expect(200)).body).toEqual(into);
  });

  it('merge, and return the merged category even when it is deleted at once', async () => {
    for (;;) {
      const [from, into] = [await make(), await make()];
      const [holding, deleting] = [await shop.database.connect(), await shop.database.connect()];
      await holding.query('BEGIN');
      await holding.query('LOCK TABLE audit_log IN SHARE MODE'); // the merge's last transaction writes there
      const merging = admin.post(`/api/categories/${from.id}/merge`, { into: into.id });
      let isOver = false;
      void merging.then(() => (isOver = true));
      await until(async () => isOver || (await isWaitingForLong('DELETE %')));
      await deleting.query('BEGIN');
      const locked = deleting.query('LOCK TABLE categories'); // blocks readers from the end of the merge until the deletion
      await until(async () => isOver || (await isWaiting('LOCK TABLE %')));
      await holding.query('COMMIT');
      await locked;
      await deleting.query('DELETE FROM categories WHERE id = $1', [into.id]);
      await deleting.query('COMMIT');
      holding.release();
      deleting.release();
      const { status, body } = await merging;
      if (status !== 200) continue; // the lock was not free in time
      expect(body).toEqual(into);
      return;
    }
  });

  it('are created again when a product names one that is being deleted; such a one is no target of a merge', async () => {
    const whileDeleted = async (id: number, send: () => Promise<ApiResponse>) => {
      const deleting = await shop.database.connect();
      await deleting.query('BEGIN');
      await deleting.query('DELETE FROM categories WHERE id = $1', [id]);
      const sent = send();
      let isOver = false;
      void sent.then(() => (isOver = true));
      await until(async () => isOver || (await isWaiting('%')));
      await deleting.query('COMMIT');
      deleting.release();
      return sent;
    };
    let answer: ApiResponse;
    do {
      const { id, name } = await make();
      const product = { name: unique('Product'), price: '1.00', stock: 1, category: name };
      answer = await whileDeleted(id, () => admin.post('/api/products', product));
      if (answer.status === 201) expect(answer.body.category).toBe(name);
    } while (answer.status === 503); // the lock was not free in time
    expect(answer.status).toBe(201);
    do {
      const [from, into] = [await make(), await make()];
      await sell(from.name);
      answer = await whileDeleted(into.id, () =>
        admin.post(`/api/categories/${from.id}/merge`, { into: into.id }),
      );
    } while (answer.status === 503);
    expect([answer.status, Object.keys(answer.body.errors)]).toEqual([400, ['into']]);
  });

  it('are deleted when they have no products, or when another category takes these', async () => {
    const [used, empty, heir] = [await make(), await make(), await make()];
    const product = await sell(used.name);
    const gone = await sell(empty.name);
    await admin.delete(`/api/products/${gone.id}`).expect(204);
    expect((await admin.delete(`/api/categories/${used.id}`).expect(409)).body.code).toBe(
      'category_not_empty',
    );
    await admin.delete(`/api/categories/${empty.id}`).expect(204);
    await find(empty.slug).expect(404);
    await admin.delete(`/api/categories/${used.id}?move_to=999999`).expect(400);
    await admin.delete(`/api/categories/${used.id}?move_to=${heir.id}`).expect(204);
    expect(await listed(heir.slug)).toEqual([product.id]);
    await admin.delete(`/api/categories/${used.id}`).expect(404);
  });

  it('sent back with an outdated version keep what another admin changed', async () => {
    const category = await make();
    const path = `/api/categories/${category.id}`;
    expect((await shop.visitor.get(path).expect(200)).body).toEqual(category);
    const { body: list } = await admin.get('/api/categories').expect(200);
    expect(list.results).toContainEqual(category);
    const [name, slug] = [unique('Renamed'), `moved-${category.id}`];
    await admin.patch(path, { name }).expect(200);
    const twin = await make();
    const { body } = await admin.put(path, { ...category, slug }).expect(200);
    expect(body).toMatchObject({ name, slug });
    await admin.patch(path, { ...category, name: twin.name }).expect(409);
    expect((await admin.patch(path, { ...category, version: null }).expect(200)).body).toMatchObject({
      name: category.name,
      slug: category.slug,
    });
    const refused = await admin.put(path, { ...category, version: '3' }).expect(400);
    expect(Object.keys(refused.body.errors)).toEqual(['version']);
  });

  it('If-Match allows a change only of the version that was read', async () => {
    const category = await make();
    const path = `/api/categories/${category.id}`;
    const tag = (await shop.visitor.get(path).expect(200)).headers.get('etag')!;
    await admin.patch(path, { name: unique('Changed') }).expect(200);
    const calls: [string, string, unknown][] = [
      ['PUT', path, { name: 'No' }],
      ['PATCH', path, { name: 'No' }],
      ['POST', `${path}/merge`, { into: 1 }],
      ['DELETE', path, undefined],
    ];
    const now = (await shop.visitor.get(path)).headers.get('etag')!;
    for (const [method, address, body] of calls) {
      const refused = await admin.send(method, address, { body, headers: { 'if-match': tag } }).expect(412);
      expect(refused.headers.get('etag')).toBe(now);
    }
    await admin.send('DELETE', path, { headers: { 'if-match': now } }).expect(204);
  });
});
