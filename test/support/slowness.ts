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
