import { setTimeout as pause } from 'node:timers/promises';
import type { Api } from '../support/api.js';
import { crowd } from '../support/crowd.js';
import { Shop } from '../support/shop.js';
import { askWhetherItLives, keepOffGeneratorsCore, load, type Outcome, requestText } from './load.js';

const SECRET = 'a secret that only this test and its processes know';
const SECONDS = 5;
const TIMES_THE_KNEE = [1, 2, 5, 10];

/** R17, R18: an overloaded shop still serves as much as it can. */
describe('A shop under more load than it can serve', () => {
  let shop: Shop;
  /** Texts of requests. Those of signed-in customers are never served from the cache. */
  let kinds: Record<'list' | 'detail' | 'cart' | 'history' | 'order', string[]>;

  beforeAll(async () => {
    shop = await Shop.open({ env: { JWT_SECRET: SECRET, LOG_LEVEL: 'error' } });
    const customers = await crowd(shop, 500, SECRET);
    const ids: number[] = [];
    for (let index = 0; index < 200; index += 1) {
      ids.push((await shop.newProduct({ stock: 10_000_000 })).id);
    }
    const get = (customer: Api, path: string) => requestText(customer, 'GET', path);
    kinds = {
      list: customers.map((customer, index) => get(customer, `/api/products?page=${1 + (index % 10)}`)),
      detail: ids.map((id) => get(shop.visitor, `/api/products/${id}`)),
      cart: customers.map((customer) => get(customer, '/api/cart')),
      history: customers.map((customer) => get(customer, '/api/orders/my-orders')),
      order: customers.flatMap((customer, index) =>
        [0, 1].map((more) =>
          requestText(customer, 'POST', '/api/orders', {
            items: [{ product_id: ids[(2 * index + more) % ids.length], quantity: 1 }],
          }),
        ),
      ),
    };
    await keepOffGeneratorsCore(shop);
  });
  afterAll(() => shop.close());

  it.each([
    [
      'mixed reads and orders',
      ['list', 'detail', 'cart', 'detail', 'list', 'history', 'detail', 'list', 'cart', 'order'],
    ],
    ['orders alone', ['order']],
  ])('keeps its goodput: %s', async (_what, mix) => {
    await load(shop, { kinds: pick(mix), mix, connections: 32, seconds: 3 });
    const knee = total(await load(shop, { kinds: pick(mix), mix, connections: 32, seconds: SECONDS }));
    const quiet = total(await load(shop, { kinds: pick(mix), mix, rate: 0.3 * knee.accepted, seconds: 3 }));
    const rows: Record<string, unknown>[] = [
      { load: 'knee', ...rounded(knee) },
      { load: '0.3', ...rounded(quiet) },
    ];
    const outcomes: Outcome[] = [];
    let unanswered = 0;
    for (const times of TIMES_THE_KNEE) {
      const loaded = load(shop, { kinds: pick(mix), mix, rate: times * knee.accepted, seconds: SECONDS });
      const lives = await askWhetherItLives(shop, loaded);
      const outcome = total(await loaded);
      outcomes.push(outcome);
      rows.push({ load: `${times} x`, ...rounded(outcome), lives: `${lives.answered} of ${lives.asked}` });
      unanswered += lives.asked - lives.answered;
    }
    const after = total(await load(shop, { kinds: pick(mix), mix, rate: 0.3 * knee.accepted, seconds: 3 }));
    rows.push({ load: '0.3 after', ...rounded(after) });
    console.table(rows);

    expect(unanswered).toBe(0);
    const peak = Math.max(knee.accepted, ...outcomes.map(({ accepted }) => accepted));
    for (const { accepted, acceptedP99, refusedP99 } of outcomes.slice(1)) {
      expect(accepted).toBeGreaterThanOrEqual(0.8 * peak);
      expect(acceptedP99).toBeLessThanOrEqual(1_000);
      expect(refusedP99).toBeLessThanOrEqual(100);
    }
    expect(after.acceptedP99).toBeLessThanOrEqual(Math.max(20, 2 * quiet.acceptedP99));
    await pause(500);
  });

  it('reserves capacity for buyers, while there are five times as many readers as it can serve', async () => {
    const reads = { list: kinds.list, detail: kinds.detail };
    const mix = ['list', 'detail'];
    const knee = total(await load(shop, { kinds: reads, mix, connections: 32, seconds: SECONDS }));
    const readers = load(shop, { kinds: reads, mix, rate: 5 * knee.accepted, seconds: SECONDS });
    const buyers = load(shop, { kinds: { order: kinds.order }, mix: ['order'], rate: 30, seconds: SECONDS });
    const [read, bought] = [total(await readers), total(await buyers)];
    console.table([
      { load: 'readers', ...rounded(read) },
      { load: 'buyers', ...rounded(bought) },
    ]);
    expect(bought.accepted).toBeGreaterThanOrEqual(0.95 * bought.offered);
  });

  function pick(mix: string[]): Record<string, string[]> {
    return Object.fromEntries([...new Set(mix)].map((kind) => [kind, kinds[kind as keyof typeof kinds]]));
  }
});

function total(outcomes: Record<string, Outcome>): Outcome {
  const all = Object.values(outcomes);
  const sum = (of: (outcome: Outcome) => number) => all.reduce((so_far, outcome) => so_far + of(outcome), 0);
  const failed: Record<string, number> = {};
  for (const outcome of all) {
    for (const [what, count] of Object.entries(outcome.failed)) failed[what] = (failed[what] ?? 0) + count;
  }
  return {
    offered: sum(({ offered }) => offered),
    accepted: sum(({ accepted }) => accepted),
    acceptedP99: Math.max(...all.map(({ acceptedP99 }) => acceptedP99)),
    refused: sum(({ refused }) => refused),
    refusedP99: Math.max(...all.map(({ refusedP99 }) => refusedP99)),
    failed,
  };
}

function rounded({ failed, ...numbers }: Outcome): Record<string, unknown> {
  const entries = Object.entries(numbers).map(([name, number]) => [name, Math.round(number)]);
  return { ...Object.fromEntries(entries), failed: JSON.stringify(failed) };
}
