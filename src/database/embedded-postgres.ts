import type { ChildProcess } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { ConfigError } from '../config/config-error.js';
import { type Owner, Ownership } from './cluster-owner.js';
import { tryLock } from './file-lock.js';
import {
  type Cluster,
  configure,
  lastPort,
  locateCluster,
  openCluster,
  readPassword,
  startServer,
  stopServer,
} from './postgres-cluster.js';

/*
 * A real PostgreSQL server for a machine that has none. Its files under `<dataDir>/postgres`:
 *
 *   data/        the cluster; always complete (created under another name, then renamed)
 *   password     of both roles: `postgres`, which only this file uses, and `comptoir`, which owns the database, may
 *                create others and is not a superuser: an injected statement reaches neither files nor programs
 *   lock         held by the one process that runs the cluster, its owner
 *   owner.json   the record of that process, with a heartbeat every second
 *   server.lock  held by every process of the server
 *   server.log   of the last start; server.log.1 of the one before
 *   binaries-…   only where node_modules cannot be used as it is
 *
 * The owner starts and stops the server, and restarts it when it ends by itself. A command uses the server of a running
 * shop; without one, the command becomes the owner.
 */

export interface EmbeddedPostgres {
  /** postgres://... of the database `comptoir`. */
  url: string;
  /** Stops the server if this process owns it. Call it after closing the pool. */
  stop(): Promise<void>;
}

/** How long to wait until the server of a killed owner has ended, or a starting owner publishes its port. */
const PATIENCE_MS = 60_000;
const REACH_MS = 5_000;
const LONGEST_WAIT_MS = 5_000;

/**
 * Starts the PostgreSQL cluster kept under `dataDir`, creating it on the first call. The port is the last one used,
 * if it is still free.
 *
 * @throws ConfigError with its owner, or with the failure and the end of the server's log
 */
export function startEmbeddedPostgres(dataDir: string): Promise<EmbeddedPostgres> {
  return explained(dataDir, async () => {
    const { home, account } = await locateCluster(dataDir);
    const claim = await Ownership.claim(home, 'shop');
    if (claim instanceof Ownership) return OwnedServer.start(await openCluster(home, account), claim);
    throw new Error(`${describe(claim)} uses it. Stop that first, or choose another DATA_DIR`);
  });
}

/**
 * For a command: the server of the shop that runs on `dataDir`, or one that is started until `stop`. While another
 * command has one started, this waits.
 *
 * @throws ConfigError also when the shop runs where its server cannot be reached from here
 */
export function joinEmbeddedPostgres(dataDir: string): Promise<EmbeddedPostgres> {
  return explained(dataDir, async () => {
    const { home, account } = await locateCluster(dataDir);
    const deadline = Date.now() + PATIENCE_MS;
    for (let known: string | undefined; ; await sleep(100)) {
      const claim = await Ownership.claim(home, 'command');
      if (claim instanceof Ownership) return OwnedServer.start(await openCluster(home, account), claim);
      if (claim?.kind === 'command') {
        if (claim.id !== known) console.error(`Waiting for ${describe(claim)}.`);
        known = claim.id;
      } else if (claim?.port) {
        return await reach(home, claim, claim.port);
      } else if (Date.now() > deadline) {
        throw new Error(`${describe(claim)} has been starting it for a minute`);
      }
    }
  });
}

async function explained<T>(dataDir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { message } = error as Error;
    throw new ConfigError(`DATA_DIR: no embedded PostgreSQL in ${dataDir}: ${message}`, { cause: error });
  }
}

function describe(owner: Owner | undefined): string {
  if (!owner) return 'another process';
  const { program, pid, host, since, seen_at } = owner;
  return `process ${pid} (${program}) on ${host}, since ${since} and last heard at ${seen_at},`;
}

async function reach(home: string, owner: Owner, port: number): Promise<EmbeddedPostgres> {
  const password = await readPassword(home);
  for (const deadline = Date.now() + REACH_MS; ; await sleep(100)) {
    try {
      await (await connect(port, { data: join(home, 'data'), password })).end();
      return { url: urlOf(port, password), stop: async () => {} };
    } catch (error) {
      if (Date.now() < deadline) continue;
      throw new Error(
        `it belongs to ${describe(owner)} and cannot be reached from here (${messageOf(error)}). ` +
          'Run the command in the same container or machine',
        { cause: error },
      );
    }
  }
}

/** The server in its owner's process. */
class OwnedServer implements EmbeddedPostgres {
  private serverShell?: ChildProcess;
  private pid?: number;
  private watch?: Client;
  private recovering?: Promise<void>;
  private stopping?: Promise<void>;

  private constructor(
    private readonly cluster: Cluster,
    private readonly ownership: Ownership,
    private readonly port: number,
  ) {
    ownership.onLost = () => {
      say('has been taken over by another machine; this process ends');
      if (this.pid) process.kill(this.pid, 'SIGQUIT'); // writes nothing more
      process.exit(1);
    };
  }

  static async start(cluster: Cluster, ownership: Ownership): Promise<OwnedServer> {
    const server = new OwnedServer(cluster, ownership, await choosePort(cluster));
    try {
      // The server of an owner that was killed is being stopped, or it runs in a place that is not seen from here.
      for (const deadline = Date.now() + PATIENCE_MS; !(await server.launch()); await sleep(50)) {
        if (Date.now() > deadline) throw new Error('a server whose owner has ended still runs');
      }
      await server.observe();
      await ownership.publish(server.port);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  get url(): string {
    return urlOf(this.port, this.cluster.password);
  }

  stop(): Promise<void> {
    return (this.stopping ??= this.end());
  }

  private async end(): Promise<void> {
    void this.watch?.end().catch(() => {});
    await this.recovering;
    if (this.serverShell) await stopServer(this.serverShell);
    await this.ownership.release();
  }

  /** @returns false while processes of a former server are still running */
  private async launch(): Promise<boolean> {
    const lock = await tryLock(join(this.cluster.home, 'server.lock'));
    if (!lock) return false;
    try {
      // The lock was free, so no process of a server is left. A pid file that is left could name an unrelated process by
      // now, and PostgreSQL would then refuse to start.
      const pidFile = join(this.cluster.data, 'postmaster.pid');
      if (process.platform === 'linux') await rm(pidFile, { force: true });
      this.serverShell?.kill('SIGKILL'); // of the server that is gone
      await configure(this.cluster, this.port);
      this.serverShell = await startServer(this.cluster, lock);
      this.pid = Number.parseInt(await readFile(pidFile, 'utf8'), 10);
      return true;
    } finally {
      await lock.close();
    }
  }

  /** Opens a connection whose end shows that the server has ended. */
  private async observe(): Promise<void> {
    const watch = await connect(this.port, this.cluster);
    this.watch = watch;
    (watch as Client & { unref(): void }).unref(); // the process need not stay for it
    watch.once('end', () => {
      if (!this.stopping) this.recovering = this.recover();
    });
  }

  /** Restarts a server that ended, or waits for one that recovers by itself from a crash of one of its processes. */
  private async recover(): Promise<void> {
    const lostAt = Date.now();
    let reason = '';
    let isNew = false;
    for (let wait = 50; !this.stopping; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      try {
        isNew = (await this.launch()) || isNew;
        await this.observe();
        if (isNew) say(`ended and is back after ${Date.now() - lostAt} ms`);
        return;
      } catch (error) {
        if (messageOf(error) !== reason) say(`does not answer: ${(reason = messageOf(error))}`);
      }
      await sleep(wait);
    }
  }
}

function say(what: string): void {
  console.error(`Comptoir (${process.pid}): the embedded PostgreSQL ${what}`);
}

async function connect(
  port: number,
  { data, password }: Pick<Cluster, 'data' | 'password'>,
): Promise<Client> {
  // Every option that `pg` would otherwise read from PG* variables, which are meant for another server.
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password,
    database: 'comptoir',
    ssl: false,
    sslnegotiation: 'postgres',
    client_encoding: 'UTF8',
    options: '-c statement_timeout=0',
    application_name: 'comptoir, owner',
    connectionTimeoutMillis: 5_000, // a stop waits for it
    query_timeout: 5_000,
    keepAlive: true,
  });
  client.on('error', () => {}); // the server may go at any time
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    if (rows[0]?.data_directory !== data) throw new Error(`port ${port} belongs to another PostgreSQL`);
    return client;
  } catch (error) {
    client.end().catch(() => {});
    throw error;
  }
}

function urlOf(port: number, password: string): string {
  return `postgres://comptoir:${password}@127.0.0.1:${port}/comptoir?sslmode=disable`;
}

/** The last port, so that clients find the server again, unless another program has it by now. */
async function choosePort(cluster: Cluster): Promise<number> {
  const last = await lastPort(cluster);
  return (last && (await listenOnce(last).catch(() => undefined))) || listenOnce(0);
}

function listenOnce(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen({ host: '127.0.0.1', port: wanted, exclusive: true }, () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
