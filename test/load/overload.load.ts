import type { Api } from '../support/api.js';
import { crowd } from '../support/crowd.js';
import { PASSWORD, Shop } from '../support/shop.js';
import { askWhetherItLives, keepOffGeneratorsCore, load, type Outcome, requestText } from './load.js';
import { measureRefusals } from './refusing-server.js';

const SECRET = 'a secret that only this test and its processes know';
const SECONDS = 5;
/** A new process serves less than half as much until V8 has optimized what runs often. */
const WARM_UP_SECONDS = 20;
/** The first half second of a rush, in which thousands connect, is slower than the rest. */
const RUSH_SECONDS = 30;
const TIMES_THE_KNEE = [1, 2, 5, 10];

/** R17, R18: an overloaded shop still serves as much as it can. */
describe('A shop under more load than it can serve', () => {
  let shop: Shop;
  /** Texts of requests. Those of signed-in customers are never served from the cache. */
  let kinds: Record<'list' | 'detail' | 'cart' | 'history' | 'order' | 'login', string[]>;

  beforeAll(async () => {
    shop = await Shop.open({ newProcesses: true, env: { JWT_SECRET: SECRET, LOG_LEVEL: 'error' } });
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
      login: customers.map(({ user: { email } }) =>
        requestText(shop.visitor, 'POST', '/api/auth/login', { email, password: PASSWORD }),
      ),
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

  describe.each([
    [
      'mixed reads and orders',
      ['list', 'detail', 'cart', 'detail', 'list', 'history', 'detail', 'list', 'cart', 'order'],
    ],
    ['orders alone', ['order']],
  ])('%s', (_what, mix) => {
    const rows: Record<string, unknown>[] = [];
    /** Accepted requests a second. It is measured before each rush, since the speed of a machine varies. */
    let knee: number;
    let secondsOfRefusal: number;
    let quietP99: number;

    beforeAll(async () => {
      await closedLoop(WARM_UP_SECONDS);
      await findKnee();
      const quiet = await openLoop(0.3, 3);
      quietP99 = quiet.acceptedP99;
      rows.push({ load: '0.3 x', ...rounded(quiet) });
      const costs = await measureRefusals('node:net alone', [5 * knee, 10 * knee]);
      secondsOfRefusal = Math.min(...costs.map(({ user, system }) => user + system)) / 1_000_000;
    });
    afterAll(() => console.table(rows));

    it.each(TIMES_THE_KNEE)('keeps its goodput at %i times the knee', async (times) => {
      await findKnee();
      const loaded = openLoop(times, RUSH_SECONDS);
      const lives = await askWhetherItLives(shop, loaded);
      const outcome = await loaded;
      rows.push({
        load: `${times} x`,
        ...rounded(outcome),
        lives: `${lives.answered} of ${lives.asked}`,
        'goodput %': percent(outcome.accepted / knee),
        'at most %': percent(bound(times)),
      });

      expect(lives.answered).toBe(lives.asked);
      expect(outcome.accepted).toBeGreaterThanOrEqual(0.8 * knee);
      expect(outcome.acceptedP99).toBeLessThanOrEqual(1_000);
      expect(outcome.refusedP99).toBeLessThanOrEqual(100);
    });

    it('is as fast as before when the rush is over', async () => {
      const after = await openLoop(0.3, 3);
      rows.push({ load: '0.3 x after', ...rounded(after) });
      expect(after.acceptedP99).toBeLessThanOrEqual(Math.max(20, 2 * quietP99));
    });

    /** The goodput, in parts of the knee, that remains if each refusal takes the least time of a process of Node. */
    function bound(times: number): number {
      const left = (1 - times * knee * secondsOfRefusal) / (1 - knee * secondsOfRefusal);
      return Math.min(1, Math.max(0, left));
    }

    async function findKnee(): Promise<void> {
      const busy = await closedLoop(SECONDS);
      knee = busy.accepted;
      rows.push({ load: 'knee', ...rounded(busy) });
    }

    async function closedLoop(seconds: number): Promise<Outcome> {
      return total(await load(shop, { kinds: pick(mix), mix, connections: 32, seconds }));
    }

    async function openLoop(times: number, seconds: number): Promise<Outcome> {
      return total(await load(shop, { kinds: pick(mix), mix, rate: times * knee, seconds }));
    }
  });

  it('reserves capacity for buyers and logins, while there are five times as many readers as it can serve', async () => {
    const reads = { list: kinds.list, detail: kinds.detail };
    const mix = ['list', 'detail'];
    const knee = total(await load(shop, { kinds: reads, mix, connections: 32, seconds: SECONDS }));
    const readers = load(shop, { kinds: reads, mix, rate: 5 * knee.accepted, seconds: RUSH_SECONDS });
    const few = (kind: 'order' | 'login', rate: number) =>
      load(shop, { kinds: pick([kind]), mix: [kind], rate, seconds: RUSH_SECONDS });
    const others = [few('order', 30), few('login', 5)];
    const read = total(await readers);
    const [bought, signedIn] = (await Promise.all(others)).map(total);
    console.table([
      { load: 'readers', ...rounded(read) },
      { load: 'buyers', ...rounded(bought!) },
      { load: 'logins', ...rounded(signedIn!) },
    ]);
    for (const { accepted, offered } of [bought!, signedIn!]) {
      expect(accepted).toBeGreaterThanOrEqual(0.95 * offered);
    }
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
    sentLateP99: Math.max(...all.map(({ sentLateP99 }) => sentLateP99)),
    failed,
  };
}

function percent(part: number): number {
  return Math.round(100 * part);
}

function rounded({ failed, ...numbers }: Outcome): Record<string, unknown> {
  const entries = Object.entries(numbers).map(([name, number]) => [name, Math.round(number)]);
  return { ...Object.fromEntries(entries), failed: JSON.stringify(failed) };
}
