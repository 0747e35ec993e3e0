/**
 * `npm run bench`: the app beside the floor (`floor/server.mjs`), in turns, in one run.
 *
 *   --quick               short rounds: less than two minutes in all
 *   --only list,detail    these workloads only
 *   --rounds, --seconds   how many rounds each server has, and how long one is
 *   --profile             a CPU profile of each process of the app as well, which slows it
 *   --scale               instead: how the app does with a thousand, 100,000 and a million products and orders
 *   --up-to 100000        and with how many at most
 *   --startup             instead: how long the app takes to be ready, and on what
 *   --out                 folder of what is written: bench/results
 */
import { parseArgs } from 'node:util';
import { besideFloor } from './beside-floor.mjs';
import { scale } from './scale.mjs';
import { startup } from './startup.mjs';
import { WORKLOADS } from './workloads.mjs';

const QUICK = { rounds: 3, seconds: 0.7, warmUp: { acts: 6_000, seconds: 1 } };
const THOROUGH = { rounds: 5, seconds: 2, warmUp: { acts: 10_000, seconds: 4 } };

/** An address may send 6,000 requests a minute, and a connection makes no more than that in this time. */
const LONGEST_ROUND_S = 10;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: Object.keys(WORKLOADS).join() },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    profile: { type: 'boolean', default: false },
    scale: { type: 'boolean', default: false },
    startup: { type: 'boolean', default: false },
    'up-to': { type: 'string', default: '1000000' },
    out: { type: 'string', default: 'bench/results' },
  },
});

if (values.scale) {
  await scale({ upTo: numberOf('up-to', values['up-to'], Infinity), out: values.out });
} else if (values.startup) {
  await startup();
} else {
  const pace = values.quick ? QUICK : THOROUGH;
  await besideFloor({
    workloads: values.only
      .split(',')
      .map((name) => WORKLOADS[name] ?? refuse('only', `of ${Object.keys(WORKLOADS)}`)),
    rounds: numberOf('rounds', values.rounds ?? pace.rounds, 100),
    seconds: numberOf('seconds', values.seconds ?? pace.seconds, LONGEST_ROUND_S),
    warmUp: pace.warmUp,
    profile: values.profile,
    out: values.out,
  });
}

function numberOf(option, text, most) {
  const number = Number(text);
  return number > 0 && number <= most ? number : refuse(option, `a number above 0, at most ${most}`);
}

function refuse(option, wanted) {
  console.error(`--${option} must be ${wanted}`);
  process.exit(1);
}
