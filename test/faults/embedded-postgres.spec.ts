import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';

const MODULE = pathToFileURL(resolve('dist/src/database/embedded-postgres.js')).href;

/** A process that starts or joins the server, tells its address, and leaves when its input ends. */
const VISITOR = `
  import { startEmbeddedPostgres } from ${JSON.stringify(MODULE)};
  const database = await startEmbeddedPostgres(process.argv[1]);
  console.log(database.url);
  process.stdin.resume().once('end', () => database.stop());
`;

const isRoot = process.getuid?.() === 0;
let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(await realpath(tmpdir()), 'comptoir embedded '));
  await chmod(dataDir, 0o755); // as a project folder; mkdtemp makes it 0700
});

afterEach(async () => {
  await killServer();
  const home = await realpath(join(dataDir, 'postgres')).catch(() => dataDir);
  await rm(home, { recursive: true, force: true, maxRetries: 10 });
  await rm(dataDir, { recursive: true, force: true, maxRetries: 10 });
});

describe('the embedded PostgreSQL', () => {
  it('keeps its data and its port when it is stopped and started again', async () => {
    const first = await visit();
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.leave();
    expect(await serverPid()).toBeUndefined();

    const second = await visit();
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    await second.leave();
  });

  it('is durable, listens on the loopback interface only and lets nobody in without the password', async () => {
    const visitor = await visit();
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
    expect((await stat(join(dataDir, 'postgres', 'password'))).mode & 0o077).toBe(0);
    await visitor.leave();
  });

  it('gives a role that makes databases and trusted extensions, but is no superuser', async () => {
    const visitor = await visit();
    await query(visitor.url, 'CREATE DATABASE another');
    await query(visitor.url, 'CREATE EXTENSION pg_trgm');
    await query(visitor.url, 'CREATE EXTENSION unaccent');
    const [row] = await query(
      visitor.url,
      `SELECT rolsuper, unaccent('É') AS plain, upper('é') AS big, 'é' = ANY (regexp_split_to_array('é', '')) AS one,
              array_length(show_trgm('é'), 1) AS trigrams FROM pg_roles WHERE rolname = current_user`,
    );
    expect(row).toEqual({ rolsuper: false, plain: 'E', big: 'É', one: true, trigrams: 2 });
    await visitor.leave();
  });

  it('is created once and shared when six processes start at the same time', async () => {
    const visitors = await Promise.all(Array.from({ length: 6 }, () => visit()));
    expect(new Set(visitors.map(({ url }) => url)).size).toBe(1);

    const [last, ...others] = visitors;
    await Promise.all(others.map((visitor) => visitor.leave()));
    expect(await query(last!.url, 'SELECT 1 AS still_there')).toEqual([{ still_there: 1 }]);
    await last!.leave();
    expect(await serverPid()).toBeUndefined();
  });

  it('stays while a client that is no process of ours is connected', async () => {
    const visitor = await visit();
    const psql = new Client(visitor.url);
    await psql.connect();
    await visitor.leave();
    expect((await psql.query('SELECT 1 AS served')).rows).toEqual([{ served: 1 }]);
    await psql.end();
  });

  it('outlives a killed process, and the next one joins it', async () => {
    const killed = await visit();
    const server = await serverPid();
    await killed.kill();
    const next = await visit();
    expect(next.url).toBe(killed.url);
    expect(await serverPid()).toBe(server);
    await next.leave();
    expect(await serverPid()).toBeUndefined();
  });

  it('has every committed row when the server itself is killed', async () => {
    const first = await visit();
    await query(first.url, 'CREATE TABLE orders AS SELECT generate_series(1, 1000) AS id');
    await killServer();
    const second = await visit();
    expect(await query(second.url, 'SELECT count(*)::int FROM orders')).toEqual([{ count: 1000 }]);
    await first.leave();
    await second.leave();
  });

  it('is not misled when another program has the pid of the killed server', async () => {
    const first = await visit();
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

  it('recovers from a process killed while it was creating the cluster', async () => {
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

  it('takes no notice of settings meant for another server', async () => {
    const visitor = await visit({
      PGHOST: 'elsewhere.invalid',
      PGPORT: '1',
      PGUSER: 'someone',
      PGPASSWORD: 'wrong',
      PGDATABASE: 'nothing',
      PGDATA: '/nowhere',
      PGSSLMODE: 'require',
      LC_ALL: 'xx_XX',
      LD_LIBRARY_PATH: '/nowhere',
    });
    expect(await query(visitor.url, 'SELECT 1 AS right_one')).toEqual([{ right_one: 1 }]);
    await visitor.leave();
  });

  it('says in one message what failed, with the end of the log and where it is', async () => {
    await (await visit()).leave();
    const home = join(dataDir, 'postgres');
    await rm(join(home, 'data', 'global', 'pg_control'));
    await expect(visit()).rejects.toThrow(/did not start: the server ended with exit code 2[^]*pg_control/);
    await expect(visit()).rejects.toThrow(`The log is ${join(home, 'server.log')}`);
    expect((await readdir(home)).filter((name) => name.startsWith('new-'))).toEqual([]);
  });

  (isRoot ? it : it.skip)(
    'finds another place for root in a folder that the server may not enter',
    async () => {
      await chmod(dataDir, 0o700);
      const first = await visit();
      await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
      await first.leave();
      expect(await realpath(join(dataDir, 'postgres'))).toMatch(/^\/var\/lib\/comptoir\/[0-9a-f]{16}$/);
      const second = await visit();
      expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
      await second.leave();
    },
  );

  it('works in a folder with a long and odd name', async () => {
    const odd = join(dataDir, `it's "$HOME" é ${'x'.repeat(150)}`, 'y'.repeat(200));
    await mkdir(odd, { recursive: true });
    const visitor = await visit({}, odd);
    expect(await query(visitor.url, 'SELECT 1 AS fine')).toEqual([{ fine: 1 }]);
    await visitor.leave();
  });
});

function startVisitor(env: NodeJS.ProcessEnv = {}, folder = dataDir): ChildProcess {
  return spawn(process.execPath, ['--input-type=module', '-e', VISITOR, folder], {
    env: { ...process.env, ...env },
    stdio: 'pipe',
  });
}

async function visit(env?: NodeJS.ProcessEnv, folder?: string) {
  const child = startVisitor(env, folder);
  // `close` comes when nobody holds the pipes any more: a server that inherited them would block it.
  const closed = once(child, 'close');
  let errors = '';
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  const [output] = (await Promise.race([once(child.stdout!, 'data'), closed])) as [Buffer | number | null];
  if (!Buffer.isBuffer(output)) throw new Error(errors);
  return {
    url: output.toString().trim(),
    async leave() {
      child.stdin!.end();
      expect(await closed).toEqual([0, null]);
      expect(errors).toBe('');
    },
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
  };
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

/** The postmaster only: its children notice, and go by themselves. */
async function killServer(): Promise<void> {
  const pid = await serverPid();
  try {
    if (pid) process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
