import type pg from 'pg';
import type { Config } from '../../src/config/config.js';
import { listSql } from '../../src/products/list-products.sql.js';
import { ORDERINGS } from '../../src/products/product-ordering.js';
import { ProductTexts } from '../../src/products/product-texts.js';
import { SearchRepository } from '../../src/products/search.repository.js';
import type { Api } from '../support/api.js';
import { Shop } from '../support/shop.js';

const PRODUCTS = 3_000;
/** Deleted products, which are neither available nor unavailable. */
const DELETED = 1_999;
/** Of these, so many differ from all others in whether they are available. */
const FEW = 30;
const IS_OF_FEW = `slug LIKE 'full-%00'`;
/** Index entries and rows of `products` that a page may read. */
const MOST_READ = 500;

describe('The availability of products', () => {
  let shop: Shop;
  let admin: Api;
  let client: pg.PoolClient;

  beforeAll(async () => {
    shop = await Shop.open({
      empty: true,
      env: { ADMIN_EMAIL: 'admin@example.com', ADMIN_PASSWORD: 'password123' },
    });
    admin = await shop.admin();
    client = await shop.database.connect();
    await client.query(
      `WITH made AS (
         INSERT INTO products (name, slug, price, stock, stock_sequence)
         SELECT 'Full ' || n, 'full-' || n, n % 90, 1, 1 FROM generate_series(1, $1::int) n RETURNING id
       )
       INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
       SELECT id, 1, 1, 1, 'initial' FROM made`,
      [PRODUCTS + DELETED],
    );
    await client.query(
      `UPDATE products SET deleted_at = now() WHERE slug ~ '^full-[34]...$' AND slug <> 'full-3000'`,
    );
  });
  afterAll(async () => {
    client.release(true);
    await shop.close();
  });

  it('follows sales, cancellations, sale stops, deletions and changes by hand', async () => {
    const { id } = await shop.newProduct({ stock: 2 });
    const product = `/api/products/${id}`;
    const isAvailable = async () => {
      const { rows } = await client.query('SELECT available FROM products WHERE id = $1', [id]);
      return rows[0].available;
    };
    const customer = await shop.newCustomer();
    const buy = (quantity: number) =>
      customer.post('/api/orders', { items: [{ product_id: id, quantity }] }).expect(201);

    await buy(1);
    expect(await isAvailable()).toBe(true);
    const { body: last } = await buy(1);
    expect(await isAvailable()).toBe(false);
    await customer.delete(`/api/orders/${last.id}`).expect(204);
    expect(await isAvailable()).toBe(true);
    await admin.patch(product, { available: false }).expect(200);
    expect(await isAvailable()).toBe(false);
    await client.query('UPDATE products SET on_sale = true WHERE id = $1', [id]);
    expect(await isAvailable()).toBe(true);
    await client.query('UPDATE products SET available = false WHERE id = $1', [id]);
    expect(await isAvailable()).toBe(true);
    await admin.delete(product).expect(204);
    expect(await isAvailable()).toBe(null);
    const empty = await shop.newProduct({ stock: 0 });
    expect((await shop.visitor.get(`/api/products/${empty.id}`).expect(200)).body.available).toBe(false);
    await admin.delete(`/api/products/${empty.id}`).expect(204);
  });

  it('leaves a sale a heap-only update, and is written by the sale of the last unit', async () => {
    const { id } = await shop.newProduct({ stock: 2 });
    const sell = `WITH sold AS (
        UPDATE products SET stock = stock - 1, stock_sequence = stock_sequence + 1 WHERE id = $1
        RETURNING id, stock_sequence, stock
      ) INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
      SELECT id, stock_sequence, -1, stock, 'sale' FROM sold`;
    const isHeapOnly = async () => {
      const counted = await countedBy('hot_updated', ['products'], () => client.query(sell, [id]));
      return counted === 1;
    };
    expect(await isHeapOnly()).toBe(true);
    expect(await isHeapOnly()).toBe(false);
    await admin.delete(`/api/products/${id}`).expect(204);
  });

  describe.each([
    ['unavailable', false, `NOT ${IS_OF_FEW}`],
    ['available', true, IS_OF_FEW],
  ] as const)('of few products, which are %s', (filter, available, isOnSale) => {
    let few: number[];

    beforeAll(async () => {
      await client.query(`UPDATE products SET on_sale = (${isOnSale})`);
      await client.query('VACUUM ANALYZE');
      const { rows } = await client.query(
        'SELECT id::int FROM products WHERE available = $1 AND deleted_at IS NULL ORDER BY id',
        [available],
      );
      few = rows.map(({ id }) => id);
      expect(few).toHaveLength(FEW);
    });

    it.each(ORDERINGS)('lists them by %s from an index', async (ordering) => {
      const { body } = await shop.visitor.get(
        `/api/products?available=${available}&page_size=100&ordering=${ordering}`,
      );
      expect(body.results.map(({ id }: { id: number }) => id).sort((a: number, b: number) => a - b)).toEqual(
        few,
      );
      expect(body.count).toBe(FEW);
      const read = await readBy(() => client.query(listSql(ordering, 'first', [filter], true), [20]));
      expect(read).toBeLessThan(MOST_READ);
    });

    it.each([undefined, ...ORDERINGS])('finds them by a word of all products, by %s', async (ordering) => {
      const repository = new SearchRepository(new ProductTexts({ mediaUrl: '/media/' } as Config));
      const query = async <Row>(sql: string, values?: unknown[]) =>
        (await client.query(sql, values)).rows as Row[];
      const reads = {
        query,
        queryOne: async <Row>(sql: string, values?: unknown[]) => (await query<Row>(sql, values))[0],
      };
      const find = () =>
        repository.findPage('full', { available }, ordering, { size: 100, offset: 0 }, reads);
      await find(); // reads the statistics and the dictionary
      let page: any;
      const read = await readBy(async () => (page = await find()));
      expect(page).toMatchObject({ count: FEW, count_exact: true, shown: FEW });
      expect(read).toBeLessThan(MOST_READ);
    });
  });

  /** How many rows and index entries of `products` a work reads. */
  async function readBy(work: () => Promise<unknown>): Promise<number> {
    const { rows } = await client.query(`SELECT indexrelid::regclass::text AS name FROM pg_index
      WHERE indrelid = 'products'::regclass`);
    return countedBy('returned', ['products', ...rows.map(({ name }) => name)], work);
  }

  /** Runs a work in a transaction, since within one PostgreSQL keeps its counters of this connection. */
  async function countedBy(
    counter: string,
    relations: string[],
    work: () => Promise<unknown>,
  ): Promise<number> {
    const total = async () => {
      const { rows } = await client.query(
        `SELECT coalesce(sum(pg_stat_get_xact_tuples_${counter}(name::regclass)), 0)::int AS total FROM unnest($1::text[]) name`,
        [relations],
      );
      return rows[0].total;
    };
    await client.query('BEGIN');
    const before = await total();
    await work();
    const counted = (await total()) - before;
    await client.query('COMMIT');
    return counted;
  }
});
