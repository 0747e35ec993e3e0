/**
 * The factor by which other load slows this process at present: elapsed time by CPU time of a computation of 20 ms, at
 * least 1. It scales the time limits of tests.
 */
export function slowness(): number {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  let used = 0;
  while (used < 20_000) {
    const { user, system } = process.cpuUsage(before);
    used = user + system;
  }
  return Math.max(1, (performance.now() - startedAt) / (used / 1_000));
}

class TooSlow extends Error {}

/** @throws TooSlow when `took` is more than `ms`, multiplied by the present `slowness` */
export function expectWithin(ms: number, took: number): void {
  const limit = ms * slowness();
  if (took > limit) throw new TooSlow(`It took ${took.toFixed()} ms, more than ${limit.toFixed()}.`);
}

/**
 * Up to three attempts. A machine that stalls for some seconds makes one of them too slow; a product that is too slow
 * fails all of them. Any other error fails at once.
 */
export async function inTime(attempt: () => Promise<void>): Promise<void> {
  for (let left = 2; ; left -= 1) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 0 || !(error instanceof TooSlow)) throw error;
      console.warn(`${error.message} It is tried again.`);
    }
  }
}
