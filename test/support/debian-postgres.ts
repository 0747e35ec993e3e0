import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.js';
import { until } from './until.js';

/** `describe`, skipped where the machine has no PostgreSQL of Debian (see `find-programs.mjs`). */
export const describeWithDebianPostgres = process.env.TEST_INITDB ? describe : describe.skip;

/** A server of Debian's version of PostgreSQL, with its client programs. */
export class DebianPostgres {
  private constructor(
    private readonly folder: string,
    private readonly server: ChildProcess,
    /** The superuser's URL, without a database. */
    private readonly address: string,
  ) {}

  /** @param initdb path of initdb, perhaps of another version; the other programs are in the same folder */
  static async start(settings: string[] = [], initdb = process.env.TEST_INITDB!): Promise<DebianPostgres> {
    const folder = await mkdtemp(path.join(tmpdir(), 'comptoir-debian-'));
    const account = await accountOfPostgres();
    if (account) await chown(folder, account.uid, account.gid);
    await chmod(folder, 0o700);
    const data = path.join(folder, 'data');
    const options = { ...account, cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C' } };
    await promisify(execFile)(
      initdb,
      ['-D', data, '-U', 'postgres', '-A', 'trust', '--locale=C.UTF-8', '-E', 'UTF8', '--no-sync'],
      options,
    );
    const port = await freePort();
    const set = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', ...settings];
    const server = spawn(
      path.join(path.dirname(initdb), 'postgres'),
      ['-D', data, ...set.flatMap((setting) => ['-c', setting])],
      { ...options, stdio: 'ignore' },
    );
    const postgres = new DebianPostgres(folder, server, `postgres://postgres@127.0.0.1:${port}`);
    await until(() =>
      postgres.query('postgres', 'SELECT 1').then(
        () => true,
        () => false,
      ),
    );
    return postgres;
  }

  /** Creates an empty database. @returns its URL */
  async createDatabase(): Promise<string> {
    const name = `shop_${randomBytes(4).toString('hex')}`;
    await this.query('postgres', `CREATE DATABASE ${name}`);
    return `${this.address}/${name}`;
  }

  async query(database: string, sql: string): Promise<any[]> {
    const client = new pg.Client(`${this.address}/${database}`);
    client.on('error', () => {});
    await client.connect();
    return client.query(sql).then(
      ({ rows }) => client.end().then(() => rows),
      (error) => client.end().then(() => Promise.reject(error)),
    );
  }

  /** Runs one of its programs. @throws Error when the exit code is not 0 or stderr mentions an error */
  async run(program: string, ...args: string[]): Promise<void> {
    const { stderr } = await promisify(execFile)(
      path.join(path.dirname(process.env.TEST_INITDB!), program),
      args,
    );
    if (/error/i.test(stderr)) throw new Error(stderr);
  }

  /** From now on it accepts connections by TLS only, which the server does not offer, so that every connection fails. */
  async onlyTls(): Promise<void> {
    await writeFile(path.join(this.folder, 'data', 'pg_hba.conf'), 'hostssl all all all trust\n');
    await this.query('postgres', 'SELECT pg_reload_conf()');
    await until(() =>
      this.query('postgres', 'SELECT 1').then(
        () => false,
        () => true,
      ),
    );
  }

  async stop(): Promise<void> {
    const ended = once(this.server, 'exit');
    this.server.kill('SIGINT');
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The account `postgres`, when the tests run as root: PostgreSQL refuses to run as root. */
async function accountOfPostgres(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const line = (await readFile('/etc/passwd', 'utf8'))
    .split('\n')
    .find((entry) => entry.startsWith('postgres:'))!;
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}
