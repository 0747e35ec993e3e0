import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const LOOK_EVERY_MS = 1_000;
/** Of a second's time, what the event loop may be busy with in a quiet one. */
const QUIET = 0.05;
/** What the first collection empties, V8 gives back with the second. */
const COLLECT_AFTER_S = [2, 4];

/**
 * V8 takes memory in a rush, for then it has less to collect, and keeps it for half a minute and longer. It is
 * given back in the first quiet moment instead: so a rush is as fast as it can be, and a machine with many
 * processes has their memory when it is over. Less memory from the start would cost a rush much of its speed.
 */
export function giveMemoryBackWhenQuiet(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let before = performance.eventLoopUtilization();
  let quietSeconds = 0;

  setInterval(() => {
    const isQuiet = performance.eventLoopUtilization(before).utilization < QUIET;
    quietSeconds = isQuiet ? quietSeconds + 1 : 0;
    if (COLLECT_AFTER_S.includes(quietSeconds)) collect();
    before = performance.eventLoopUtilization();
  }, LOOK_EVERY_MS).unref();
}
