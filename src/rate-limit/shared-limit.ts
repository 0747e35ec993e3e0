import type { Counters } from './counters.js';

/** What came of a hit. */
export interface Hit {
  isOver: boolean;
  /** Left of the limit in the current window, as far as this process knows. */
  remaining: number;
  secondsLeft: number;
}

/** What this process may let through on a key without asking. */
interface Allowance {
  left: number;
  /** Of the limit, as of the last claim: nobody's yet. */
  unclaimed: number;
  /** Let through here in this window. */
  spent: number;
  endsAt: number;
  claim?: Promise<void>;
}

const FIRST_CLAIM = 10;
const LARGEST_CLAIM = 100;
const MAX_KEYS = 100_000;
const ANSWER_WITHIN_MS = 1_000;
/** Without an answer from the counters, a process counts alone for so long. */
const ALONE_MS = 5_000;

/**
 * A limit that all processes together keep to the hit, without asking for every hit: a process claims a part of a
 * key's window from the shared counter, lets that many through by itself, and claims again. Claims that come while
 * others are under way go out together. They begin small and grow with use, so that a client whose requests are spread
 * over many processes is not refused what others have claimed and do not need.
 *
 * When the counters do not answer in time, nobody is refused for that: each process lets through its own share of the
 * limit for a few seconds before it asks again. A cached page needs no database, and counting must not need one either.
 */
export class SharedLimit {
  private readonly allowances = new Map<string, Allowance>();
  private readonly claimants = new Map<string, Allowance>();
  private underWay = Promise.resolve();
  private next?: Promise<void>;
  private aloneUntil = 0;

  constructor(
    private readonly counters: Counters,
    readonly limit: number,
    private readonly windowMs: number,
  ) {}

  /** Synchronous as long as what was claimed lasts. */
  hit(key: string): Hit | Promise<Hit> {
    const now = performance.now();
    const allowance = this.allowanceOf(key, now);
    const isOver = allowance.left === 0;
    if (isOver && allowance.unclaimed > 0) {
      return (allowance.claim ??= this.claim(key, allowance)).then(() => this.hit(key));
    }
    if (!isOver) {
      allowance.left -= 1;
      allowance.spent += 1;
    }
    const secondsLeft = Math.max(1, Math.ceil((allowance.endsAt - now) / 1000));
    return { isOver, remaining: allowance.left + allowance.unclaimed, secondsLeft };
  }

  private allowanceOf(key: string, now: number): Allowance {
    const known = this.allowances.get(key);
    const isAlone = now < this.aloneUntil;
    if (known && known.endsAt > now && !(isAlone && needsClaim(known))) return known;

    this.allowances.delete(key);
    if (this.allowances.size >= MAX_KEYS) this.allowances.delete(this.allowances.keys().next().value!);
    const allowance = isAlone
      ? { left: this.shareAlone, unclaimed: 0, spent: 0, endsAt: this.aloneUntil }
      : { left: 0, unclaimed: this.limit, spent: 0, endsAt: Infinity };
    this.allowances.set(key, allowance);
    return allowance;
  }

  private get shareAlone(): number {
    return Math.ceil((this.limit * ALONE_MS) / this.windowMs);
  }

  /** @returns when the allowance is claimed, or it is clear that the counters do not answer */
  private claim(key: string, allowance: Allowance): Promise<void> {
    this.claimants.set(key, allowance);
    this.next ??= this.underWay.then(() => this.claimForAll());
    return this.next;
  }

  private claimForAll(): Promise<void> {
    const claimants = [...this.claimants];
    this.claimants.clear();
    this.next = undefined;
    this.underWay = new Promise((resolve) => {
      const goAlone = () => {
        this.aloneUntil = performance.now() + ALONE_MS;
        resolve();
      };
      const timer = setTimeout(goAlone, ANSWER_WITHIN_MS);
      this.claimAtOnce(claimants)
        .then(resolve, goAlone)
        .finally(() => clearTimeout(timer));
    });
    return this.underWay;
  }

  private async claimAtOnce(claimants: [string, Allowance][]): Promise<void> {
    const asks = claimants.map(([key, allowance]) => ({
      key: `requests:${key}`,
      hits: sizeOfClaim(allowance),
    }));
    const askedAt = performance.now(); // the window ends this much after, or later: never is one hit counted in two
    const counted = await this.counters.hitMany(asks, this.windowMs);
    counted.forEach(({ hits, msLeft }, index) => {
      const asked = asks[index]!.hits;
      const free = Math.max(0, this.limit - (hits - asked));
      const left = Math.min(asked, free);
      Object.assign(claimants[index]![1], {
        left,
        unclaimed: free - left,
        endsAt: askedAt + msLeft,
        claim: undefined,
      });
    });
  }
}

function needsClaim({ left, unclaimed }: Allowance): boolean {
  return left === 0 && unclaimed > 0;
}

/** Smaller towards the end of the limit, so that the last hits go to whoever needs them. */
function sizeOfClaim({ spent, unclaimed }: Allowance): number {
  return Math.min(Math.max(FIRST_CLAIM, spent), LARGEST_CLAIM, Math.ceil(unclaimed / 16));
}
