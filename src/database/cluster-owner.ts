import { randomUUID } from 'node:crypto';
import { type FileHandle, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from './file-lock.js';

const BEAT_MS = 1_000;
/** An owner on another machine without a heartbeat for so long has ended. */
const SILENCE_MS = 10_000;
/** How long to wait for the record of an owner that has just taken the lock. */
const RECORDED_MS = 2_000;
/** The record has a fixed length, so that a heartbeat overwrites it in place, even on a full disk. */
const RECORD_BYTES = 512;

/** The record in `owner.json`: the one process that runs the cluster in a folder. */
export interface Owner {
  id: string;
  /** A command soon ends by itself; a shop does not. */
  kind: 'shop' | 'command';
  program: string;
  pid: number;
  host: string;
  /** Boot id of the kernel. Not every file system shows the locks of another machine's kernel. */
  kernel: string;
  since: string;
  /** Port of PostgreSQL; undefined until it has started. */
  port?: number;
  seen_at: string;
}

/**
 * The right to run the cluster. On one machine a file lock proves that the owner lives; another machine that shares the
 * folder may not see the lock, and relies on the heartbeat.
 */
export class Ownership {
  private readonly timer = setInterval(() => void this.beat().catch(() => {}), BEAT_MS).unref();
  /** Called when another machine has taken the cluster, as it may after this process was suspended for `SILENCE_MS`. */
  onLost?: () => void;

  private constructor(
    private readonly home: string,
    private readonly lock: FileHandle,
    private readonly owner: Owner,
  ) {}

  /** @returns the present owner when the cluster is taken */
  static async claim(home: string, kind: Owner['kind']): Promise<Ownership | Owner | undefined> {
    const lock = await tryLock(join(home, 'lock'));
    if (!lock) return recordedOwner(home);
    const other = await readOwner(home);
    if (other && other.kernel !== (await kernelId()) && (await isAlive(home, other))) {
      await lock.close();
      return other;
    }
    const now = new Date().toISOString();
    const ownership = new Ownership(home, lock, {
      id: randomUUID(),
      kind,
      program: basename(process.argv[1] ?? 'node'),
      pid: process.pid,
      host: hostname(),
      kernel: await kernelId(),
      since: now,
      seen_at: now,
    });
    await ownership.write('w');
    return ownership;
  }

  async publish(port: number): Promise<void> {
    this.owner.port = port;
    await this.write('r+');
  }

  async release(): Promise<void> {
    clearInterval(this.timer);
    await rm(join(this.home, 'owner.json'), { force: true });
    await this.lock.close();
  }

  private async beat(): Promise<void> {
    const written = await readOwner(this.home);
    if (written && written.id !== this.owner.id) {
      clearInterval(this.timer);
      return this.onLost?.();
    }
    this.owner.seen_at = new Date().toISOString();
    await this.write('r+');
  }

  private async write(flag: 'w' | 'r+'): Promise<void> {
    const record = `${JSON.stringify(this.owner).padEnd(RECORD_BYTES)}\n`;
    await writeFile(join(this.home, 'owner.json'), record, { flag, mode: 0o644 });
  }
}

/** @returns undefined without an owner, or while the record is being written */
async function readOwner(home: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(join(home, 'owner.json'), 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

/** @returns undefined when no record appears in time */
async function recordedOwner(home: string): Promise<Owner | undefined> {
  for (const deadline = performance.now() + RECORDED_MS; ; await sleep(50)) {
    const owner = await readOwner(home);
    if (owner || performance.now() > deadline) return owner;
  }
}

/** Whether the owner writes a heartbeat within `SILENCE_MS`. */
async function isAlive(home: string, { seen_at }: Owner): Promise<boolean> {
  for (const deadline = performance.now() + SILENCE_MS; performance.now() < deadline; await sleep(250)) {
    if ((await readOwner(home))?.seen_at !== seen_at) return true;
  }
  return false;
}

function kernelId(): Promise<string> {
  return readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (id) => id.trim(),
    () => hostname(),
  );
}
