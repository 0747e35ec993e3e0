import { Shop } from '../support/shop.js';

/** `Accept` of a browser's address bar. */
const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

describe('The root of the shop', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await Shop.open();
  });
  afterAll(() => shop.close());

  const read = async (headers: Record<string, string>, address = '/') => {
    const response = await fetch(shop.url + address, { headers });
    return { response, text: await response.text() };
  };

  it('shows a browser links to shop, admin, documentation and mailbox, each with a picture', async () => {
    const { response, text } = await read({ ...BROWSER, 'accept-language': 'fr' });
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(response.headers.get('vary')).toContain('Accept');
    expect(text).toContain('<html lang="fr">');
    for (const address of ['/shop/', '/admin/', '/api/docs', '/dev/mailbox']) {
      expect(text).toContain(`href="${address}"`);
      expect((await read(BROWSER, address)).response.status).toBe(200);
    }
    const pictures = [...text.matchAll(/<img src="([^"]+)"/g)].map(([, address]) => address!);
    expect(pictures).toHaveLength(4);
    for (const address of pictures) {
      expect((await read({}, address)).response.headers.get('content-type')).toBe('image/webp');
    }
  });

  it('returns these addresses as JSON to a program', async () => {
    for (const headers of [{}, { accept: '*/*' }, { accept: 'application/json' }]) {
      const { response, text } = await read(headers as Record<string, string>);
      expect(response.headers.get('content-type')).toContain('application/json');
      expect(response.headers.get('vary')).toContain('Accept');
      expect(JSON.parse(text)).toHaveProperty('openapi');
    }
  });

  it.each(['/admin/assets/gone-1a2b3c.js', '/shop/assets/gone-1a2b3c.js'])(
    'says of a file that an earlier version had (%s) that it is not there, and sends no page for it',
    async (address) => {
      for (const method of ['GET', 'HEAD']) {
        const response = await fetch(shop.url + address, { method });
        expect([method, response.status]).toEqual([method, 404]);
        expect(response.headers.get('content-type')).toContain('json');
      }
    },
  );
});
