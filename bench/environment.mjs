import bcrypt from 'bcrypt';
import { execFileSync, spawn } from 'node:child_process';
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { passwordDigest, signToken } from './credentials.mjs';
import { fillApp, fillBaseline, PASSWORD } from './data.mjs';
import { SCHEMA } from './baseline/schema.mjs';
import { parentOf } from './machine.mjs';
import { HAS_ADDRESSES } from './virtual-user.mjs';

const BCRYPT_COST = 10;
const TOKEN_LIFETIME_S = 24 * 3600;

/** The app as `npm start` starts it. */
export const APP = ['--max-semi-space-size=4', '--heap-growing-percent=50', 'dist/src/main.js'];

/** An embedded PostgreSQL in a temporary folder, and servers with databases in it. `close` stops and deletes everything. */
export class Environment {
  #postgres;
  #children = [];
  #closing;
  #dataDir = scratchFolder();

  /** The postmaster, whose children serve the connections. */
  databasePid = Number.NaN;

  /**
   * @param {(command: string[]) => string[]} serverCommand wraps the command of a server, to pin it to a CPU
   * @param {string} [profileDir] folder for CPU profiles of the app
   */
  static async open(serverCommand, profileDir) {
    const { startEmbeddedPostgres } = await import(path.resolve('dist/src/database/embedded-postgres.js'));
    const environment = new Environment(serverCommand, profileDir);
    environment.#postgres = await startEmbeddedPostgres(environment.#dataDir);
    for (const signal of ['SIGINT', 'SIGTERM']) {
      process.once(signal, () => environment.close().finally(() => process.exit(1)));
    }
    environment.databasePid = await withClient(environment.#postgres.url, async (client) => {
      const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
      return parentOf(rows[0].pid);
    });
    return environment;
  }

  constructor(serverCommand, profileDir) {
    this.serverCommand = serverCommand;
    this.profileDir = profileDir;
  }

  async startBaseline({ products, accounts }) {
    const databaseUrl = await this.#createDatabase('baseline');
    const secret = randomBytes(48).toString('base64');
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    await withClient(databaseUrl, async (client) => {
      await client.query(SCHEMA);
      const passwordHash = await hashPassword();
      await fillBaseline(client, { products, accounts, passwordHash, media: `${url}/media/` });
    });
    const env = { DATABASE_URL: databaseUrl, JWT_SECRET: secret, PORT: String(port) };
    const { pid } = await this.#start(['bench/baseline/server.mjs'], env, 'open');
    const sessions = Array.from({ length: accounts }, (_, index) => ({
      id: randomUUID(),
      user_id: index + 1,
    }));
    return { url, pid, databaseUrl, accounts: accountsOf(sessions, createSecretKey(secret, 'utf8')) };
  }

  /** Two production processes of the app on one database: `live` without the read cache, `delivered` with the defaults. */
  async startApps({ products, accounts: count }) {
    const databaseUrl = await this.#createDatabase('app');
    const JWT_SECRET = randomBytes(48).toString('base64');
    const settings = { DATABASE_URL: databaseUrl, JWT_SECRET };
    const live = await this.#startApp('live', { ...settings, LIST_CACHE_MS: '0' });
    const sessions = await withClient(databaseUrl, async (client) =>
      fillApp(client, { products, accounts: count, passwordHash: await hashPassword() }),
    );
    const delivered = await this.#startApp('delivered', settings);
    const { loadConfig } = await import(path.resolve('dist/src/config/config.js'));
    const accounts = accountsOf(sessions, loadConfig(live.env).key('access-token'));
    return { live: { ...live, accounts }, delivered: { ...delivered, accounts } };
  }

  /** Checks the app's stocks against its ledger. @throws Error with the faults */
  checkLedger({ env }) {
    execFileSync(process.execPath, ['dist/src/cli/check-ledger.js'], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  /** Ends the servers gracefully, which also writes their profiles, and deletes all data. */
  close() {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close() {
    await Promise.all(this.#children.map((child) => stop(child)));
    await this.#postgres.stop();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  async #startApp(name, settings) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = {
      NODE_ENV: 'production',
      DATA_DIR: this.#dataDir,
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_URL: url,
      ...(HAS_ADDRESSES ? {} : { RATE_LIMIT: 'off', ALLOW_UNSAFE: 'bench' }),
      ...settings,
    };
    const profiling = this.profileDir
      ? ['--cpu-prof', `--cpu-prof-dir=${this.profileDir}`, `--cpu-prof-name=${name}.cpuprofile`]
      : [];
    const { pid } = await this.#start([...profiling, ...APP], env, 'Comptoir is open');
    return { url, pid, databaseUrl: settings.DATABASE_URL, env };
  }

  async #start(script, env, opening) {
    const child = start(this.serverCommand([process.execPath, ...script]), env);
    this.#children.push(child);
    await says(child, opening);
    return child;
  }

  async #createDatabase(name) {
    await withClient(this.#postgres.url, (client) => client.query(`CREATE DATABASE ${name}`));
    const url = new URL(this.#postgres.url);
    url.pathname = `/${name}`;
    return url.href;
  }
}

/** A temporary folder that other users may traverse: started as root, PostgreSQL runs as another user. */
export function scratchFolder() {
  const folder = mkdtempSync(path.join(tmpdir(), 'comptoir-bench-'));
  chmodSync(folder, 0o711);
  return folder;
}

export function start([command, ...args], env) {
  return spawn(command, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Waits until a program prints these words. @throws Error with its output when it exits before */
export async function says(child, words) {
  let said = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    said += chunk;
    if (said.includes(words)) return void child.stdout.resume();
  }
  throw new Error(`${child.spawnargs.at(-1)} ended: ${said}`);
}

export async function stop(child, signal = 'SIGTERM') {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
  if (child.exitCode) throw new Error(`${child.spawnargs.at(-1)} ended with exit code ${child.exitCode}`);
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
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

function hashPassword() {
  return bcrypt.hash(passwordDigest(PASSWORD), BCRYPT_COST);
}

function accountsOf(sessions, key) {
  return sessions.map(({ id, user_id }) => ({
    email: `customer${user_id}@example.com`,
    token: signToken({ userId: Number(user_id), sessionId: id }, key, TOKEN_LIFETIME_S),
  }));
}
