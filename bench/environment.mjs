import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { parentOf } from './machine.mjs';
import { printed, scratchFolder, start, startApp, stop } from './processes.mjs';

/**
 * An embedded PostgreSQL, and servers with databases in it. `close` stops everything, and deletes it unless it is in a folder
 * that was named.
 */
export class Environment {
  #postgres;
  #children = [];
  #closing;

  /** The postmaster, whose children serve the connections. */
  databasePid = Number.NaN;

  /**
   * @param {(command: string[]) => string[]} [pin] pins the command of a server to a CPU
   * @param {string} [keptIn] a folder for the databases; without it, a temporary one
   */
  static async open(pin = (command) => command, keptIn) {
    const { startEmbeddedPostgres } = await import(path.resolve('dist/src/database/embedded-postgres.js'));
    const environment = new Environment(pin, keptIn);
    environment.#postgres = await startEmbeddedPostgres(environment.dataDir);
    for (const signal of ['SIGINT', 'SIGTERM']) {
      process.once(signal, () => environment.close().finally(() => process.exit(1)));
    }
    environment.databasePid = await withClient(environment.#postgres.url, async (client) => {
      const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
      return parentOf(rows[0].pid);
    });
    return environment;
  }

  constructor(pin, keptIn) {
    this.pin = pin;
    this.isKept = keptIn !== undefined;
    this.dataDir = keptIn ? path.resolve(keptIn) : scratchFolder();
    mkdirSync(this.dataDir, { recursive: true, mode: 0o711 }); // PostgreSQL may run as another user
  }

  /** @param {string} [template] address of the database that is copied @returns the address of the new one */
  async createDatabase(template) {
    const url = new URL(this.#postgres.url);
    url.pathname = `/shop_${randomBytes(6).toString('hex')}`;
    await this.#query(`CREATE DATABASE ${nameOf(url)} TEMPLATE ${template ? nameOf(template) : 'template1'}`);
    return url.href;
  }

  /** A new database with the tables of a build of the app, and no rows. */
  async createShop(build) {
    const url = await this.createDatabase();
    const { child } = await this.startApp(url, {}, { build });
    await stop(child);
    return url;
  }

  /** The database of that name, which an earlier run may have kept, or a new one that `create` returns the address of. */
  async keptDatabase(name, create) {
    const url = new URL(this.#postgres.url);
    url.pathname = `/${name}`;
    const { rowCount } = await this.#query(`SELECT FROM pg_database WHERE datname = '${name}'`);
    if (rowCount === 0) await this.#query(`ALTER DATABASE ${nameOf(await create())} RENAME TO ${name}`);
    return url.href;
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

  /** Starts a production process of the app, which migrates the database. */
  async startApp(databaseUrl, settings, { build = '.', nodeOptions = [] } = {}) {
    const app = await startApp(
      {
        NODE_ENV: 'production',
        DATA_DIR: this.dataDir,
        DATABASE_URL: databaseUrl,
        JWT_SECRET: randomBytes(48).toString('base64'),
        ...settings,
      },
      { build, pin: this.pin, nodeOptions },
    );
    this.#children.push(app.child);
    await app.opened;
    return { ...app, databaseUrl };
  }

  /** Starts another server. It prints `opening` when it accepts requests. */
  async startServer(script, env, opening) {
    const child = start(this.pin([process.execPath, script]), env);
    this.#children.push(child);
    await printed(child, opening);
    return child;
  }

  /** Ends the servers gracefully, which also writes their profiles, and deletes all data. */
  close() {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close() {
    await Promise.all(this.#children.map((child) => stop(child)));
    await this.#postgres.stop();
    if (!this.isKept) rmSync(this.dataDir, { recursive: true, force: true });
  }

  #query(text) {
    return withClient(this.#postgres.url, (client) => client.query(text));
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

function nameOf(databaseUrl) {
  return new URL(databaseUrl).pathname.slice(1);
}
