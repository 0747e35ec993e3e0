import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chart } from './chart.mjs';
import { assertComparable, buyHistory, compare } from './compare.mjs';
import { HAS_ADDRESSES } from './driver.mjs';
import { describeMachine, divideCpus, residentMb } from './machine.mjs';
import { HEADING, percent, rowsOf, summarize, warningsOn, whole } from './report.mjs';
import { ACCOUNTS_PER_SHOPPER } from './shopper.mjs';
import { closeOnSignal, Stage } from './stage.mjs';

const CONNECTIONS = 32;
const PRODUCTS = 1_000;

const ADDRESSES = HAS_ADDRESSES
  ? 'Rate limits are on: each connection comes from a loopback address of its own, as customers do.'
  : 'Rate limits are off: this system has one loopback address for all customers.';

/**
 * Measures the workloads on the app and on the floor, prints a table and writes `results.json`, `results.svg` and,
 * with `profile`, profiles to the folder `out`.
 *
 * @throws Error for the first wrong answer
 */
export async function besideFloor({ workloads, rounds, seconds, warmUp, profile, out }) {
  const { onServerCpu, division } = divideCpus();
  const machine = `${describeMachine()}; ${division}`;
  console.log(`${machine}.
${CONNECTIONS} connections, ${PRODUCTS} products; ${rounds} rounds of ${seconds} s, floor and app in turns: medians, and ratios (least–most).
${ADDRESSES}`);

  const opening = Stage.open({ onServerCpu, profileDir: profile ? path.join(out, 'profiles') : undefined });
  closeOnSignal(opening);
  const stage = await opening;
  try {
    const size = { products: PRODUCTS, users: CONNECTIONS * ACCOUNTS_PER_SHOPPER };
    const floor = await stage.startFloor(size);
    const apps = await stage.startApps(size);
    const shop = { connections: CONNECTIONS, products: PRODUCTS };
    await buyHistory(floor, shop);
    await buyHistory(apps.cached, shop);

    let difference = 0;
    for (const workload of workloads) {
      difference = Math.max(difference, await assertComparable(floor, apps[workload.app], workload, shop));
    }
    console.log(`Both answer the same members, in sizes that differ by ${percent(difference)} at most.\n`);

    console.log(HEADING);
    const options = { ...shop, rounds, seconds, warmUp, postmasterPid: await stage.postmasterPid() };
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
Resident memory after it all: floor ${whole(memoryMb.floor)} MB, app ${whole(memoryMb.app)} MB. The ledger explains every purchase.`);
    for (const warning of warningsOn(results)) console.log(warning);
    write(out, { machine, rounds, seconds, memoryMb, results });
  } finally {
    await stage.close();
  }
}

function write(out, report) {
  const legend = `Node ${process.versions.node}; dots are medians of ${report.rounds} rounds in turns, lines reach from least to most`;
  mkdirSync(out, { recursive: true });
  writeFileSync(path.join(out, 'results.json'), JSON.stringify(report, null, 2));
  writeFileSync(path.join(out, 'results.svg'), chart(report.results, legend));
  console.log(`Written: ${out}/results.json, ${out}/results.svg`);
}
