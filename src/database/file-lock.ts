import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';

/**
 * Takes an exclusive lock on a file, without waiting for it.
 *
 * The lock belongs to the open file description. A child process that inherits the descriptor holds it as well, and the
 * kernel releases it when the last holder has ended, also after `kill -9`: a free lock proves that no holder is left. It
 * works across containers of one machine, and on NFS across machines.
 *
 * @returns the file, which releases the lock when it is closed; undefined while another process holds the lock
 * @throws Error when the file cannot be locked
 */
export async function tryLock(path: string): Promise<FileHandle | undefined> {
  return process.platform === 'linux' ? openAndLock(path) : openExclusively(path);
}

/** Node has no flock(2). The program `flock` locks a descriptor that it inherits, and with it the parent's. */
async function openAndLock(path: string): Promise<FileHandle | undefined> {
  const file = await open(path, 'a', 0o600);
  try {
    const flock = spawn('flock', ['--nonblock', '3'], { stdio: ['ignore', 'ignore', 'ignore', file.fd] });
    const [code] = await once(flock, 'exit');
    if (code === 0) return file;
    if (code !== 1) throw new Error(`cannot lock ${path}: flock ended with exit code ${code}`);
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return undefined;
}

async function openExclusively(path: string): Promise<FileHandle | undefined> {
  // O_EXLOCK with O_CREAT, O_RDWR and O_NONBLOCK on macOS and BSD; UV_FS_O_EXLOCK on Windows. Node names neither.
  const flags = process.platform === 'win32' ? 0x10000102 : 0x0226;
  try {
    return await open(path, flags, 0o600);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['EAGAIN', 'EWOULDBLOCK', 'EBUSY'].includes(code)) return undefined;
    throw error;
  }
}
