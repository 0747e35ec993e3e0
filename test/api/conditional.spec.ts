import type { Api } from '../support/api.js';
import { Shop } from '../support/shop.js';

describe('Conditional requests and caches', () => {
  let shop: Shop;
  let admin: Api;
  beforeAll(async () => {
    shop = await Shop.open({ env: { LIST_CACHE_MS: '30000' } });
    admin = await shop.admin();
  });
  afterAll(() => shop.close());

  const reads = [
    '/api/products',
    '/api/products/available?page_size=2',
    '/api/categories',
    '/api/products/1',
  ];

  it.each(reads)('%s: 304 without a body for the current ETag, 200 for another one', async (path) => {
    const cold = await shop.visitor.get(path).expect(200);
    const tag = cold.headers.get('etag')!;
    expect(tag).toMatch(/^"[\w-]{27}"$/);
    expect((await shop.visitor.get(path).expect(200)).headers.get('etag')).toBe(tag);

    const compressed = ['gzip', 'br'].map((coding) => `${tag.slice(0, -1)}-${coding}"`);
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, ...compressed, '*']) {
      const { text, headers } = await shop.visitor.get(path, { 'if-none-match': known }).expect(304);
      expect(text).toBe('');
      for (const name of ['etag', 'cache-control', 'vary'])
        expect(headers.get(name)).toBe(cold.headers.get(name));
      expect(headers.get('content-type')).toBeNull();
    }
    for (const unknown of ['"other"', '"other-gzip"', tag.slice(1, -1), '', `"${tag}`])
      await shop.visitor.get(path, { 'if-none-match': unknown }).expect(200);
  });

  it.each(reads)('%s: HEAD has the headers of GET', async (path) => {
    const { headers } = await shop.visitor.get(path).expect(200);
    const head = await shop.visitor.send('HEAD', path).expect(200);
    expect(head.text).toBe('');
    for (const name of ['etag', 'cache-control', 'content-type', 'content-length'])
      expect(head.headers.get(name)).toBe(headers.get(name));
    const condition = { headers: { 'if-none-match': headers.get('etag')! } };
    await shop.visitor.send('HEAD', path, condition).expect(304);
  });

  it('changes the ETag of a changed product', async () => {
    const { id } = await shop.newProduct();
    const tagOf = async () => (await shop.visitor.get(`/api/products/${id}`)).headers.get('etag')!;
    const before = await tagOf();
    await admin.patch(`/api/products/${id}`, { stock: 3 }).expect(200);
    expect(await tagOf()).not.toBe(before);
    await shop.visitor.get(`/api/products/${id}`, { 'if-none-match': before }).expect(200);
  });

  it('returns the age and the lifetime of a list, so that no cache extends them', async () => {
    const list = await shop.visitor.get('/api/products?page_size=4').expect(200);
    expect(list.headers.get('cache-control')).toBe('public, max-age=30, must-revalidate');
    expect(list.headers.get('age')).toBe('1'); // whole seconds, rounded up
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const later = await shop.visitor.get('/api/products?page_size=4').expect(200);
    expect(later.headers.get('age')).toBe('2');
    expect(later.headers.get('vary')).toBe('Origin, Authorization');
  });

  it('requires revalidation of products, and of everything for signed-in users', async () => {
    const product = await shop.visitor.get('/api/products/1').expect(200);
    expect(product.headers.get('cache-control')).toBe('public, no-cache');
    for (const path of reads) {
      const { headers } = await admin.get(path).expect(200);
      expect(headers.get('cache-control')).toBe('private, no-cache');
      expect(headers.get('age')).toBeNull();
      await admin.get(path, { 'if-none-match': headers.get('etag')! }).expect(304);
    }
  });

  it('returns errors with no-store', async () => {
    for (const path of ['/api/products?page=99', '/api/products/0', '/api/products/9999']) {
      const { headers, status } = await shop.visitor.get(path, { 'if-none-match': '*' });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('etag')).toBeNull();
    }
  });
});
