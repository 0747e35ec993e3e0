import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const LOOK_EVERY_MS = 1_000;
/** Of a second's time, what the event loop may be busy with in a quiet one. */
const QUIET = 0.05;
const COLLECT_AFTER_S = 2;

/** Node 20 knows no `flavor`, and takes an object that says neither `minor` nor `async` for a small collection. */
const ALL = { type: 'major', flavor: 'last-resort', execution: 'async' };
const YOUNG = { type: 'minor' };

/**
 * V8 takes memory in a rush, for then it has less to collect, and keeps it for half a minute and longer. It is
 * given back in the first quiet moment instead: so a rush is as fast as it can be, and a machine with many
 * processes has their memory when it is over.
 *
 * From Node 22 on one collection gives back everything. Node 20 keeps an empty young generation until little was
 * allocated for five seconds, and looks whether that is so only when it collects: so it does each second.
 */
export function giveMemoryBackWhenQuiet(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: object) => void;
  let before = performance.eventLoopUtilization();
  let quietSeconds = 0;

  setInterval(() => {
    const isQuiet = performance.eventLoopUtilization(before).utilization < QUIET;
    quietSeconds = isQuiet ? quietSeconds + 1 : 0;
    collect(quietSeconds === COLLECT_AFTER_S ? ALL : YOUNG);
    before = performance.eventLoopUtilization();
  }, LOOK_EVERY_MS).unref();
}
