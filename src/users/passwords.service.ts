import { Injectable } from '@nestjs/common';
import bcrypt from 'bcrypt';
import { createHash, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { Config } from '../config/config.js';
import { HashQueue, Trust } from './hash-queue.js';
import { isOutdated, type PasswordHash, readHash, writeHash } from './password-hash.js';

/** About what a bcrypt of cost 10 takes. */
const MS_AT_COST_10 = 70;

const deriveKey = promisify(pbkdf2);

/**
 * Password hashes in the format of Django's `BCryptSHA256PasswordHasher`: the password is hashed with
 * SHA-256 first, so that bcrypt's limit of 72 bytes cuts nothing. Those of other shops are verified as they are
 * (`readHash` says which); a login then replaces them by one of ours.
 */
@Injectable()
export class PasswordsService {
  private readonly queue: HashQueue;
  private readonly cost: number;
  /** bcrypt of random bytes: verifying it costs an unknown account what a known one costs. */
  private readonly unknown: Promise<string>;

  constructor({ bcryptCost }: Config) {
    this.cost = bcryptCost;
    this.queue = new HashQueue(
      Math.max(1, availableParallelism() - 1),
      MS_AT_COST_10 * 2 ** (bcryptCost - 10),
    );
    this.unknown = bcrypt.hash(digest(randomBytes(32).toString('hex')), bcryptCost);
  }

  /** @throws Problem 503 `busy` when too many hashes wait already */
  async hash(password: string): Promise<string> {
    const work = () => bcrypt.hash(digest(password.normalize('NFC')), this.cost);
    return writeHash(await this.queue.run(work, Trust.likely));
  }

  /**
   * A wrong password for an old hash takes the time that hash takes, and never less than one for an unknown
   * account: until its first login an account with a costlier hash can be told from none.
   *
   * @param stored the user's hash, or undefined for an unknown account: false, after the same time
   * @throws Problem 503 `busy` when too many hashes wait already
   */
  async verify(password: string, stored: string | undefined, trust: Trust): Promise<boolean> {
    const hash = stored === undefined ? undefined : readHash(stored);
    return this.queue.run(async () => {
      if (hash && (await matchesAsTyped(password, hash))) return true;
      if (!hash || this.isCheap(hash)) {
        for (const typed of waysToWrite(password)) await bcrypt.compare(digest(typed), await this.unknown);
      }
      return false;
    }, trust);
  }

  /** Whether a hash is in another format or of another cost than a new one would be. */
  isOutdated(stored: string): boolean {
    return isOutdated(stored, this.cost);
  }

  /** Cheaper than a hash of ours, as far as different functions can be compared. */
  private isCheap(hash: PasswordHash): boolean {
    return hash.scheme === 'pbkdf2_sha256' ? hash.iterations < 100_000 : hash.cost < this.cost;
  }
}

/** Unicode has several ways to write one character. Ours are hashed composed, others' as somebody's keyboard sent. */
function waysToWrite(password: string): Set<string> {
  return new Set([password.normalize('NFC'), password]);
}

async function matchesAsTyped(password: string, hash: PasswordHash): Promise<boolean> {
  for (const typed of waysToWrite(password)) {
    if (await matches(typed, hash)) return true;
  }
  return false;
}

async function matches(password: string, hash: PasswordHash): Promise<boolean> {
  switch (hash.scheme) {
    case 'bcrypt_sha256':
      return bcrypt.compare(digest(password), hash.bcrypt);
    case 'bcrypt':
      return bcrypt.compare(password, hash.bcrypt);
    case 'pbkdf2_sha256':
      return timingSafeEqual(await deriveKey(password, hash.salt, hash.iterations, 32, 'sha256'), hash.key);
  }
}

function digest(password: string): string {
  return createHash('sha256').update(password).digest('hex');
}
