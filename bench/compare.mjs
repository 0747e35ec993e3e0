import { load, openShoppers } from './driver.mjs';
import { cpuSeconds, residentMb } from './machine.mjs';
import { withClient } from './stage.mjs';
import { purchase } from './workloads.mjs';

/** Sizes of the two answers to one request may differ by this much. */
const SIZE_TOLERANCE = 0.1;

/** More than a page, so that the list of them has a next one. */
const ORDERS_EACH = 24;

/** Buys what the readers' order lists show, through the shop's own door. */
export async function buyHistory(server, options) {
  const shoppers = await openShoppers(server, { ...options, seed: 1 });
  await Promise.all(
    shoppers.map(async (shopper) => {
      for (const reader of shopper.accounts.readers) {
        for (let order = 0; order < ORDERS_EACH; order += 1) await purchase(shopper, reader);
      }
      shopper.connection.close();
    }),
  );
}

/**
 * Asks both servers the same and compares the answers.
 *
 * @throws Error unless they have the same members and about the same size
 */
export async function assertComparable(floor, app, workload, options) {
  const [ours, theirs] = await Promise.all(
    [app, floor].map(async (server) => {
      const [shopper] = await openShoppers(server, { ...options, connections: 1, seed: 7 });
      const body = await workload.act(shopper);
      shopper.connection.close();
      return { bytes: body.length, shape: shapeOf(JSON.parse(body)) };
    }),
  );
  if (ours.shape !== theirs.shape) {
    throw new Error(`${workload.title}: the app answers ${ours.shape}\nthe floor ${theirs.shape}`);
  }
  if (Math.abs(ours.bytes / theirs.bytes - 1) > SIZE_TOLERANCE) {
    throw new Error(`${workload.title}: the app answers ${ours.bytes} bytes, the floor ${theirs.bytes}`);
  }
  return ours.bytes;
}

/** The names of all members, in the order of the alphabet. */
function shapeOf(value) {
  if (Array.isArray(value)) return `[${value.length} ${value.length > 0 ? shapeOf(value[0]) : ''}]`;
  if (value === null || typeof value !== 'object') return '';
  const members = Object.keys(value).sort();
  return `{${members.map((name) => name + shapeOf(value[name])).join(' ')}}`;
}

/** One round of a workload on one server: rates, percentiles, and what it cost. */
async function measure(server, workload, options) {
  await withClient(server.databaseUrl, (client) => client.query('TRUNCATE cart_items'));
  const cpuBefore = cpuSeconds(server.pid);
  const { acts, seconds, latencies, driverCpu } = await load(server, workload, options);
  const cpu = cpuSeconds(server.pid) - cpuBefore;
  return {
    perSecond: acts / seconds,
    perCpuSecond: acts / cpu,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    cpuShare: cpu / seconds,
    driverShare: driverCpu / seconds,
    residentMb: residentMb(server.pid),
  };
}

/**
 * Rounds of one workload in turns, floor and app, of which the first is not counted. The ratio of a round is that of
 * two neighbours in time, so that what else the machine does hits both.
 */
export async function compare(floor, app, workload, { rounds, warmUpSeconds, ...options }) {
  for (const server of [floor, app]) {
    await measure(server, workload, { ...options, seconds: warmUpSeconds, seed: 0 });
  }
  const measured = [];
  for (let round = 1; round <= rounds; round += 1) {
    const floorRound = await measure(floor, workload, { ...options, seed: round });
    const appRound = await measure(app, workload, { ...options, seed: round });
    measured.push({ floor: floorRound, app: appRound });
  }
  return measured;
}

function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
