import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import bcrypt from 'bcrypt';
import { type KeyObject, randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Config } from '../config/config.js';
import { HashQueue, Trust } from './hash-queue.js';
import { Hasher } from './hasher.js';
import { isCheap, isForeign, isOutdated, type PasswordHash, readHash, writeHash } from './password-hash.js';
import { openPepper } from './pepper.js';
import { sha256Hex } from './verify-hash.js';

/** A first estimate of the time of a bcrypt of cost 10. */
const MS_AT_COST_10 = 70;

/**
 * Password hashes in the format of Django's `BCryptSHA256PasswordHasher`: the password is hashed with
 * SHA-256 first, so that bcrypt's limit of 72 bytes cuts nothing. Hashes of other shops are verified in their own formats
 * (see `readHash`), and replaced by one of ours at the next login.
 */
@Injectable()
export class PasswordsService implements OnApplicationShutdown {
  private readonly hasher = new Hasher();
  private readonly queue: HashQueue;
  private readonly cost: number;
  /** bcrypt of random bytes, verified for unknown accounts, so that they take the same time as known ones. */
  private readonly unknown: Promise<string>;

  readonly #pepperKey: KeyObject;

  constructor(config: Config) {
    const { bcryptCost } = config;
    this.cost = bcryptCost;
    this.#pepperKey = config.key('pepper');
    this.queue = new HashQueue(
      Math.max(1, availableParallelism() - 1),
      MS_AT_COST_10 * 2 ** (bcryptCost - 10),
    );
    this.unknown = bcrypt.hash(sha256Hex(randomBytes(32).toString('hex')), bcryptCost);
  }

  /** @throws Problem 503 `busy` when too many hashes wait already */
  async hash(password: string): Promise<string> {
    const work = () => this.hasher.hash(password.normalize('NFC'), this.cost);
    return writeHash(await this.queue.run(work, Trust.likely));
  }

  /**
   * Verifies a password. For a cheaper old hash, a wrong password takes as long as for an unknown account. A costlier one
   * takes longer: until its first login, such an account can be distinguished from an unknown one.
   *
   * @param stored the user's hash, or undefined for an unknown account: false, after the same time
   * @throws Problem 503 `busy` when too many hashes wait already
   */
  async verify(password: string, stored: string | undefined, trust: Trust): Promise<boolean> {
    const hash = stored === undefined ? undefined : readHash(stored);
    return this.queue.run(async () => {
      if (hash && (await this.matchesAny(waysToWrite(password, hash), hash))) return true;
      if (!hash || isCheap(hash, this.cost)) {
        const unknown = readHash(writeHash(await this.unknown))!;
        for (const typed of waysToWrite(password, hash)) await this.hasher.matches(typed, unknown);
      }
      return false;
    }, trust);
  }

  /**
   * Whether to replace a hash that this password matched, because of its format or cost. A hash that matched only the
   * trimmed password stays: a new one would no longer match the password without the spaces.
   */
  async isToBeReplaced(stored: string, password: string): Promise<boolean> {
    if (!isOutdated(stored, this.cost)) return false;
    if (password === password.trim()) return true;
    const hash = readHash(stored)!;
    return this.queue.run(() => this.matchesAny(asTyped(password), hash), Trust.likely);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.hasher.close();
  }

  private async matchesAny(passwords: Set<string>, hash: PasswordHash): Promise<boolean> {
    const sealed = 'pepper' in hash ? hash.pepper : undefined;
    const pepper = sealed === undefined ? '' : openPepper(sealed, this.#pepperKey);
    if (pepper === undefined) return false;
    for (const password of passwords) {
      if (await this.hasher.matches(password, hash, pepper)) return true;
    }
    return false;
  }
}

/** Unicode has several ways to write one character. Ours are hashed composed, those of other systems as the keyboard sent them. */
function asTyped(password: string): Set<string> {
  return new Set([password.normalize('NFC'), password]);
}

/** Some systems trim a password before they hash it, as Django REST and WordPress do. */
function waysToWrite(password: string, hash: PasswordHash | undefined): Set<string> {
  const ways = asTyped(password);
  return hash && isForeign(hash) ? new Set([...ways, ...asTyped(password.trim())]) : ways;
}
