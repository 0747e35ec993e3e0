import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { FIND_LEDGER_FAULTS } from '../../src/products/find-ledger-faults.sql.js';
import { Api } from './api.js';
import { freePort } from './free-port.js';
import { type PgBouncer, startPgBouncer } from './pgbouncer.js';

export { freePort };

export const PASSWORD = 'password123';

interface ShopOptions {
  /** App processes on the one database. */
  processes?: number;
  env?: Record<string, string>;
  /** Begin with a database that holds nothing at all, and without the demo shop. */
  empty?: boolean;
}

/** The built app, in processes of its own, on a fresh copy of the database that a first start leaves behind. */
export class Shop {
  readonly processes: AppProcess[] = [];
  private names = 0;
  private keeper?: Promise<Api>;

  private constructor(
    readonly databaseUrl: string,
    readonly database: pg.Pool,
    private readonly env: Record<string, string>,
    private readonly pgBouncer?: PgBouncer,
  ) {}

  /** With `TEST_THROUGH_PGBOUNCER=true` in the environment the app reaches its database through one. */
  static async open({ processes = 1, env = {}, empty = false }: ShopOptions = {}): Promise<Shop> {
    const name = `shop_${randomBytes(6).toString('hex')}`;
    await administer(`CREATE DATABASE ${name} ${empty ? '' : 'TEMPLATE template_shop STRATEGY file_copy'}`);
    if (empty) env = { DEMO: 'false', ...env };
    const url = new URL(process.env.TEST_DATABASE_URL!);
    url.pathname = `/${name}`;
    const database = new pg.Pool({ connectionString: url.href, max: 4 });
    database.on('error', () => {}); // some tests kill connections
    const pgBouncer = process.env.TEST_THROUGH_PGBOUNCER ? await startPgBouncer(url.href) : undefined;
    if (pgBouncer) env = { DATABASE_URL: pgBouncer.url, ...env };
    const shop = new Shop(url.href, database, env, pgBouncer);
    await Promise.all(Array.from({ length: processes }, () => shop.startProcess()));
    return shop;
  }

  /** The first process's address. */
  get url(): string {
    return this.processes[0]!.url;
  }

  /** Somebody who is not signed in. */
  get visitor(): Api {
    return new Api(this.url);
  }

  /** One more process on the same database. */
  async startProcess(env: Record<string, string> = {}, entry?: string): Promise<AppProcess> {
    const settings = {
      DATABASE_URL: this.databaseUrl,
      DATA_DIR: process.env.TEST_DATA_DIR!,
      RATE_LIMIT: 'off',
      LOG_LEVEL: 'warn',
      ...this.env,
      ...env,
    };
    const app = await AppProcess.start(settings, entry);
    this.processes.push(app);
    return app;
  }

  /** A demo account, signed in. */
  async signIn(email: string, password = PASSWORD): Promise<Api> {
    const { body } = await this.visitor.post('/api/auth/login', { email, password }).expect(200);
    return this.visitor.withToken(body.access, body.user, body.refresh);
  }

  admin(): Promise<Api> {
    return this.signIn('admin@example.com');
  }

  /** A new customer, signed in. */
  async newCustomer(): Promise<Api> {
    const username = `customer${(this.names += 1)}_${randomBytes(3).toString('hex')}`;
    const account = { username, email: `${username}@example.com`, password: PASSWORD };
    const { body } = await this.visitor.post('/api/auth/register', account).expect(201);
    return this.visitor.withToken(body.access, body.user, body.refresh);
  }

  /** A new product, with a name of its own. */
  async newProduct(fields: { price?: string; stock?: number; name?: string } = {}): Promise<any> {
    const keeper = await (this.keeper ??= this.admin());
    const name = `Product ${randomBytes(4).toString('hex')}`;
    const { body } = await keeper
      .post('/api/products', { name, price: '10.00', stock: 10, ...fields })
      .expect(201);
    return body;
  }

  async stockOf(productId: number): Promise<number> {
    const { rows } = await this.database.query('SELECT stock FROM products WHERE id = $1', [productId]);
    return rows[0].stock;
  }

  /** What `npm run check:ledger` would find wrong, by its own SQL: '' when nothing. */
  async ledgerFaults(): Promise<string> {
    const { rows } = await this.database.query(FIND_LEDGER_FAULTS);
    return rows.map(({ product_id, fault }) => `product ${product_id}: ${fault}`).join('\n');
  }

  /** Ends everything, and proves first that the ledger explains every stock. */
  async close(): Promise<void> {
    const faults = await this.ledgerFaults();
    await Promise.all(this.processes.map((app) => app.stop('SIGINT'))); // which does not wait for clients to leave
    await this.pgBouncer?.stop();
    await this.database.end();
    // Without FORCE, which an autovacuum at work refuses: a plain DROP ends that itself, and waits for the rest.
    await administer(`DROP DATABASE ${new URL(this.databaseUrl).pathname.slice(1)}`);
    expect(faults).toBe('');
  }
}

/** One process of the app. */
export class AppProcess {
  output = '';

  private constructor(
    readonly url: string,
    readonly child: ChildProcess,
  ) {
    child.stdout!.on('data', (chunk) => (this.output += chunk));
    child.stderr!.on('data', (chunk) => (this.output += chunk));
  }

  /** @throws when the app ends before it is open */
  static async start(
    env: Record<string, string | undefined>,
    entry = 'dist/src/main.js',
  ): Promise<AppProcess> {
    const port = env.PORT ?? String(await freePort());
    const cheap = env.NODE_ENV === 'production' ? {} : { BCRYPT_COST: '4' };
    const child = spawn(process.execPath, [entry], {
      env: { PATH: process.env.PATH, HOST: '127.0.0.1', ...cheap, ...env, PORT: port },
    });
    const app = new AppProcess(`http://127.0.0.1:${port}`, child);
    await new Promise<void>((resolve, reject) => {
      child.stdout!.on('data', () => app.output.includes('Comptoir is open') && resolve());
      child.once('exit', (code) => reject(new Error(`exit code ${code}: ${app.output}`)));
    });
    return app;
  }

  /** @returns the exit code */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const ended = new Promise<number | null>((resolve) => this.child.once('exit', resolve));
    this.child.kill(signal);
    return ended;
  }
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client(process.env.TEST_DATABASE_URL);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
