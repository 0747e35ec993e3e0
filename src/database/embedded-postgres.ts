import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import {
  type Cluster,
  cannotRun,
  configure,
  lastLines,
  lastPort,
  locateCluster,
  openCluster,
  run,
  surroundings,
  unless,
} from './postgres-cluster.js';
import { withProcessLock } from './process-lock.js';

/*
 * A real PostgreSQL server for a machine that has none. What lies under `<dataDir>/postgres`:
 *
 *   data/        the cluster; complete when it is there (made elsewhere, then renamed)
 *   password     of both roles: `postgres`, whom only this file uses, and `comptoir`, who owns the database and
 *                may create others, and is no superuser: an injected statement reaches neither files nor programs
 *   server.log   of the last start; server.log.1 of the one before
 *   binaries-…   only where node_modules cannot be used as it is
 *
 * The server is nobody's child. It outlives a killed process, and who comes next joins it; whoever stops as the
 * last one stops it. Its every start and stop happens under one lock.
 */

export interface EmbeddedPostgres {
  /** postgres://... of the database `comptoir`. */
  url: string;
  /** Stops the server if nobody else is connected to it any more. To be called after closing one's own pool. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const FAREWELL_MS = 500;

/** In pg_stat_activity, the connection that each process keeps as long as it uses the server. */
const PRESENCE = 'comptoir, present';

/**
 * Starts (or joins) the PostgreSQL cluster kept under `dataDir`, creating it on the first call. Any number of
 * processes may call it at once. The port is the last one used, if it is still free.
 *
 * @throws Error that says what failed, with the end of the server's log and where to find it
 */
export async function startEmbeddedPostgres(dataDir: string): Promise<EmbeddedPostgres> {
  try {
    const { home, account } = await locateCluster(dataDir);
    return await withProcessLock(join(home, 'lock'), async () => {
      const cluster = await openCluster(home, account);
      const presence = await joinOrLaunch(cluster);
      let stopped: Promise<void> | undefined;
      return {
        url: `postgres://comptoir:${cluster.password}@127.0.0.1:${presence.port}/comptoir?sslmode=disable`,
        stop: () => (stopped ??= leave(cluster, presence)),
      };
    });
  } catch (error) {
    throw new Error(`The embedded PostgreSQL of ${dataDir} did not start: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * Returns a connection to the running server, which is started if need be. The connection is kept until `stop`:
 * it tells the others that we are here, and ends by itself if we are killed.
 */
async function joinOrLaunch(cluster: Cluster): Promise<Client> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let launch: Launch | undefined;
  let problem: unknown;
  while (Date.now() < deadline) {
    const server = await readServerState(cluster);
    if (server?.ready) {
      try {
        return await connect(server.port, cluster, PRESENCE);
      } catch (error) {
        // Behind a living pid these do not pass. Behind a stale one, another program may have taken the port.
        if (server.alive && /^(28|3D)/.test((error as { code?: string }).code ?? '')) {
          launch?.server.kill('SIGINT');
          throw error;
        }
        problem = error;
      }
    }
    if (!server?.alive && launch?.ended !== false) {
      if (launch) await throwUnlessPassing(launch);
      launch = await launchServer(cluster, launch);
    }
    await sleep(10);
  }
  const reason = problem ? `: ${messageOf(problem)}` : '';
  throw new Error(`no answer within ${START_TIMEOUT_MS / 1000} s${reason}${await endOfLog(cluster)}`);
}

interface ServerState {
  port: number;
  /** By its own account. */
  ready: boolean;
  /** Whether the pid in the file is this cluster's server, and neither a zombie nor another program. */
  alive: boolean;
}

async function readServerState({ data }: Cluster): Promise<ServerState | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(unless('ENOENT'));
  if (text === undefined) return undefined;
  const [pid, , , port, , , , status] = text.split('\n').map((line) => line.trim());
  return { port: Number(port), ready: status === 'ready', alive: await isServerOf(data, Number(pid)) };
}

async function isServerOf(data: string, pid: number): Promise<boolean> {
  if (!(pid > 0)) return false;
  // A zombie's command line is empty.
  if (process.platform === 'linux') {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return command.split('\0').includes(data);
  }
  if (process.platform === 'win32') return isSignalable(pid);
  return new Promise((resolve) => {
    const ps = spawn('ps', ['-ww', '-o', 'command=', '-p', String(pid)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let command = '';
    ps.stdout.setEncoding('utf8').on('data', (chunk: string) => (command += chunk));
    ps.once('error', () => resolve(isSignalable(pid)));
    ps.once('close', () => resolve(command.includes(data)));
  });
}

function isSignalable(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function connect(port: number, { data, password }: Cluster, name: string): Promise<Client> {
  // All that `pg` would otherwise take from PG* variables meant for another server.
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
    application_name: name,
    connectionTimeoutMillis: 2_000,
    query_timeout: 5_000,
    keepAlive: true,
  });
  client.on('error', () => {}); // the server may go at any time
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    if (rows[0]?.data_directory !== data) throw new Error(`port ${port} belongs to another PostgreSQL`);
    (client as Client & { unref(): void }).unref(); // the process need not stay for it
    return client;
  } catch (error) {
    client.end().catch(() => {});
    throw error;
  }
}

interface Launch {
  cluster: Cluster;
  server: ChildProcess;
  /** False while the process runs, then how it ended. */
  ended: false | string;
  spawnError?: Error;
}

async function launchServer(cluster: Cluster, previous?: Launch): Promise<Launch> {
  const { home, data } = cluster;
  const log = join(home, 'server.log');
  if (!previous) await rename(log, `${log}.1`).catch(unless('ENOENT'));
  else await rm(log, { force: true });
  // The last port, so that those who still know it find the server again, unless it has just proved to be taken.
  const port = (!previous && (await lastPort(cluster))) || (await findFreePort());
  await configure(cluster, port);
  // PostgreSQL would trust any process that has this pid by now. Should one of its own be left, it notices by
  // the shared memory, whose key is the folder's inode.
  await rm(join(data, 'postmaster.pid'), { force: true });

  // Exclusive: as root we follow no link that another account may have left there.
  const output = await open(log, 'ax', 0o600);
  try {
    const server = spawn(cluster.binaries.postgres, ['-D', data], {
      ...surroundings(cluster),
      detached: true, // in a session of its own: Ctrl+C is for us
      stdio: ['ignore', output.fd, output.fd],
    });
    const launch: Launch = { cluster, server, ended: false };
    server.once('error', (error) => Object.assign(launch, { ended: error.message, spawnError: error }));
    server.once('exit', (code, signal) => (launch.ended = signal ?? `exit code ${code}`));
    server.unref();
    return launch;
  } finally {
    await output.close();
  }
}

/** The port may have been lost since it was found, and processes of a killed server take a moment to go. */
async function throwUnlessPassing({ cluster, ended, spawnError }: Launch): Promise<void> {
  if (spawnError) throw cannotRun(cluster.binaries.postgres, spawnError);
  const log = await readLog(cluster);
  const passing = /could not create any TCP\/IP sockets|lock file .* already exists|is still in use/;
  if (!passing.test(log)) throw new Error(`the server ended with ${ended}${await endOfLog(cluster)}`);
  await sleep(50);
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen({ host: '127.0.0.1', port: 0, exclusive: true }, () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

async function leave(cluster: Cluster, presence: Client): Promise<void> {
  await withProcessLock(join(cluster.home, 'lock'), async () => {
    // It may stay listed for a moment after its end, but no longer counts as somebody.
    await presence.query("SET application_name = 'comptoir, left'").catch(() => {});
    void presence.end().catch(() => {});
    const server = await readServerState(cluster);
    if (!server?.alive) return;
    const admin = await connect(server.port, cluster, 'comptoir, leaving').catch(() => undefined);
    if (!admin) return;
    const isLast = await othersAreGone(admin).finally(() => void admin.end().catch(() => {}));
    if (isLast) await run(cluster, cluster.binaries.pgCtl, ['stop', '-D', cluster.data, '-m', 'fast', '-s']);
  });
}

/** Waits a little for clients that are about to go, such as the connections of a pool just closed. */
async function othersAreGone(admin: Client): Promise<boolean> {
  const deadline = Date.now() + FAREWELL_MS;
  for (;;) {
    const { rows } = await admin.query<{ others: number; processes: number }>(
      `SELECT count(*)::int AS others, count(*) FILTER (WHERE application_name = $1)::int AS processes
       FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
      [PRESENCE],
    );
    if (rows[0]?.others === 0) return true;
    if (rows[0]?.processes || Date.now() > deadline) return false;
    await sleep(20);
  }
}

async function endOfLog(cluster: Cluster): Promise<string> {
  return `\n${lastLines(await readLog(cluster))}\nThe log is ${join(cluster.home, 'server.log')}`;
}

async function readLog({ home }: Cluster): Promise<string> {
  return readFile(join(home, 'server.log'), 'utf8').catch(() => '');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
