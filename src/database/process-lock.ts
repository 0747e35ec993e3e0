import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 90_000;

/**
 * Runs `work` while no other process of this machine runs work under the same lock file.
 *
 * The lock belongs to the kernel, so it dies with its holder, `kill -9` included: there is no stale lock to
 * recognise. On Linux it is an abstract socket named after the path (nothing is written to the disk); elsewhere
 * an exclusive lock on the opened file. Two containers that share the folder do not see each other's lock.
 *
 * @throws Error when the lock is still held after 90 seconds
 */
export async function withProcessLock<T>(lockFile: string, work: () => Promise<T>): Promise<T> {
  const acquire = process.platform === 'linux' ? bindAbstractSocket : openExclusively;
  const deadline = Date.now() + PATIENCE_MS;
  let release = await acquire(lockFile);
  while (!release) {
    if (Date.now() > deadline) throw new Error(`another process has been holding ${lockFile} for too long`);
    await sleep(20);
    release = await acquire(lockFile);
  }
  try {
    return await work();
  } finally {
    await release();
  }
}

type Release = () => Promise<void>;

function bindAbstractSocket(lockFile: string): Promise<Release | undefined> {
  const name = createHash('sha256').update(lockFile).digest('hex');
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    // `exclusive`: the workers of a node cluster would otherwise share one socket, and all hold the lock.
    server.listen({ path: `\0comptoir-${name}`, exclusive: true }, () =>
      resolve(() => new Promise((closed) => server.close(() => closed()))),
    );
  });
}

async function openExclusively(lockFile: string): Promise<Release | undefined> {
  // O_EXLOCK with O_CREAT, O_RDWR and O_NONBLOCK on macOS and BSD; UV_FS_O_EXLOCK on Windows. Node names neither.
  const flags = process.platform === 'win32' ? 0x10000102 : 0x0226;
  try {
    const file = await open(lockFile, flags, 0o600);
    return () => file.close();
  } catch (error) {
    if (['EAGAIN', 'EWOULDBLOCK', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return undefined;
    throw error;
  }
}
