/**
 * `npm run bench`: the app beside the floor, in turns, in one run.
 *
 *   --quick             short rounds, within two minutes in all
 *   --only list,detail  these workloads only
 *   --rounds, --seconds how many rounds are counted, and how long each is
 *   --profile           a CPU profile of each process of the app in bench/results/profiles
 *   --out               folder of results.json and results.svg
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { assertComparable, buyHistory, compare } from './compare.mjs';
import { describeMachine, divideCpus } from './machine.mjs';
import { summarize, table } from './report.mjs';
import { ACCOUNTS_PER_SHOPPER } from './shopper.mjs';
import { Stage } from './stage.mjs';
import { WORKLOADS } from './workloads.mjs';

const CONNECTIONS = 32;
const PRODUCTS = 1_000;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: Object.keys(WORKLOADS).join(',') },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    profile: { type: 'boolean', default: false },
    out: { type: 'string', default: 'bench/results' },
  },
});
const pace = values.quick
  ? { rounds: 3, seconds: 1, warmUpSeconds: 0.7 }
  : { rounds: 5, seconds: 4, warmUpSeconds: 3 };
const options = {
  connections: CONNECTIONS,
  products: PRODUCTS,
  rounds: Number(values.rounds ?? pace.rounds),
  seconds: Number(values.seconds ?? pace.seconds),
  warmUpSeconds: pace.warmUpSeconds,
};
const workloads = values.only.split(',').map((name) => {
  if (!WORKLOADS[name])
    throw new Error(`--only: there is no ${name}, only ${Object.keys(WORKLOADS).join(', ')}`);
  return WORKLOADS[name];
});

execFileSync(process.execPath, ['scripts/build-if-needed.mjs'], { stdio: 'inherit' });
const { onServerCpu, division } = divideCpus();
console.log(`${describeMachine()}; ${division}.
${CONNECTIONS} connections, ${PRODUCTS} products, ${options.rounds} rounds of ${options.seconds} s for each server in turns.
Rate limits are on: every connection of a round comes from a loopback address of its own.\n`);

const profileDir = values.profile ? path.join(values.out, 'profiles') : undefined;
const stage = await Stage.open({ onServerCpu, profileDir });
try {
  const size = { products: PRODUCTS, users: CONNECTIONS * ACCOUNTS_PER_SHOPPER };
  const floor = await stage.startFloor(size);
  const apps = await stage.startApps(size);
  await buyHistory(floor, options);
  await buyHistory(apps.cached, options);
  for (const workload of workloads) await assertComparable(floor, apps[workload.app], workload, options);

  const results = [];
  for (const workload of workloads) {
    const rounds = await compare(floor, apps[workload.app], workload, options);
    process.stderr.write(`${workload.title} … `);
    results.push({ title: workload.title, ...summarize(rounds), rounds });
  }
  console.log(table(results));
  mkdirSync(values.out, { recursive: true });
  writeFileSync(path.join(values.out, 'results.json'), JSON.stringify(results, null, 2));
} finally {
  await stage.close();
}
