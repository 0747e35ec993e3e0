/** Accounts of each kind that a shopper has to itself, so that no two of them fill one cart. */
const KINDS = { readers: 2, collectors: 2, buyers: 2 };

export const ACCOUNTS_PER_SHOPPER = Object.values(KINDS).reduce((sum, count) => sum + count);

/** A customer at a connection, with accounts and a sequence of choices of its own that repeats in every run. */
export class Shopper {
  #state;

  /**
   * @param {import('./connection.mjs').Connection} connection
   * @param {{ email: string, token: string }[]} accounts ACCOUNTS_PER_SHOPPER of them
   */
  constructor(connection, accounts, { products, seed }) {
    this.connection = connection;
    this.products = products;
    this.#state = Math.imul(seed, 2654435761); // neighbours would begin with the same choice
    const left = [...accounts];
    this.accounts = Object.fromEntries(
      Object.entries(KINDS).map(([kind, count]) => [kind, left.splice(0, count)]),
    );
  }

  get(path, account) {
    return this.#expect(200, 'GET', path, account);
  }

  post(path, account, body, status = 201) {
    return this.#expect(status, 'POST', path, account, body && JSON.stringify(body));
  }

  /** One of the accounts of that kind. */
  any(kind) {
    return this.oneOf(this.accounts[kind]);
  }

  anyProduct() {
    return this.between(1, this.products);
  }

  oneOf(choices) {
    return choices[this.between(0, choices.length - 1)];
  }

  /** A whole number between two, both included (a linear congruential generator, as in Numerical Recipes). */
  between(from, to) {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return from + Math.floor((this.#state / 2 ** 32) * (to - from + 1));
  }

  /** @throws Error for any other status: a benchmark of errors is worth nothing */
  async #expect(status, method, path, account, body) {
    const answer = await this.connection.request(method, path, account?.token, body);
    if (answer.status === status) return answer.body;
    throw new Error(
      `${method} ${path}: ${answer.status}, not ${status}: ${answer.body.toString().slice(0, 500)}`,
    );
  }
}
