import { load, openShoppers } from './driver.mjs';
import { childrenCpuSeconds, cpuSeconds, secondsWaitedForCpu } from './machine.mjs';
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
 * @returns by what part the sizes differ
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
  const difference = Math.abs(ours.bytes / theirs.bytes - 1);
  if (difference > SIZE_TOLERANCE) {
    throw new Error(`${workload.title}: the app answers ${ours.bytes} bytes, the floor ${theirs.bytes}`);
  }
  return difference;
}

/** The names of all members in alphabetical order; of a list its length and the shape of its first. */
function shapeOf(value) {
  if (Array.isArray(value)) return `[${value.length} ${value.length > 0 ? shapeOf(value[0]) : ''}]`;
  if (value === null || typeof value !== 'object') return '';
  const members = Object.keys(value).sort();
  return `{${members.map((name) => name + shapeOf(value[name])).join(' ')}}`;
}

/**
 * Rounds of one workload in turns, floor and app, after a warm-up of each. A ratio is that of two neighbours in
 * time, so that whatever else the machine does hits both.
 */
export async function compare(floor, app, workload, options) {
  const { rounds, warmUp, seconds, postmasterPid, ...shop } = options;
  const forSeconds = { ...shop, seconds, acts: Infinity };
  for (const server of [floor, app]) await load(server, workload, { ...shop, ...warmUp, seed: 0 });
  const measured = [];
  for (let seed = 1; seed <= rounds; seed += 1) {
    measured.push({
      floor: await measure(floor, workload, { ...forSeconds, seed }, postmasterPid),
      app: await measure(app, workload, { ...forSeconds, seed }, postmasterPid),
    });
  }
  return measured;
}

/** One round on one server. CPU is in shares of one CPU. */
export async function measure(server, workload, options, postmasterPid) {
  await withClient(server.databaseUrl, (client) => client.query('TRUNCATE cart_items'));
  const serverBefore = cpuSeconds(server.pid);
  const databaseBefore = childrenCpuSeconds(postmasterPid);
  const waitedBefore = secondsWaitedForCpu(server.pid);
  const { latencies, seconds, loadCpuSeconds } = await load(server, workload, options);
  const serverCpuSeconds = cpuSeconds(server.pid) - serverBefore;
  const databaseCpuSeconds = childrenCpuSeconds(postmasterPid) - databaseBefore;
  return {
    perSecond: latencies.length / seconds,
    perCpuSecond: latencies.length / serverCpuSeconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    serverCpu: serverCpuSeconds / seconds,
    databaseCpu: databaseCpuSeconds / seconds,
    loadCpu: loadCpuSeconds / seconds,
    waited: (secondsWaitedForCpu(server.pid) - waitedBefore) / seconds,
  };
}

function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
