import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { Api, type ApiResponse } from '../support/api.js';
import { type AppProcess, Shop } from '../support/shop.js';
import { until } from '../support/until.js';

const BOUND_MS = 300;

/** The sub-select runs once in a statement. Housekeeping, which merges the rows of this table, does not count. */
const countQueries = (seconds: number) =>
  `USING ((SELECT current_query() LIKE '%DELETE FROM product_counts%' OR count_query(${seconds})))`;

describe('The read cache', () => {
  let shop: Shop;
  let admin: Api;
  let customer: Api;
  let longCached: AppProcess;
  let uncached: AppProcess;
  /** Visitors, customer and admin of the process that caches for a minute. */
  let visitor: Api;
  let buyer: Api;
  let merchant: Api;

  beforeAll(async () => {
    shop = await Shop.open({ processes: 2, env: { LIST_CACHE_MS: String(BOUND_MS) } });
    [longCached, uncached, admin, customer] = await Promise.all([
      shop.startProcess({ LIST_CACHE_MS: '60000', RATE_LIMIT: 'on' }),
      shop.startProcess({ LIST_CACHE_MS: '0' }),
      shop.admin(),
      shop.newCustomer(),
    ]);
    [visitor, buyer, merchant] = [
      new Api(longCached.url),
      customer.at(longCached.url),
      admin.at(longCached.url),
    ];
    // Every statement of an unfiltered list uses this sequence, which counts them.
    await shop.database.query(`
      CREATE SEQUENCE queries;
      CREATE FUNCTION count_query(seconds float) RETURNS boolean LANGUAGE sql VOLATILE
        AS $$ SELECT nextval('queries') > 0 AND pg_sleep(seconds) IS NOT NULL $$;
      ALTER TABLE product_counts ENABLE ROW LEVEL SECURITY;
      ALTER TABLE product_counts FORCE ROW LEVEL SECURITY;
      CREATE POLICY counted ON product_counts ${countQueries(0)} WITH CHECK (true)`);
  });
  afterAll(() => shop.close());

  it('returns nothing older than its limit to 16 readers beside 8 writers on 2 processes, one of which is suspended now and then', async () => {
    const products = await Promise.all(Array.from({ length: 8 }, () => shop.newProduct({ stock: 0 })));
    const [first, second] = shop.processes as [AppProcess, AppProcess];
    const list = `/api/products?page_size=100&min_price=10&max_price=10`;
    /** The least stock that each product had from a moment on. */
    const written: { at: number; product: number; stock: number }[] = [];
    const seen: { sentAt: number; stocks: Map<number, number>; from: AppProcess }[] = [];
    let over = false;

    // All by one process, so that the other learns of nothing by itself.
    const writers = products.map(async ({ id }) => {
      for (let stock = 1; !over; stock += 1) {
        await admin.at(second.url).patch(`/api/products/${id}`, { stock }).expect(200);
        written.push({ at: performance.now(), product: id, stock });
        await pause(Math.random() * 40);
      }
    });
    const readers = Array.from({ length: 16 }, async (_, index) => {
      const from = index % 2 ? second : first;
      while (!over) {
        const sentAt = performance.now();
        const { body } = await new Api(from.url).get(list).expect(200);
        seen.push({ sentAt, stocks: stocksIn(body), from });
        await pause(Math.random() * 20);
      }
    });
    for (let stop = 0; stop < 3; stop += 1) {
      await pause(300 + Math.random() * 100);
      const agent = new Agent({ keepAlive: true });
      await Promise.all(Array.from({ length: 8 }, () => getOver(agent, first.url + list)));
      first.child.kill('SIGSTOP');
      await pause(BOUND_MS * 1.5);
      // On open connections, long after its last read: these are read first when the process resumes.
      const late = Array.from({ length: 8 }, async () => {
        const sentAt = performance.now();
        seen.push({ sentAt, stocks: stocksIn(await getOver(agent, first.url + list)), from: first });
      });
      await pause(50);
      first.child.kill('SIGCONT');
      await Promise.all(late);
      agent.destroy();
    }
    over = true;
    await Promise.all([...writers, ...readers]);

    const tooOld = seen.flatMap(({ sentAt, stocks, from }) =>
      written.filter(
        ({ at, product, stock }) =>
          at < sentAt - (from === second ? 0 : BOUND_MS) && (stocks.get(product) ?? -1) < stock,
      ),
    );
    console.log(`${tooOld.length} of ${seen.length} answers too old, after ${written.length} writes`);
    expect(seen.length).toBeGreaterThan(100);
    expect(written.length).toBeGreaterThan(30);
    expect(tooOld.length).toBe(0);
  });

  it('makes no reader wait for a response that was requested too long ago', async () => {
    await slowly('categories', async () => {
      const reader = new Api(shop.url);
      const early = reader.get('/api/categories').expect(200);
      await untilUnderWay();
      await shop.database.query(
        `INSERT INTO categories (name, name_key, slug) VALUES ('Boats', 'boats', 'boats')`,
      );
      await pause(BOUND_MS + 20);
      const late = await reader.get('/api/categories').expect(200);
      expect(names((await early).body)).not.toContain('Boats'); // it was in progress all the time
      expect(names(late.body)).toContain('Boats');
    });
  });

  it('counts the age from before the query', async () => {
    await slowly('categories', async () => {
      const early = shop.visitor.get('/api/categories?late').expect(200);
      await untilUnderWay();
      await shop.database.query(
        `INSERT INTO categories (name, name_key, slug) VALUES ('Rafts', 'rafts', 'rafts')`,
      );
      expect(names((await early).body)).not.toContain('Rafts');
      expect(names((await shop.visitor.get('/api/categories?late').expect(200)).body)).toContain('Rafts');
    });
  });

  it('makes no reader wait for a response without what this process wrote meanwhile', async () => {
    const chair = await shop.newProduct({ name: 'Chair', stock: 5 });
    const list = '/api/products?page_size=100&under=way';
    const stockIn = ({ body }: ApiResponse) => body.results.find((row: any) => row.id === chair.id)?.stock;
    await merchant.get(list).expect(200); // caches the products of the page
    await shop.database.query(`ALTER POLICY counted ON product_counts ${countQueries(0.4)}`);
    const before = await queryCount();
    const early = visitor.get(list);
    await until(async () => (await queryCount()) === before + 1);
    await buyer.post('/api/orders', { items: [{ product_id: chair.id, quantity: 1 }] }).expect(201);
    const afterSale = visitor.get(list);
    await until(async () => (await queryCount()) === before + 2);
    await merchant.patch(`/api/products/${chair.id}`, { stock: 9 }).expect(200);
    const afterChange = visitor.get(list);
    expect(stockIn(await early)).toBe(5);
    expect([4, 9]).toContain(stockIn(await afterSale));
    expect(stockIn(await afterChange)).toBe(9);
    await shop.database.query(`ALTER POLICY counted ON product_counts ${countQueries(0)}`);
  });

  it('runs one query for two hundred readers of an uncached page', async () => {
    await shop.database.query(`ALTER POLICY counted ON product_counts ${countQueries(0.3)}`);
    const before = await queryCount();
    const answers = await Promise.all(Array.from({ length: 200 }, () => visitor.get('/api/products?cold')));
    await shop.database.query(`ALTER POLICY counted ON product_counts ${countQueries(0)}`);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await queryCount()).toBe(before + 1);
  });

  it('runs one query in each time span under load, and one for each request when it is off', async () => {
    const before = await queryCount();
    const began = performance.now();
    let answered = 0;
    const rush = Array.from({ length: 8 }, async () => {
      while (performance.now() - began < 3 * BOUND_MS || answered <= 50) {
        await shop.visitor.get('/api/products?rush').expect(200);
        answered += 1;
      }
    });
    await Promise.all(rush);
    const spans = Math.ceil((performance.now() - began) / BOUND_MS);
    expect(await queryCount()).toBeLessThanOrEqual(before + spans);

    const fresh = await queryCount();
    for (let reader = 0; reader < 20; reader += 1) await new Api(uncached.url).get('/api/products');
    expect(await queryCount()).toBe(fresh + 20);
  });

  it('is not used for signed-in users', async () => {
    const before = await queryCount();
    for (let read = 0; read < 20; read += 1) await buyer.get('/api/products?signed-in').expect(200);
    expect(await queryCount()).toBe(before + 20);
  });

  it('is not used for an admin and a customer, who get the current state', async () => {
    const { id } = await shop.newProduct({ name: 'Sofa from elsewhere' });
    const list = '/api/products?search=elsewhere';
    await visitor.get(list).expect(200);
    await admin.patch(`/api/products/${id}`, { name: 'Sofa of elsewhere' }).expect(200); // by another process
    expect(names((await visitor.get(list)).body)).toEqual(['Sofa from elsewhere']);
    for (const reader of [merchant, buyer])
      expect(names((await reader.get(list)).body)).toEqual(['Sofa of elsewhere']);
  });

  describe('is cleared by writes of its own process:', () => {
    const list = '/api/products?search=ownzq';
    const available = '/api/products/available?search=ownzq';
    let desk: any;
    let lamp: any;
    const shown = async (address: string, id: number) =>
      (await visitor.get(address).expect(200)).body.results.find((row: any) => row.id === id);

    beforeAll(async () => {
      desk = await shop.newProduct({ name: 'Ownzq desk', stock: 20 });
      lamp = await shop.newProduct({ name: 'Ownzq lamp', stock: 2 });
    });
    beforeEach(async () => {
      await visitor.get(list).expect(200);
      await visitor.get(available).expect(200);
    });

    it('a product that is added, changed, deleted', async () => {
      const { body } = await merchant.post('/api/products', { name: 'Ownzq stool', price: '5', stock: 1 });
      expect(await shown(list, body.id)).toMatchObject({ name: 'Ownzq stool' });
      await merchant.patch(`/api/products/${body.id}`, { price: '6' }).expect(200);
      expect(await shown(list, body.id)).toMatchObject({ price: '6.00' });
      await merchant.delete(`/api/products/${body.id}`).expect(204);
      expect(await shown(list, body.id)).toBeUndefined();
    });

    it('a category', async () => {
      await visitor.get('/api/categories').expect(200);
      await merchant.patch(`/api/products/${desk.id}`, { category: 'Own things' }).expect(200);
      expect(names((await visitor.get('/api/categories')).body)).toContain('Own things');
    });

    it('stock in an order, its change, its cancellation, its deletion and a checkout', async () => {
      const items = (quantity: number) => ({ items: [{ product_id: desk.id, quantity }] });
      const order = (await buyer.post('/api/orders', items(3)).expect(201)).body;
      expect(await shown(list, desk.id)).toMatchObject({ stock: 17 });
      await buyer.patch(`/api/orders/${order.id}`, items(5)).expect(200);
      expect(await shown(list, desk.id)).toMatchObject({ stock: 15 });
      await buyer.patch(`/api/orders/${order.id}`, { status: 'cancelled' }).expect(200);
      expect(await shown(list, desk.id)).toMatchObject({ stock: 20 });

      const other = (await buyer.post('/api/orders', items(1)).expect(201)).body;
      expect(await shown(list, desk.id)).toMatchObject({ stock: 19 });
      await buyer.delete(`/api/orders/${other.id}`).expect(204);
      expect(await shown(list, desk.id)).toMatchObject({ stock: 20 });

      await buyer.post('/api/cart', { product_id: desk.id, quantity: 2 });
      await buyer.post('/api/cart/checkout').expect(201);
      expect(await shown(list, desk.id)).toMatchObject({ stock: 18 });
    });

    it('the last unit of a product, which leaves the list of available ones', async () => {
      const items = [{ product_id: lamp.id, quantity: 2 }];
      const page = `${available}&page_size=1`; // shows the desk only
      expect((await visitor.get(page)).body.count).toBe(2);
      const order = (await buyer.post('/api/orders', { items }).expect(201)).body;
      expect((await visitor.get(page)).body.count).toBe(1);
      expect(await shown(available, lamp.id)).toBeUndefined();
      await buyer.delete(`/api/orders/${order.id}`).expect(204);
      expect((await visitor.get(page)).body.count).toBe(2);
    });

    it('a retry of a request that another process has executed', async () => {
      const key = { 'idempotency-key': `own-${desk.id}` };
      const items = [{ product_id: desk.id, quantity: 1 }];
      const before = (await shown(list, desk.id)).stock;
      await customer.post('/api/orders', { items }, key).expect(201);
      expect(await shown(list, desk.id)).toMatchObject({ stock: before });
      await buyer.post('/api/orders', { items }, key).expect(201);
      expect(await shown(list, desk.id)).toMatchObject({ stock: before - 1 });
    });
  });

  it('returns the headers of other responses, and counts its requests', async () => {
    const origin = { origin: 'http://localhost:4200' };
    const cold = await visitor.get('/api/products?page_size=3', origin).expect(200);
    const before = await queryCount();
    const hot = await visitor.get('//products/?page_size=3', origin).expect(200);
    expect(await queryCount()).toBe(before);
    expect(hot.text).toBe(cold.text);

    const changing = ['x-ratelimit-remaining', 'x-ratelimit-reset', 'age', 'date'];
    const lasting = ({ headers }: typeof hot) =>
      [...headers].filter(([name]) => !changing.includes(name)).sort();
    expect(lasting(hot)).toEqual(lasting(cold));
    const left = ({ headers }: typeof hot) => Number(headers.get('x-ratelimit-remaining'));
    expect(left(hot)).toBe(left(cold) - 1);
  });

  it('has a bounded number of pages and bytes', async () => {
    const page = (number: number) => visitor.get(`/api/products?page_size=1&number=${number}`).expect(200);
    await page(0);
    for (let start = 1; start <= 1000; start += 50)
      await Promise.all(Array.from({ length: 50 }, (_, index) => page(start + index)));
    const before = await queryCount();
    await page(1000);
    expect(await queryCount()).toBe(before);
    await page(0);
    expect(await queryCount()).toBe(before + 1);

    await shop.database.query(`UPDATE products SET description = repeat('é', 5000)`);
    const large = (number: number) => visitor.get(`/api/products?page_size=100&number=${number}`).expect(200);
    const { text } = await large(0);
    const enough = Math.ceil((8 * 1024 * 1024) / text.length / 2);
    for (let number = 1; number <= enough; number += 1) await large(number);
    const then = await queryCount();
    await large(enough);
    expect(await queryCount()).toBe(then);
    await large(0);
    expect(await queryCount()).toBe(then + 1);
  });

  async function queryCount(): Promise<number> {
    const { rows } = await shop.database.query('SELECT last_value FROM queries');
    return Number(rows[0].last_value);
  }

  /** Waits until a deliberately slow statement has its snapshot. */
  async function untilUnderWay(): Promise<void> {
    const sleeping = `SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()`;
    await until(async () => (await shop.database.query(sleeping)).rowCount! > 0);
  }

  /** Runs `work` while every read of that table takes twice the limit, with the state at its start. */
  async function slowly(table: string, work: () => Promise<void>): Promise<void> {
    const { rows } = await shop.database.query(`SELECT count(*)::int AS rows FROM ${table}`);
    const seconds = (2 * BOUND_MS) / 1000 / rows[0].rows;
    await shop.database.query(`
      ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
      ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
      CREATE POLICY slow ON ${table} FOR SELECT USING (pg_sleep(${seconds}) IS NOT NULL);
      CREATE POLICY writable ON ${table} FOR INSERT WITH CHECK (true)`);
    try {
      await work();
    } finally {
      await shop.database.query(`
        DROP POLICY slow ON ${table};
        DROP POLICY writable ON ${table};
        ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`);
    }
  }
});

function stocksIn({ results }: { results: { id: number; stock: number }[] }): Map<number, number> {
  return new Map(results.map(({ id, stock }) => [id, stock]));
}

async function getOver(agent: Agent, url: string): Promise<any> {
  const sent = request(url, { agent }).end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return json(answer);
}

function names({ results }: { results: { name: string }[] }): string[] {
  return results.map(({ name }) => name);
}
