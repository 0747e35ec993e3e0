import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { expectWithin, inTime } from '../support/slowness.js';
import { until } from '../support/until.js';

const MODULE = pathToFileURL(resolve('dist/src/database/embedded-postgres.js')).href;

/** A process that owns the server, or uses it as a command does; it prints the address, and exits when its input ends. */
const VISITOR = `
  import * as embedded from ${JSON.stringify(MODULE)};
  const database = await embedded[process.argv[2]](process.argv[1]);
  console.log(database.url);
  process.stdin.resume().once('end', () => database.stop());
`;
type Role = 'startEmbeddedPostgres' | 'joinEmbeddedPostgres';

const isRoot = process.getuid?.() === 0;
/** Used by most tests, each of which leaves the server stopped; the others have one of `newFolder`. */
let kept: string;
let dataDir: string;
const folders: string[] = [];
const visitors: ChildProcess[] = [];

beforeAll(async () => (kept = await newFolder()));
beforeEach(() => (dataDir = kept));
afterEach(async () => {
  // After a test that passed there are none.
  for (const visitor of visitors.splice(0)) visitor.kill('SIGKILL');
  await until(async () => !(await serverPid()));
});
afterAll(async () => {
  for (const folder of folders) {
    const home = await realpath(join(folder, 'postgres')).catch(() => folder);
    await rm(home, { recursive: true, force: true, maxRetries: 10 });
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  }
});

async function newFolder(): Promise<string> {
  dataDir = await mkdtemp(join(await realpath(tmpdir()), 'comptoir embedded '));
  await chmod(dataDir, 0o755); // like a project folder; mkdtemp sets 0700
  folders.push(dataDir);
  return dataDir;
}

/** Copies the stopped cluster of `kept` into the new folder, since `initdb` would take longer. */
async function copyCluster(): Promise<void> {
  const cluster = join(kept, 'postgres');
  if (!existsSync(cluster)) await (await visit({ folder: kept })).leave();
  execFileSync('cp', ['-a', cluster, dataDir]);
}

describe('the embedded PostgreSQL', () => {
  it('keeps its data and its port over a restart', async () => {
    const first = await visit();
    await query(first.url, 'DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 42 AS answer');
    await first.leave();
    expect(await serverPid()).toBeUndefined();

    const second = await visit();
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await second.leave();
  });

  describe('while it runs', () => {
    let folder: string;
    let visitor: Awaited<ReturnType<typeof visit>>;
    // Settings for another server.
    const env = {
      PGHOST: 'elsewhere.invalid',
      PGPORT: '1',
      PGUSER: 'someone',
      PGPASSWORD: 'wrong',
      PGDATABASE: 'nothing',
      PGDATA: '/nowhere',
      PGSSLMODE: 'require',
      LC_ALL: 'xx_XX',
      LD_LIBRARY_PATH: '/nowhere',
    };
    beforeAll(async () => {
      folder = await newFolder();
      await copyCluster();
      visitor = await visit({ env });
      visitors.pop(); // belongs to all tests here
    });
    afterAll(() => visitor.leave());

    it('is durable, listens on the loopback interface only and requires the password', async () => {
      const settings = await query(
        visitor.url,
        `SELECT name, setting FROM pg_settings WHERE name IN
         ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums', 'listen_addresses', 'TimeZone')`,
      );
      expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
        fsync: 'on',
        full_page_writes: 'on',
        synchronous_commit: 'on',
        data_checksums: 'on',
        listen_addresses: '127.0.0.1',
        TimeZone: 'UTC',
      });
      for (const user of ['comptoir', 'postgres']) {
        const stranger = Object.assign(new URL(visitor.url), { username: user, password: 'guess' });
        await expect(query(stranger.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
      }
      expect((await stat(join(folder, 'postgres', 'password'))).mode & 0o077).toBe(0);
    });

    it('has a role that can create databases and trusted extensions, but is not a superuser', async () => {
      await query(visitor.url, 'CREATE DATABASE another');
      await query(visitor.url, 'CREATE EXTENSION pg_trgm');
      await query(visitor.url, 'CREATE EXTENSION unaccent');
      const [row] = await query(
        visitor.url,
        `SELECT rolsuper, unaccent('É') AS plain, upper('é') AS big, 'é' = ANY (regexp_split_to_array('é', '')) AS one,
              array_length(show_trgm('é'), 1) AS trigrams FROM pg_roles WHERE rolname = current_user`,
      );
      expect(row).toEqual({ rolsuper: false, plain: 'E', big: 'É', one: true, trigrams: 2 });
    });

    it('ignores settings for another server', async () => {
      expect(await query(visitor.url, 'SELECT 1 AS right_one')).toEqual([{ right_one: 1 }]);
    });
  });

  it('has one owner when four processes start at the same time; the others print the owner, and exit', async () => {
    const starts = await Promise.allSettled(Array.from({ length: 4 }, () => visit()));
    const owners = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    const refusals = starts.flatMap((start) => (start.status === 'rejected' ? [start.reason.message] : []));
    expect(owners).toHaveLength(1);
    for (const refusal of refusals) {
      expect(refusal).toMatch(
        new RegExp(`DATA_DIR: .*process ${owners[0]!.pid} .* on ${hostname()}, since 2`),
      );
    }
    await owners[0]!.leave();
  });

  it('ends with its killed process, and the next one starts it at once', async () => {
    const killed = await visit();
    await query(killed.url, 'DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 42 AS answer');
    await killed.kill();
    const next = await visit();
    expect(next.url).toBe(killed.url);
    expect(await query(next.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await next.leave();
  });

  it('ends with a process that is killed before the server is ready', async () => {
    const killed = startVisitor();
    await until(async () => Boolean(await serverPid()));
    killed.kill('SIGKILL');
    await once(killed, 'close');
    await until(async () => !(await serverPid()));
  });

  it('is not taken over from a suspended owner', async () => {
    const owner = await visit();
    process.kill(owner.pid, 'SIGSTOP');
    await expect(visit()).rejects.toThrow(`process ${owner.pid}`);
    process.kill(owner.pid, 'SIGCONT');
    await owner.leave();
  });

  it('is restarted within 5 s when it is killed, with every committed row', async () => {
    const owner = await visit();
    await query(owner.url, 'CREATE TABLE orders AS SELECT generate_series(1, 1000) AS id');
    const comebacks = () => [...owner.errors().matchAll(/ended and is back after (\d+) ms/g)];
    for (const _time of [1, 2]) {
      await inTime(async () => {
        const before = comebacks().length;
        await killServer();
        await until(() => comebacks().length > before);
        expect(await answers(owner.url)).toBe(true);
        expectWithin(5_000, Number(comebacks().at(-1)![1]));
      });
    }
    expect(await query(owner.url, 'SELECT count(*)::int FROM orders')).toEqual([{ count: 1000 }]);
    await owner.leave(/./);
    expect(await serverPid()).toBeUndefined();
  });

  it('is restarted with growing pauses while it cannot start', async () => {
    const owner = await visit();
    const control = join(dataDir, 'postgres', 'data', 'global', 'pg_control');
    await rename(control, `${control}.hidden`);
    await killServer();
    await until(() => /does not answer: .*[^]*pg_control/.test(owner.errors()));
    await rename(`${control}.hidden`, control);
    await until(() => answers(owner.url));
    await owner.leave(/pg_control[^]*ended and is back/);
  });

  it('is used by a command while a shop owns it, and otherwise started by the command', async () => {
    const owner = await visit();
    const command = await visit({ role: 'joinEmbeddedPostgres' });
    expect(command.url).toBe(owner.url);
    await command.leave();
    expect(await answers(owner.url)).toBe(true);
    await owner.leave();

    const alone = await visit({ role: 'joinEmbeddedPostgres' });
    await expect(visit()).rejects.toThrow(`process ${alone.pid}`);
    const second = visit({ role: 'joinEmbeddedPostgres' });
    await once(visitors.at(-1)!.stderr!, 'data'); // it waits for the first
    await alone.leave();
    await (await second).leave(/Waiting for process/);
    expect(await serverPid()).toBeUndefined();
  });

  it('recognises that another program has the pid of the killed server', async () => {
    const first = await visit();
    process.kill((await serverPid())!, 'SIGSTOP'); // otherwise it would be stopped gracefully
    await first.kill();
    await killServer();
    const pidFile = join(dataDir, 'postgres', 'data', 'postmaster.pid');
    const owner = await stat(pidFile);
    const other = spawn('sleep', ['60'], isRoot ? { uid: owner.uid, gid: owner.gid } : {});
    await writeFile(pidFile, (await readFile(pidFile, 'utf8')).replace(/^\d+/, String(other.pid)));

    const second = await visit();
    expect(await query(second.url, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
    expect(other.exitCode).toBeNull();
    other.kill();
    await second.leave();
  });

  it('recovers from a kill during the creation of the cluster', async () => {
    await newFolder();
    for (const delay of [150, 300, 450]) {
      const killed = startVisitor();
      await pause(delay);
      killed.kill('SIGKILL');
      await once(killed, 'close');
    }
    const visitor = await visit();
    expect(await query(visitor.url, 'SELECT 1 AS created')).toEqual([{ created: 1 }]);
    await visitor.leave();
  });

  it('prints one message about a failure, with the end and the path of the log', async () => {
    await newFolder();
    await copyCluster();
    const home = join(dataDir, 'postgres');
    await rm(join(home, 'data', 'global', 'pg_control'));
    await expect(visit()).rejects.toThrow(
      /DATA_DIR: .*the server ended at its start[^]*pg_control[^]*The log is .*server.log/,
    );
    expect((await readdir(home)).filter((name) => name.startsWith('new-'))).toEqual([]);
  });

  (isRoot ? it : it.skip)(
    'finds another place for root in a folder that the server may not enter',
    async () => {
      await newFolder();
      await chmod(dataDir, 0o700);
      const first = await visit();
      await query(first.url, 'DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 42 AS answer');
      await first.leave();
      expect(await realpath(join(dataDir, 'postgres'))).toMatch(/^\/var\/lib\/comptoir\/[0-9a-f]{16}$/);
      const second = await visit();
      expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
      await second.leave();
    },
  );

  it('works in a folder with a long and unusual name', async () => {
    const odd = join(dataDir, `it's "$HOME" é ${'x'.repeat(150)}`, 'y'.repeat(200));
    await mkdir(odd, { recursive: true });
    const visitor = await visit({ folder: odd });
    expect(await query(visitor.url, 'SELECT 1 AS fine')).toEqual([{ fine: 1 }]);
    await visitor.leave();
  });
});

describe('One folder on two machines or containers', () => {
  const isPossible = isRoot && process.platform === 'linux';
  const CONTAINER = [
    'unshare',
    '--pid',
    '--net',
    '--ipc',
    '--uts',
    '--mount',
    '--fork',
    '--kill-child',
    '--mount-proc',
  ];

  (isPossible ? it : it.skip)(
    'a container does not take what runs outside, and says who has it',
    async () => {
      const owner = await visit();
      await query(owner.url, 'DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 42 AS answer');
      const pid = await serverPid();
      const owned = `process ${owner.pid}`;
      await expect(visit({ within: CONTAINER })).rejects.toThrow(owned);
      await expect(visit({ within: CONTAINER, role: 'joinEmbeddedPostgres' })).rejects.toThrow(
        /belongs to process .* cannot be reached from here .*same container or machine/,
      );
      expect(await serverPid()).toBe(pid);
      expect(await query(owner.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
      await owner.leave();
    },
  );

  (isPossible ? it : it.skip)(
    'what a container left behind is started outside, and not while it lives',
    async () => {
      const container = CONTAINER.filter((option) => option !== '--net'); // its loopback interface is down
      const owner = await visit({ within: container });
      await query(owner.url, 'DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 42 AS answer');
      await expect(visit()).rejects.toThrow(/DATA_DIR: .*process \d+ /);
      await owner.kill();
      const next = await visit();
      expect(await query(next.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
      await next.leave();
    },
  );

  it('another machine with a heartbeat keeps it; after 10 s without one it is taken over', async () => {
    await (await visit()).leave();
    const record = join(dataDir, 'postgres', 'owner.json');
    const beat = () => {
      const owner = {
        kind: 'shop',
        program: 'main.js',
        pid: 7,
        host: 'elsewhere',
        kernel: 'another',
        since: 'x',
      };
      writeFileSync(record, JSON.stringify({ ...owner, seen_at: new Date().toISOString() }));
    };
    beat();
    const beating = setInterval(beat, 500);
    await expect(visit()).rejects.toThrow('process 7 (main.js) on elsewhere');
    clearInterval(beating);
    const next = await visit();
    expect(next.ms).toBeGreaterThan(9_000);

    beat(); // like one that was suspended
    await until(() => /taken over by another machine/.test(next.errors()));
    await next.ended;
    expect(await answers(next.url)).toBe(false);
  });

  (isPossible ? it : it.skip)('a full disk ends it, and it is back when there is room', async () => {
    await newFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=250m,mode=755', 'tmpfs', dataDir]);
    try {
      await copyCluster();
      const owner = await visit();
      await query(owner.url, 'DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 42 AS answer');
      spawnSync('dd', ['if=/dev/zero', `of=${join(dataDir, 'fill')}`, 'bs=1M'], { stdio: 'ignore' });
      const fill = `SELECT pg_logical_emit_message(false, 'x', repeat('x', 10000000)) FROM generate_series(1, 20)`;
      await expect(query(owner.url, fill)).rejects.toThrow(/terminat|space|connection/i);
      await until(() => /does not answer/.test(owner.errors()));
      await rm(join(dataDir, 'fill'));
      await until(() => answers(owner.url));
      expect(await query(owner.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
      await owner.leave(/./);
    } finally {
      execFileSync('umount', ['--lazy', dataDir]);
    }
  });
});

interface Visit {
  role?: Role;
  env?: NodeJS.ProcessEnv;
  folder?: string;
  /** A command that runs in a container of its own. */
  within?: string[];
}

function startVisitor({
  role = 'startEmbeddedPostgres',
  env,
  folder = dataDir,
  within = [],
}: Visit = {}): ChildProcess {
  const [command, ...args] = [
    ...within,
    process.execPath,
    '--input-type=module',
    '-e',
    VISITOR,
    folder,
    role,
  ];
  const visitor = spawn(command!, args, { env: { ...process.env, ...env }, stdio: 'pipe' });
  visitors.push(visitor);
  return visitor;
}

async function visit(options?: Visit) {
  const startedAt = performance.now();
  const child = startVisitor(options);
  // `close` comes when no process holds the pipes any more: a server that inherited them would delay it.
  const ended = once(child, 'close');
  let errors = '';
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  const [output] = (await Promise.race([once(child.stdout!, 'data'), ended])) as [Buffer | number | null];
  if (!Buffer.isBuffer(output)) throw new Error(errors);
  return {
    url: output.toString().trim(),
    pid: child.pid!,
    ms: performance.now() - startedAt,
    ended,
    errors: () => errors,
    async leave(saying = /^$/) {
      child.stdin!.end();
      expect(await ended).toEqual([0, null]);
      expect(errors).toMatch(saying);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function answers(url: string): Promise<boolean> {
  return query(url, 'SELECT 1').then(
    () => true,
    () => false,
  );
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client(url);
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function serverPid(): Promise<number | undefined> {
  const text = await readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8').catch(() => '');
  return Number.parseInt(text, 10) || undefined;
}

/** The postmaster only: its children exit by themselves. */
async function killServer(): Promise<void> {
  const pid = await serverPid();
  try {
    if (pid) process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
