import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  chmod,
  chown,
  type FileHandle,
  mkdir,
  mkdtemp,
  open,
  readFile,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import type { Socket } from 'node:net';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type Account,
  exists,
  isEnterableBy,
  preparePostgresBinaries,
  SCRATCH_PREFIX,
} from './postgres-binaries.js';

export interface Cluster {
  /** `<dataDir>/postgres`, with links resolved. */
  home: string;
  /** The cluster proper (PGDATA), in `home`. */
  data: string;
  account: Account;
  /** The folder of PostgreSQL's programs. */
  programs: string;
  password: string;
}

/** Where root's clusters are kept when the server's account cannot enter the data folder, for example in root's home. */
const ROOTS_CLUSTERS = '/var/lib/comptoir';

/** Longer paths overflow PostgreSQL's own buffers (MAXPGPATH is 1024). */
const MAX_PATH_BYTES = 900;

// PostgreSQL's builtin C.UTF-8 sorts and folds in the same way on every machine. The system's locale only decides which
// characters pg_trgm and text search take for letters: in plain C, é is not one.
const SYSTEM_LOCALE: Partial<Record<NodeJS.Platform, string>> = { linux: 'C.UTF-8', darwin: 'en_US.UTF-8' };

/**
 * A shell in which pg_ctl starts the server, and stops it when the shell's standard input ends, which happens when the
 * process that owns the cluster ends in any way. It uses PGDATA and a relative path because pg_ctl does not quote paths.
 * The shell closes descriptor 3, so that only the server keeps the lock. It ignores SIGPIPE, since that process may have ended
 * before it could be told `ready`.
 */
const SERVE =
  process.platform === 'win32'
    ? (['cmd', '/d', '/c', 'pg_ctl start -w -s 1>&2 && (echo ready & set /p end=) & pg_ctl stop -s'] as const)
    : ([
        '/bin/sh',
        '-c',
        `if ./pg_ctl start -p ./postgres -w -t 600 -s >&2; then trap '' PIPE; echo ready; exec 3>&-; read end; fi
         exec ./pg_ctl stop -m fast -s 2>/dev/null`,
      ] as const);

/** Chooses the cluster's folder and the account that the server runs as: PostgreSQL refuses to run as root. */
export async function locateCluster(dataDir: string): Promise<{ home: string; account: Account }> {
  await mkdir(dataDir, { recursive: true });
  const folder = await realpath(dataDir);
  const local = join(folder, 'postgres');
  // A link that an earlier start made is followed, so that a project that was moved keeps its database.
  const linked = await readlink(local).catch(() => undefined);
  let home = linked ?? local;
  const account = process.getuid?.() === 0 ? await serverAccount(join(home, 'data')) : undefined;
  if (!linked && !(await exists(local)) && !(await isEnterableBy(account, folder))) {
    home = join(ROOTS_CLUSTERS, createHash('sha256').update(folder).digest('hex').slice(0, 16));
    await symlink(home, local);
  }
  if (Buffer.byteLength(home) > MAX_PATH_BYTES) throw new Error(`too long a path for PostgreSQL: ${home}`);
  await mkdir(home, { recursive: true, mode: account ? 0o755 : 0o700 });
  const isElsewhere = dirname(home) === ROOTS_CLUSTERS;
  if (account && (home === local || isElsewhere) && (await stat(home)).uid === 0) {
    // mkdir's mode depends on the umask.
    if (isElsewhere) await chmod(ROOTS_CLUSTERS, 0o755);
    await chmod(home, 0o755);
  }
  if (!(await isEnterableBy(account, home))) {
    throw new Error(`the server runs as uid ${account?.uid}, which may not enter ${home}`);
  }
  return { home: await realpath(home), account };
}

/** For root: the owner of the cluster, otherwise `postgres`, otherwise `nobody`. */
async function serverAccount(data: string): Promise<Account> {
  if (await exists(data)) {
    const { uid, gid } = await stat(data);
    if (uid !== 0) return { uid, gid };
  }
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const wanted of ['postgres', '_postgres', 'nobody']) {
    const [, , uid, gid] = users.find(([name]) => name === wanted) ?? [];
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('PostgreSQL does not run as root, and there is neither a user "postgres" nor "nobody"');
}

/** Prepares the programs of PostgreSQL, and creates the cluster if there is none. */
export async function openCluster(home: string, account: Account): Promise<Cluster> {
  for (const name of await readdir(home)) {
    if (!name.startsWith(SCRATCH_PREFIX)) continue;
    // The process that made it was killed, but its initdb may still be writing: then a later start removes the folder.
    await rm(join(home, name), { recursive: true, force: true }).catch(() => {});
  }
  const programs = await preparePostgresBinaries(home, account);
  const cluster = { home, data: join(home, 'data'), account, programs, password: '' };
  if (!(await exists(cluster.data))) await createCluster(cluster);
  cluster.password = await readPassword(home);
  return cluster;
}

export function readPassword(home: string): Promise<string> {
  return readFile(join(home, 'password'), 'utf8');
}

/** Creates the cluster with its roles and database in a scratch folder, and renames it when it is complete and synced. */
async function createCluster(cluster: Cluster): Promise<void> {
  const password = randomBytes(24).toString('base64url');
  await writeAtomically(join(cluster.home, 'password'), password, 0o600);
  const scratch = await mkdtemp(join(cluster.home, SCRATCH_PREFIX));
  if (cluster.account) await chown(scratch, cluster.account.uid, cluster.account.gid);
  await run(cluster, 'initdb', [
    `--pgdata=${scratch}`,
    '--username=postgres',
    '--auth=reject',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    `--locale=${SYSTEM_LOCALE[process.platform] ?? 'C'}`,
    '--lc-messages=C',
    '--data-checksums',
    '--no-instructions',
  ]);
  // In single-user mode, which reads one statement a line: no client can connect before the passwords are set.
  await run(
    cluster,
    'postgres',
    ['--single', '-D', scratch, '-c', 'exit_on_error=on', '-c', 'log_checkpoints=off', 'template1'],
    `ALTER ROLE postgres PASSWORD '${password}';
     CREATE ROLE comptoir LOGIN CREATEDB PASSWORD '${password}' IN ROLE pg_monitor, pg_checkpoint;
     CREATE DATABASE comptoir OWNER comptoir;\n`,
  );
  await rename(scratch, cluster.data);
  if (process.platform === 'win32') return;
  const folder = await open(cluster.home);
  await folder.sync().finally(() => folder.close());
}

/** Writes the server's settings for a start on `port`. */
export async function configure({ data }: Cluster, port: number): Promise<void> {
  await writeAtomically(join(data, 'postgresql.conf'), settings(port), 0o644);
  await writeAtomically(join(data, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n', 0o644);
}

/** The port of the last start. */
export async function lastPort({ data }: Cluster): Promise<number | undefined> {
  const port = /^port = (\d+)$/m.exec(await readFile(join(data, 'postgresql.conf'), 'utf8'))?.[1];
  return port ? Number(port) : undefined;
}

/** An eighth of the memory, from 128 MB to 1 GB. The system commits only the pages that the server fills. */
function sharedBuffersMb(): number {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Infinity);
  return Math.min(Math.max(Math.floor(memory / 8 / 2 ** 20), 128), 1024);
}

function settings(port: number): string {
  return `# Written anew at every start. ALTER SYSTEM is the place for settings of one's own.
listen_addresses = '127.0.0.1'
port = ${port}
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
max_connections = 100
shared_buffers = ${sharedBuffersMb()}MB
max_wal_size = 512MB
# A search remembers the places of its words; where they do not fit, it reads whole pages.
work_mem = 8MB
# Reads are single pages, mostly in the system's cache: there is nothing to read in parallel.
io_method = sync
random_page_cost = 1.1
jit = off
# Short queries do not gain from parallel workers, and a container's /dev/shm has only 64 MB.
max_parallel_workers_per_gather = 0
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
default_text_search_config = 'pg_catalog.simple'
# The application logs what fails inside a statement, once and without people's data, so that this log stays small.
# LOG ranks above WARNING and ERROR here.
log_min_messages = log
log_checkpoints = off
log_line_prefix = '%m [%p] '
`;
}

/**
 * Starts the server, which inherits `lock` and holds it until its last process ends.
 *
 * @returns the shell that stops the server when its standard input ends
 * @throws Error with the end of the server's log
 */
export async function startServer(cluster: Cluster, lock: FileHandle): Promise<ChildProcess> {
  const path = logFile(cluster);
  if (await exists(path)) await rename(path, `${path}.1`);
  // Exclusive, so that root follows no link that another account may have put there.
  const log = await open(path, 'ax', 0o600);
  try {
    const [shell, ...args] = SERVE;
    const serverShell = spawn(shell, args, {
      ...surroundings(cluster),
      cwd: cluster.programs,
      detached: true, // in a session of its own: Ctrl+C is for the application
      stdio: ['pipe', 'pipe', log.fd, lock.fd],
    });
    const [line] = await Promise.race([once(serverShell.stdout!, 'data'), once(serverShell, 'exit')]);
    if (!Buffer.isBuffer(line)) throw new Error(`the server ended at its start${await endOfLog(cluster)}`);
    serverShell.stdin!.on('error', () => {}); // it ended first
    serverShell.unref();
    for (const stream of [serverShell.stdin, serverShell.stdout]) (stream as Socket).unref();
    return serverShell;
  } finally {
    await log.close();
  }
}

export async function stopServer(serverShell: ChildProcess): Promise<void> {
  if (serverShell.exitCode !== null || serverShell.signalCode !== null) return;
  const ended = once(serverShell, 'exit');
  serverShell.ref();
  serverShell.stdin!.end();
  await ended;
}

function logFile({ home }: Cluster): string {
  return join(home, 'server.log');
}

async function endOfLog(cluster: Cluster): Promise<string> {
  const log = await readFile(logFile(cluster), 'utf8').catch(() => '');
  return `\n${lastLines(log)}\nThe log is ${logFile(cluster)}`;
}

/** Runs one of PostgreSQL's programs to its end. */
async function run(cluster: Cluster, name: string, args: string[], input = ''): Promise<void> {
  const program = join(cluster.programs, name);
  const child = spawn(program, args, surroundings(cluster));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  }
  child.stdin.on('error', () => {}); // it may end before it has read all
  child.stdin.end(input);
  const [code, signal] = await once(child, 'close').catch((cause: NodeJS.ErrnoException) => {
    const isForGlibc = cause.code === 'ENOENT' && process.platform === 'linux';
    const hint = isForGlibc ? ' (it needs glibc 2.27 or later; Alpine has none)' : '';
    throw new Error(`cannot run ${program}: ${cause.message}${hint}`, { cause });
  });
  if (code !== 0)
    throw new Error(`${program} ended with ${signal ?? `exit code ${code}`}:\n${lastLines(output)}`);
}

/** Options for PostgreSQL's programs: a clean environment, without this process's PG* variables, locale and libraries. */
function surroundings({ home, data, account }: Cluster) {
  const { PATH, SystemRoot } = process.env;
  const env = { PATH, PGDATA: data, LC_ALL: 'C', TZ: 'UTC', ...(SystemRoot && { SystemRoot }) };
  return { ...account, cwd: home, env, windowsHide: true };
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-12).join('\n') || '(no output)';
}

async function writeAtomically(path: string, text: string, mode: number): Promise<void> {
  const scratch = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(scratch, text, { mode: 0o600, flag: 'wx', flush: true });
  await chmod(scratch, mode); // whatever the umask is
  await rename(scratch, path);
}
