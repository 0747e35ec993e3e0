import { Connection } from './connection.mjs';
import { ACCOUNTS_PER_SHOPPER, Shopper } from './shopper.mjs';

/** Every so manyth answer is read; of the others only the status. */
const READ_EVERY = 50;

/** macOS has one loopback address, unless somebody adds more. */
export const HAS_ADDRESSES = process.platform !== 'darwin';

let addresses = 0;

/** A loopback address that no connection came from before. */
function freshAddress() {
  addresses += 1;
  return `127.${1 + (addresses >> 16)}.${(addresses >> 8) & 255}.${addresses & 255}`;
}

/**
 * Puts a server under load for so many seconds, or until so many acts are done; every connection sends its next
 * request when it has the answer to the last.
 *
 * @param {{ url: string, accounts: { email: string, token: string }[] }} server
 * @param {{ act: Function, isRight: Function }} workload
 * @returns sorted latencies in ms, seconds until the last answer, and CPU seconds that the load itself took
 * @throws Error for the first wrong answer
 */
export async function load(server, workload, { connections, seconds, acts, products, seed }) {
  const shoppers = await openShoppers(server, { connections, products, seed });
  const latencies = [];
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const end = startedAt + seconds * 1000;
  try {
    await Promise.all(shoppers.map((shopper) => shop(shopper, workload, latencies, { end, acts })));
  } finally {
    for (const { connection } of shoppers) connection.close();
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    seconds: (performance.now() - startedAt) / 1000,
    latencies: Float64Array.from(latencies).sort(),
    loadCpuSeconds: (user + system) / 1e6,
  };
}

/** Shoppers with accounts of their own, each at a connection from an address of its own. */
export function openShoppers({ url, accounts }, { connections, products, seed }) {
  return Promise.all(
    Array.from({ length: connections }, async (_, index) => {
      const own = accounts.slice(index * ACCOUNTS_PER_SHOPPER, (index + 1) * ACCOUNTS_PER_SHOPPER);
      const connection = await Connection.open(url, HAS_ADDRESSES ? freshAddress() : undefined);
      return new Shopper(connection, own, { products, seed: seed * connections + index });
    }),
  );
}

async function shop(shopper, { act, isRight }, latencies, { end, acts }) {
  let startedAt = performance.now();
  for (let done = 0; startedAt < end && latencies.length < acts; done += 1) {
    const body = await act(shopper);
    const endedAt = performance.now();
    latencies.push(endedAt - startedAt);
    startedAt = endedAt;
    if (done % READ_EVERY === 0 && !isRight(JSON.parse(body))) {
      throw new Error(`a wrong answer: ${body.toString().slice(0, 500)}`);
    }
  }
}
