import { get } from 'node:http';
import type { Api } from '../support/api.js';
import { Shop } from '../support/shop.js';

/** With a path, which a proxy may remove from the addresses of requests. */
const PUBLIC_URL = 'https://api.shop.example/shop';
const ORDERINGS = ['', 'price', '-price', 'name', '-name', 'created_at', '-created_at'];

describe('Lists', () => {
  let shop: Shop;
  let admin: Api;
  let customer: Api;

  beforeAll(async () => {
    shop = await Shop.open({ env: { PUBLIC_URL } });
    admin = await shop.admin();
    customer = await shop.newCustomer();
  });
  afterAll(() => shop.close());

  describe('The envelope', () => {
    it('has the total and twenty results, and links with PUBLIC_URL whatever Host is', async () => {
      const { body } = await shop.visitor
        .get('/products/', { 'X-Forwarded-Host': 'evil.example' })
        .expect(200);
      expect(body).toEqual({
        count: expect.any(Number),
        next: expect.stringMatching(
          /^https:\/\/api\.shop\.example\/shop\/api\/products\?cursor=[\w-]+&page=2$/,
        ),
        previous: null,
        results: expect.any(Array),
      });
      expect(body.results).toHaveLength(20);

      const { body: second } = await follow(shop.visitor, body.next);
      expect(second.previous).toBe(`${PUBLIC_URL}/api/products?page=1`);
      expect(second.results).toHaveLength(body.count - 20);
      expect(second.next).toBeNull();
      expect(second.count).toBe(body.count);
      const { body: first } = await follow(shop.visitor, second.previous);
      expect(first).toEqual(body);
    });

    it('has links with PUBLIC_URL for a request with another Host', async () => {
      const answer = await new Promise<string>((resolve, reject) => {
        get(`${shop.url}/api/products`, { headers: { host: 'evil.example' } }, (response) => {
          let text = '';
          response.on('data', (chunk) => (text += chunk)).on('end', () => resolve(text));
        }).on('error', reject);
      });
      expect(answer).toContain(PUBLIC_URL);
      expect(answer).not.toContain('evil');
    });

    it('has no links when there is one page', async () => {
      const { body } = await shop.visitor.get('/api/products?search=zzzz').expect(200);
      expect(body).toEqual({ count: 0, next: null, previous: null, results: [] });
      const { body: all } = await shop.visitor.get('/api/products?page_size=100').expect(200);
      expect(all).toMatchObject({ count: all.results.length, next: null, previous: null });
    });

    it('ends with a full last page', async () => {
      const { count } = (await shop.visitor.get('/api/products?search=desk')).body;
      const { body } = await shop.visitor.get(`/api/products?search=desk&page_size=${count}`).expect(200);
      expect(body.results).toHaveLength(count);
      expect(body.next).toBeNull();
    });

    it('keeps the filters in its links', async () => {
      const query = 'search=qqzz+e%26&category=&min_price=0&max_price=99999.50&available=true&ordering=-name';
      const { body: none } = await shop.visitor.get(`/api/products?${query}`).expect(200);
      expect(none.count).toBe(0);
      for (let each = 0; each < 3; each += 1)
        await newProduct({ name: 'Filtered & kept', category: 'Kept & so' });
      const kept = { search: 'filtered &', category: 'Kept & so', min_price: '1', max_price: '99.5' };
      const filters = { ...kept, available: 'true', ordering: '-name' };
      const { body } = await shop.visitor
        .get(`/api/products?${new URLSearchParams({ ...filters, page_size: '1' })}`)
        .expect(200);
      expect(body.count).toBe(3);
      const { searchParams } = new URL(body.next);
      expect(Object.fromEntries(searchParams)).toEqual({
        ...filters,
        page_size: '1',
        page: '2',
        cursor: expect.any(String),
      });
      const { body: last } = await shop.visitor
        .get(`/api/products?${new URLSearchParams({ ...filters, page_size: '1', page: '3' })}`)
        .expect(200);
      expect(last.next).toBeNull();
      expect(new URL(last.previous).searchParams.get('category')).toBe('Kept & so');
    });

    it.each([
      ['/api/products', 1],
      ['/api/users', 1],
      ['/api/orders', 1],
      ['/api/orders/my-orders', 1],
      ['/api/favorites', 1],
    ])('is the same for %s; a page past the end is 404', async (path) => {
      const { body } = await admin.get(path).expect(200);
      expect(Object.keys(body)).toEqual(['count', 'next', 'previous', 'results']);
      expect((await admin.get(`${path}?page=1000`).expect(404)).body.code).toBe('page_not_found');
      await admin.get(`${path}?page=${2 ** 31 - 1}&page_size=100`).expect(404);
    });

    it.each([
      '/api/products',
      '/api/products/available',
      '/api/users',
      '/api/orders',
      '/api/orders/my-orders',
      '/api/favorites',
    ])('of %s accepts pages from 1, and sizes from 1 to 100', async (path) => {
      for (const page of ['0', '-1', 'x', '1.0', '2147483648']) {
        expect((await admin.get(`${path}?page=${page}`).expect(404)).body.detail).toBe('Invalid page.');
      }
      const { body: twenty } = await admin.get(path).expect(200);
      for (const query of ['page=', 'page_size=x', 'page=1&page_size=', 'page=7000&page=1']) {
        expect((await admin.get(`${path}?${query}`).expect(200)).body.results).toEqual(twenty.results);
      }
      const sizeOf = async (size: string) =>
        (await admin.get(`${path}?page_size=${size}`).expect(200)).body.results.length;
      for (const size of ['0', '-5', '1', '100&page_size=1']) {
        expect(await sizeOf(size)).toBe(Math.min(1, twenty.count));
      }
      expect(await sizeOf('1000')).toBe(Math.min(100, twenty.count));
    });
  });

  describe('Following `next`', () => {
    it.each(ORDERINGS)(
      'meets every product once by “%s”, with equal keys, while others come',
      async (ordering) => {
        const tag = `tag${Math.random().toString(36).slice(2)}`;
        const before: number[] = [];
        for (let each = 0; each < 9; each += 1) {
          const price = each < 6 ? '5.00' : `${each}.00`;
          before.push((await newProduct({ name: each < 6 ? `${tag} Été` : `${tag} n${each}`, price })).id);
        }
        await shop.database.query(
          `UPDATE products SET created_at = '2026-01-01T00:00:00.123456Z' WHERE id = ANY($1::bigint[])`,
          [before.slice(0, 6)],
        );

        const met = await walk(
          shop.visitor,
          `/api/products?search=${tag}&page_size=2&ordering=${ordering}`.replace(/&ordering=$/, ''),
          async () => {
            await newProduct({ name: `${tag} Été`, price: '5.00' });
            await newProduct({ name: `${tag} a first`, price: '0.01' });
            await newProduct({ name: `${tag} z last`, price: '999.00' });
          },
        );

        expect(new Set(met).size).toBe(met.length);
        expect(met.filter((id) => before.includes(id)).sort((a, b) => a - b)).toEqual(before);
      },
    );

    it('returns every order once while others are added', async () => {
      const { id } = await newProduct({ name: 'Ordered', stock: 1000 });
      const order = async () =>
        (await customer.post('/api/orders', { items: [{ product_id: id }] }).expect(201)).body;
      const before: number[] = [];
      for (let each = 0; each < 7; each += 1) before.unshift((await order()).id);
      for (const [reader, path] of [
        [customer, '/api/orders?page_size=2'],
        [customer, '/api/orders/my-orders?page_size=3&status=pending'],
        [admin, '/api/orders?page_size=3'],
      ] as const) {
        const met = await walk(reader, path, async () => void (await order()));
        expect(new Set(met).size).toBe(met.length);
        expect(met.filter((each) => before.includes(each))).toEqual(before);
      }
    });

    it('returns every favorite once while others are added, also those with the same time', async () => {
      const before: number[] = [];
      for (let each = 0; each < 7; each += 1) before.push((await newProduct({ name: 'Liked' })).id);
      for (const product_id of before) await customer.post('/api/favorites', { product_id }).expect(201);
      await shop.database.query(`UPDATE favorites SET created_at = now() WHERE user_id = $1`, [
        customer.user.id,
      ]);
      const met = await walk(customer, '/api/favorites?page_size=2', async () => {
        await customer
          .post('/api/favorites', { product_id: (await newProduct({ name: 'Liked' })).id })
          .expect(201);
      });
      expect(met).toEqual(before.toReversed());
    });

    it('returns every user once while others are added', async () => {
      const newUser = () => {
        const username = `walker${Math.random().toString(36).slice(2)}`;
        const password_hash = 'none';
        return shop.database.query(
          `INSERT INTO users (username, username_key, email, email_key, password_hash) VALUES ($1, $1, $2, $2, $3)`,
          [username, `${username}@example.com`, password_hash],
        );
      };
      for (let each = 0; each < 5; each += 1) await newUser();
      let added = 0;
      const met = await walk(admin, '/api/users?page_size=2&search=walker', async () => {
        if ((added += 1) < 3) await newUser();
      });
      expect(new Set(met).size).toBe(met.length);
      expect(met.length).toBeGreaterThanOrEqual(5);
    });
  });

  describe('A cursor', () => {
    it.each([
      ['nothing'],
      ['%%%'],
      ['null'],
      ['5'],
      ['{}'],
      ['[]'],
      ['["id","1"]'],
      ['["id",1,1]'],
      ['["id","1","1"]'],
      ['["id","1",1.5]'],
      ['["id","x",1]'],
      ['["price","5.00",1]'],
      ['["id","1\\u0000",1]'],
      ['["id","99999999999999999999999",1]'],
    ])('that was made by hand as %s is 400', async (text) => {
      const { body } = await shop.visitor.get(`/api/products?page=2&cursor=${cursor(text)}`).expect(400);
      expect(Object.keys(body.errors)).toEqual(['cursor']);
    });

    it.each([
      ['price', '["price","cheap",1]'],
      ['-price', '["price","5.00",1]'],
      ['created_at', '["created_at","yesterday noon",1]'],
      ['created_at', '["created_at","1); DROP TABLE products --",1]'],
      ['name', '["-name","a",1]'],
    ])('by %s that was made by hand as %s is 400', async (ordering, text) => {
      const address = `/api/products?ordering=${ordering}&cursor=${cursor(text)}`;
      expect(Object.keys((await shop.visitor.get(address).expect(400)).body.errors)).toEqual(['cursor']);
    });

    it('that is too long is 400 and names the parameter', async () => {
      const { body } = await shop.visitor.get(`/api/products?cursor=${'x'.repeat(4001)}`).expect(400);
      expect(Object.keys(body.errors)).toEqual(['cursor']);
    });

    it('of one list shows no rows of another', async () => {
      const { body } = await admin.get('/api/users?page_size=1').expect(200);
      const stolen = new URL(body.next).searchParams.get('cursor');
      await customer.get(`/api/orders?cursor=${stolen}`).expect(400);
      await customer.get(`/api/favorites?cursor=${stolen}`).expect(400);
      await shop.visitor.get(`/api/products?ordering=name&cursor=${stolen}`).expect(400);
    });

    it('can hold the longest name', async () => {
      const tag = `long${Math.random().toString(36).slice(2)}`;
      for (const letter of ['é', '茶', '🫖', '"', '\u0001']) {
        await newProduct({ name: `${tag} ${letter.repeat(180)}` });
      }
      const met = await walk(
        shop.visitor,
        `/api/products?search=${tag}&page_size=1&ordering=name`,
        async () => {},
      );
      expect(met).toHaveLength(5);
    });
  });

  async function newProduct(fields: { name: string; price?: string; stock?: number; category?: string }) {
    return (await admin.post('/api/products', { price: '10.00', stock: 10, ...fields }).expect(201)).body;
  }

  /** The address that a link with PUBLIC_URL has behind its proxy. */
  function follow(reader: Api, link: string) {
    expect(link.startsWith(`${PUBLIC_URL}/api/`)).toBe(true);
    return reader.get(link.slice(PUBLIC_URL.length)).expect(200);
  }

  /** Ids of all pages, with something happening between the pages. */
  async function walk(reader: Api, path: string, meanwhile: () => Promise<void>): Promise<number[]> {
    const ids: number[] = [];
    let page = await reader.get(path).expect(200);
    for (let pages = 1; ; pages += 1) {
      ids.push(...page.body.results.map(({ id }: { id: number }) => id));
      if (page.body.next === null) return ids;
      if (pages < 6) await meanwhile();
      page = await follow(reader, page.body.next);
    }
  }
});

function cursor(text: string): string {
  return Buffer.from(text).toString('base64url');
}
