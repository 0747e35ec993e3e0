export interface Ask {
  key: string;
  hits: number;
}

/** A key's current window after hits were counted. */
export interface Counted {
  /** Of all processes. */
  hits: number;
  msLeft: number;
}

/** Hits by key in fixed windows, the same for every process that counts on them. */
export abstract class Counters {
  /** Counts a hit in the key's current window, opening a new one when the last is over. */
  async hit(key: string, windowMs: number): Promise<Counted> {
    const [counted] = await this.hitMany([{ key, hits: 1 }], windowMs);
    return counted!;
  }

  /** Counts several hits on each of some keys at once. @returns in the order of `asks`, whose keys differ */
  abstract hitMany(asks: Ask[], windowMs: number): Promise<Counted[]>;

  /** Counts a hit unless the key's current window is full. @returns whether it was counted */
  abstract take(key: string, limit: number, windowMs: number): Promise<boolean>;

  /** Until the key's window is over; at least one. */
  abstract secondsLeft(key: string): Promise<number>;

  abstract returnHits(keys: string[]): Promise<void>;

  /** @returns how many, at most `limit` */
  abstract deleteExpired(limit: number): Promise<number>;
}
