import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Api } from '../support/api.js';
import { AppProcess, freePort, PASSWORD } from '../support/shop.js';
import { expectWithin, inTime } from '../support/slowness.js';
import { Standby } from '../support/standby.js';
import { until } from '../support/until.js';

/** Two processes: one with a replica, and another one that changes the shop. */
describe('A replica', () => {
  let dataDir: string;
  let standby: Standby;
  let app: AppProcess;
  let other: AppProcess;
  let visitor: Api;
  let admin: Api;
  let lamp: any;
  let desk: any;
  const settings = () => ({
    DATA_DIR: dataDir,
    DATABASE_URL: standby?.primaryUrl, // the first process owns the embedded one
    RATE_LIMIT: 'off',
    LIST_CACHE_MS: '0',
    LOG_LEVEL: 'info',
  });

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(await realpath(tmpdir()), 'comptoir-replica-'));
    await chmod(dataDir, 0o755); // for the account that PostgreSQL runs as
    other = await AppProcess.inHost(settings());
    standby = await Standby.of(dataDir);
    app = await AppProcess.inHost({ ...settings(), DATABASE_REPLICA_URLS: standby.url });
    visitor = new Api(app.url);
    const account = { email: 'admin@example.com', password: PASSWORD };
    admin = visitor.withToken((await visitor.post('/api/auth/login', account).expect(200)).body.access);
    [lamp, desk] = (await visitor.get('/api/products').expect(200)).body.results;
  });
  afterAll(async () => {
    await app?.stop();
    await standby?.remove();
    await other?.stop();
    const home = await realpath(path.join(dataDir, 'postgres')).catch(() => dataDir);
    await rm(home, { recursive: true, force: true });
    await rm(dataDir, { recursive: true, force: true });
  });

  it('serves visitors; signed-in users are served by the primary', async () => {
    await asked();
    const late = await changedUnseen(lamp);
    expect(await nameOf(lamp, visitor)).not.toBe(late);
    expect(await nameOf(lamp, admin)).toBe(late);
    expect((await visitor.get(`/api/products/${lamp.id}`)).body.name).toBe(late);

    await standby.resumeReplay();
    await until(async () => (await nameOf(lamp, visitor)) === late);
  });

  it('is not used until it has replayed the writes of its process', async () => {
    const late = await changedUnseen(lamp);
    const items = [{ product_id: desk.id, quantity: 1 }];
    await admin.post('/api/orders', { items }).expect(201);
    const { stock } = await find(desk, visitor);
    expect(stock).toBe(desk.stock - 1);
    expect(await nameOf(lamp, visitor)).toBe(late); // the primary serves all pages until the replica has caught up

    await admin.patch(`/api/products/${desk.id}`, { name: 'Desk of today' }).expect(200);
    expect(await nameOf(desk, visitor)).toBe('Desk of today');
    expect(await nameOf(lamp, visitor)).toBe(late);
  });

  it('is not used while it lags more than 5 seconds, and used again when it has caught up', async () => {
    await inTime(async () => {
      await standby.resumeReplay();
      await asked();
      const began = Date.now();
      const late = await changedUnseen(lamp);
      await until(async () => (await nameOf(lamp, visitor)) === late);
      expect(Date.now() - began).toBeGreaterThan(3_000);
      expectWithin(7_000, Date.now() - began);
    });
    await until(async () => /Replica 127.0.0.1:\d+ is left out: it is more than 5 s behind/.test(app.output));
    await standby.resumeReplay();
    await asked();
  });

  it('can be killed without a failed request, and is used again after its restart', async () => {
    let answered = 0;
    let over = false;
    const readers = Array.from({ length: 8 }, async () => {
      for (; !over; answered += 1) await visitor.get('/api/products').expect(200);
    });
    await pause(200);
    await standby.kill();
    await pause(1_000);
    over = true;
    await Promise.all(readers);
    expect(answered).toBeGreaterThan(50);
    expect((await visitor.get('/api/health/ready')).status).toBe(200);

    await standby.start();
    await asked();
  });

  it('can be suspended, and every response comes within 3 seconds', async () => {
    await inTime(async () => {
      await standby.frozen(async () => {
        const began = performance.now();
        await Promise.all(Array.from({ length: 40 }, () => visitor.get('/api/products').expect(200)));
        const next = performance.now();
        await visitor.get('/api/products').expect(200);
        expectWithin(400, performance.now() - next);
        expectWithin(3_000, next - began);
      });
      await asked();
    });
  });

  it('must be a replica of this database, and need not be running', async () => {
    const primary = new URL(standby.url);
    primary.port = await primaryPort();
    await expect(AppProcess.inHost({ ...settings(), DATABASE_REPLICA_URLS: primary.href })).rejects.toThrow(
      /Comptoir cannot start. DATABASE_REPLICA_URLS: 127.0.0.1:\d+ is no standby/,
    );
    const nobody = `postgres://comptoir:secret@127.0.0.1:${await freePort()}/comptoir`;
    const lonely = await AppProcess.inHost({ ...settings(), DATABASE_REPLICA_URLS: nobody });
    await new Api(lonely.url).get('/api/products').expect(200);
    expect(lonely.output).toMatch(/Replica 127.0.0.1:\d+ is left out/);
    expect(lonely.output).not.toContain('secret');
    await lonely.stop();
  });

  /** Renames it in the other process while replay is paused. @returns the name */
  async function changedUnseen({ id }: { id: number }): Promise<string> {
    await standby.pauseReplay();
    const name = `Lamp ${performance.now()}`;
    await admin.at(other.url).patch(`/api/products/${id}`, { name }).expect(200);
    return name;
  }

  async function find({ id, price }: { id: number; price: string }, reader: Api): Promise<any> {
    const { body } = await reader
      .get(`/api/products?page_size=100&min_price=${price}&max_price=${price}`)
      .expect(200);
    return body.results.find((row: any) => row.id === id);
  }

  async function nameOf(product: { id: number; price: string }, reader: Api): Promise<string> {
    return (await find(product, reader)).name;
  }

  /** Waits until the replica serves visitors. */
  async function asked(): Promise<void> {
    const [{ since }] = await standby.query('SELECT clock_timestamp()::text AS since');
    await until(async () => {
      await visitor.get('/api/products').expect(200);
      const [{ count }] = await standby.query(
        `SELECT count(*)::int AS count FROM pg_stat_activity
         WHERE usename = 'comptoir' AND query_start > '${since}' AND query NOT LIKE '%pg_last_wal_replay_lsn%'`,
      );
      return count > 0;
    });
  }

  async function primaryPort(): Promise<string> {
    const [{ port }] = await standby.query(
      `SELECT substring(current_setting('primary_conninfo') FROM 'port=(\\d+)') AS port`,
    );
    return port;
  }
});
