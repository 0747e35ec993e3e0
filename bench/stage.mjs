import bcrypt from 'bcrypt';
import { execFileSync } from 'node:child_process';
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { passwordDigest, signToken } from './credentials.mjs';
import { fillApp, fillFloor, openSessions, PASSWORD } from './data.mjs';
import { HAS_ADDRESSES } from './driver.mjs';
import { SCHEMA } from './floor/schema.mjs';
import { parentOf } from './machine.mjs';
import { APP, freePort, says, start, stop } from './processes.mjs';

const BCRYPT_COST = 10;
const TOKEN_LIFETIME_S = 24 * 3600;

/**
 * A PostgreSQL of our own in a scratch folder, and servers on databases in it. `close` ends and deletes everything.
 */
export class Stage {
  #postgres;
  #children = [];
  #closing;
  #dataDir = mkdtempSync(path.join(tmpdir(), 'comptoir-bench-'));

  /** @param {{ onServerCpu: (command: string[]) => string[], profileDir: string | undefined }} options */
  static async open(options) {
    const { startEmbeddedPostgres } = await import(path.resolve('dist/src/database/embedded-postgres.js'));
    const stage = new Stage(options);
    chmodSync(stage.#dataDir, 0o711); // for root, whose PostgreSQL runs as another user
    stage.#postgres = await startEmbeddedPostgres(stage.#dataDir);
    return stage;
  }

  constructor({ onServerCpu, profileDir }) {
    this.onServerCpu = onServerCpu;
    this.profileDir = profileDir;
  }

  /** The hand-written server that the app is measured against. */
  async startFloor({ products, users }) {
    const databaseUrl = await this.#createDatabase('floor');
    const secret = randomBytes(48).toString('base64');
    const port = await freePort();
    const media = `http://127.0.0.1:${port}/media/`;
    await withClient(databaseUrl, async (client) => {
      await client.query(SCHEMA);
      await fillFloor(client, { products, users, passwordHash: await hashPassword(), media });
    });
    const env = { DATABASE_URL: databaseUrl, JWT_SECRET: secret, PORT: String(port) };
    const { pid } = await this.#start(['bench/floor/server.mjs'], env, 'open');
    const key = createSecretKey(secret, 'utf8');
    const accounts = accountsOf(users, (userId) =>
      signToken({ userId, sessionId: randomUUID() }, key, TOKEN_LIFETIME_S),
    );
    return { url: `http://127.0.0.1:${port}`, pid, accounts, databaseUrl };
  }

  /**
   * The app in production, with everything on, in two processes on one database: `live` has no read cache, `cached`
   * is as delivered.
   */
  async startApps({ products, users }) {
    const databaseUrl = await this.#createDatabase('app');
    const secret = randomBytes(48).toString('base64');
    const live = await this.#startApp('live', { databaseUrl, secret, settings: { LIST_CACHE_MS: '0' } });
    const sessions = await withClient(databaseUrl, async (client) =>
      fillApp(client, { products, users, passwordHash: await hashPassword() }),
    );
    const cached = await this.#startApp('cached', { databaseUrl, secret, settings: {} });

    const key = await accessTokenKey(live.env);
    const sessionOf = new Map(sessions.map(({ id, user_id }) => [Number(user_id), id]));
    const accounts = accountsOf(users, (userId) =>
      signToken({ userId, sessionId: sessionOf.get(userId) }, key, TOKEN_LIFETIME_S),
    );
    return { live: { ...live, accounts }, cached: { ...cached, accounts } };
  }

  /**
   * The app in production without a read cache, on a database that `fill` fills once it is migrated; its accounts
   * are some of the users in it, the last of them an admin.
   */
  async startShop(name, { users, fill }) {
    const databaseUrl = await this.#createDatabase(name);
    const app = {
      databaseUrl,
      secret: randomBytes(48).toString('base64'),
      settings: { LIST_CACHE_MS: '0' },
    };
    await stop((await this.#startApp(name, app)).child); // it migrates
    const sessions = await withClient(databaseUrl, async (client) => {
      await fill(client);
      return openSessions(client, users);
    });
    const shop = await this.#startApp(name, app);
    const key = await accessTokenKey(shop.env);
    const accounts = sessions.map(({ id, user_id }) => ({
      id: Number(user_id),
      token: signToken({ userId: Number(user_id), sessionId: id }, key, TOKEN_LIFETIME_S),
    }));
    return { ...shop, accounts };
  }

  /** The process whose children serve the databases. */
  postmasterPid() {
    return withClient(this.#postgres.url, async (client) => {
      const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
      return parentOf(rows[0].pid);
    });
  }

  /** Proves the app's stocks from its ledger, that is, that every purchase was one. @throws Error with the faults */
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
    await Promise.all(this.#children.map(stop));
    await this.#postgres.stop();
    rmSync(this.#dataDir, { recursive: true, force: true });
    for (const { exitCode, spawnargs } of this.#children) {
      if (exitCode) throw new Error(`${spawnargs.at(-1)} ended with exit code ${exitCode}`);
    }
  }

  async #startApp(name, { databaseUrl, secret, settings }) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = {
      NODE_ENV: 'production',
      DATABASE_URL: databaseUrl,
      DATA_DIR: this.#dataDir,
      JWT_SECRET: secret,
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_URL: url,
      ...(HAS_ADDRESSES ? {} : { RATE_LIMIT: 'off', ALLOW_UNSAFE: 'bench' }),
      ...settings,
    };
    const profiling = this.profileDir
      ? ['--cpu-prof', `--cpu-prof-dir=${this.profileDir}`, `--cpu-prof-name=${name}.cpuprofile`]
      : [];
    const child = await this.#start([...profiling, ...APP], env, 'Comptoir is open');
    return { url, child, pid: child.pid, databaseUrl, env };
  }

  /** Starts one of our servers on the CPU for servers. @returns the process, once it says that it is open */
  async #start(script, env, opening) {
    const child = start(this.onServerCpu([process.execPath, ...script]), env);
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

/** Ends and deletes everything also when the run is broken off. */
export function closeOnSignal(opening) {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, async () => {
      await (await opening).close();
      process.exit(1);
    });
  }
}

/** Runs `work` on a connection of its own. */
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

/** What each of the users signs in with; ids run from 1. */
function accountsOf(users, tokenOf) {
  return Array.from({ length: users }, (_, index) => ({
    email: `customer${index + 1}@example.com`,
    token: tokenOf(index + 1),
  }));
}

/** The app's own key, as its configuration derives it. */
async function accessTokenKey(env) {
  const { loadConfig } = await import(path.resolve('dist/src/config/config.js'));
  return loadConfig(env).key('access-token');
}
