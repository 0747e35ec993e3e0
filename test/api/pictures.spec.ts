import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import type { Api } from '../support/api.js';
import { picture, pictureForm } from '../support/pictures.js';
import { type AppProcess, Shop } from '../support/shop.js';
import { until } from '../support/until.js';

describe('Pictures of a product', () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'comptoir-pictures-'));
  let shop: Shop;
  let admin: Api;

  beforeAll(async () => {
    shop = await Shop.open({ env: { DATA_DIR: dataDir, DEMO: 'false' } });
    admin = await shop.admin();
  });
  afterAll(async () => {
    await shop.close();
    rmSync(dataDir, { recursive: true });
  });

  let width = 400;
  /** Each is different. */
  const another = () => picture({ width: (width += 1) });

  const upload = (id: number, file: Buffer, texts: Record<string, string> = {}) =>
    admin.send('POST', `/api/products/${id}/images/`, { raw: pictureForm(file, texts) });

  async function productWith(count: number) {
    const { id } = await shop.newProduct();
    let gallery: any[] = [];
    for (let index = 0; index < count; index += 1) {
      gallery = (await upload(id, await another(), { alt: `Picture ${index + 1}` }).expect(201)).body.results;
    }
    return { id, gallery };
  }

  const shown = async (id: number) => (await admin.get(`/api/products/${id}`).expect(200)).body;
  const fetched = (address: string, init?: RequestInit) => fetch(shop.url + new URL(address).pathname, init);
  const stored = () => readdirSync(path.join(dataDir, 'media'), { recursive: true }).length;
  const uploading = () =>
    readdirSync(path.join(dataDir, 'uploads'), { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile() && !entry.name.endsWith('.lock'),
    );

  describe('that is uploaded', () => {
    it('has every size up to its own, and all that a page needs', async () => {
      const { id } = await shop.newProduct();
      const file = await picture({ width: 2000, height: 1500, format: 'jpeg' });
      const { body } = await upload(id, file, { alt: ' A "desk" ' }).expect(201);
      expect(body).toEqual({ count: 1, next: null, previous: null, results: [expect.any(Object)] });
      const [first] = body.results;
      expect(first).toMatchObject({ alt: 'A "desk"', width: 1280, height: 960 });
      expect(Buffer.from(first.placeholder, 'base64').length).toBeGreaterThan(4);
      const sizes = first.srcset.webp.split(', ').map((entry: string) => entry.split(' '));
      expect(sizes.map(([, size]: string[]) => size)).toEqual(['320w', '640w', '1280w']);
      for (const [address, size] of sizes) {
        const answer = await fetched(address);
        expect(answer.headers.get('content-type')).toBe('image/webp');
        const { format, width: real } = await sharp(await answer.arrayBuffer()).metadata();
        expect([format, `${real}w`]).toEqual(['webp', size]);
      }
      expect(first.srcset.jpeg).toBe(`${first.src} 1280w`);
      const jpeg = await sharp(await (await fetched(first.src)).arrayBuffer()).metadata();
      expect([jpeg.format, jpeg.width, jpeg.height]).toEqual(['jpeg', 1280, 960]);
    });

    it('is in the product, as are its addresses', async () => {
      const { id, gallery } = await productWith(2);
      const product = await shown(id);
      expect(product.pictures).toEqual(gallery);
      expect(product.images).toEqual(gallery.map(({ src }) => src));
      expect(product.image).toBe(gallery[0].src);
      expect((await shop.visitor.get(`/api/products/${id}/images`).expect(200)).body.results).toEqual(
        gallery,
      );
      const one = await shop.visitor.get(`/api/products/${id}/images/${gallery[1].id}`).expect(200);
      expect(one.body).toEqual(gallery[1]);
      const { body: list } = await shop.visitor.get(`/api/products?search=${product.name}`).expect(200);
      expect(list.results[0].pictures).toEqual(gallery);
    });

    it('is never enlarged', async () => {
      const { id } = await shop.newProduct();
      const { body } = await upload(id, await picture({ width: 200, height: 100 })).expect(201);
      expect(body.results[0]).toMatchObject({ width: 200, height: 100 });
      expect(body.results[0].srcset.webp).toMatch(/-200\.webp 200w$/);
    });

    it('is immutable for browsers and caches', async () => {
      const { gallery } = await productWith(1);
      const { headers, status } = await fetched(gallery[0].src);
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
      const known = { 'if-none-match': headers.get('etag')!, 'cache-control': 'max-age=0' };
      expect((await fetched(gallery[0].src, { headers: known })).status).toBe(304);
      const part = await fetched(gallery[0].src, { headers: { range: 'bytes=0-2' } });
      expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 3]);
    });

    it('makes a new version of the product', async () => {
      const { id } = await shop.newProduct();
      const before = await shown(id);
      await upload(id, await another()).expect(201);
      expect((await shown(id)).version).toBe(before.version + 1);
    });

    it('leaves no files but its own', async () => {
      await productWith(1);
      await until(async () => uploading().length === 0);
      expect(readdirSync(path.join(dataDir, 'media/.drafts'))).toEqual([]);
    });

    it('is added once for each Idempotency-Key, which includes the file', async () => {
      const { id } = await shop.newProduct();
      const [file, other] = [await another(), await another()];
      const send = (sent: Buffer) =>
        admin.send('POST', `/api/products/${id}/images`, {
          raw: pictureForm(sent),
          headers: { 'idempotency-key': `picture-${id}` },
        });
      const first = await send(file).expect(201);
      expect((await send(file).expect(201)).text).toBe(first.text);
      await send(other).expect(422);
      expect((await shown(id)).pictures).toHaveLength(1);
    });

    it('can be one of several, in the order of the form', async () => {
      const { id } = await shop.newProduct();
      const form = new FormData();
      for (const size of [31, 32, 33]) {
        form.append('images', new Blob([Uint8Array.from(await picture({ width: size }))]), `${size}.png`);
      }
      const { body } = await admin.send('POST', `/api/products/${id}/images`, { raw: form }).expect(201);
      expect(body.results.map((each: any) => each.width)).toEqual([31, 32, 33]);
    });
  });

  describe('in a gallery', () => {
    it('can be reordered; the first is the image', async () => {
      const { id, gallery } = await productWith(3);
      const ids = [gallery[2].id, gallery[0].id, gallery[1].id];
      const { body } = await admin.put(`/api/products/${id}/images/order`, { ids }).expect(200);
      expect(body.results.map((each: any) => each.id)).toEqual(ids);
      expect((await shown(id)).image).toBe(gallery[2].src);
      for (const wrong of [[], ids.slice(1), [...ids, 1], [ids[0], ids[0], ids[1]]]) {
        const { body: problem } = await admin
          .put(`/api/products/${id}/images/order`, { ids: wrong })
          .expect(400);
        expect(problem.errors).toHaveProperty('ids');
      }
    });

    it('can get another text without changing their files', async () => {
      const { id, gallery } = await productWith(1);
      const address = `/api/products/${id}/images/${gallery[0].id}`;
      const { body } = await admin.patch(address, { alt: 'A \\u0001 "chair"' }).expect(200);
      expect(body).toEqual({ ...gallery[0], alt: 'A \\u0001 "chair"' });
      expect((await shown(id)).pictures).toEqual([body]);
      const { body: problem } = await admin.patch(address, { alt: 'x'.repeat(501) }).expect(400);
      expect(problem.errors).toHaveProperty('alt');
    });

    it('can be replaced', async () => {
      const { id, gallery } = await productWith(2);
      const address = `/api/products/${id}/images/${gallery[0].id}`;
      const { body } = await admin.send('PUT', address, { raw: pictureForm(await another()) }).expect(200);
      expect(body).toMatchObject({ id: gallery[0].id, alt: 'Picture 1' });
      expect(body.src).not.toBe(gallery[0].src);
      expect((await shown(id)).pictures).toEqual([body, gallery[1]]);
    });

    it('can be removed one by one', async () => {
      const { id, gallery } = await productWith(2);
      await admin.delete(`/api/products/${id}/images/${gallery[0].id}`).expect(204);
      await admin.delete(`/api/products/${id}/images/${gallery[0].id}`).expect(404);
      expect((await shown(id)).pictures).toEqual([gallery[1]]);
    });

    it('are changed only in the version that was read', async () => {
      const { id, gallery } = await productWith(2);
      const address = `/api/products/${id}/images/${gallery[0].id}`;
      const { headers } = await admin.get(address).expect(200);
      await admin.patch(address, { alt: 'Newer' }).expect(200);
      const stale = { 'if-match': headers.get('etag')! };
      await admin.send('PATCH', address, { body: { alt: 'Older' }, headers: stale }).expect(412);
      await admin.send('DELETE', address, { headers: stale }).expect(412);
      expect((await shown(id)).pictures[0].alt).toBe('Newer');
    });

    it('belong to their product alone', async () => {
      const [mine, other] = [await productWith(1), await productWith(1)];
      const foreign = `/api/products/${mine.id}/images/${other.gallery[0].id}`;
      await admin.get(foreign).expect(404);
      await admin.patch(foreign, { alt: 'x' }).expect(404);
      await admin.delete(foreign).expect(404);
      await admin.get('/api/products/999999/images').expect(404);
      await upload(999_999, await another()).expect(404);
      expect((await shown(other.id)).pictures).toEqual(other.gallery);
    });

    it('are bounded in number', async () => {
      const { id } = await shop.newProduct();
      const form = () => {
        const files = new FormData();
        for (let index = 0; index < 20; index += 1) files.append('images', new Blob([tiny]), 'tiny.png');
        return files;
      };
      const tiny = Uint8Array.from(await picture({ width: 2, height: 2 }));
      const send = () => admin.send('POST', `/api/products/${id}/images`, { raw: form() });
      await send().expect(201);
      await send().expect(201);
      const { body } = await send().expect(400);
      expect(body.errors.image).toEqual(['A product has at most 50 pictures']);
      expect((await shown(id)).pictures).toHaveLength(40);
    });

    it('are all added by concurrent requests', async () => {
      const { id } = await shop.newProduct();
      const files = await Promise.all(Array.from({ length: 8 }, another));
      const answers = await Promise.all(files.map((file) => upload(id, file)));
      expect(answers.map(({ status }) => status)).toEqual(files.map(() => 201));
      expect((await shown(id)).pictures).toHaveLength(8);
    });
  });

  describe('that is invalid', () => {
    it.each([
      ['empty', Buffer.alloc(0), 400, 'picture_empty', 'photo.jpg is empty.'],
      [
        'a script',
        Buffer.from('#!/bin/sh\nrm -rf /'),
        400,
        'picture_is_markup',
        /photo\.jpg is text such as SVG/,
      ],
      ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 400, 'picture_is_markup', /SVG/],
      ['a TIFF', Buffer.from('49492a0008000000', 'hex'), 400, 'picture_format_unknown', /is no PNG, JPEG/],
      [
        'too large',
        Buffer.alloc(10 * 2 ** 20 + 1, 1),
        413,
        'file_too_large',
        'photo.jpg is larger than 10 MB.',
      ],
    ])('%s: the error names the file and the reason', async (_what, file, status, code, detail) => {
      const { id, gallery } = await productWith(1);
      const before = stored();
      const { body } = await upload(id, file).expect(status);
      expect(body).toMatchObject({ code, detail: expect.stringMatching(detail) });
      expect(body.errors).toEqual({ image: [body.detail] });
      expect(stored()).toBe(before);
      expect((await shown(id)).pictures).toEqual(gallery);
    });

    it('keeps the other files of its form from being stored', async () => {
      const { id } = await shop.newProduct();
      const before = stored();
      const form = pictureForm(await another(), { field: 'images', name: 'good.png' });
      form.append('images', new Blob(['<html>']), 'bad.png');
      const { body } = await admin.send('POST', `/api/products/${id}/images`, { raw: form }).expect(400);
      expect(body.detail).toMatch(/^bad\.png /);
      expect(stored()).toBe(before);
      expect((await shown(id)).pictures).toEqual([]);
    });

    it('is refused in a wrong field, or when there are too many', async () => {
      const { id } = await shop.newProduct();
      const wrong = await upload(id, await another(), { field: 'photo' }).expect(400);
      expect(wrong.body.errors).toEqual({ photo: ['photo must not be a file'] });
      const form = new FormData();
      for (let index = 0; index < 21; index += 1) form.append('images', new Blob(['x']), 'x.png');
      const many = await admin.send('POST', `/api/products/${id}/images`, { raw: form }).expect(400);
      expect(many.body.errors).toEqual({ images: ['More than 20 files at once'] });
      const none = await admin.post(`/api/products/${id}/images`, { image: 'x' }).expect(400);
      expect(none.body.errors).toEqual({ image: ['image must be a file'] });
    });
  });

  describe('in a form with fields of a product', () => {
    const fields = { price: '5.00', stock: '3' };

    it('are added with a new one', async () => {
      const form = pictureForm(await another(), { name_: 'x' });
      form.delete('name_');
      for (const [name, value] of Object.entries({ ...fields, name: 'Framed' })) form.append(name, value);
      form.append('images', new Blob([Uint8Array.from(await another())]), 'two.png');
      const { body } = await admin.send('POST', '/api/products/', { raw: form }).expect(201);
      expect(body).toMatchObject({ name: 'Framed', price: '5.00', stock: 3, version: 1 });
      expect(body.images).toHaveLength(2);
      expect(body.image).toBe(body.pictures[0].src);
    });

    it.each(['PUT', 'PATCH'])('%s: a file replaces the first', async (method) => {
      const { id, gallery } = await productWith(2);
      const form = pictureForm(await another());
      for (const [name, value] of Object.entries({ ...fields, name: 'Changed' })) form.append(name, value);
      const { body } = await admin.send(method, `/api/products/${id}/`, { raw: form }).expect(200);
      expect(body.name).toBe('Changed');
      expect(body.pictures.map((each: any) => each.id)).toEqual([expect.any(Number), gallery[1].id]);
      expect(body.image).not.toBe(gallery[0].src);
    });

    it.each(['POST', 'PUT', 'PATCH'])(
      '%s: come before the fields, whatever they are called',
      async (method) => {
        const { id } = await shop.newProduct();
        const path = method === 'POST' ? '/api/products' : `/api/products/${id}`;
        for (const name of ['é"\r\n.png', '../../x', `${'a'.repeat(3000)}.svg`, '\u202egnp.exe', ' ', '\0']) {
          const form = pictureForm(await another(), { name });
          for (const [field, value] of Object.entries({ name: 'Behind', ...fields }))
            form.append(field, value);
          const { status, body } = await admin.send(method as 'POST', path, { raw: form });
          expect([status, body.name, body.pictures.length]).toEqual([
            method === 'POST' ? 201 : 200,
            'Behind',
            1,
          ]);
        }
      },
    );

    it('stay when a client saves what it read', async () => {
      const { id, gallery } = await productWith(2);
      const { version, updated_at, ...read } = await shown(id);
      const { body } = await admin.put(`/api/products/${id}`, { ...read, name: 'Renamed' }).expect(200);
      expect([body.name, body.pictures]).toEqual(['Renamed', gallery]);
      await admin.patch(`/api/products/${id}`, { image: gallery[1].src }).expect(200);
      expect((await shown(id)).images).toEqual([gallery[1].src, gallery[0].src]);
      const stale = await admin.put(`/api/products/${id}`, { ...read, version, updated_at }).expect(200);
      expect(stale.body.images).toEqual([gallery[1].src, gallery[0].src]);
    });

    it.each([null, ''])('are removed by JSON with %j', async (nothing) => {
      const { id, gallery } = await productWith(2);
      const { body } = await admin.patch(`/api/products/${id}`, { image: nothing }).expect(200);
      expect(body.pictures).toEqual([gallery[1]]);
      const { body: empty } = await admin.patch(`/api/products/${id}`, { images: nothing }).expect(200);
      expect([empty.image, empty.images, empty.pictures]).toEqual([null, [], []]);
    });

    it('are never downloaded from other addresses', async () => {
      const { id, gallery } = await productWith(1);
      for (const body of [{ image: 'https://example.com/x.jpg' }, { images: ['/media/ab/x.jpg'] }]) {
        const { body: problem } = await admin.patch(`/api/products/${id}`, body).expect(400);
        expect(Object.keys(problem.errors)).toEqual(Object.keys(body));
      }
      expect((await shown(id)).pictures).toEqual(gallery);
    });

    it('stay when the form’s input is empty', async () => {
      const { id, gallery } = await productWith(1);
      const form = new FormData();
      form.append('image', '');
      form.append('images', new Blob([]), '');
      form.append('stock', '8');
      const { body } = await admin.send('PATCH', `/api/products/${id}`, { raw: form }).expect(200);
      expect([body.stock, body.pictures]).toEqual([8, gallery]);
    });

    it('change nothing when one of them is invalid', async () => {
      const { id, gallery } = await productWith(1);
      const form = pictureForm(Buffer.from('<svg/>'), { price: '1.00' });
      await admin.send('PATCH', `/api/products/${id}`, { raw: form }).expect(400);
      expect(await shown(id)).toMatchObject({ price: '10.00', pictures: gallery });
    });
  });

  describe('that no product shows', () => {
    const anHourLater = () =>
      shop.database.query(`UPDATE picture_files SET used_at = used_at - interval '61 minutes'`);

    let sweeper: AppProcess | undefined;
    /** A start does the same. */
    async function sweep(): Promise<void> {
      await anHourLater();
      await sweeper?.stop();
      sweeper = await shop.startProcess();
    }

    it('is kept for an hour, and while another product shows it', async () => {
      const file = await another();
      const [one, two] = [await shop.newProduct(), await shop.newProduct()];
      const { body } = await upload(one.id, file).expect(201);
      const { src, id } = body.results[0];
      const second = (await upload(two.id, file).expect(201)).body.results[0];
      expect(second.src).toBe(src);
      const alone = (await productWith(1)).gallery[0];
      await anHourLater();
      await admin.delete(`/api/products/${one.id}/images/${id}`).expect(204);
      await sweep();
      expect((await fetched(src)).status).toBe(200);

      await admin.delete(`/api/products/${two.id}/images/${second.id}`).expect(204);
      expect((await fetched(src)).status).toBe(200);
      await sweep();
      await until(async () => (await fetched(src)).status === 404);
      expect((await fetched(alone.src)).status).toBe(200);
      await upload(one.id, file).expect(201);
      expect((await fetched(src)).status).toBe(200);
    });

    it('is deleted a month after its product', async () => {
      const { id, gallery } = await productWith(1);
      await admin.delete(`/api/products/${id}`).expect(204);
      await sweep();
      expect((await fetched(gallery[0].src)).status).toBe(200);
      await shop.database.query(`UPDATE products SET deleted_at = now() - interval '31 days' WHERE id = $1`, [
        id,
      ]);
      await sweep();
      await until(async () => (await fetched(gallery[0].src)).status === 404);
    });
  });
});
