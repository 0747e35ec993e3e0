import { type ChildProcess, spawn } from 'node:child_process';
import {
  appendFile,
  chown,
  cp,
  mkdir,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { until } from './until.js';
import { freePort } from './shop.js';

/** A streaming standby of a running embedded PostgreSQL, made from a base copy of its cluster. */
export class Standby {
  private server?: ChildProcess;

  private constructor(
    private readonly folder: string,
    private readonly program: string,
    private readonly owner: { uid: number; gid: number },
    private readonly superuser: string,
    /** URLs of the primary and of this standby, for the app. */
    readonly primaryUrl: string,
    readonly url: string,
  ) {}

  /** @param dataDir `DATA_DIR` of the app that started the primary; the copy is stored there as well */
  static async of(dataDir: string): Promise<Standby> {
    const home = await realpath(path.join(dataDir, 'postgres'));
    const data = path.join(home, 'data');
    const password = await readFile(path.join(home, 'password'), 'utf8');
    const configuration = await readFile(path.join(data, 'postgresql.conf'), 'utf8');
    const primaryPort = /^port = (\d+)$/m.exec(configuration)![1]!;
    const port = await freePort();
    const at = (role: string, where: string | number) =>
      `postgres://${role}:${password}@127.0.0.1:${where}/comptoir`;

    const primary = new pg.Client(at('postgres', primaryPort));
    await primary.connect();
    await appendFile(
      path.join(data, 'pg_hba.conf'),
      'host replication postgres 127.0.0.1/32 scram-sha-256\n',
    );
    await primary.query('SELECT pg_reload_conf()');
    const { rows: programs } = await primary.query(`SELECT setting FROM pg_config WHERE name = 'BINDIR'`);
    const folder = path.join(home, 'standby');
    await primary.query(`SELECT pg_backup_start('standby', fast => true)`);
    await cp(data, folder, {
      recursive: true,
      filter: (source) => !/postmaster\.(pid|opts)$|pg_wal\/./.test(source),
    });
    const { rows } = await primary.query('SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)');
    await primary.end();

    const connection = `host=127.0.0.1 port=${primaryPort} user=postgres password=${password}`;
    await mkdir(path.join(folder, 'pg_wal'), { recursive: true });
    await writeFile(path.join(folder, 'backup_label'), rows[0].labelfile);
    await writeFile(path.join(folder, 'standby.signal'), '');
    await appendFile(
      path.join(folder, 'postgresql.conf'),
      `port = ${port}\nprimary_conninfo = '${connection}'\nwal_retrieve_retry_interval = 100ms\n`,
    );
    const { uid, gid } = await stat(data);
    await give(folder, uid, gid);
    const program = path.join(programs[0].setting, 'postgres');
    const standby = new Standby(
      folder,
      program,
      { uid, gid },
      at('postgres', port),
      at('comptoir', primaryPort),
      at('comptoir', port),
    );
    await standby.start();
    return standby;
  }

  /** Resolves when it accepts connections. */
  async start(): Promise<void> {
    this.server = spawn(this.program, ['-D', this.folder], {
      ...(process.getuid?.() === 0 && this.owner),
      cwd: this.folder,
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
      stdio: 'ignore',
    });
    await until(() =>
      this.query('SELECT 1').then(
        () => true,
        (error) => {
          if (this.server!.exitCode !== null) throw error;
          return false;
        },
      ),
    );
  }

  /** Runs a query as the superuser. */
  async query(sql: string): Promise<any[]> {
    const client = new pg.Client(this.superuser);
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  /** Pauses the replay, so that the standby falls behind. */
  async pauseReplay(): Promise<void> {
    await this.query('SELECT pg_wal_replay_pause()'); // only requests the pause
    for (let state = ''; state !== 'paused'; await pause(10)) {
      [{ state }] = await this.query('SELECT pg_get_wal_replay_pause_state() AS state');
    }
  }

  async resumeReplay(): Promise<void> {
    await this.query('SELECT pg_wal_replay_resume()');
  }

  /** Kills the server and its connections. */
  async kill(): Promise<void> {
    if (!this.server || this.server.exitCode !== null) return;
    const ended = new Promise((resolve) => this.server!.once('exit', resolve));
    this.server.kill('SIGQUIT');
    await ended;
  }

  /** Suspends the server and its client backends while `work` runs. */
  async frozen(work: () => Promise<void>): Promise<void> {
    const backends = await this.query(
      `SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
    );
    const pids = [this.server!.pid!, ...backends.map(({ pid }) => pid as number)];
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    try {
      await work();
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT');
    }
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Changes the owner of a folder and of its content to the account that runs the server. */
async function give(folder: string, uid: number, gid: number): Promise<void> {
  const entries = await readdir(folder, { recursive: true });
  for (const entry of ['.', ...entries]) await chown(path.join(folder, entry), uid, gid);
}
