import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { tooManyRequests } from '../http/problem.js';
import { hashedName } from './credentials-limit.js';
import { Counters } from './counters.js';

const WRONG_GUESSES = 10;
const WINDOW_MS = 60_000;
const MOST_WAITING = 50;

/** Bounds how often an account's password is guessed, by whatever name or door. */
@Injectable()
export class GuessesService {
  private readonly underWay = new Map<string, Set<Promise<boolean>>>();
  private waiting = 0;

  constructor(
    private readonly counters: Counters,
    private readonly config: Config,
  ) {}

  /**
   * Counts a guess before it is looked at, so that many at once are counted too, and takes a right one back. Whoever
   * finds the count full waits for the guesses under way, since they may be right: a rush of right ones gets in.
   *
   * @param account id of the user, or a name that nobody has, so that both take the same time
   * @throws Problem 429 after ten wrong ones in a minute
   */
  async isRight(account: number | string, guess: () => Promise<boolean>): Promise<boolean> {
    if (!this.config.rateLimit) return guess();
    const key = `password:${typeof account === 'number' ? account : hashedName(account)}`;
    while (!(await this.counters.take(key, WRONG_GUESSES, WINDOW_MS))) await this.roomFor(key);

    const result = guess();
    const others = this.underWay.get(key) ?? new Set();
    this.underWay.set(key, others.add(result));
    try {
      const right = await result;
      if (right) await this.counters.returnHits([key]);
      return right;
    } finally {
      others.delete(result);
      if (others.size === 0) this.underWay.delete(key);
    }
  }

  /** @throws Problem 429 when nothing is under way here that could be right */
  private async roomFor(key: string): Promise<void> {
    const others = this.underWay.get(key);
    if (!others || this.waiting >= MOST_WAITING) throw throttled(await this.counters.secondsLeft(key));
    this.waiting += 1;
    await Promise.race(others).catch(() => {});
    this.waiting -= 1;
  }
}

/** @param seconds until the counter's window is over */
export function throttled(seconds: number) {
  return tooManyRequests(`Request was throttled. Expected available in ${seconds} seconds.`, seconds);
}
