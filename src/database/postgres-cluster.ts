import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
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
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type Account,
  type PostgresBinaries,
  SCRATCH_PREFIX,
  isEnterableBy,
  preparePostgresBinaries,
} from './postgres-binaries.js';

export interface Cluster {
  /** `<dataDir>/postgres`, or where that leads. */
  home: string;
  /** The cluster proper (PGDATA), in `home`. */
  data: string;
  account: Account;
  binaries: PostgresBinaries;
  password: string;
}

/** For root, where the project lies in a folder that the server's account cannot enter, such as root's home. */
const ROOTS_CLUSTERS = '/var/lib/comptoir';

/** Longer paths overflow PostgreSQL's own buffers (MAXPGPATH is 1024). */
const MAX_PATH_BYTES = 900;

// C.UTF-8 from PostgreSQL's own tables sorts and folds alike on every machine. Only "what is a letter?", which
// pg_trgm and text search put to the system, depends on this: under plain C, é would be none.
const SYSTEM_LOCALE: Partial<Record<NodeJS.Platform, string>> = { linux: 'C.UTF-8', darwin: 'en_US.UTF-8' };

/** Decides where the cluster lives and as whom it runs: PostgreSQL refuses to run as root. */
export async function locateCluster(dataDir: string): Promise<{ home: string; account: Account }> {
  await makeFolder(dataDir);
  const folder = await realpath(dataDir);
  const local = join(folder, 'postgres');
  // A link made by an earlier start decides, so that a project that was moved keeps its database.
  const linked = await readlink(local).catch(() => undefined);
  let home = linked ?? local;
  const account = process.getuid?.() === 0 ? await serverAccount(join(home, 'data')) : undefined;
  const isNew = !linked && !(await isThere(local));
  if (isNew && !(await isEnterableBy(account, folder))) {
    home = join(ROOTS_CLUSTERS, createHash('sha256').update(folder).digest('hex').slice(0, 16));
    await symlink(home, local).catch(unless('EEXIST'));
  }
  if (Buffer.byteLength(home) > MAX_PATH_BYTES) throw new Error(`too long a path for PostgreSQL: ${home}`);
  await makeFolder(home, account ? 0o755 : 0o700);
  const isElsewhere = dirname(home) === ROOTS_CLUSTERS;
  if (account && (home === local || isElsewhere) && (await stat(home)).uid === 0) {
    // Whatever the umask was.
    if (isElsewhere) await chmod(ROOTS_CLUSTERS, 0o755);
    await chmod(home, 0o755);
  }
  if (!(await isEnterableBy(account, home))) {
    throw new Error(`the server runs as uid ${account?.uid}, which may not enter ${home}`);
  }
  return { home: await realpath(home), account };
}

/** For root: the owner of the cluster, or else `postgres`, or else `nobody`. */
async function serverAccount(data: string): Promise<Account> {
  const owner = await stat(data).catch(unless('ENOENT'));
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const wanted of ['postgres', '_postgres', 'nobody']) {
    const [, , uid, gid] = users.find(([name]) => name === wanted) ?? [];
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('PostgreSQL does not run as root, and there is neither a user "postgres" nor "nobody"');
}

/** Completes what is there: binaries that run, and a cluster, which is created if there is none. */
export async function openCluster(home: string, account: Account): Promise<Cluster> {
  for (const name of await readdir(home)) {
    if (!name.startsWith(SCRATCH_PREFIX)) continue;
    // Its maker was killed, but may have left an initdb that is still writing: then the next start removes it.
    await rm(join(home, name), { recursive: true, force: true }).catch(() => {});
  }
  const binaries = await preparePostgresBinaries(home, account);
  const cluster = { home, data: join(home, 'data'), account, binaries, password: '' };
  if (await isThere(cluster.data)) cluster.password = await readFile(join(home, 'password'), 'utf8');
  else cluster.password = await createCluster(cluster);
  return cluster;
}

/** Makes the cluster with its roles and database in a scratch folder, synced, and renames it when complete. */
async function createCluster(cluster: Cluster): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  await writeAtomically(join(cluster.home, 'password'), password, 0o600);
  const scratch = await mkdtemp(join(cluster.home, SCRATCH_PREFIX));
  try {
    if (cluster.account) await chown(scratch, cluster.account.uid, cluster.account.gid);
    await run(cluster, cluster.binaries.initdb, [
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
    // Without a server, one statement a line: nobody can connect before the passwords are set.
    await run(
      cluster,
      cluster.binaries.postgres,
      ['--single', '-D', scratch, '-c', 'exit_on_error=on', '-c', 'log_checkpoints=off', 'template1'],
      `ALTER ROLE postgres PASSWORD '${password}';
       CREATE ROLE comptoir LOGIN CREATEDB PASSWORD '${password}' IN ROLE pg_monitor, pg_checkpoint;
       CREATE DATABASE comptoir OWNER comptoir;\n`,
    );
    await rename(scratch, cluster.data);
    await syncFolder(cluster.home);
    return password;
  } finally {
    await rm(scratch, { recursive: true, force: true }).catch(() => {});
  }
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

/** An eighth of the memory there is; the server takes of it what its tables fill. */
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
# What is read is one page at a time, and mostly in the system's memory: a worker process takes longer to be asked.
io_method = sync
random_page_cost = 1.1
jit = off
# Short queries gain nothing by it, and a container's /dev/shm has 64 MB.
max_parallel_workers_per_gather = 0
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
default_text_search_config = 'pg_catalog.simple'
# What fails inside a statement is for the application to log, once and without people's data: so the log stays
# small. LOG ranks above WARNING and ERROR here.
log_min_messages = log
log_checkpoints = off
log_line_prefix = '%m [%p] '
`;
}

/** Runs one of PostgreSQL's programs to its end. */
export function run(cluster: Cluster, program: string, args: string[], input = ''): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, surroundings(cluster));
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    child.once('error', (error) => reject(cannotRun(program, error)));
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} ended with ${signal ?? `exit code ${code}`}:\n${lastLines(output)}`));
    });
    child.stdin.on('error', () => {}); // it may end before it has read all
    child.stdin.end(input);
  });
}

/** How PostgreSQL's programs are run: PG* variables, locales and libraries of ours are meant for others. */
export function surroundings({ home, account }: Cluster) {
  const { PATH, SystemRoot } = process.env;
  const env = { PATH, LC_ALL: 'C', TZ: 'UTC', ...(SystemRoot && { SystemRoot }) };
  return { ...account, cwd: home, env, windowsHide: true };
}

export function cannotRun(program: string, error: Error): Error {
  const code = (error as NodeJS.ErrnoException).code;
  const hint =
    code === 'ENOENT' && process.platform === 'linux'
      ? ' (it needs glibc 2.27 or later; Alpine has none)'
      : '';
  return new Error(`cannot run ${program}: ${error.message}${hint}`, { cause: error });
}

export function lastLines(text: string): string {
  return text.trim().split('\n').slice(-12).join('\n') || '(no output)';
}

async function makeFolder(path: string, mode?: number): Promise<void> {
  await mkdir(path, { recursive: true, mode }).catch((error: Error) => {
    // Node says ENOENT for a read-only disk.
    throw new Error(`cannot create the folder ${path} (is its parent writable?): ${error.message}`, {
      cause: error,
    });
  });
}

async function writeAtomically(path: string, text: string, mode: number): Promise<void> {
  const scratch = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(scratch, text, { mode: 0o600, flag: 'wx', flush: true });
    await chmod(scratch, mode); // whatever the umask is
    await rename(scratch, path);
  } catch (error) {
    await rm(scratch, { force: true });
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path);
  await folder.sync().finally(() => folder.close());
}

async function isThere(path: string): Promise<boolean> {
  return Boolean(await stat(path).catch(unless('ENOENT')));
}

/** For `catch`: undefined instead of the expected error. */
export function unless(code: string): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (error.code !== code) throw error;
    return undefined;
  };
}
