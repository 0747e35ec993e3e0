import { withClient } from './environment.mjs';
import { quantile } from './figures.mjs';
import { childrenCpuSeconds, cpuSeconds } from './machine.mjs';
import { openUsers } from './virtual-user.mjs';

/** One response of so many is parsed and checked; of the others only the status is. */
const CHECK_EVERY = 50;

/**
 * One round of a scenario on one server. Each virtual user sends its next request when the last one is answered.
 *
 * @returns rates, latencies in ms, and CPU time in percent of one CPU
 * @throws Error for the first wrong answer
 */
export async function measure(server, scenario, { seconds, databasePid, users: count, products, seed }) {
  await withClient(server.databaseUrl, (client) => client.query('TRUNCATE cart_items'));
  const users = openUsers(server, { users: count, products, seed });
  const latencies = [];
  const before = cpuUsed(server.pid, databasePid);
  const startedAt = performance.now();
  try {
    await Promise.all(users.map((user) => loop(user, scenario, latencies, startedAt + seconds * 1000)));
  } finally {
    for (const user of users) user.close();
  }
  const elapsed = (performance.now() - startedAt) / 1000;
  const [serverCpu, databaseCpu] = cpuUsed(server.pid, databasePid).map((used, i) => used - before[i]);
  return {
    perSecond: latencies.length / elapsed,
    perServerCpuSecond: latencies.length / serverCpu,
    perCpuSecond: latencies.length / (serverCpu + databaseCpu),
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    serverCpu: (100 * serverCpu) / elapsed,
    databaseCpu: (100 * databaseCpu) / elapsed,
  };
}

async function loop(user, { act, isRight }, latencies, end) {
  let startedAt = performance.now();
  for (let done = 0; startedAt < end; done += 1) {
    const body = await act(user);
    const endedAt = performance.now();
    latencies.push(endedAt - startedAt);
    startedAt = endedAt;
    if (done % CHECK_EVERY === 0 && !isRight(JSON.parse(body))) {
      throw new Error(`a wrong answer: ${body.toString().slice(0, 500)}`);
    }
  }
}

function cpuUsed(serverPid, databasePid) {
  return [cpuSeconds(serverPid), childrenCpuSeconds(databasePid)];
}
