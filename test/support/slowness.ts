/**
 * How many times longer this machine takes now than it would at rest, since others want its cores too: the time that a
 * computation of 20 ms takes. At least 1. For bounds of time that a request has beside the product's own timers.
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

/** @throws TooSlow when something took longer than so many milliseconds are on this machine as it is now */
export function expectWithin(ms: number, took: number): void {
  const limit = ms * slowness();
  if (took > limit) throw new TooSlow(`It took ${took.toFixed()} ms, more than ${limit.toFixed()}.`);
}

/**
 * The best of three tries. A machine that stands still for some seconds makes one of them too slow; a product that is
 * too slow, all. What is wrong otherwise fails at once.
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
