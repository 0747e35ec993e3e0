const WATCH_MS = 250;

/**
 * npm runs a script in a shell, and a signal that ends the shell does not reach the script: without this a killed
 * `npm start` would leave the shop open.
 */
export function whenStarterEnds(stop: () => void): void {
  const starter = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === starter) return;
    clearInterval(watch);
    stop();
  }, WATCH_MS).unref();
}
