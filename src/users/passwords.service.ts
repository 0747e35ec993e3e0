import { Injectable } from '@nestjs/common';
import bcrypt from 'bcrypt';
import pLimit from 'p-limit';
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { unavailable } from '../http/problem.js';

const COST = 10;
const PREFIX = 'bcrypt_sha256$';
const MAX_WAITING = 50;

/** bcrypt of nothing that anybody knows: verifying it costs an unknown account what a known one costs. */
const UNKNOWN = bcrypt.hash(createHash('sha256').update(String(Math.random())).digest('hex'), COST);

/**
 * Password hashes in the format of Django's `BCryptSHA256PasswordHasher`: the password is hashed with
 * SHA-256 first, so that bcrypt's limit of 72 bytes cuts nothing.
 *
 * A hash takes a thread for some 50 ms. No more run at once than there are cores, and no more wait than can be
 * served while the client is still there, so that files, DNS and the rest of the shop keep their threads.
 */
@Injectable()
export class PasswordsService {
  private readonly limit = pLimit(availableParallelism());

  /** @throws Problem 503 `busy` when too many hashes wait already */
  async hash(password: string): Promise<string> {
    return PREFIX + (await this.queued(() => bcrypt.hash(digest(password), COST)));
  }

  /** @param stored the user's hash, or undefined for an unknown account: false, after the same time */
  async verify(password: string, stored: string | undefined): Promise<boolean> {
    const hash = stored?.startsWith(PREFIX) ? stored.slice(PREFIX.length) : await UNKNOWN;
    const matches = await this.queued(() => bcrypt.compare(digest(password), hash));
    return matches && stored !== undefined;
  }

  private queued<T>(work: () => Promise<T>): Promise<T> {
    if (this.limit.pendingCount >= MAX_WAITING)
      throw unavailable('busy', 'Too many logins at once; try again.');
    return this.limit(work);
  }
}

/** Unicode has several ways to write one character; keyboards differ in which they send. */
function digest(password: string): string {
  return createHash('sha256').update(password.normalize('NFC')).digest('hex');
}
