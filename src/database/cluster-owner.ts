import { randomUUID } from 'node:crypto';
import { type FileHandle, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from './file-lock.js';

const BEAT_MS = 1_000;
/** An owner on another machine that has not been heard for so long has ended. */
const SILENCE_MS = 10_000;
/** For an owner to say who it is, once it has the lock. */
const RECORDED_MS = 2_000;
/** The record has one length, so that a beat overwrites it in place, also on a full disk. */
const RECORD_BYTES = 512;

/** The one process that runs the cluster of a folder, as everybody who sees the folder can read in `owner.json`. */
export interface Owner {
  id: string;
  /** A command ends by itself; a shop goes on. */
  kind: 'shop' | 'command';
  program: string;
  pid: number;
  host: string;
  /** Of the running kernel: file locks of another one are not seen on every file system. */
  kernel: string;
  since: string;
  /** Where PostgreSQL listens, once it does. */
  port?: number;
  seen_at: string;
}

/**
 * The right to run the cluster: a file lock, which proves on one machine who lives, and a heartbeat, which is all
 * that another machine on a shared folder may see.
 */
export class Ownership {
  private readonly timer = setInterval(() => void this.beat().catch(() => {}), BEAT_MS).unref();
  /** Called when another machine has taken the cluster, as it may from one that stood still. */
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
    if (other && other.kernel !== (await kernelId()) && (await isHeard(home, other))) {
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

/** @returns undefined when it has no owner, or while the record is being written */
async function readOwner(home: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(join(home, 'owner.json'), 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

/** @returns undefined when it does not say in time who it is */
async function recordedOwner(home: string): Promise<Owner | undefined> {
  for (const deadline = performance.now() + RECORDED_MS; ; await sleep(50)) {
    const owner = await readOwner(home);
    if (owner || performance.now() > deadline) return owner;
  }
}

async function isHeard(home: string, { seen_at }: Owner): Promise<boolean> {
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
