import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import type { Api } from '../support/api.js';
import { Bucket } from '../support/bucket.js';
import { picture, pictureForm } from '../support/pictures.js';
import { Shop } from '../support/shop.js';
import { until } from '../support/until.js';

describe('Pictures in a bucket', () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'comptoir-bucket-'));
  let bucket: Bucket;
  let shop: Shop;
  let admin: Api;

  beforeAll(async () => {
    bucket = await Bucket.open();
    shop = await Shop.open({ env: { DATA_DIR: dataDir, DEMO: 'false', MEDIA_URL: bucket.url } });
    admin = await shop.admin();
  });
  afterAll(async () => {
    await shop.close();
    await bucket.delete();
    rmSync(dataDir, { recursive: true });
  });

  let width = 400;
  const upload = async (id: number, file?: Buffer) =>
    admin.send('POST', `/api/products/${id}/images`, {
      raw: pictureForm(file ?? (await picture({ width: (width += 1) }))),
    });
  const newPicture = async () => {
    const { id } = await shop.newProduct();
    const [first] = (await upload(id)).body.results;
    return { product: id, ...first };
  };
  /** Like a browser; `fetch` of Node alone would add `cache-control: no-cache`. */
  const fetched = (address: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
    fetch(shop.url + new URL(address).pathname, {
      ...init,
      headers: { 'cache-control': 'max-age=0', ...headers },
    });
  const drafts = () => readdirSync(path.join(dataDir, 'media/.drafts'));

  it('are stored under the hash of their content, as encoded, and nowhere else', async () => {
    const { id } = await shop.newProduct();
    const before = bucket.files.length;
    const answer = await upload(id, await picture({ width: 2000, height: 1500, format: 'jpeg' }));
    expect(answer.status).toBe(201);
    const { src, srcset } = answer.body.results[0];
    expect(bucket.files.length - before).toBe(4);
    for (const [address, format, size] of [
      [src, 'jpeg', 1280],
      [srcset.webp.split(' ')[0], 'webp', 320],
    ]) {
      const file = await fetched(address);
      expect([file.status, file.headers.get('content-type')]).toEqual([200, `image/${format}`]);
      const real = await sharp(await file.arrayBuffer()).metadata();
      expect([real.format, real.width]).toEqual([format, size]);
    }
    expect(drafts()).toEqual([]);
    expect(readdirSync(path.join(dataDir, 'media'))).toEqual(['.drafts']);
  });

  it('are immutable, and served in ranges', async () => {
    const { src } = await newPicture();
    const whole = await fetched(src);
    const content = Buffer.from(await whole.arrayBuffer());
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'accept-ranges': 'bytes',
      'content-length': String(content.length),
    });
    const etag = whole.headers.get('etag')!;
    const known = await fetched(src, { 'if-none-match': etag });
    expect([known.status, await known.text()]).toEqual([304, '']);
    expect((await fetched(src, { 'if-none-match': '"another"' })).status).toBe(200);
    const head = await fetched(src, {}, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(content.length)]);

    const size = content.length;
    for (const [range, from, to] of [
      ['bytes=0-2', 0, 2],
      ['bytes=5-', 5, size - 1],
      ['bytes=-4', size - 4, size - 1],
      [`bytes=3-${size + 100}`, 3, size - 1],
    ] as const) {
      const part = await fetched(src, { range });
      expect([range, part.status, part.headers.get('content-range')]).toEqual([
        range,
        206,
        `bytes ${from}-${to}/${size}`,
      ]);
      expect(Buffer.from(await part.arrayBuffer())).toEqual(content.subarray(from, to + 1));
    }
    expect((await fetched(src, { range: `bytes=${size}-` })).status).toBe(416);
    expect((await fetched(src, { range: 'bytes=0-2', 'if-range': '"another"' })).status).toBe(200);
  });

  it('are the only objects that are served', async () => {
    const { src } = await newPicture();
    const another = src.replace(/[0-9a-f]{32}-/, `${'0'.repeat(32)}-`);
    for (const address of [another, `${shop.url}/media/jwt-secret`, `${shop.url}/media/`])
      expect([address, (await fetched(address)).status]).toEqual([address, 404]);
  });

  it('are deleted with the last product that shows them', async () => {
    const [gone, kept] = [await newPicture(), await newPicture()];
    const before = bucket.files.length;
    await admin.delete(`/api/products/${gone.product}/images/${gone.id}`).expect(204);
    await shop.database.query(`UPDATE picture_files SET used_at = used_at - interval '61 minutes'`);
    const process = await shop.startProcess(); // housekeeping runs at the start
    await until(async () => (await fetched(gone.src)).status === 404);
    expect((await fetched(kept.src)).status).toBe(200);
    await until(async () => bucket.files.length === before - 3);
    await process.stop();
  });

  it('need a reachable bucket: otherwise the response is 503, and nothing of the upload stays', async () => {
    const { src } = await newPicture();
    const { id } = await shop.newProduct();
    const file = await picture({ width: 777 });
    await bucket.stop();
    const refused = await upload(id, file);
    expect([refused.status, refused.body.code]).toEqual([503, 'storage_unavailable']);
    expect(refused.headers.get('retry-after')).toBe('10');
    expect((await fetched(src)).status).toBe(503);
    await shop.visitor.get(`/api/products/${id}`).expect(200);
    expect(drafts()).toEqual([]);
    await bucket.start();
    expect((await upload(id, file)).status).toBe(201);
    expect((await fetched(src)).status).toBe(200);
  });
});
