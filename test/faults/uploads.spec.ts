import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from '../support/api.js';
import { picture, pictureForm } from '../support/pictures.js';
import { type AppProcess, Shop } from '../support/shop.js';
import { slowness } from '../support/slowness.js';
import { until } from '../support/until.js';

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

describe('An upload', () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'comptoir-uploads-'));
  const media = path.join(dataDir, 'media');
  let shop: Shop;
  let admin: Api;
  /** A process with another folder of files. */
  let ofTheDemoShop: string[];

  beforeAll(async () => {
    shop = await Shop.open({ env: { DATA_DIR: dataDir, DEMO: 'false' } });
    admin = await shop.admin();
    const { rows } = await shop.database.query('SELECT hash FROM picture_files');
    ofTheDemoShop = rows.map(({ hash }: { hash: string }) => hash);
  });
  afterAll(async () => {
    await shop.close();
    rmSync(dataDir, { recursive: true });
  });

  let width = 100;
  const another = () => picture({ width: (width += 1), height: 80 });
  const upload = async (id: number, url = shop.url, file?: Buffer) =>
    admin.at(url).send('POST', `/api/products/${id}/images`, { raw: pictureForm(file ?? (await another())) });

  const filesBelow = (folder: string) =>
    existsSync(folder)
      ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
      : [];
  const uploading = () =>
    filesBelow(path.join(dataDir, 'uploads')).filter(({ name }) => !name.endsWith('.lock'));
  const drafts = () => filesBelow(path.join(media, '.drafts')).map(({ name }) => name);
  const stored = () =>
    filesBelow(media)
      .filter(({ parentPath }) => !parentPath.endsWith('.drafts'))
      .map(({ name }) => name)
      .toSorted();

  /** Its body, and the head of a request with its length. */
  async function rawUpload(id: number, file: Buffer): Promise<{ head: string; body: Buffer }> {
    const request = new Request(shop.url, { method: 'POST', body: pictureForm(file) });
    const body = Buffer.from(await request.arrayBuffer());
    const head = [
      `POST /api/products/${id}/images HTTP/1.1`,
      'host: shop',
      `authorization: Bearer ${admin.token}`,
      `content-type: ${request.headers.get('content-type')}`,
      `content-length: ${body.length}`,
      '\r\n',
    ].join('\r\n');
    return { head, body };
  }

  async function connected(url = shop.url): Promise<Socket> {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => {}); // the server may end it
    await once(socket, 'connect');
    return socket;
  }

  /** An upload whose first half has arrived. */
  async function halfAnUpload(id: number, url = shop.url): Promise<{ socket: Socket; rest: Buffer }> {
    const { head, body } = await rawUpload(id, await picture({ width: 1500, height: 1500, format: 'png' }));
    const socket = await connected(url);
    const before = uploading().map(({ name }) => name);
    socket.write(head);
    socket.write(body.subarray(0, body.length / 2));
    await until(() => uploading().some(({ name }) => !before.includes(name)));
    return { socket, rest: body.subarray(body.length / 2) };
  }

  /** Deletes what no product shows, as after more than an hour, until nothing is left. */
  async function sweep(): Promise<void> {
    await shop.database.query(`UPDATE picture_files SET used_at = used_at - interval '61 minutes'`);
    const anHourAgo = new Date(Date.now() - 61 * 60_000);
    do {
      const old = drafts();
      for (const draft of old) utimesSync(path.join(media, '.drafts', draft), anHourAgo, anHourAgo);
      const process = await shop.startProcess();
      await until(() => uploading().length === 0 && !drafts().some((draft) => old.includes(draft)));
      await until(async () => (await unused()) === 0);
      await process.stop();
      // An encoder may outlive a killed process for a moment, and write a draft meanwhile.
    } while (drafts().length > 0);
  }

  const unused = async () => {
    const { rows } = await shop.database.query(
      'SELECT count(*)::int AS count FROM picture_files f WHERE NOT EXISTS (SELECT FROM pictures p WHERE p.hash = f.hash)',
    );
    return rows[0].count;
  };

  /** The stored files are exactly those of products. */
  async function expectNoRemains(): Promise<void> {
    const { rows } = await shop.database.query(
      'SELECT DISTINCT hash, widths FROM picture_files JOIN pictures USING (hash) WHERE hash <> ALL($1)',
      [ofTheDemoShop],
    );
    const shown = rows.flatMap(({ hash, widths }: { hash: string; widths: number[] }) => [
      ...widths.map((each) => `${hash}-${each}.webp`),
      `${hash}-${widths.at(-1)}.jpg`,
    ]);
    expect(stored()).toEqual(shown.toSorted());
    expect([await unused(), uploading(), drafts()]).toEqual([0, [], []]);
  }

  it('that is aborted leaves no file and no row, and the next one succeeds', async () => {
    const { id } = await shop.newProduct();
    for (let time = 0; time < 3; time += 1) {
      const { socket } = await halfAnUpload(id);
      socket.destroy();
      await until(() => uploading().length === 0);
    }
    expect((await upload(id)).status).toBe(201);
    expect((await admin.get(`/api/products/${id}`).expect(200)).body.pictures).toHaveLength(1);
    await sweep();
    await expectNoRemains();
  });

  (canMount ? it : it.skip)(
    'to a full disk is refused with 503, and succeeds when there is room',
    async () => {
      const { id } = await shop.newProduct();
      await upload(id);
      const own = readdirSync(path.join(dataDir, 'uploads')).find((name) => !name.endsWith('.lock'))!;
      const other = path.join(dataDir, 'other');
      mkdirSync(path.join(other, 'uploads'), { recursive: true });
      copyFileSync(path.join(dataDir, 'jwt-secret'), path.join(other, 'jwt-secret'));
      const isNew = await shop.startProcess({ DATA_DIR: other });
      for (const [folder, url] of [
        [path.join(dataDir, 'uploads', own), shop.url],
        [path.join(media, '.drafts'), shop.url],
        [path.join(other, 'uploads'), isNew.url],
      ] as const) {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'nr_inodes=1', 'tmpfs', folder]);
        const refused = await upload(id, url).finally(() => execFileSync('umount', ['--lazy', folder]));
        expect([refused.status, refused.body.code]).toEqual([503, 'storage_unavailable']);
        expect(refused.headers.get('retry-after')).toBe('10');
        expect((await upload(id, url)).status).toBe(201);
      }
      await shop.stopProcess(isNew);
      const { body } = await shop.visitor.get(`/api/products/${id}/images`).expect(200);
      await admin.delete(`/api/products/${id}/images/${body.results.at(-1).id}`).expect(204);
      rmSync(other, { recursive: true });
      await sweep();
      await expectNoRemains();
    },
  );

  it('that stalls is ended, however many there are, while other requests are served', async () => {
    const { id } = await shop.newProduct();
    const halves: Awaited<ReturnType<typeof halfAnUpload>>[] = [];
    for (let count = 0; count < 10; count += 1) halves.push(await halfAnUpload(id));
    const trickle = setInterval(() => halves.forEach(({ socket }) => socket.write('x')), 500);
    const ended = Promise.all(halves.map(({ socket }) => once(socket.resume(), 'close')));
    expect((await upload(id)).status).toBe(201);
    await ended;
    clearInterval(trickle);
    await until(() => uploading().length === 0);
    await shop.visitor.get(`/api/products/${id}`).expect(200);
  });

  it('that is cut by a kill leaves nothing after the sweep, at any moment', async () => {
    const { id } = await shop.newProduct();
    for (let cycle = 0; cycle < 6; cycle += 1) {
      const victim = await shop.startProcess();
      const { socket } = await halfAnUpload(id, victim.url);
      const whole = [1, 2, 3].map(() => upload(id, victim.url).then(undefined, () => undefined));
      await pause(cycle * 60 * slowness()); // from the first bytes to the last file
      await victim.stop('SIGKILL');
      await Promise.all(whole);
      socket.destroy();
    }
    await sweep();
    await expectNoRemains();
    const { pictures } = (await admin.get(`/api/products/${id}`).expect(200)).body;
    for (const { src } of pictures) expect((await fetch(shop.url + new URL(src).pathname)).status).toBe(200);
  });

  it('to one process is served by another, and not deleted by one that starts', async () => {
    const { id } = await shop.newProduct();
    const { socket, rest } = await halfAnUpload(id);
    const other = await shop.startProcess();
    const { body } = await upload(id, other.url);
    const address = new URL(body.results[0].src).pathname;
    expect((await fetch(shop.url + address)).status).toBe(200);
    await until(() => other.output.includes('Comptoir is open'));
    const answered = once(socket, 'data');
    socket.write(rest);
    expect(String((await answered)[0])).toMatch(/^HTTP\/1\.1 201 /);
    socket.destroy();
    await Promise.all([other, shop.processes[0]!].map(({ url }) => upload(id, url)));
    await other.stop();
    await sweep();
    await expectNoRemains();
  });

  it('that no product shows any more is deleted by concurrent sweeps, and after a kill', async () => {
    const { id } = await shop.newProduct();
    for (let count = 0; count < 40; count += 1) expect((await upload(id)).status).toBe(201);
    await admin.patch(`/api/products/${id}`, { images: [] }).expect(200);
    await shop.database.query(`UPDATE picture_files SET used_at = used_at - interval '61 minutes'`);
    const before = stored().length;
    const sweepers: AppProcess[] = await Promise.all([shop.startProcess(), shop.startProcess()]);
    await until(() => stored().length < before);
    await Promise.all(sweepers.map((sweeper) => sweeper.stop('SIGKILL')));
    await sweep();
    await expectNoRemains();
  });
});
