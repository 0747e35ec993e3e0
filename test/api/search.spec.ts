import type { Api } from '../support/api.js';
import { generator } from '../support/random.js';
import { Shop } from '../support/shop.js';
import { until } from '../support/until.js';

const LETTERS = [...'abcdeéfghijklmnopqrstuvwxyzABC'];
const MARKS = ['', '', '', '', ',', '.', '!', ')', '"', '…'];
const SPACES = [' ', ' ', ' ', '  ', '\n', '\t'];
const CATEGORIES = ['Lamps', 'Café', 'Rest'];

interface Kept {
  id: number;
  name: string;
  description: string;
  price: string;
  available: boolean;
  category: string;
  createdAt: number;
}

/**
 * What the index of words answers is what comparing each product with each word would: here that is done in
 * JavaScript, for random products and searches that are the same in every run.
 */
describe('A search', () => {
  const random = generator(20_261_128);
  const oneOf = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  const vocabulary = Array.from({ length: 120 }, () => randomWord(2 + Math.floor(random() * 9)));
  let shop: Shop;
  let admin: Api;
  let products: Kept[];

  beforeAll(async () => {
    shop = await Shop.open({
      empty: true,
      env: { ADMIN_EMAIL: 'admin@example.com', ADMIN_PASSWORD: 'password123', LIST_CACHE_MS: '0' },
    });
    admin = await shop.admin();
    await shop.database.query(
      `INSERT INTO categories (name, slug) SELECT name, fold_text(name) FROM unnest($1::text[]) AS name`,
      [CATEGORIES],
    );
    products = Array.from({ length: 3_000 }, (_, index) => newProduct(index));
    await add(products);
  });
  afterAll(() => shop.close());

  it.each(['', 'price', '-price', 'name', '-name', 'created_at', '-created_at'])(
    'finds what has all its words, in the order “%s”',
    async (ordering) => {
      let found = 0;
      for (let attempt = 0; attempt < 60; attempt += 1) {
        const query = randomQuery();
        if (ordering) query.ordering = ordering;
        const expected = matching(query);
        const body = await list({ ...query, page_size: '100' });
        expect({ query, ids: idsOf(body) }).toEqual({ query, ids: expected.slice(0, 100) });
        expectCount(body, expected.length);
        found += expected.length;
      }
      expect(found).toBeGreaterThan(1_000);
    },
  );

  it.each(['', '-price', 'name', '-created_at'])('has every page, by “%s”', async (ordering) => {
    // Of many, of few, of a part of very many words, and of what is narrowed.
    const searches: Record<string, string>[] = [
      { search: 'common' },
      { search: vocabulary[0]! },
      { search: 'qx' },
      { search: 'common', available: 'true' },
    ];
    for (const search of searches) {
      const query = { ...search, ...(ordering && { ordering }) };
      const expected = matching(query);
      const met: number[] = [];
      let next: string | null = `/api/products?${new URLSearchParams({ ...query, page_size: '100' })}`;
      for (let page = 1; next; page += 1) {
        const { body } = await shop.visitor.get(next).expect(200);
        const byNumber = await list({ ...query, page_size: '100', page: String(page) });
        expect(idsOf(byNumber)).toEqual(idsOf(body));
        met.push(...idsOf(body));
        next = body.next && body.next.replace(/^https?:..[^/]+/, '');
        if (!next) expect(byNumber).toMatchObject({ count: expected.length });
        if (!next) expect(byNumber).not.toHaveProperty('count_exact');
      }
      expect(met).toEqual(expected);
      const behind = new URLSearchParams({
        ...query,
        page_size: '100',
        page: String(Math.ceil(met.length / 100) + 1),
      });
      await shop.visitor.get(`/api/products?${behind}`).expect(404);
    }
  });

  it('tells how many there are: exactly, or about, when many have the words and only some the rest', async () => {
    const all = await list({ search: 'common' });
    expect(all.count).toBe(matching({ search: 'common' }).length);
    expect(all).not.toHaveProperty('count_exact');
    const some = { search: 'common', max_price: '300' };
    const { length } = matching(some);
    const about = await list(some);
    expect(about).toMatchObject({ count_exact: false });
    expect(about.count).toBeGreaterThan(0.7 * length);
    expect(about.count).toBeLessThan(1.3 * length);
    const none = await list({ search: 'common', min_price: '99999' });
    expect(none).toEqual({ count: 0, next: null, previous: null, results: [] });
  });

  it('follows names, descriptions, categories, deletions and what comes back', async () => {
    const { id } = await shop.newProduct({ name: 'Wandering zzfirst' });
    const foundBy = async (query: Record<string, string>) => idsOf(await list(query)).includes(id);
    const after = async (changes: object) =>
      void (await admin.patch(`/api/products/${id}`, changes).expect(200));
    expect(await foundBy({ search: 'zzfirst' })).toBe(true);
    await after({ name: 'Wandering zzsecond' });
    expect(await foundBy({ search: 'zzfirst' })).toBe(false);
    expect(await foundBy({ search: 'zzsecond wander' })).toBe(true);
    await after({ description: `${'é'.repeat(350)}zzend` });
    expect(await foundBy({ search: 'eezzend' })).toBe(true);
    expect(await foundBy({ search: 'e'.repeat(95) + 'zzend' })).toBe(true);
    await after({ category: 'Lamps' });
    expect(await foundBy({ search: 'zzsecond', category: 'lamps' })).toBe(true);
    await after({ category: null });
    expect(await foundBy({ search: 'zzsecond', category: 'lamps' })).toBe(false);
    await admin.delete(`/api/products/${id}`).expect(204);
    expect(await foundBy({ search: 'zzsecond' })).toBe(false);
    await shop.database.query('UPDATE products SET deleted_at = NULL WHERE id = $1', [id]);
    expect(await foundBy({ search: 'zzsecond' })).toBe(true);
    await expectIndexIsTrue();
  });

  it('is right after many wrote at once', async () => {
    const [one, other] = await Promise.all([shop.newProduct(), shop.newProduct()]);
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const words = Array.from({ length: 6 }, () => oneOf(vocabulary)).join(' ');
        if (index % 2) return admin.post('/api/products', { name: words, price: '1.00' }).expect(201);
        const { id } = index % 4 ? one : other;
        return admin.patch(`/api/products/${id}`, { name: words, category: oneOf(CATEGORIES) }).expect(200);
      }),
    );
    await expectIndexIsTrue();
  });

  it('splits and folds what is searched as it does what is found', async () => {
    const { id } = await shop.newProduct({ name: 'Zzpipe 1½ inch, «zzround» or\u2039zzflat\u203a' });
    for (const search of ['½', '1½', '1/2', 'zzpipe 1½ inch', '«zzround»', 'zzround', '<zzflat>']) {
      expect([search, idsOf(await list({ search }))]).toEqual([search, expect.arrayContaining([id])]);
    }
    const { rows } = await shop.database.query(`SELECT words_of(E'wooden\\x0briver\tvase') AS word`);
    expect(rows.map(({ word }) => word)).toEqual(['wooden', 'river', 'vase']);
  });

  it('takes a slug for a category before a name', async () => {
    await shop.database.query(`INSERT INTO categories (name, slug) VALUES ('Zzhome', 'zzother')`);
    const { id } = await shop.newProduct({ name: 'Zzslug' });
    await admin.patch(`/api/products/${id}`, { category: 'Zzcellar' }).expect(200);
    await shop.database.query(`UPDATE categories SET slug = 'zzhome' WHERE name = 'Zzcellar'`);
    expect(idsOf(await list({ category: 'zzhome' }))).toEqual([id]);
  });

  it('makes nobody wait who buys a product whose new name waits for its turn in the index', async () => {
    const [{ id }, other, unchanged] = await Promise.all([1, 2, 3].map(() => shop.newProduct()));
    const customer = await shop.newCustomer();
    const holder = await shop.database.connect();
    await holder.query('BEGIN; SELECT FROM product_counts FOR UPDATE');
    const waiting = [
      admin.patch(`/api/products/${id}`, { name: 'Zzlater' }).expect(200),
      admin.delete(`/api/products/${other.id}`).expect(204),
    ];
    await until(async () => {
      const { rows } = await shop.database.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows.length === 2;
    });
    const items = [{ product_id: id }, { product_id: other.id }];
    await Promise.all([
      customer.post('/api/orders', { items }).expect(201),
      admin.patch(`/api/products/${unchanged.id}`, { name: unchanged.name, stock: 5 }).expect(200),
    ]);
    await holder.query('COMMIT');
    holder.release();
    await Promise.all(waiting);
  });

  it('sorts what it finds though ids have gone far', async () => {
    const far = { ...newProduct(2_999), id: 10_000_000_000, description: 'common' };
    products.push(far);
    await add([far]);
    for (const ordering of ['price', '-name']) {
      const query = { search: 'common', ordering };
      const body = await list({ ...query, page_size: '100' });
      expect(idsOf(body)).toEqual(matching(query).slice(0, 100));
      expect(body.count).toBe(matching(query).length);
    }
    await list({ search: 'qx', ordering: 'price', max_price: '300' });
  });

  /** No bit too many, and none too few. */
  async function expectIndexIsTrue(): Promise<void> {
    const { rows } = await shop.database.query(`
      WITH kept AS (
        SELECT word, block::bigint * 30720 + place AS id FROM search_postings, places_in(coalesce(few, many)) AS place
      ), right_ones AS (
        SELECT posting AS word, id FROM products, postings_of(search_text, category_id, deleted_at) AS posting
      )
      (SELECT 'too many' AS fault, * FROM (TABLE kept EXCEPT TABLE right_ones) surplus)
      UNION ALL (SELECT 'too few', * FROM (TABLE right_ones EXCEPT TABLE kept) missing)
      UNION ALL (
        SELECT 'unknown', word, block FROM search_postings
        WHERE word <> '' AND word NOT LIKE 'category %' AND word NOT IN (TABLE search_words)
      )`);
    expect(rows).toEqual([]);
  }

  async function list(query: Record<string, string>): Promise<any> {
    return (await shop.visitor.get(`/api/products?${new URLSearchParams(query)}`).expect(200)).body;
  }

  function expectCount(body: any, count: number): void {
    if (body.count_exact === false) expect(body.next).not.toBeNull();
    else expect(body.count).toBe(count);
  }

  function randomWord(length: number): string {
    return Array.from({ length }, () => oneOf(LETTERS)).join('');
  }

  function randomText(words: number): string {
    return Array.from({ length: words }, () => oneOf(vocabulary) + oneOf(MARKS) + oneOf(SPACES)).join('');
  }

  /** Over four blocks of ids, and next to their borders. */
  function newProduct(index: number): Kept {
    const parts = [
      randomText(5),
      index % 10 < 7 ? 'common' : '',
      `qx${index}`,
      index % 500 ? '' : 'y'.repeat(450) + index,
    ];
    return {
      id: index < 1_000 ? 1_000 + index : index < 2_000 ? 28_720 + index : 80_000 + 9 * index,
      name: `${oneOf(vocabulary)} ${index}`,
      description: parts.join(' '),
      price: (Math.floor(random() * 1e5) / 100).toFixed(2),
      available: random() < 0.8,
      category: oneOf(CATEGORIES),
      createdAt: Date.UTC(2026, 0, 1) + Math.floor(random() * 1_000) * 1_000,
    };
  }

  async function add(all: Kept[]): Promise<void> {
    await shop.database.query(
      `WITH made AS (
         INSERT INTO products (id, name, slug, description, price, stock, stock_sequence, category_id, created_at)
         SELECT (p->>'id')::bigint, p->>'name', p->>'id', p->>'description', (p->>'price')::numeric,
                (p->>'available')::boolean::int, 1, c.id, to_timestamp((p->>'createdAt')::float8 / 1000)
         FROM jsonb_array_elements($1::jsonb) p JOIN categories c ON c.name = p->>'category'
         RETURNING id, stock
       )
       INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
       SELECT id, 1, stock, stock, 'initial' FROM made`,
      [JSON.stringify(all)],
    );
    await shop.database.query(`SELECT setval('products_id_seq', (SELECT max(id) FROM products))`);
  }

  function randomQuery(): Record<string, string> {
    const query: Record<string, string> = {};
    const part = () => {
      const word = oneOf([
        ...vocabulary,
        'common',
        'qx',
        `qx${Math.floor(random() * 3_000)}`,
        'y'.repeat(99),
      ]);
      const start = Math.floor(random() * random() * word.length);
      return (
        word.slice(start, start + 1 + Math.floor(Math.sqrt(random()) * (word.length - start))) + oneOf(MARKS)
      );
    };
    query.search = Array.from({ length: 1 + Math.floor(random() * 2.5) }, part).join(' ');
    if (random() < 0.3) query.category = oneOf(CATEGORIES);
    if (random() < 0.2) query.max_price = String(Math.floor(random() * 1_000));
    if (random() < 0.2) query.available = String(random() < 0.7);
    return query;
  }

  /** Ids of what a query should find, in their order. */
  function matching(query: Record<string, string>): number[] {
    const { search = '', category, max_price, available, ordering = 'id' } = query;
    const terms = search.split(' ').map((term) => bare(fold(term)));
    const found = products.filter((product) => {
      const words = fold(`${product.name} ${product.description}`).split(/\s+/).map(bare);
      return (
        terms.every((term) => words.some((word) => word.includes(term))) &&
        (category === undefined || product.category === category) &&
        (max_price === undefined || Number(product.price) <= Number(max_price)) &&
        (available === undefined || String(product.available) === available)
      );
    });
    const keys = {
      id: ({ id }: Kept) => id,
      price: ({ price }: Kept) => Number(price),
      name: ({ name }: Kept) => fold(name),
      created_at: ({ createdAt }: Kept) => createdAt,
    };
    const keyOf = keys[ordering.replace('-', '') as keyof typeof keys];
    const compare = (one: Kept, other: Kept) => {
      const [a, b] = [keyOf(one), keyOf(other)];
      return a < b ? -1 : a > b ? 1 : one.id - other.id;
    };
    found.sort(ordering.startsWith('-') ? (one, other) => compare(other, one) : compare);
    return found.map(({ id }) => id);
  }
});

function idsOf({ results }: { results: { id: number }[] }): number[] {
  return results.map(({ id }) => id);
}

function fold(text: string): string {
  return text.replaceAll('é', 'e').replaceAll('…', '...').toLowerCase();
}

function bare(word: string): string {
  return word.replace(/^[.,;:!?()[\]"'«»“”‘’…]+|[.,;:!?()[\]"'«»“”‘’…]+$/g, '') || word;
}
