import path from 'node:path';
import pg from 'pg';
import utils from 'pg/lib/utils.js';

/**
 * The plans of the statements that the app sends for each workload: its own repositories ask a database that
 * explains what it is asked, in a transaction that is rolled back. What the app prepares is explained as prepared,
 * without regard to its values.
 *
 * @param {import('pg').Client} client with the settings of the app's connections
 * @param {{ category: string, model: string, material: string, thing: string, room: string, user: number, products: number }} shop
 * @returns {Promise<string>} one section for each workload
 */
export async function explainAll(client, shop) {
  const { PLANNED_FOR_ITS_VALUES } = await built('database/serving-client.js');
  const { OrdersRepository } = await built('orders/orders.repository.js');
  const { ProductsRepository } = await built('products/products.repository.js');
  const explained = [];
  const database = {
    query: async (sql, parameters = []) => {
      if (parameters.length === 0) return (await client.query(sql)).rows;
      const prepared = !sql.startsWith(PLANNED_FOR_ITS_VALUES);
      explained.push(await explain(client, sql, parameters, prepared));
      return (await client.query(sql, parameters)).rows;
    },
    queryOne: async (sql, parameters) => (await database.query(sql, parameters))[0],
  };
  const config = { mediaUrl: 'http://localhost/media/' };
  const products = new ProductsRepository(database, config);
  const list = (query, start) => products.findPage(query, start, database);
  const orders = new OrdersRepository(database);
  const first = { size: 20, offset: 0 };
  const middle = Math.floor(shop.products / 2);
  const asked = {
    list: () => list({}, first),
    'deep page': () => list({}, { size: 20, offset: middle }),
    'cursor page': () => list({}, { size: 20, offset: 0, after: { key: String(middle), id: middle } }),
    filtered: () => list({ category: shop.category, min_price: '50', ordering: 'price' }, first),
    'category, newest': () => list({ category: shop.category, ordering: '-created_at' }, first),
    'search, rare word': () => list({ search: shop.model }, first),
    'search, common words': () => list({ search: `${shop.material} ${shop.room}` }, first),
    'search, what few have': () => list({ search: `${shop.material} ${shop.thing}` }, first),
    'search, one word by price': () => list({ search: shop.thing, ordering: 'price' }, first),
    'search, in a category': () => list({ search: shop.material, category: shop.category }, first),
    'search, word of every product': () => list({ search: 'delivered' }, first),
    suggest: () => products.findSuggestions(shop.thing.slice(0, 3), database),
    detail: () => products.findById(middle),
    purchase: async () => {
      await client.query('INSERT INTO cart_items (user_id, product_id, quantity) VALUES ($1, $2, 1)', [
        shop.user,
        middle,
      ]);
      return orders.placeFromCart({ userId: shop.user });
    },
    'my orders': () => orders.findPage({ owner: shop.user }, undefined, first),
    'all orders': () => orders.findPage('all', undefined, first),
  };
  const sections = [];
  for (const [workload, ask] of Object.entries(asked)) {
    await client.query('BEGIN');
    await ask();
    await client.query('ROLLBACK');
    sections.push(`== ${workload}\n${explained.splice(0).join('\n')}`);
  }
  return sections.join('\n');
}

async function explain(client, sql, parameters, prepared) {
  const mode = prepared ? 'force_generic_plan' : 'force_custom_plan';
  const values = parameters.map((value) =>
    value == null ? 'NULL' : pg.escapeLiteral(String(utils.prepareValue(value))),
  );
  await client.query(`SAVEPOINT before; SET LOCAL plan_cache_mode = ${mode}; PREPARE explained AS ${sql}`);
  const { rows } = await client.query(`EXPLAIN (ANALYZE, BUFFERS) EXECUTE explained(${values.join(', ')})`);
  await client.query('ROLLBACK TO before; DEALLOCATE explained');
  return `${sql.trim()}\n-- ${JSON.stringify(parameters)}\n${rows.map((row) => row['QUERY PLAN']).join('\n')}\n`;
}

function built(file) {
  return import(path.resolve('dist/src', file));
}
