/** Virtual users, and the figures of a scenario with them. */
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'undici';
import { withClient } from './environment.mjs';
import { inTurn, quantile } from './figures.mjs';
import { childrenCpuSeconds, cpuSeconds } from './machine.mjs';

/** A slow disk can keep a lock for longer than a request waits for it. */
const MOST_ATTEMPTS = 5;
const RETRY_AFTER_MS = 1_000; // the shop's Retry-After

/** Number of accounts of each kind that one virtual user has, so that no two virtual users share a cart. */
const KINDS = { readers: 2, collectors: 6, buyers: 6 };

export const ACCOUNTS_PER_USER = Object.values(KINDS).reduce((sum, count) => sum + count);

/** Whether every address of 127.0.0.0/8 is usable; on macOS only 127.0.0.1 is, unless aliases are added. */
export const HAS_ADDRESSES = process.platform !== 'darwin';

/** One response of so many is parsed and checked; of the others only the status is. */
const CHECK_EVERY = 50;

let addresses = 0;

/**
 * Rounds of a scenario on two servers in turn, after a warm-up. Each virtual user sends its next request when the last one is
 * answered.
 *
 * @returns for each round rates, latencies in ms, and CPU time in percent of one CPU
 * @throws Error for the first wrong answer
 */
export async function measureInTurn(servers, act, { rounds, seconds, warmUpSeconds = seconds, ...shop }) {
  const roundOf = (server) => (seed) =>
    measure(server, act, { ...shop, seed }, seed === 0 ? warmUpSeconds : seconds);
  const { baseline, app } = await inTurn(rounds, {
    baseline: roundOf(servers.baseline),
    app: roundOf(servers.app),
  });
  return { baseline, app };
}

async function measure(server, act, shop, seconds) {
  await withClient(server.databaseUrl, (client) => client.query('TRUNCATE cart_items'));
  const users = openUsers(server, shop);
  const cpuUsed = () => [cpuSeconds(server.pid), childrenCpuSeconds(shop.databasePid)];
  const latencies = [];
  const before = cpuUsed();
  const startedAt = performance.now();
  const loop = async (user) => {
    let at = performance.now();
    for (let done = 0; at < startedAt + seconds * 1000; done += 1) {
      const body = await act(user);
      const endedAt = performance.now();
      latencies.push(endedAt - at);
      at = endedAt;
      if (done % CHECK_EVERY === 0) check(body);
    }
  };
  try {
    await Promise.all(users.map(loop));
  } finally {
    for (const user of users) user.close();
  }
  const elapsed = (performance.now() - startedAt) / 1000;
  const [serverCpu, databaseCpu] = cpuUsed().map((used, index) => used - before[index]);
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

/** @throws Error unless a body is a page with results, one row, or a sign-in */
function check(body) {
  const { results, id, access } = JSON.parse(body);
  if (!(results?.length ?? id ?? access)) throw new Error(`a wrong answer: ${body.toString().slice(0, 500)}`);
}

/** Virtual users, each with accounts, a pseudo-random generator and a connection from an address of its own. */
export function openUsers({ url, accounts }, { users, products, seed }) {
  return Array.from({ length: users }, (_, index) => {
    const own = accounts.slice(index * ACCOUNTS_PER_USER, (index + 1) * ACCOUNTS_PER_USER);
    return new VirtualUser(url, own, { products, seed: seed * users + index });
  });
}

/** Sends one request at a time. Its random choices are the same in every run. */
class VirtualUser {
  #client;
  #state;

  constructor(url, accounts, { products, seed }) {
    // Rate limits count by address, so each connection comes from another one.
    addresses += 1;
    const localAddress = `127.${1 + (addresses >> 16)}.${(addresses >> 8) & 255}.${addresses & 255}`;
    this.#client = new Client(url, { localAddress: HAS_ADDRESSES ? localAddress : undefined, pipelining: 1 });
    this.#state = Math.imul(seed, 2654435761); // without it, adjacent seeds would begin with the same choice
    this.products = products;
    const left = [...accounts];
    this.accounts = Object.fromEntries(
      Object.entries(KINDS).map(([kind, count]) => [kind, left.splice(0, count)]),
    );
  }

  get(path, account) {
    return this.#request(200, 'GET', path, account);
  }

  post(path, account, body, status = 201) {
    return this.#request(status, 'POST', path, account, body && JSON.stringify(body));
  }

  anyProduct() {
    return this.between(1, this.products);
  }

  oneOf(choices) {
    return choices[this.between(0, choices.length - 1)];
  }

  /** A random integer from `from` to `to`, both included (the linear congruential generator of Numerical Recipes). */
  between(from, to) {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return from + Math.floor((this.#state / 2 ** 32) * (to - from + 1));
  }

  close() {
    this.#client.destroy();
  }

  /**
   * Uses `dispatch`, which makes no stream for the body as undici's `request` does, to leave CPU time to the servers.
   *
   * A request that is refused for now is sent again, as clients do; the time until then counts.
   *
   * @returns {Promise<Buffer>} the body
   * @throws Error for another status than `status`
   */
  async #request(status, method, path, account, body) {
    for (let attempt = 1; ; attempt += 1) {
      const { actual, answer } = await this.#send(method, path, account, body);
      if (actual === status) return answer;
      if (actual !== 503 || attempt === MOST_ATTEMPTS)
        throw new Error(`${method} ${path}: ${actual}, not ${status}: ${answer}`);
      await pause(RETRY_AFTER_MS);
    }
  }

  /** @returns {Promise<{ actual: number, answer: Buffer }>} status and body */
  #send(method, path, account, body) {
    const headers = {
      ...(account && { authorization: `Bearer ${account.token}` }),
      ...(body && { 'content-type': 'application/json' }),
    };
    return new Promise((resolve, reject) => {
      const chunks = [];
      let actual;
      this.#client.dispatch(
        { method, path, headers, body },
        {
          onRequestStart() {},
          onResponseStart: (_controller, statusCode) => void (actual = statusCode),
          onResponseData: (_controller, chunk) => void chunks.push(chunk),
          onResponseEnd() {
            resolve({ actual, answer: chunks.length === 1 ? chunks[0] : Buffer.concat(chunks) });
          },
          onResponseError: (_controller, error) => reject(error),
        },
      );
    });
  }
}
