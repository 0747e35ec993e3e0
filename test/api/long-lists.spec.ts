import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { DataSource } from 'typeorm';
import { maintenanceDataSource } from '../../src/database/data-source.js';
import { SCHEMA } from '../../src/schema.js';
import { Database } from '../../src/database/database.js';
import { ServingClient, PLANNED_FOR_ITS_VALUES } from '../../src/database/serving-client.js';
import { OrderCountRepository } from '../../src/orders/order-count.repository.js';
import type { Api } from '../support/api.js';
import { Shop } from '../support/shop.js';
import { until } from '../support/until.js';

const UNKNOWN_USER = 999_999_999;

describe('Long lists', () => {
  let shop: Shop;
  let admin: Api;
  let customer: Api;

  beforeAll(async () => {
    shop = await Shop.open();
    admin = await shop.admin();
    customer = await shop.newCustomer();
    await addProducts('Full', 500);
    await addProducts('Overfull', 501);
    await addOrders(10_001);
  });
  afterAll(() => shop.close());

  describe('A total', () => {
    const filtered = async (category: string) => {
      const { body } = await shop.visitor
        .get(`/api/products?category=${category}&max_price=95&ordering=price`)
        .expect(200);
      return body;
    };

    it('is exact in a shop of less than ten thousand products', async () => {
      for (const [category, count] of Object.entries({ full: 500, overfull: 501 })) {
        const body = await filtered(category);
        expect(body).toMatchObject({ count, results: { length: 20 } });
        expect(body).not.toHaveProperty('count_exact');
      }
    });

    it('is counted up to five hundred in a larger one, and then says so', async () => {
      await addProducts('Rest', 9_000);
      await pause(1_100); // the size of a shop is read once a second
      const full = await filtered('full');
      expect(full.count).toBe(500);
      expect(full).not.toHaveProperty('count_exact');
      expect(await filtered('overfull')).toMatchObject({
        count: 500,
        count_exact: false,
        results: { length: 20 },
      });
    });

    it('that is bounded does not hide the last page, where it is exact', async () => {
      const list = '/api/products?category=overfull&max_price=95&page_size=100';
      const { body: middle } = await shop.visitor.get(`${list}&page=5`).expect(200);
      expect(middle).toMatchObject({ count: 501, count_exact: false });
      const { body: last } = await shop.visitor.get(`${list}&page=6`).expect(200);
      expect(last).toMatchObject({ count: 501, next: null, results: { length: 1 } });
      expect(last).not.toHaveProperty('count_exact');
      await shop.visitor.get(`${list}&page=7`).expect(404);

      let met = 0;
      for (let next = list; next;) {
        const { body } = await shop.visitor.get(next).expect(200);
        met += body.results.length;
        next = body.next && body.next.replace(/^https?:..[^/]+/, '');
      }
      expect(met).toBe(501);
    });

    it('of a category is always exact', async () => {
      for (const ordering of ['', '&ordering=-price', '&ordering=name', '&ordering=-created_at']) {
        const { body } = await shop.visitor.get(`/api/products?category=rest${ordering}`).expect(200);
        expect(body).toMatchObject({ count: 9_000, results: { length: 20 } });
        expect(body).not.toHaveProperty('count_exact');
      }
      const { body: none } = await shop.visitor.get('/api/products?category=unknown').expect(200);
      expect(none).toEqual({ count: 0, next: null, previous: null, results: [] });
    });

    it('of all products is exact after additions, deletions and restorations', async () => {
      const total = async () => (await shop.visitor.get('/api/products').expect(200)).body;
      const { count } = await total();
      expect(count).toBe(Number((await liveIds()).length));
      const { id } = await shop.newProduct();
      expect(await total()).toMatchObject({ count: count + 1 });
      await admin.delete(`/api/products/${id}`).expect(204);
      const after = await total();
      expect(after.count).toBe(count);
      expect(after).not.toHaveProperty('count_exact');
    });

    it('of one’s orders is counted up to ten thousand', async () => {
      for (const path of ['/api/orders/my-orders', '/api/orders', '/api/orders?status=pending']) {
        const { body } = await customer.get(path).expect(200);
        expect(body).toMatchObject({ count: 10_000, count_exact: false, results: { length: 20 } });
      }
      const { body: none } = await customer.get('/api/orders?status=paid').expect(200);
      expect(none).toEqual({ count: 0, next: null, previous: null, results: [] });
    });
  });

  describe('A page by number', () => {
    it('shows the rows at that place, with gaps in the ids and restored products', async () => {
      await shop.database.query(
        `UPDATE products SET deleted_at = now() WHERE id % 7 = 0 OR id BETWEEN 900 AND 1100 OR id BETWEEN 3000 AND 3600`,
      );
      await shop.database.query(`UPDATE products SET deleted_at = NULL WHERE id % 14 = 0`);
      await addProducts('Far', 30, 5_000_990);
      const ids = await liveIds();
      const shown: number[] = [];
      for (let page = 1; shown.length < ids.length; page += 1) {
        const { body } = await shop.visitor.get(`/api/products?page_size=100&page=${page}`).expect(200);
        expect(body.count).toBe(ids.length);
        shown.push(...body.results.map(({ id }: { id: number }) => id));
      }
      expect(shown).toEqual(ids);
      await shop.visitor
        .get(`/api/products?page_size=100&page=${Math.ceil(ids.length / 100) + 1}`)
        .expect(404);
    });

    it('shows them in other orders, too', async () => {
      const { rows } = await shop.database.query(
        `SELECT id FROM products WHERE deleted_at IS NULL ORDER BY price DESC, id DESC OFFSET 1000 LIMIT 50`,
      );
      const { body } = await shop.visitor
        .get('/api/products?ordering=-price&page_size=50&page=21')
        .expect(200);
      expect(body.results.map(({ id }: { id: number }) => id)).toEqual(rows.map(({ id }) => Number(id)));
    });
  });

  describe('The number of all orders', () => {
    const counted = async () => (await admin.get('/api/orders').expect(200)).body;
    const there = async () => {
      const { rows } = await shop.database.query('SELECT count(*)::int AS count FROM orders');
      return rows[0].count;
    };
    const orderCounts = async () => {
      const { rows } = await shop.database.query(
        'SELECT counted_up_to::int, total::int, (SELECT last_value::int FROM orders_id_seq) AS newest FROM order_counts',
      );
      return rows[0];
    };

    let dataSource: DataSource;
    let count: OrderCountRepository;
    beforeAll(async () => {
      dataSource = await maintenanceDataSource(shop.databaseUrl, SCHEMA).initialize();
      count = new OrderCountRepository(new Database(dataSource));
    });
    afterAll(() => dataSource.destroy());

    it('is exact at once, also above ten thousand', async () => {
      const { id } = await shop.newProduct({ stock: 10 });
      await customer.post('/api/orders', { items: [{ product_id: id }] }).expect(201);
      const body = await counted();
      expect(body.count).toBe(await there());
      expect(body.count).toBeGreaterThan(10_000);
      expect(body).not.toHaveProperty('count_exact');
    });

    it('is advanced by housekeeping, over ids that were never used', async () => {
      await expect(addOrders(1, UNKNOWN_USER)).rejects.toThrow('orders_user_id_fkey'); // uses an id
      const app = await shop.startProcess();
      await until(async () => (await orderCounts()).counted_up_to === (await orderCounts()).newest);
      expect((await orderCounts()).total).toBe(await there());
      await addOrders(3);
      expect((await counted()).count).toBe(await there());
      await app.stop();
    });

    it('counts nothing twice in two concurrent runs', async () => {
      const holder: pg.PoolClient = await shop.database.connect();
      await holder.query('BEGIN; SELECT FROM order_counts FOR UPDATE');
      await addOrders(3); // after the lock: the shop's own housekeeping may have counted everything before
      const both = Promise.all([count.advanceWatermark(), count.advanceWatermark()]);
      await until(async () => {
        const { rows } = await shop.database.query(
          `SELECT FROM pg_stat_activity WHERE query LIKE 'UPDATE order_counts%' AND wait_event_type = 'Lock'`,
        );
        return rows.length >= 2; // that housekeeping may wait as well
      });
      await holder.query('COMMIT');
      holder.release();
      await both;
      expect((await orderCounts()).total).toBe(await there());
      expect((await counted()).count).toBe(await there());
    });

    it('includes an order that is committed late', async () => {
      const late: pg.PoolClient = await shop.database.connect();
      await late.query('BEGIN');
      await late.query('INSERT INTO orders (user_id, total) VALUES ($1, 0)', [customer.user.id]);
      const { newest } = await orderCounts();
      await addOrders(2);
      const before = await there();

      await count.advanceWatermark(); // times out
      expect((await orderCounts()).counted_up_to).toBeLessThan(newest);
      expect((await counted()).count).toBe(before);

      const settling = count.advanceWatermark();
      await new Promise((resolve) => setTimeout(resolve, 100));
      await late.query('COMMIT');
      late.release();
      expect((await counted()).count).toBe(before + 1);
      await settling;
      expect(await orderCounts()).toEqual({
        counted_up_to: newest + 2,
        total: before + 1,
        newest: newest + 2,
      });
      expect((await counted()).count).toBe(before + 1);
    });
  });

  describe('Suggestions', () => {
    const suggested = async (search: string) => {
      const { body } = await shop.visitor
        .get(`/api/products/suggest?${new URLSearchParams({ search })}`)
        .expect(200);
      return body.results.map(({ name }: { name: string }) => name);
    };

    beforeAll(async () => {
      for (const name of [
        'Crème Qrûlée',
        'Burnt-Qrulee bowl',
        'L’Qrule d’or',
        'Unqrulee',
        '100% Qrul_e',
        '急須 Qr',
      ]) {
        await admin
          .post('/api/products', { name, price: '1.00', description: 'Nothing like qrzz' })
          .expect(201);
      }
    });

    it('are names with a word that begins with the input, without regard to case and accents', async () => {
      const beginning = ['Crème Qrûlée', 'Burnt-Qrulee bowl', 'L’Qrule d’or', '100% Qrul_e', '急須 Qr'];
      expect(await suggested('qr')).toEqual(beginning);
      expect(await suggested(' QRÛ ')).toEqual(beginning.slice(0, 4));
      expect(await suggested('qrulee b')).toEqual(['Burnt-Qrulee bowl']);
      expect(await suggested('creme qru')).toEqual(['Crème Qrûlée']);
      expect(await suggested('急')).toEqual(['急須 Qr']);
      expect(await suggested('100% q')).toEqual(['100% Qrul_e']);
    });

    it.each(['qrzz', 'ulee', '%', '_', '\\', '-', '％', "'"])('are empty for %s', async (typed) => {
      expect(await suggested(typed)).toEqual([]);
    });

    it('have what a search box needs, at most ten, and no deleted products', async () => {
      const { body } = await shop.visitor.get('/api/products/suggest?search=full').expect(200);
      expect(body).toMatchObject({ count: 10, next: null, previous: null, results: { length: 10 } });
      const [{ id, name }] = body.results;
      expect(body.results[0]).toEqual({ id, name, slug: expect.stringMatching(/^full-\d+$/) });
      await admin.delete(`/api/products/${id}`).expect(204);
      const { body: after } = await shop.visitor.get('/api/products/suggest?search=full').expect(200);
      expect(after.results.map((each: { id: number }) => each.id)).not.toContain(id);
    });

    it('follow a product’s new name', async () => {
      const { id } = await shop.newProduct({ name: 'Before qxchange' });
      await admin.patch(`/api/products/${id}`, { name: 'After qychange' }).expect(200);
      expect(await suggested('qx')).toEqual([]);
      expect(await suggested('qy')).toEqual(['After qychange']);
      const { body } = await shop.visitor.get('/api/products?search=qychange').expect(200);
      expect(body.count).toBe(1);
    });

    it('tolerate a typo, after exact beginnings', async () => {
      for (const name of ['Qandelabra', 'Qnadelabra stand', 'Qandelier']) {
        await admin.post('/api/products', { name, price: '1.00' }).expect(201);
      }
      expect(await suggested('qnadel')).toEqual(['Qnadelabra stand', 'Qandelabra', 'Qandelier']);
      expect(await suggested('stnad qnadel')).toEqual(['Qnadelabra stand']);
      expect(await suggested('qnad')).toEqual(['Qnadelabra stand', 'Qandelabra', 'Qandelier']);
    });

    it.each(['', 'search=', 'search=%20', 'search=a&search='])('refuse “%s”', async (query) => {
      const { body } = await shop.visitor.get(`/api/products/suggest?${query}`).expect(400);
      expect(Object.keys(body.errors)).toEqual(['search']);
    });
  });

  it('PLANNED_FOR_ITS_VALUES is the only way to keep a statement from being prepared', async () => {
    const client = new ServingClient({ connectionString: shop.databaseUrl });
    await client.connect();
    await client.query('SELECT $1::int', [1]);
    await client.query(`${PLANNED_FOR_ITS_VALUES} SELECT $1::int`, [1]);
    const { rows } = await client.query('SELECT statement FROM pg_prepared_statements');
    await client.end();
    expect(rows).toEqual([{ statement: 'SELECT $1::int' }]);
  });

  async function liveIds(): Promise<number[]> {
    const { rows } = await shop.database.query(
      'SELECT id FROM products WHERE deleted_at IS NULL ORDER BY id',
    );
    return rows.map(({ id }) => Number(id));
  }

  /** In a category with that name, with ids from `firstId` if given. */
  async function addProducts(category: string, count: number, firstId?: number): Promise<void> {
    const [columns, ids] = firstId ? ['id,', `${firstId} + n,`] : ['', ''];
    await shop.database.query(
      `WITH category AS (
         INSERT INTO categories (name, name_key, slug) VALUES ($1, lower($1), lower($1)) RETURNING id
       ), made AS (
         INSERT INTO products (${columns} name, slug, price, stock, stock_sequence, category_id)
         SELECT ${ids} $1 || ' ' || n, lower($1) || '-' || n, n % 90, 1, 1, category.id
         FROM category, generate_series(1, $2::int) n
         RETURNING id
       )
       INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
       SELECT id, 1, 1, 1, 'initial' FROM made`,
      [category, count],
    );
  }

  /** Orders of the customer, without lines. */
  async function addOrders(count: number, userId: number = customer.user.id): Promise<void> {
    await shop.database.query(
      `INSERT INTO orders (user_id, total) SELECT $1::bigint, 0 FROM generate_series(1, $2::int)`,
      [userId, count],
    );
  }
});
