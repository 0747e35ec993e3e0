import { setTimeout as pause } from 'node:timers/promises';

/**
 * Polls a condition until it holds. The default limit is so long that only a broken product reaches it, also on a busy
 * machine.
 *
 * @throws Error when the condition does not hold within `ms` milliseconds
 */
export async function until(isSo: () => boolean | Promise<boolean>, ms = 60_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not within ${ms} ms: ${isSo}`);
    await pause(20);
  }
}
