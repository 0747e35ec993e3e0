import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Api } from '../support/api.js';
import { generator } from '../support/random.js';
import { AppProcess, Shop } from '../support/shop.js';

const SETTINGS = {
  empty: true,
  env: { ADMIN_EMAIL: 'admin@example.com', ADMIN_PASSWORD: 'password123', LIST_CACHE_MS: '0' },
};

describe('A search', () => {
  let shop: Shop;
  let admin: Api;

  beforeAll(async () => {
    shop = await Shop.open(SETTINGS);
    admin = await shop.admin();
    for (const [name, description = ''] of [
      ['Ovenproof dish', 'For gratins'],
      ['Glass oven'],
      ['Roasting tin', 'Fits every oven'],
      ['L’été au jardin', 'Huile d’olive à l’ail'],
      ['Wi-Fi router AC-1200', 'Cable: USB-C, jack 3.5mm'],
      ['Screw M8x20', 'Zinc plated; box of 100'],
      ['Key ABC-123'],
      ['Frame 40×60', 'For 0,24 m² of wall'],
      ['Frame 50x70'],
      ['Bougie parfumée'],
      ['Chandelier'],
      ['Desk lamp', 'Oak and brass'],
      ['Floor lamp', 'Walnut'],
      ['ΟΔΥΣΣΕΥΣ'],
      ['青い急須セット'],
      ['Чайник'],
      ['Pipe 1½ inch', '«round»'],
      ['Calendar 24680'],
    ]) {
      await admin.post('/api/products', { name, description, price: '1.00' }).expect(201);
    }
  });
  afterAll(() => shop.close());

  const search = async (words: string, rest: Record<string, string> = {}): Promise<any> => {
    const query = new URLSearchParams({ search: words, ...rest });
    return (await shop.visitor.get(`/api/products?${query}`).expect(200)).body;
  };
  const namesFor = async (words: string, rest?: Record<string, string>): Promise<string[]> =>
    namesIn(await search(words, rest));

  it.each([
    ['glass', ['Glass oven']],
    ['gratin', ['Ovenproof dish']],
    ['proof', ['Ovenproof dish']],
    ['in tin', ['Roasting tin']],
    ['OVEN Every', ['Roasting tin']],
    ['ete', ['L’été au jardin']],
    ["l'été", ['L’été au jardin']],
    ['l’ail', ['L’été au jardin']],
    ['d’huile', ['L’été au jardin']],
    ['E\u0301TE\u0301', ['L’été au jardin']],
    ['wifi', ['Wi-Fi router AC-1200']],
    ['wi-fi', ['Wi-Fi router AC-1200']],
    ['fi router', ['Wi-Fi router AC-1200']],
    ['ac1200', ['Wi-Fi router AC-1200']],
    ['USB-C', ['Wi-Fi router AC-1200']],
    ['usbc', ['Wi-Fi router AC-1200']],
    ['3.5mm', ['Wi-Fi router AC-1200']],
    ['3,5', ['Wi-Fi router AC-1200']],
    ['m8x20', ['Screw M8x20']],
    ['8x20', ['Screw M8x20']],
    ['abc123', ['Key ABC-123']],
    ['abc 123', ['Key ABC-123']],
    ['ABC-123', ['Key ABC-123']],
    ['40x60', ['Frame 40×60']],
    ['50×70', ['Frame 50x70']],
    ['m2', ['Frame 40×60']],
    ['0.24', ['Frame 40×60']],
    ['οδυσσευσ', ['ΟΔΥΣΣΕΥΣ']],
    ['οδυσσεύς', ['ΟΔΥΣΣΕΥΣ']],
    ['急須', ['青い急須セット']],
    ['ЧАЙ', ['Чайник']],
    ['1½', ['Pipe 1½ inch']],
    ['1/2 pipe', ['Pipe 1½ inch']],
    ['<<round>>', ['Pipe 1½ inch']],
    ['frame ! 40', ['Frame 40×60']],
    ['nothing', []],
    ['%', []],
  ])('finds by “%s”', async (words, names) => {
    expect(await namesFor(words)).toEqual(names);
  });

  it.each([
    ['lapm', ['Desk lamp', 'Floor lamp']],
    ['bougei', ['Bougie parfumée']],
    ['boogie', ['Bougie parfumée']],
    ['ougie', ['Bougie parfumée']],
    ['bougies', ['Bougie parfumée']],
    ['bougie parfumee', ['Bougie parfumée']],
    ['bougie parfmuee', ['Bougie parfumée']],
    ['wlanut lamp', ['Floor lamp']],
    ['lamp wlanut', ['Floor lamp']],
    ['chandeleir', ['Chandelier']],
    ['shandelierr', ['Chandelier']],
    ['hcandelire', ['Chandelier']],
    // Too many edits for the number of letters, or for any word.
    ['lomp', []],
    ['buogei', []],
    ['shantelierr', []],
    // Digits are never corrected.
    ['24860', []],
    ['abc132', []],
  ])('tolerates typos: “%s”', async (words, names) => {
    expect(await namesFor(words)).toEqual(names);
  });

  it('sorts by relevance: whole words of names, parts of them, descriptions, typos', async () => {
    expect(await namesFor('oven')).toEqual(['Glass oven', 'Ovenproof dish', 'Roasting tin']);
    for (const [name, description] of [
      ['Stand', 'To carry a guitra'],
      ['Guitar'],
      ['Guitra of tin'],
      ['Guitras'],
    ]) {
      await admin.post('/api/products', { name, description, price: '1.00' }).expect(201);
    }
    expect(await namesFor('guitra')).toEqual(['Guitra of tin', 'Guitras', 'Stand', 'Guitar']);
    const met: string[] = [];
    for (let page: any = await search('guitra', { page_size: '1' }); ;) {
      expect(page.count).toBe(4);
      met.push(...namesIn(page));
      if (!page.next) break;
      page = (await shop.visitor.get(page.next.replace(/^https?:..[^/]+/, '')).expect(200)).body;
    }
    expect(met).toEqual(['Guitra of tin', 'Guitras', 'Stand', 'Guitar']);
  });

  it('sorts by `ordering` if given', async () => {
    expect(await namesFor('oven', { ordering: 'id' })).toEqual([
      'Ovenproof dish',
      'Glass oven',
      'Roasting tin',
    ]);
    expect(await namesFor('oven', { ordering: '-id' })).toEqual([
      'Roasting tin',
      'Glass oven',
      'Ovenproof dish',
    ]);
    expect(await namesFor('lapm', { ordering: '-name' })).toEqual(['Floor lamp', 'Desk lamp']);
  });

  it('can have any length: words after the tenth and characters after the hundredth are ignored', async () => {
    const many = 'desk lamp oak and brass desk lamp oak and brass nothing';
    expect(await namesFor(many)).toEqual([]);
    expect(await namesFor(`desk lamp oak brass ${'!'.repeat(100)} nothing`)).toEqual(['Desk lamp']);
    expect(await namesFor('de la oa an br sk mp ak nd ss nothing')).toEqual(['Desk lamp']);
    expect(await namesFor('x'.repeat(5_000))).toEqual([]);
  });

  it('finds changed names and descriptions, and restored products; not deleted ones', async () => {
    const { id } = await shop.newProduct({ name: 'Wandering zzfirst' });
    const isFoundBy = async (words: string) => (await namesFor(words)).length > 0;
    const change = (changes: object) => admin.patch(`/api/products/${id}`, changes).expect(200);
    expect(await isFoundBy('zzfirst')).toBe(true);
    await change({ name: 'Wandering zzsecond' });
    expect(await isFoundBy('zzfirst')).toBe(false);
    expect(await isFoundBy('zzsecond wander')).toBe(true);
    await change({ description: `${'é'.repeat(350)}zzend` });
    expect(await isFoundBy('eezzend')).toBe(true);
    expect(await isFoundBy(`${'e'.repeat(95)}zzend`)).toBe(true);
    await admin.delete(`/api/products/${id}`).expect(204);
    expect(await isFoundBy('zzsecond')).toBe(false);
    await shop.database.query('UPDATE products SET deleted_at = NULL WHERE id = $1', [id]);
    expect(await isFoundBy('zzsecond')).toBe(true);
  });

  it('finds new words, also those of a transaction that was open during an earlier search', async () => {
    const open = await shop.database.connect();
    await open.query('BEGIN');
    const { id } = await shop.newProduct({ name: 'Kept' });
    await open.query(`UPDATE products SET name = 'Ultrazzkept' WHERE id = $1`, [id]);
    await shop.newProduct({ name: 'Zzkept' });
    for (const searched of ['zzkept', 'zzkepd', 'zzke']) {
      expect(await namesFor(searched)).toEqual(['Zzkept']);
      expect(await namesFor(searched)).toEqual(['Zzkept']);
    }
    await open.query('COMMIT');
    open.release();
    expect(await namesFor('zzkept')).toEqual(['Zzkept', 'Ultrazzkept']);
    expect(await namesFor('zzke')).toEqual(['Ultrazzkept', 'Zzkept']);
    await shop.newProduct({ name: 'Hyperzzkept' });
    expect(await namesFor('zzkept')).toEqual(['Zzkept', 'Ultrazzkept', 'Hyperzzkept']);
    await shop.newProduct({ name: 'Zzkepd' });
    expect(await namesFor('zzkepd')).toEqual(['Zzkepd', 'Zzkept']);
  });

  it('prefers the slug of a category to a name', async () => {
    const { id } = await shop.newProduct({ name: 'Zzslug' });
    await shop.database.query(
      `INSERT INTO categories (name, name_key, slug) VALUES ('Zzhome', 'zzhome', 'zzother')`,
    );
    await admin.patch(`/api/products/${id}`, { category: 'Zzcellar' }).expect(200);
    await shop.database.query(`UPDATE categories SET slug = 'zzhome' WHERE name = 'Zzcellar'`);
    for (const query of ['category=zzhome', 'category=zzhome&search=zzslug']) {
      const { body } = await shop.visitor.get(`/api/products?${query}`).expect(200);
      expect(namesIn(body)).toEqual(['Zzslug']);
    }
  });

  it('is not blocked, nor are buyers and changes of other texts, while one transaction changes many texts', async () => {
    const [{ id }, other] = await Promise.all([1, 2].map(() => shop.newProduct({ name: 'Bulk' })));
    const customer = await shop.newCustomer();
    const bulk = await shop.database.connect();
    await bulk.query('BEGIN');
    await bulk.query(`UPDATE products SET description = 'zznew zzcommon' WHERE id = $1`, [id]);
    await admin.patch(`/api/products/${other.id}`, { description: 'zznew zzcommon' }).expect(200);
    const { body: added } = await admin
      .post('/api/products', { name: 'Meanwhile zznew', price: '1.00' })
      .expect(201);
    await admin.delete(`/api/products/${added.id}`).expect(204);
    await customer.post('/api/orders', { items: [{ product_id: other.id }] }).expect(201);
    expect((await search('zznew')).count).toBe(1);
    await bulk.query('COMMIT');
    bulk.release();
    expect((await search('zznew')).count).toBe(2);
  });

  it('finds a part in a hundred different words, and says when it left some out', async () => {
    const add = (count: number, part: string) =>
      shop.database.query(
        `WITH made AS (
           INSERT INTO products (name, slug, price, stock, stock_sequence)
           SELECT n || $2, n || $2, 1, 0, 1 FROM generate_series(1, $1::integer) n RETURNING id
         )
         INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
         SELECT id, 1, 0, 0, 'initial' FROM made`,
        [count, part],
      );
    await add(100, 'zqfew');
    const few = await search('zqfew', { page_size: '100' });
    expect(few).toMatchObject({ count: 100, next: null });
    expect(few).not.toHaveProperty('count_exact');
    await add(600, 'zqmany');
    for (let page = 1, next = true; next; page += 1) {
      const many = await search('zqmany', { page_size: '100', page: String(page) });
      expect(many.count_exact).toBe(false);
      next = many.next !== null;
    }
  });
});

it('finds all products also where PostgreSQL has little memory for a search', async () => {
  const shop = await Shop.open(SETTINGS);
  const { pathname } = new URL(shop.databaseUrl);
  await shop.database.query(`ALTER DATABASE ${pathname.slice(1)} SET work_mem = '64kB'`);
  await shop.stopProcess(shop.processes[0]!);
  await shop.startProcess();
  // On more pages than fit into that memory, a few on each. Some have a word that begins with zqx, some one that holds it.
  await shop.database.query(
    `WITH made AS (
       INSERT INTO products (name, slug, description, price, stock, stock_sequence)
       SELECT concat_ws(' ', (ARRAY['zqx' || n, 'azqx' || n % 40, 'none'])[1 + n % 3], CASE n % 2 WHEN 0 THEN 'balcony' END),
         n, repeat('!', 1400), 1, 0, 1
       FROM generate_series(1, 6000) n RETURNING id
     )
     INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
     SELECT id, 1, 0, 0, 'initial' FROM made`,
  );
  await shop.database.query(`SELECT gin_clean_pending_list('products_words')`); // new entries are not in the index itself
  const { body } = await shop.visitor.get('/api/products?search=zqx+balcony').expect(200);
  expect(body.count).toBe(2000);
  await shop.close();
});

it('needs a database that knows letters beyond ASCII: a start on another one is refused', async () => {
  const server = new pg.Client(process.env.TEST_DATABASE_URL);
  await server.connect();
  const name = `ascii_${randomBytes(6).toString('hex')}`;
  await server.query(
    `CREATE DATABASE ${name} TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C' ENCODING 'UTF8'`,
  );
  const url = new URL(process.env.TEST_DATABASE_URL!);
  url.pathname = `/${name}`;
  const start = AppProcess.start({ DATABASE_URL: url.href, DATA_DIR: process.env.TEST_DATA_DIR });
  await expect(start).rejects.toThrow(/DATABASE_URL: .* knows no case of letters beyond ASCII/);
  await server.query(`DROP DATABASE ${name}`);
  await server.end();
});

/**
 * In a shop with more matches than are read, the results equal a comparison of each product with each word, which is done
 * in JavaScript here, for random products and searches that are the same in every run.
 */
describe('A search in a large shop', () => {
  const PRODUCTS = 6_000;
  const random = generator(20_261_128);
  const oneOf = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  const LETTERS = [...'abcdefghijklmnopqrstuvw'];
  const vocabulary = Array.from({ length: 200 }, () =>
    Array.from({ length: 3 + Math.floor(random() * 6) }, () => oneOf(LETTERS)).join(''),
  );
  const zipf = () => vocabulary[Math.floor(vocabulary.length ** random()) - 1]!;
  let shop: Shop;
  let products: Kept[];

  interface Kept {
    id: number;
    name: string;
    description: string;
    price: string;
    available: boolean;
    category: string;
    createdAt: number;
  }

  beforeAll(async () => {
    shop = await Shop.open(SETTINGS);
    products = Array.from({ length: PRODUCTS }, (_, index) => ({
      id: 10 + 3 * index,
      name: `${zipf()} ${zipf()} ${index % 3 ? '' : 'common'} x${index}`,
      description: `${zipf()} ${zipf()} ${zipf()} common`,
      price: (Math.floor(random() * 1e5) / 100).toFixed(2),
      available: random() < 0.8,
      category: oneOf(['lamps', 'chairs', 'rest']),
      createdAt: Date.UTC(2026, 0, 1) + Math.floor(random() * 1_000) * 1_000,
    }));
    await add(products);
    await shop.database.query('ANALYZE products');
  });
  afterAll(() => shop.close());

  it.each(['', 'id', 'price', '-price', 'name', '-created_at'])(
    'finds what has all its words, in the order “%s”',
    async (ordering) => {
      let found = 0;
      for (let attempt = 0; attempt < 40; attempt += 1) {
        const query: Record<string, string> = { search: randomWords(), ...(ordering && { ordering }) };
        if (random() < 0.3) query.category = oneOf(['lamps', 'chairs', 'rest']);
        if (random() < 0.2) query.max_price = String(Math.floor(random() * 1_000));
        if (random() < 0.2) query.available = String(random() < 0.5);
        const expected = matching(query);
        if (expected.length < 5) continue; // otherwise typos are tolerated
        const body = await list({ ...query, page_size: '100' });
        expect({ query, ids: idsIn(body) }).toEqual({ query, ids: expected.slice(0, 100) });
        if (body.count_exact === false) expect(body.next).not.toBeNull();
        else expect(body.count).toBe(expected.length);
        found += expected.length;
      }
      expect(found).toBeGreaterThan(1_000);
    },
  );

  it.each(['', '-price', 'name'])('returns every page, by number and by next, by “%s”', async (ordering) => {
    // More than are read; some; more, narrowed to a few.
    const searches: Record<string, string>[] = [
      { search: 'common' },
      { search: vocabulary[3]! },
      { search: 'common', max_price: '9' },
    ];
    for (const search of searches) {
      const query: Record<string, string> = { ...search, ...(ordering && { ordering }) };
      const expected = matching(query);
      const met: number[] = [];
      let next: string | null = `/api/products?${new URLSearchParams({ ...query, page_size: '100' })}`;
      for (let page = 1; next; page += 1) {
        const { body } = await shop.visitor.get(next).expect(200);
        if (page % 13 === 2 && page <= 100) {
          expect(idsIn(await list({ ...query, page_size: '100', page: String(page) }))).toEqual(idsIn(body));
        }
        met.push(...idsIn(body));
        next = body.next && body.next.replace(/^https?:..[^/]+/, '');
      }
      expect(met).toEqual(expected);
    }
  });

  it('has exact totals of few matches, and estimates of many', async () => {
    const about = await list({ search: 'common' });
    expect(about.count_exact).toBe(false);
    expect(about.count).toBeGreaterThan(0.7 * PRODUCTS);
    const few = { search: vocabulary[5]! };
    const body = await list(few);
    expect(body.count).toBe(matching(few).length);
    expect(body).not.toHaveProperty('count_exact');
    const behind = new URLSearchParams({ search: 'common', page: '5000' });
    await shop.visitor.get(`/api/products?${behind}`).expect(404);
  });

  async function list(query: Record<string, string>): Promise<any> {
    return (await shop.visitor.get(`/api/products?${new URLSearchParams(query)}`).expect(200)).body;
  }

  function randomWords(): string {
    const part = () => {
      const word = oneOf([zipf(), zipf(), 'common', 'x1']);
      const start = random() < 0.7 ? 0 : Math.floor(random() * word.length);
      return word.slice(start, start + 1 + Math.floor(Math.sqrt(random()) * (word.length - start)));
    };
    return Array.from({ length: 1 + Math.floor(random() * 2) }, part).join(' ');
  }

  async function add(all: Kept[]): Promise<void> {
    await shop.database.query(
      `WITH kinds AS (
         INSERT INTO categories (name, name_key, slug)
         VALUES ('Lamps', 'lamps', 'lamps'), ('Chairs', 'chairs', 'chairs'), ('Rest', 'rest', 'rest')
         RETURNING id, slug
       ), made AS (
         INSERT INTO products (id, name, slug, description, price, stock, stock_sequence, category_id, created_at)
         SELECT (p->>'id')::bigint, p->>'name', p->>'id', p->>'description', (p->>'price')::numeric,
                (p->>'available')::boolean::int, 1, kinds.id, to_timestamp((p->>'createdAt')::float8 / 1000)
         FROM jsonb_array_elements($1::jsonb) p JOIN kinds ON slug = p->>'category'
         RETURNING id, stock
       )
       INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
       SELECT id, 1, stock, stock, 'initial' FROM made`,
      [JSON.stringify(all)],
    );
  }

  /** Ids in their order. */
  function matching(query: Record<string, string>): number[] {
    const terms = query.search!.split(' ');
    const { ordering = '' } = query;
    const name = ordering.replace('-', '');
    const direction = ordering.startsWith('-') ? -1 : 1;
    const has = (words: string[], term: string) => words.some((word) => holds(word, term));
    const rank = (product: Kept) => {
      const words = product.name.split(' ');
      if (terms.every((term) => words.includes(term))) return 0;
      return terms.every((term) => has(words, term)) ? 1 : 2;
    };
    const keyOf = (product: Kept): number | string => {
      if (name === '') return rank(product);
      if (name === 'price') return Number(product.price);
      if (name === 'created_at') return product.createdAt;
      return name === 'name' ? product.name : 0;
    };
    return products
      .filter((product) => {
        const words = `${product.name} ${product.description}`.split(' ');
        return (
          terms.every((term) => has(words, term)) &&
          (!query.category || product.category === query.category) &&
          (!query.max_price || Number(product.price) <= Number(query.max_price)) &&
          (!query.available || String(product.available) === query.available)
        );
      })
      .map((product) => ({ id: product.id, key: keyOf(product) }))
      .sort((a, b) => direction * (compare(a.key, b.key) || a.id - b.id))
      .map(({ id }) => id);
  }
});

/** Parts of words with at least three letters; two letters match at both ends, one at the beginning. */
function holds(word: string, term: string): boolean {
  if (term.length >= 3) return word.includes(term);
  return word.startsWith(term) || (term.length === 2 && word.endsWith(term));
}

function compare<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function namesIn(body: any): string[] {
  return body.results.map(({ name }: { name: string }) => name);
}

function idsIn(body: any): number[] {
  return body.results.map(({ id }: { id: number }) => id);
}
