/**
 * Runs work with this name in one tab at a time. Web Locks exist on HTTPS and localhost only; elsewhere tabs do not wait.
 *
 * @param work gets whether another tab has just done it
 */
export async function inOneTab<T>(name: string, work: (afterAnother: boolean) => Promise<T>): Promise<T> {
  if (!navigator.locks) return work(false);
  const lock = `comptoir.${name}`;
  const atOnce = await navigator.locks.request(lock, { ifAvailable: true }, async (taken) =>
    taken ? { value: await work(false) } : undefined,
  );
  return atOnce ? atOnce.value : navigator.locks.request(lock, () => work(true));
}

/** A write of another tab to `localStorage` is visible here a moment later: waits for it, for at most a second. */
export async function untilWritten(isWritten: () => boolean): Promise<void> {
  for (let looks = 0; looks < 50 && !isWritten(); looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
