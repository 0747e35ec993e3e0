const WATCH_MS = 250;

/**
 * Calls back when the parent process ends. npm runs a script in a shell, and a signal that ends the shell does not reach
 * the script: without this, the shop would go on after a killed `npm start`.
 */
export function whenStarterEnds(stop: () => void): void {
  const starter = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === starter) return;
    clearInterval(watch);
    stop();
  }, WATCH_MS).unref();
}
