import { unavailable } from '../http/problem.js';

/** How far the sender of a password is trusted before it is verified. Lower values are served first. */
export const Trust = {
  /** Signed in, or the device has had a session of the account. */
  known: 0,
  /** This address has lately signed in, or the work is no login. */
  likely: 1,
  unknown: 2,
} as const;

export type Trust = (typeof Trust)[keyof typeof Trust];

interface Waiting {
  start(): void;
  refuse(): void;
}

/** After this time a client has given up, or sends the request again. */
const LONGEST_WAIT_MS = 1_500;

/**
 * Password hashes one after the other, since each takes a thread for a good while: fewer at once than the machine has
 * cores, so that the rest of the shop keeps one. As many wait as will be served in time; of more, the least trusted are
 * refused, so that a flood of wrong passwords does not delay the logins of known devices.
 */
export class HashQueue {
  private readonly waiting: Waiting[][] = [[], [], []];
  private running = 0;
  private pausedUntil = 0;

  /**
   * @param slots hashes at once
   * @param usualMs what a hash takes, until it is known better
   */
  constructor(
    private readonly slots: number,
    private usualMs: number,
  ) {}

  /** @throws Problem 503 `busy` when more wait than can be served in time */
  async run<Result>(work: () => Promise<Result>, trust: Trust): Promise<Result> {
    if (this.running >= this.slots || (trust === Trust.unknown && this.isPaused)) await this.turn(trust);
    this.running += 1;
    const startedAt = performance.now();
    let result: Result | undefined;
    try {
      return (result = await work());
    } finally {
      const took = performance.now() - startedAt;
      const wasGuess = trust === Trust.unknown && result === false;
      if (wasGuess) this.pause(took);
      this.usualMs += 0.1 * ((wasGuess ? 2 * took : took) - this.usualMs);
      this.running -= 1;
      this.startNext();
    }
  }

  private startNext(): void {
    const next = this.waiting.findIndex(({ length }) => length > 0);
    if (next === -1 || this.running >= this.slots || (next === Trust.unknown && this.isPaused)) return;
    this.waiting[next]!.shift()!.start();
  }

  private get isPaused(): boolean {
    return performance.now() < this.pausedUntil;
  }

  /** After a wrong password of an unknown device the next such login waits as long, so that guesses use half of the time. */
  private pause(ms: number): void {
    this.pausedUntil = performance.now() + ms;
    setTimeout(() => this.startNext(), Math.ceil(ms) + 1).unref();
  }

  private turn(trust: Trust): Promise<void> {
    if (this.isFull()) {
      const last = this.waiting.findLastIndex(({ length }) => length > 0);
      if (last <= trust) throw busy();
      this.waiting[last]!.pop()!.refuse();
    }
    return new Promise((resolve, reject) => {
      this.waiting[trust]!.push({ start: resolve, refuse: () => reject(busy()) });
    });
  }

  private isFull(): boolean {
    const length = this.waiting.reduce((sum, line) => sum + line.length, 0);
    return (length * this.usualMs) / this.slots > LONGEST_WAIT_MS;
  }
}

function busy() {
  return unavailable('busy', 'Too many logins at once; try again.');
}
