import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { tooManyRequests } from '../http/problem.js';
import { RateLimitsRepository } from './rate-limits.repository.js';

const WRONG_GUESSES = 10;
const WINDOW_MS = 60_000;

/** Bounds how often somebody who is signed in may guess that account's password. */
@Injectable()
export class GuessesService {
  constructor(
    private readonly counters: RateLimitsRepository,
    private readonly config: Config,
  ) {}

  /**
   * Counts a guess before it is looked at, so that many at once are counted too; a right one is taken back.
   *
   * @throws Problem 429 after ten wrong ones in a minute
   */
  async isRight(userId: number, guess: () => Promise<boolean>): Promise<boolean> {
    if (!this.config.rateLimit) return guess();
    const key = `password:user:${userId}`;
    const { hits, seconds_left } = await this.counters.hit(key, WINDOW_MS);
    if (hits > WRONG_GUESSES) throw tooManyRequests('Too many wrong passwords.', seconds_left);
    const right = await guess();
    if (right) await this.counters.returnHits([key]);
    return right;
  }
}
