import { setTimeout as pause } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import type { Api, ApiResponse } from '../support/api.js';
import { crowd } from '../support/crowd.js';
import { generator } from '../support/random.js';
import { type AppProcess, Shop } from '../support/shop.js';
import { expectWithin, inTime } from '../support/slowness.js';
import { until } from '../support/until.js';

const SECRET = 'a secret that only this test and its processes know';
const HELD_MS = 3_000;
const BUYERS_A_SECOND = 20;
const OTHERS_A_SECOND = 60;
const random = generator(12);

/** R12: a lock on one product delays only requests for that product. */
describe('One locked product', () => {
  let shop: Shop;
  let customers: Api[];
  let held: any;
  let others: any[];

  beforeAll(async () => {
    shop = await Shop.open({ env: { JWT_SECRET: SECRET, LIST_CACHE_MS: '0' } });
    customers = await crowd(shop, 400, SECRET);
  });
  beforeEach(async () => {
    held = await shop.newProduct({ stock: 1_000_000 });
    others = await Promise.all(Array.from({ length: 10 }, () => shop.newProduct({ stock: 1_000_000 })));
  });
  afterAll(() => shop.close());

  it('delays only requests for it, at 20 of them a second', async () => {
    await everybodyAsks(300); // warm-up
    await inTime(async () => {
      const quiet = await everybodyAsks(1_000);
      const holder = await holdProduct();
      const busy = await everybodyAsks(HELD_MS, buyHeld);
      await letGo(holder);
      await Promise.all(busy.buys);
      expectUnharmed(busy, quiet);
    });
    await buyHeld(customers[0]!).then(({ status }) => expect(status).toBe(201));
  });

  it('is sold to waiting buyers when it is unlocked within a second', async () => {
    const holder = await holdProduct();
    const buys = customers.slice(0, 10).map(buyHeld);
    await until(somebodyWaits);
    await pause(300);
    await letGo(holder);
    expect((await Promise.all(buys)).map(({ status }) => status)).toEqual(Array(10).fill(201));
  });

  it('is waited for by changes through a TypeORM repository, too', async () => {
    const [customer] = customers;
    await customer!.post('/api/favorites', { product_id: held.id }).expect(201);
    const holder = await shop.database.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM favorites WHERE product_id = $1 FOR UPDATE', [held.id]);
    const removals = Array.from({ length: 12 }, () => customer!.delete(`/api/favorites/${held.id}`));
    await until(somebodyWaits);
    await customer!.get('/api/cart').expect(200);
    await letGo(holder);
    const statuses = (await Promise.all(removals)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([204, ...Array(11).fill(404)]);
  });

  it('delays only requests for it when a process is suspended during a write', async () => {
    await inTime(async () => {
      const frozen = await shop.startProcess();
      const quiet = await everybodyAsks(1_000);
      await freezeInAWrite(frozen);
      const busy = await everybodyAsks(HELD_MS, buyHeld);
      frozen.child.kill('SIGCONT');
      await Promise.all(busy.buys);
      await until(async () => (await buyHeld(customers[0]!)).status === 201);
      await frozen.stop('SIGKILL');
      shop.processes.splice(shop.processes.indexOf(frozen), 1);
      expectUnharmed(busy, quiet);
    });
  });

  interface Crowding {
    answers: Record<string, number>;
    /** Milliseconds within which 90 and 99 of 100 requests were answered. */
    p90: number;
    p99: number;
    buys: Promise<ApiResponse>[];
  }

  /** Results of customers who want other products, at a rate that does not depend on the responses. */
  async function everybodyAsks(ms: number, buy?: (customer: Api) => Promise<ApiResponse>): Promise<Crowding> {
    const answers: Record<string, number> = {};
    const times: number[] = [];
    const asked: Promise<void>[] = [];
    const buys: Promise<ApiResponse>[] = [];
    const startedAt = performance.now();
    for (let turn = 0; performance.now() - startedAt < ms; turn += 1) {
      const customer = customers[turn % 200]!;
      asked.push(timed(() => ask(customer, turn)));
      if (buy && turn % (OTHERS_A_SECOND / BUYERS_A_SECOND) === 0) {
        buys.push(buy(customers[200 + (turn % 200)]!));
      }
      await pause(Math.max(0, startedAt + ((turn + 1) * 1_000) / OTHERS_A_SECOND - performance.now()));
    }
    await Promise.all(asked);
    times.sort((a, b) => a - b);
    const quantile = (part: number) => times[Math.floor(part * times.length)]!;
    return { answers, p90: quantile(0.9), p99: quantile(0.99), buys };

    async function timed(call: () => Promise<ApiResponse>): Promise<void> {
      const sentAt = performance.now();
      const { status, body } = await call();
      times.push(performance.now() - sentAt);
      const answer = status < 400 ? 'as ever' : `${status} ${body.code}`;
      answers[answer] = (answers[answer] ?? 0) + 1;
    }
  }

  function ask(customer: Api, turn: number): Promise<ApiResponse> {
    const { id } = others[turn % others.length];
    const item = { product_id: id, quantity: 1 };
    const asks = [
      () => customer.get('/api/cart'),
      () => customer.get(`/api/products/${id}`),
      () => customer.get(`/api/products?page=${1 + (turn % 3)}`),
      () => customer.post('/api/cart', item),
      () => customer.post('/api/orders', { items: [item] }),
      () => customer.get('/api/orders/my-orders'),
    ];
    return asks[Math.floor(random() * asks.length)]!();
  }

  function buyHeld(customer: Api): Promise<ApiResponse> {
    const item = { product_id: held.id, quantity: 1 };
    return random() < 0.5
      ? customer.post('/api/orders', { items: [item] })
      : customer
          .post('/api/cart', item)
          .then((added) => (added.status === 201 ? customer.post('/api/cart/checkout') : added));
  }

  function expectUnharmed(busy: Crowding, quiet: Crowding): void {
    console.log(`p99 ${quiet.p99.toFixed()} ms quiet, ${busy.p99.toFixed()} ms meanwhile`, busy.answers);
    expect(Object.keys(busy.answers)).toEqual(['as ever']);
    // The limit is a p99 of 100 ms on an idle machine. A request that depends on the lock waits for a second and more, and
    // then most of them do: the p90 shows it as well, also beside other tests.
    if (busy.p90 > 3 * quiet.p90) expectWithin(500, busy.p90);
  }

  async function holdProduct(): Promise<PoolClient> {
    const holder = await shop.database.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT FROM products WHERE id = $1 FOR UPDATE', [held.id]);
    return holder;
  }

  async function somebodyWaits(): Promise<boolean> {
    const { rowCount } = await shop.database.query(
      `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND state = 'active' AND datname = current_database()`,
    );
    return rowCount! > 0;
  }

  async function letGo(holder: PoolClient): Promise<void> {
    await holder.query('ROLLBACK');
    holder.release();
  }

  /** Suspends the process when its transaction has locked the product and is not finished. */
  async function freezeInAWrite(app: AppProcess): Promise<void> {
    const customer = customers[399]!;
    const { body: order } = await customer
      .post('/api/orders', { items: [{ product_id: held.id, quantity: 1 }] })
      .expect(201);
    const holder = await holdProduct();
    const cancelling = customer.at(app.url).delete(`/api/orders/${order.id}`);
    cancelling.catch(() => {}); // it is killed in the end
    await until(somebodyWaits);
    app.child.kill('SIGSTOP');
    await letGo(holder);
    const holdsIt = async () => {
      const probe = `SELECT FROM products WHERE id = $1 FOR UPDATE SKIP LOCKED`;
      return (await shop.database.query(probe, [held.id])).rowCount === 0;
    };
    await until(holdsIt);
  }
});
