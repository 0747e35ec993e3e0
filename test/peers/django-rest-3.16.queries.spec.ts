import type { Api } from '../support/api.js';
import { Shop } from '../support/shop.js';

describe('Queries as Django REST 3.16 reads them', () => {
  let shop: Shop;
  let visitor: Api;
  beforeAll(async () => {
    shop = await Shop.open();
    visitor = shop.visitor;
  });
  afterAll(() => shop.close());

  const list = async (query: string) => (await visitor.get(`/api/products/?${query}`).expect(200)).body;

  it('an empty parameter counts as missing, and the last of repeated ones counts', async () => {
    const all = await list('');
    expect(
      await list('search=&category=&min_price=&max_price=&available=&ordering=&page=&page_size='),
    ).toEqual(all);
    expect((await list('page_size=50&page_size=2')).results).toHaveLength(2);
  });

  it('page=last is the last page', async () => {
    const { count } = await list('');
    const last = await list('page=last&page_size=7');
    expect(last.next).toBeNull();
    expect(last.results).toHaveLength(count % 7 || 7);
    expect(last.previous).toMatch(new RegExp(`page=${Math.ceil(count / 7) - 1}$`));
    expect((await list('page=last&search=zzzzzz')).results).toEqual([]);
  });

  it('`page` is the last parameter of next and previous', async () => {
    const { next } = await list('page_size=2');
    expect(next).toMatch(/[?&]page=2$/);
    const second = (await visitor.get(new URL(next).pathname + new URL(next).search).expect(200)).body;
    expect(second.previous).toMatch(/[?&]page=1$/);
    expect(second.next).toMatch(/[?&]page=3$/);
  });

  it.each([
    ['-id', '-id'],
    ['price,-name', 'price'],
    ['rating,-price', '-price'],
    ['rating', 'id'],
    ['--price', 'id'],
  ])('ordering=%s orders by %s', async (given, taken) => {
    const ids = async (ordering: string) =>
      (await list(`page_size=100&ordering=${ordering}`)).results.map(({ id }: any) => id);
    expect(await ids(given)).toEqual(await ids(taken));
  });

  it.each(['True', 'TRUE', 'true', '1'])('available=%s is true', async (value) => {
    expect((await list(`available=${value}`)).count).toBe((await list('available=true')).count);
  });
});

describe('LIST_FORMAT=array: lists of Django REST 3.16 without pagination', () => {
  let shop: Shop;
  beforeAll(async () => (shop = await Shop.open({ env: { LIST_FORMAT: 'array' } })));
  afterAll(() => shop.close());

  it('are bare arrays, with total and links in headers', async () => {
    for (const _time of ['asked', 'from memory']) {
      const { body, headers } = await shop.visitor.get('/api/products/?page_size=2&page=2').expect(200);
      expect(body).toHaveLength(2);
      expect(Number(headers.get('x-total-count'))).toBeGreaterThan(5);
      expect(headers.get('link')).toMatch(/^<http[^>]+page=3>; rel="next", <http[^>]+page=1>; rel="prev"$/);
      const known = { 'if-none-match': headers.get('etag')! };
      await shop.visitor.get('/api/products/?page_size=2&page=2', known).expect(304);
    }
  });

  it('applies to all lists, and the document says so', async () => {
    const customer = await shop.newCustomer();
    for (const path of ['/orders/', '/orders/my-orders/', '/favorites/', '/categories/']) {
      expect(Array.isArray((await customer.get(path).expect(200)).body)).toBe(true);
    }
    const { body } = await shop.visitor.get('/api/docs-json').expect(200);
    expect(body.components.schemas.ProductPage).toMatchObject({ type: 'array' });
  });
});
