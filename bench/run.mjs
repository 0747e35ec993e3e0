/**
 * `npm run bench`: the app beside the floor (`floor/server.mjs`), in turns, in one run.
 *
 *   --quick               short rounds: less than two minutes in all
 *   --only list,detail    these workloads only
 *   --rounds, --seconds   how many rounds each server has, and how long one is
 *   --profile             a CPU profile of each process of the app as well
 *   --scale               instead: how the app does with a thousand, 100,000 and a million products and orders
 *   --up-to 100000        and with how many at most
 *   --out                 folder of results.json, results.svg and profiles: bench/results
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chart } from './chart.mjs';
import { assertComparable, buyHistory, compare } from './compare.mjs';
import { HAS_ADDRESSES } from './driver.mjs';
import { describeMachine, divideCpus, residentMb } from './machine.mjs';
import { HEADING, rowsOf, summarize, warningsOn } from './report.mjs';
import { scale } from './scale.mjs';
import { ACCOUNTS_PER_SHOPPER } from './shopper.mjs';
import { closeOnSignal, Stage } from './stage.mjs';
import { WORKLOADS } from './workloads.mjs';

const CONNECTIONS = 32;
const PRODUCTS = 1_000;
const QUICK = { rounds: 3, seconds: 0.7, warmUp: { acts: 3_000, seconds: 1 } };
const THOROUGH = { rounds: 5, seconds: 2, warmUp: { acts: 10_000, seconds: 3 } };

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
    'up-to': { type: 'string', default: '1000000' },
    out: { type: 'string', default: 'bench/results' },
  },
});
if (values.scale) {
  await scale({ upTo: Number(values['up-to']), out: values.out });
  process.exit();
}
const pace = values.quick ? QUICK : THOROUGH;
const rounds = numberOf('rounds', values.rounds ?? pace.rounds, 100);
const seconds = numberOf('seconds', values.seconds ?? pace.seconds, LONGEST_ROUND_S);
const workloads = values.only.split(',').map((name) => WORKLOADS[name] ?? refuse('only', name));

const { onServerCpu, division } = divideCpus();
const machine = `${describeMachine()}; ${division}`;
console.log(`${machine}.
${CONNECTIONS} connections, ${PRODUCTS} products; ${rounds} rounds of ${seconds} s, floor and app in turns: medians, and ratios (least–most).
${HAS_ADDRESSES ? 'Rate limits are on: each connection comes from a loopback address of its own, as customers do.' : 'Rate limits are off: this system has one loopback address for all customers.'}
`);

const opening = Stage.open({
  onServerCpu,
  profileDir: values.profile ? path.join(values.out, 'profiles') : undefined,
});
closeOnSignal(opening);
const stage = await opening;
try {
  const size = { products: PRODUCTS, users: CONNECTIONS * ACCOUNTS_PER_SHOPPER };
  const floor = await stage.startFloor(size);
  const apps = await stage.startApps(size);
  const options = {
    connections: CONNECTIONS,
    products: PRODUCTS,
    rounds,
    seconds,
    warmUp: pace.warmUp,
    postmasterPid: await stage.postmasterPid(),
  };
  await buyHistory(floor, options);
  await buyHistory(apps.cached, options);
  for (const workload of workloads) await assertComparable(floor, apps[workload.app], workload, options);

  console.log(HEADING);
  const results = [];
  for (const workload of workloads) {
    const measured = await compare(floor, apps[workload.app], workload, options);
    const result = { title: workload.title, ...summarize(measured), rounds: measured };
    console.log(rowsOf(result));
    results.push(result);
  }

  const memoryMb = { floor: residentMb(floor.pid), app: residentMb(apps.cached.pid) };
  stage.checkLedger(apps.cached);
  console.log(`
Resident memory after it all: floor ${memoryMb.floor.toFixed(0)} MB, app ${memoryMb.app.toFixed(0)} MB. The ledger explains every purchase.
Written: ${values.out}/results.json, ${values.out}/results.svg`);
  for (const warning of warningsOn(results)) console.log(warning);
  mkdirSync(values.out, { recursive: true });
  writeFileSync(
    path.join(values.out, 'results.json'),
    JSON.stringify({ machine, rounds, seconds, memoryMb, results }, null, 2),
  );
  writeFileSync(
    path.join(values.out, 'results.svg'),
    chart(
      results,
      `Node ${process.versions.node}; dots are medians of ${rounds} rounds in turns, lines reach from least to most`,
    ),
  );
} finally {
  await stage.close();
}

function numberOf(option, text, most) {
  const number = Number(text);
  return number > 0 && number <= most ? number : refuse(option, text);
}

function refuse(option, value) {
  console.error(`--${option} cannot be ${value}; workloads are ${Object.keys(WORKLOADS).join(', ')}`);
  process.exit(1);
}
