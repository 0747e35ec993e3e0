import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';

/**
 * An embedded PostgreSQL, and servers with databases in it. `close` stops everything, and deletes the data unless they are in
 * a folder that was named.
 */
export class Environment {
  #postgres;
  #children = [];
  #closing;

  /**
   * @param {string[]} [pin] begins the command of each server, to pin it to a CPU
   * @param {string} [keptIn] a folder for the databases; without it, a temporary one
   */
  static async open(pin = [], keptIn) {
    const { startEmbeddedPostgres } = await import(path.resolve('dist/src/database/embedded-postgres.js'));
    const environment = new Environment(pin, keptIn);
    environment.#postgres = await startEmbeddedPostgres(environment.dataDir);
    for (const signal of ['SIGINT', 'SIGTERM']) {
      process.once(signal, () => environment.close().finally(() => process.exit(1)));
    }
    return environment;
  }

  constructor(pin, keptIn) {
    this.pin = pin;
    this.isKept = keptIn !== undefined;
    this.dataDir = path.resolve(keptIn ?? mkdtempSync(path.join(tmpdir(), 'comptoir-bench-')));
    mkdirSync(this.dataDir, { recursive: true });
    chmodSync(this.dataDir, 0o711); // started as root, PostgreSQL runs as another user
  }

  /** The postmaster, whose children serve the connections. */
  get databasePid() {
    return parseInt(readFileSync(path.join(this.dataDir, 'postgres/data/postmaster.pid'), 'utf8'));
  }

  /** @param {string} [template] address of the database that is copied @returns the address of the new one */
  async createDatabase(template) {
    const url = this.#urlOf(`shop_${randomBytes(6).toString('hex')}`);
    await this.#query(`CREATE DATABASE ${nameOf(url)} TEMPLATE ${template ? nameOf(template) : 'template1'}`);
    return url;
  }

  /** A new database with the tables of a build of the app, and no rows. */
  async createShop(build = '.') {
    const app = await this.startApp({ build });
    await app.stop();
    return app.databaseUrl;
  }

  /** The database of that name, which an earlier run may have kept, or a new one that `create` returns the address of. */
  async keptDatabase(name, create) {
    const { rowCount } = await this.#query(`SELECT FROM pg_database WHERE datname = '${name}'`);
    if (rowCount === 0) await this.#query(`ALTER DATABASE ${nameOf(await create())} RENAME TO ${name}`);
    return this.#urlOf(name);
  }

  /** Runs `work` on a copy of a database, which is deleted afterwards, with a checkpoint that no later work has to wait for. */
  async onCopyOf(template, work) {
    const url = await this.createDatabase(template);
    try {
      return await work(url);
    } finally {
      await this.#query(`DROP DATABASE ${nameOf(url)}`);
      await this.#query('CHECKPOINT');
    }
  }

  /**
   * Starts a production process of the app, which migrates its database.
   *
   * @param {{ build?: string, databaseUrl?: string, settings?: Record<string, string>, nodeOptions?: string[] }} options
   *   `build` is the checkout that is started; without `databaseUrl`, the database is new
   */
  async startApp({ build = '.', databaseUrl, settings, nodeOptions = [] }) {
    return this.start([...nodeOptions, ...startArgumentsOf(build)], {
      NODE_ENV: 'production',
      DATA_DIR: this.dataDir,
      DATABASE_URL: databaseUrl ?? (await this.createDatabase()),
      JWT_SECRET: randomBytes(48).toString('base64'),
      ...settings,
    });
  }

  /**
   * Starts a Node program on a free port of its own, and waits until it prints "is open".
   *
   * @throws Error with its output when it ends before
   */
  async start(args, settings) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: `${port}`, PUBLIC_URL: url, ...settings };
    const [program, ...rest] = [...this.pin, process.execPath, ...args];
    const child = spawn(program, rest, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    this.#children.push(child);
    let output = '';
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      output += chunk;
      if (output.includes('is open')) break;
    }
    if (!output.includes('is open')) {
      if (child.exitCode === null) await once(child, 'exit');
      throw new Error(`${args.at(-1)} ended: ${output}`);
    }
    child.stdout.resume();
    return { url, env, pid: child.pid, databaseUrl: env.DATABASE_URL, stop: () => stop(child) };
  }

  /** Ends the servers gracefully, which also writes their profiles, and deletes all data. */
  close() {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close() {
    await Promise.all(this.#children.map(stop));
    await this.#postgres.stop();
    if (!this.isKept) rmSync(this.dataDir, { recursive: true, force: true });
  }

  #query(text) {
    return withClient(this.#postgres.url, (client) => client.query(text));
  }

  #urlOf(database) {
    return Object.assign(new URL(this.#postgres.url), { pathname: `/${database}` }).href;
  }
}

/** Runs `work` with a new connection, and closes it. */
export async function withClient(databaseUrl, work) {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** V8's options and the script of a build's `npm start`. */
export function startArgumentsOf(build) {
  const { scripts } = JSON.parse(readFileSync(path.join(build, 'package.json'), 'utf8'));
  const [, ...args] = scripts.start.split(' ');
  return [...args.slice(0, -1), path.join(build, args.at(-1))];
}

/** SIGINT, other than SIGTERM, does not wait for a load balancer. @throws Error for an exit code other than 0 */
async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGINT');
  await once(child, 'exit');
  if (child.exitCode) throw new Error(`${child.spawnargs.at(-1)} ended with exit code ${child.exitCode}`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

function nameOf(databaseUrl) {
  return new URL(databaseUrl).pathname.slice(1);
}
