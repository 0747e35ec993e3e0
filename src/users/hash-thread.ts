import bcrypt from 'bcrypt';
import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { type MessagePort, parentPort } from 'node:worker_threads';
import type { PasswordHash } from './password-hash.js';
import { matches, sha256Hex } from './verify-hash.js';

/** Entry of the thread that computes password hashes for `Hasher`. */

export type HashJob =
  | { type: 'hash'; password: string; cost: number }
  | { type: 'verify'; password: string; hash: PasswordHash; pepper: string };

export type HashResult = { value: string | boolean } | { failure: string };

/**
 * How much lower than that of the event loop the thread's priority is, so that requests and the database go first. Not
 * lower: where those two fill the only core, right logins would wait too long.
 */
const NICER_BY = 5;
const NICEST = 19;

const app: MessagePort = parentPort!;
lowerPriority();
app.on('message', (job: HashJob) => void answer(job));

async function answer(job: HashJob): Promise<void> {
  let result: HashResult;
  try {
    result = { value: await compute(job) };
  } catch (error) {
    result = { failure: (error as Error).message };
  }
  app.postMessage(result); // oxlint-disable-line unicorn/require-post-message-target-origin -- of windows
}

async function compute(job: HashJob): Promise<string | boolean> {
  if (job.type === 'hash') return bcrypt.hashSync(sha256Hex(job.password), job.cost);
  return matches(job.password, job.hash, job.pepper);
}

/** Linux has a priority for each thread. Elsewhere, and where a sandbox refuses it, the thread keeps that of the process. */
function lowerPriority(): void {
  if (process.platform !== 'linux') return;
  try {
    const tid = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(tid, Math.min(getPriority(tid) + NICER_BY, NICEST));
  } catch {
    // hashes are right all the same
  }
}
