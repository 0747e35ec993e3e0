import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Shop } from '../support/shop.js';

describe('A picture', () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'comptoir-media-'));
  const media = path.join(dataDir, 'media');
  let shop: Shop;

  beforeAll(async () => {
    mkdirSync(path.join(media, 'folder.webp'), { recursive: true });
    for (const name of ['lamp.webp', 'page.html', '.hidden.webp'])
      writeFileSync(path.join(media, name), 'RIFF');
    shop = await Shop.open({ env: { DATA_DIR: dataDir, DEMO: 'false' } });
  });
  afterAll(async () => {
    await shop.close();
    rmSync(dataDir, { recursive: true });
  });

  it('has its type and size, and 304 for a browser that has it', async () => {
    const whole = await fetch(`${shop.url}/media/lamp.webp`);
    expect(whole.status).toBe(200);
    expect(await whole.text()).toBe('RIFF');
    expect(whole.headers.get('content-type')).toBe('image/webp');
    expect(whole.headers.get('cache-control')).toBe('public, max-age=3600');
    expect(whole.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");

    /** Like a browser; `fetch` of Node alone would add `cache-control: no-cache`, which asks for the whole file. */
    const revalidate = (headers: Record<string, string>) =>
      fetch(`${shop.url}/media/lamp.webp`, { headers: { 'cache-control': 'max-age=0', ...headers } });

    const head = await fetch(`${shop.url}/media/lamp.webp`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '4']);

    const etag = whole.headers.get('etag')!;
    const known = await revalidate({ 'if-none-match': etag });
    expect([known.status, await known.text()]).toEqual([304, '']);

    const part = await fetch(`${shop.url}/media/lamp.webp`, { headers: { range: 'bytes=1-2' } });
    expect([part.status, await part.text()]).toEqual([206, 'IF']);
    const since = whole.headers.get('last-modified')!;
    const unchanged = await revalidate({ 'if-modified-since': since });
    expect(unchanged.status).toBe(304);

    writeFileSync(path.join(media, 'lamp.webp'), 'RIFF2');
    const changed = await revalidate({ 'if-none-match': etag });
    expect([changed.status, await changed.text()]).toEqual([200, 'RIFF2']);
  });

  it.each(['page.html', '.hidden.webp', 'folder.webp', 'none.webp', 'lamp.webp/x.webp', '%2e%2e/jwt-secret'])(
    'is all that is served: not %s',
    async (name) => {
      expect((await fetch(`${shop.url}/media/${name}`)).status).toBe(404);
    },
  );
});
