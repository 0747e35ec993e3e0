import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks again and again until it is so. The limit is one that only a broken product meets, however busy the machine is.
 *
 * @throws Error when it is not within `ms` milliseconds
 */
export async function until(isSo: () => boolean | Promise<boolean>, ms = 60_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not within ${ms} ms: ${isSo}`);
    await pause(20);
  }
}
