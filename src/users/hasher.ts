import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { HashJob, HashResult } from './hash-thread.js';
import type { PasswordHash } from './password-hash.js';

const THREAD = path.join(import.meta.dirname, 'hash-thread.js');

/**
 * Password hashes in threads of their own, of which each has one at a time. A hash takes a core for a good while: with
 * the priority of the event loop it would keep requests waiting where the cores are few.
 */
export class Hasher {
  private readonly free: HashThread[] = [];
  private readonly all = new Set<HashThread>();

  async hash(password: string, cost: number): Promise<string> {
    return (await this.run({ type: 'hash', password, cost })) as string;
  }

  /** @param pepper what stood behind the password when the hash was made; '' for most */
  async matches(password: string, hash: PasswordHash, pepper = ''): Promise<boolean> {
    return (await this.run({ type: 'verify', password, hash, pepper })) as boolean;
  }

  async close(): Promise<void> {
    await Promise.all([...this.all].map((thread) => thread.end()));
  }

  private async run(job: HashJob): Promise<string | boolean> {
    const thread = this.free.pop() ?? this.newThread();
    try {
      return await thread.run(job);
    } finally {
      if (this.all.has(thread)) this.free.push(thread);
    }
  }

  private newThread(): HashThread {
    const thread: HashThread = new HashThread(() => this.all.delete(thread));
    this.all.add(thread);
    return thread;
  }
}

/** The thread keeps the process running only while it works. */
class HashThread {
  private readonly worker = new Worker(THREAD);
  private settle?: (result: HashResult) => void;

  constructor(onEnd: () => void) {
    this.worker.unref();
    this.worker.on('message', (result: HashResult) => this.settle?.(result));
    this.worker.once('error', onEnd);
    this.worker.once('error', ({ message }) => this.settle?.({ failure: message }));
    this.worker.once('exit', onEnd);
    this.worker.once('exit', () => this.settle?.({ failure: 'the thread ended' }));
  }

  /** @throws Error when the hash could not be computed */
  async run(job: HashJob): Promise<string | boolean> {
    this.worker.ref();
    const result = await new Promise<HashResult>((resolve) => {
      this.settle = resolve;
      this.worker.postMessage(job); // oxlint-disable-line unicorn/require-post-message-target-origin -- of windows
    });
    this.worker.unref();
    if ('failure' in result) throw new Error(`a password could not be hashed: ${result.failure}`);
    return result.value;
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}
