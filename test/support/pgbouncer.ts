import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';

/** `describe`, skipped where the machine has no PgBouncer (see `find-programs.mjs`). */
export const describeWithPgBouncer = process.env.TEST_PGBOUNCER ? describe : describe.skip;

const NOBODY = 65534;

export interface PgBouncer {
  url: string;
  stop(): Promise<void>;
}

/** A pool of five connections in transaction mode; all other settings of PgBouncer have their defaults. */
export async function startPgBouncer(databaseUrl: string): Promise<PgBouncer> {
  const { hostname, port, username, password } = new URL(databaseUrl);
  const url = new URL(databaseUrl);
  url.port = String(await freePort());
  const folder = await mkdtemp(join(tmpdir(), 'comptoir-pgbouncer-'));
  const settings = join(folder, 'pgbouncer.ini');
  await writeFile(
    settings,
    `[databases]
* = host=${hostname} port=${port} user=${username} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${url.port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 5
server_idle_timeout = 1
`,
  );
  await Promise.all([chmod(folder, 0o755), chmod(settings, 0o644)]);
  const asRoot = process.getuid?.() === 0; // PgBouncer refuses to run as root
  const server = spawn(process.env.TEST_PGBOUNCER!, [settings], asRoot ? { uid: NOBODY, gid: NOBODY } : {});
  let log = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr!.on('data', (chunk) => {
      log += chunk;
      if (log.includes('process up')) resolve();
    });
    server.once('exit', () => reject(new Error(log)));
  });
  return {
    url: url.href,
    async stop() {
      const ended = once(server, 'exit');
      server.kill('SIGTERM'); // an immediate shutdown
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
