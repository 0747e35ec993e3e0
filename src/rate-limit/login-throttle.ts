import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { RateLimitStore } from './rate-limit-store.js';
import { throttled } from './throttled.js';
import { hashedName } from './trackers.js';

const WRONG_GUESSES = 10;
const MOST_WAITING = 50;
const MOST_ADDRESSES = 10_000;

/** Limits wrong guesses of an account's password, over all routes and all names of the account. */
@Injectable()
export class LoginThrottle {
  private readonly underWay = new Map<string, Set<Promise<boolean>>>();
  private waiting = 0;
  /** Addresses of successful logins, the latest last. */
  private readonly addresses = new Set<string>();

  constructor(
    private readonly store: RateLimitStore,
    private readonly config: Config,
  ) {}

  /**
   * Counts a guess before it is verified, so that concurrent guesses count as well, and refunds a right one. If the counter
   * is full, the guess waits for those being verified, since they may be right: many concurrent right logins succeed.
   *
   * @param account id of the user, or a name that no user has, so that both take the same time
   * @throws Problem 429 after ten wrong guesses in a minute
   */
  async verify(account: number | string, guess: () => Promise<boolean>): Promise<boolean> {
    if (!this.config.rateLimit) return guess();
    const key = `password:${typeof account === 'number' ? account : hashedName(account)}`;
    await this.consume(key);

    const result = guess();
    const others = this.underWay.get(key) ?? new Set();
    this.underWay.set(key, others.add(result));
    let isWrong = false; // set only after verification, so that a guess that was not verified is refunded too
    try {
      isWrong = !(await result);
      return !isWrong;
    } finally {
      if (!isWrong) await this.store.refund(key, WRONG_GUESSES);
      others.delete(result);
      if (others.size === 0) this.underWay.delete(key);
    }
  }

  remember(address: string): void {
    this.addresses.delete(address);
    this.addresses.add(address);
    if (this.addresses.size > MOST_ADDRESSES) this.addresses.delete(this.addresses.values().next().value!);
  }

  /** Whether one of the latest successful logins at this process came from this address. */
  remembers(address: string): boolean {
    return this.addresses.has(address);
  }

  /** @throws Problem 429 when the counter is full and this process is verifying no other guess, which might be right */
  private async consume(key: string): Promise<void> {
    for (;;) {
      const { isOver, secondsLeft } = await this.store.consume(key, WRONG_GUESSES);
      if (!isOver) return;
      const others = this.underWay.get(key);
      if (!others || this.waiting >= MOST_WAITING) throw throttled(WRONG_GUESSES, secondsLeft);
      this.waiting += 1;
      await Promise.race(others).catch(() => {});
      this.waiting -= 1;
    }
  }
}
