import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Api } from '../support/api.js';
import { describeLong } from '../support/long.js';
import { AppProcess, PASSWORD } from '../support/shop.js';
import { Standby } from '../support/standby.js';
import { until } from '../support/until.js';

/** A failover to a server that is not promoted yet. */
describeLong('A shop whose DATABASE_URL is a standby', () => {
  let dataDir: string;
  let primary: AppProcess;
  let standby: Standby;
  let app: AppProcess;
  let visitor: Api;

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(await realpath(tmpdir()), 'comptoir-standby-'));
    await chmod(dataDir, 0o755); // for the account that PostgreSQL runs as
    primary = await AppProcess.inHost({ DATA_DIR: dataDir, RATE_LIMIT: 'off', LOG_LEVEL: 'warn' });
    standby = await Standby.of(dataDir);
    app = await AppProcess.inHost({
      DATA_DIR: dataDir,
      DATABASE_URL: standby.url,
      RATE_LIMIT: 'off',
      LOG_LEVEL: 'error',
    });
    visitor = new Api(app.url);
  });
  afterAll(async () => {
    await app?.stop('SIGINT');
    await standby?.remove();
    await primary?.stop();
    const home = await realpath(path.join(dataDir, 'postgres')).catch(() => dataDir);
    await rm(home, { recursive: true, force: true });
    await rm(dataDir, { recursive: true, force: true });
  });

  it('shows products, refuses writes, and is "not ready"', async () => {
    await visitor.get('/api/products').expect(200);
    await visitor.get('/api/health/live').expect(200);
    const ready = await visitor.get('/api/health/ready').expect(503);
    expect(ready.body.code).toBe('database_unavailable');
    const account = { email: 'jane@example.com', password: PASSWORD };
    const refused = await visitor.post('/api/auth/login', account).expect(503);
    expect(refused.body.code).toBe('database_unavailable');
    expect(refused.headers.get('retry-after')).toBe('1');
  });

  it('is ready after the promotion, without a restart, and sells', async () => {
    const account = { email: 'jane@example.com', password: PASSWORD };
    await new Api(primary.url).post('/api/auth/login', account).expect(200);
    await primary.stop();
    await standby.query('SELECT pg_promote()');
    await until(async () => (await visitor.get('/api/health/ready')).status === 200);
    const { body } = await visitor.post('/api/auth/login', account).expect(200);
    const buyer = visitor.withToken(body.access);
    const { body: list } = await visitor.get('/api/products').expect(200);
    const product = list.results.find(({ stock }: { stock: number }) => stock > 0);
    await buyer.post('/api/orders', { items: [{ product_id: product.id, quantity: 1 }] }).expect(201);
  });
});
