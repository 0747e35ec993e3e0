/**
 * Runs such work in one tab at a time. Web Locks exist on https and localhost only; elsewhere tabs do not wait.
 *
 * @param work is told whether another tab was at it just before
 */
export async function inOneTab<T>(name: string, work: (afterAnother: boolean) => Promise<T>): Promise<T> {
  if (!navigator.locks) return work(false);
  const lock = `comptoir.${name}`;
  const atOnce = await navigator.locks.request(lock, { ifAvailable: true }, async (taken) =>
    taken ? { value: await work(false) } : undefined,
  );
  return atOnce ? atOnce.value : navigator.locks.request(lock, () => work(true));
}

/** What another tab has just written into `localStorage` is seen here a moment later: waits for it, a second at most. */
export async function untilWritten(isWritten: () => boolean): Promise<void> {
  for (let looks = 0; looks < 50 && !isWritten(); looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
