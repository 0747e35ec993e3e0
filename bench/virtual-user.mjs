import { Client } from 'undici';

/** Number of accounts of each kind that one virtual user has, so that no two virtual users share a cart. */
const KINDS = { readers: 2, collectors: 6, buyers: 6 };

export const ACCOUNTS_PER_USER = Object.values(KINDS).reduce((sum, count) => sum + count);

/** Whether every address of 127.0.0.0/8 is usable; on macOS only 127.0.0.1 is, unless aliases are added. */
export const HAS_ADDRESSES = process.platform !== 'darwin';

let addresses = 0;

/** A loopback address that was not used before, since rate limits count by address. */
function freshAddress() {
  addresses += 1;
  return `127.${1 + (addresses >> 16)}.${(addresses >> 8) & 255}.${addresses & 255}`;
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
    const localAddress = HAS_ADDRESSES ? freshAddress() : undefined;
    this.#client = new Client(url, { localAddress, pipelining: 1 });
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
   * @returns {Promise<Buffer>} the body
   * @throws Error for another status than `status`
   */
  #request(status, method, path, account, body) {
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
            const answer = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
            if (actual === status) resolve(answer);
            else reject(new Error(`${method} ${path}: ${actual}, not ${status}: ${answer}`));
          },
          onResponseError: (_controller, error) => reject(error),
        },
      );
    });
  }
}
