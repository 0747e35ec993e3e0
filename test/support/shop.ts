import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { FIND_LEDGER_FAULTS } from '../../src/products/find-ledger-faults.sql.js';
import { Api, type ApiResponse } from './api.js';
import { freePort } from './free-port.js';
import { type PgBouncer, startPgBouncer } from './pgbouncer.js';
import { until } from './until.js';

export { freePort };

export const PASSWORD = 'password123';

declare global {
  // Set by `shop-environment.mjs`.
  var appHosts: { take(): ChildProcess; putBack(host: ChildProcess): void };
  /** Their output is printed when a test fails. */
  var openApps: Set<AppProcess>;
}

interface ShopOptions {
  /** Number of app processes on the database. */
  processes?: number;
  env?: Record<string, string>;
  /** Start with a database without tables, and without the demo shop. */
  empty?: boolean;
  /** Each app in a new process, as `npm start` does it: for tests of starts, signals and crashes. */
  newProcesses?: boolean;
}

/**
 * The built app on a new copy of the template database. It runs in processes that are reused from earlier files, unless
 * `newProcesses` is set.
 */
export class Shop {
  readonly processes: AppProcess[] = [];
  private names = 0;
  private productAdmin?: Promise<Api>;

  private constructor(
    readonly databaseUrl: string,
    readonly database: pg.Pool,
    private readonly env: Record<string, string>,
    private readonly newProcesses: boolean,
    private readonly pgBouncer?: PgBouncer,
  ) {}

  /** With `TEST_THROUGH_PGBOUNCER=true` in the environment the app connects to its database through PgBouncer. */
  static async open({
    processes = 1,
    env = {},
    empty = false,
    newProcesses = false,
  }: ShopOptions = {}): Promise<Shop> {
    const name = `shop_${randomBytes(6).toString('hex')}`;
    await administer(`CREATE DATABASE ${name} ${empty ? '' : 'TEMPLATE template_shop STRATEGY file_copy'}`);
    if (empty) env = { DEMO: 'false', ...env };
    const url = new URL(process.env.TEST_DATABASE_URL!);
    url.pathname = `/${name}`;
    const database = new pg.Pool({ connectionString: url.href, max: 4 });
    database.on('error', () => {}); // some tests kill connections
    const pgBouncer = process.env.TEST_THROUGH_PGBOUNCER ? await startPgBouncer(url.href) : undefined;
    if (pgBouncer) env = { DATABASE_URL: pgBouncer.url, ...env };
    const shop = new Shop(url.href, database, env, newProcesses, pgBouncer);
    await Promise.all(Array.from({ length: processes }, () => shop.startProcess()));
    return shop;
  }

  /** The first process's address. */
  get url(): string {
    return this.processes[0]!.url;
  }

  /** A client that is not signed in. */
  get visitor(): Api {
    return new Api(this.url);
  }

  /** Starts one more process on the same database. */
  async startProcess(env: Record<string, string> = {}, entry?: string): Promise<AppProcess> {
    const settings = {
      DATABASE_URL: this.databaseUrl,
      DATA_DIR: process.env.TEST_DATA_DIR!,
      RATE_LIMIT: 'off',
      LOG_LEVEL: 'warn',
      ...this.env,
      ...env,
    };
    const app =
      this.newProcesses || entry
        ? await AppProcess.start(settings, entry)
        : await AppProcess.inHost(settings);
    this.processes.push(app);
    return app;
  }

  /** Stops a process. The next one that is started reuses its host. */
  async stopProcess(app: AppProcess): Promise<void> {
    this.processes.splice(this.processes.indexOf(app), 1);
    await app.stop('SIGINT');
  }

  /** Signs in with a demo account. */
  async signIn(email: string, password = PASSWORD): Promise<Api> {
    const { body } = await this.visitor.post('/api/auth/login', { email, password }).expect(200);
    return this.visitor.withToken(body.access, body.user, body.refresh);
  }

  admin(): Promise<Api> {
    return this.signIn('admin@example.com');
  }

  /** Registers a customer. It tries again on 503, which a slow machine answers when many register at once. */
  async newCustomer(): Promise<Api> {
    const username = `customer${(this.names += 1)}_${randomBytes(3).toString('hex')}`;
    const account = { username, email: `${username}@example.com`, password: PASSWORD };
    let answer: ApiResponse;
    await until(async () => (answer = await this.visitor.post('/api/auth/register', account)).status !== 503);
    if (answer!.status !== 201) throw new Error(`no new customer: ${answer!.status} ${answer!.text}`);
    const { body } = answer!;
    return this.visitor.withToken(body.access, body.user, body.refresh);
  }

  /**
   * Begins requests while another transaction has run a statement, and commits that one when as many statements wait for
   * its locks.
   *
   * @returns when the requests have ended
   */
  async whileUncommitted(
    statement: string,
    parameters: unknown[],
    begin: () => Promise<unknown>[],
  ): Promise<void> {
    const client = await this.database.connect();
    try {
      await client.query('BEGIN');
      await client.query(statement, parameters);
      const begun = begin();
      await until(async () => {
        const { rows } = await this.database.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rows.length >= begun.length;
      });
      await client.query('COMMIT');
      await Promise.all(begun);
    } finally {
      client.release(true);
    }
  }

  /** Meanwhile each insert into a table fails as one does that waited too long for a lock. */
  async whileBusy(table: string, work: () => Promise<unknown>): Promise<void> {
    await this.database.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE lock_not_available; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse();`);
    try {
      await work();
    } finally {
      await this.database.query(`DROP TRIGGER refuse ON ${table}; DROP FUNCTION refuse`);
    }
  }

  /** Adds a product with a unique name. */
  async newProduct(fields: { price?: string; stock?: number; name?: string } = {}): Promise<any> {
    const productAdmin = await (this.productAdmin ??= this.admin());
    const name = `Product ${randomBytes(4).toString('hex')}`;
    const { body } = await productAdmin
      .post('/api/products', { name, price: '10.00', stock: 10, ...fields })
      .expect(201);
    return body;
  }

  async stockOf(productId: number): Promise<number> {
    const { rows } = await this.database.query('SELECT stock FROM products WHERE id = $1', [productId]);
    return rows[0].stock;
  }

  /** The faults that `npm run check:ledger` would report, found by the same SQL; '' when there are none. */
  async ledgerFaults(): Promise<string> {
    const { rows } = await this.database.query(FIND_LEDGER_FAULTS);
    return rows.map(({ product_id, fault }) => `product ${product_id}: ${fault}`).join('\n');
  }

  /** Checks that every stock equals its ledger, stops the apps and drops the database. */
  async close(): Promise<void> {
    const faults = await this.ledgerFaults();
    await Promise.all(this.processes.map((app) => app.stop('SIGINT'))); // SIGINT does not wait for clients to disconnect
    await this.pgBouncer?.stop();
    await this.database.end();
    // Not WITH (FORCE), which fails while an autovacuum runs: a plain DROP cancels it, and waits for the other sessions.
    await administer(`DROP DATABASE ${new URL(this.databaseUrl).pathname.slice(1)}`);
    expect(faults).toBe('');
  }
}

/** An app in a process. */
export class AppProcess {
  output = '';
  private hasStopped = false;

  private constructor(
    readonly url: string,
    readonly child: ChildProcess,
    private readonly isHosted: boolean,
  ) {
    child.stdout!.on('data', (chunk) => (this.output += chunk));
    child.stderr!.on('data', (chunk) => (this.output += chunk));
    openApps.add(this);
  }

  /** Starts the app in a new process. @throws Error when it exits before it is open */
  static async start(
    env: Record<string, string | undefined>,
    entry = 'dist/src/main.js',
  ): Promise<AppProcess> {
    const settings = await withDefaults(env);
    const child = spawn(process.execPath, [entry], { env: { PATH: process.env.PATH, ...settings } });
    return new AppProcess(addressOf(settings), child, false).opened();
  }

  /** Starts the app in a reused process. @throws Error when it exits before it is open */
  static async inHost(env: Record<string, string | undefined>): Promise<AppProcess> {
    const settings = await withDefaults(env);
    const host = appHosts.take();
    const app = new AppProcess(addressOf(settings), host, true).opened();
    host.send({ open: settings });
    return app;
  }

  /** A hosted app closes at any signal but SIGKILL, as if by SIGINT. @returns the exit code */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const { child } = this;
    openApps.delete(this);
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    if (this.isHosted && signal !== 'SIGKILL') return this.close();
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    return ended;
  }

  private async close(): Promise<number | null> {
    if (this.hasStopped) return 0;
    this.hasStopped = true;
    const code = await new Promise<number | null>((resolve) => {
      this.child.once('message', () => resolve(0));
      this.child.once('exit', resolve);
      this.child.send({ close: true });
    });
    appHosts.putBack(this.child);
    return code;
  }

  private async opened(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.child.stdout!.on('data', () => this.output.includes('Comptoir is open') && resolve());
      this.child.once('exit', (code) => reject(new Error(`exit code ${code}: ${this.output}`)));
    });
    this.child.once('exit', (code, signal) => {
      if (code || (signal && signal !== 'SIGKILL'))
        console.error(`An app ended with ${code ?? signal}:\n${this.output.slice(-4_000)}`);
    });
    return this;
  }
}

/** Settings with a free port, and the lowest bcrypt cost unless in production, which refuses it. */
async function withDefaults(env: Record<string, string | undefined>) {
  return {
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    ...(env.NODE_ENV !== 'production' && { BCRYPT_COST: '4' }),
    ...env,
  };
}

function addressOf({ PORT }: { PORT: string | undefined }): string {
  return `http://127.0.0.1:${PORT}`;
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
