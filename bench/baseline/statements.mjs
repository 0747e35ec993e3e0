/** Every statement of the baseline. They are named, so that PostgreSQL parses them once per connection. */

const time = (column) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Pictures as JSON, which `pg` parses by `JSON.parse`; it parses arrays in JavaScript. */
const PRODUCT = `p.id, p.name, p.slug, p.description, p.price, p.stock, (p.on_sale AND p.stock > 0) AS available,
  c.name AS category, p.pictures[1] AS image, to_json(p.pictures) AS images, p.gallery AS pictures, p.version,
  ${time('p.created_at')} AS created_at, ${time('p.updated_at')} AS updated_at`;

const ORDER = `o.id, o.user_id, NULL::text AS email, o.status, o.total, o.shipping_address, o.billing_address, o.notes, o.held, o.version,
  ${time('o.created_at')} AS created_at, ${time('o.updated_at')} AS updated_at`;

const itemsFrom = (items) => `(SELECT json_agg(json_build_object('id', i.id, 'product_id', i.product_id,
    'product_name', i.product_name, 'unit_price', i.unit_price::text, 'quantity', i.quantity,
    'subtotal', (i.quantity * i.unit_price)::numeric(24, 2)::text) ORDER BY i.id)
  FROM ${items} i WHERE i.order_id = o.id) AS items`;

const TEXTS = {
  detail: `SELECT ${PRODUCT} 
    FROM products p LEFT JOIN categories c ON c.id = p.category_id WHERE p.id = $1`,

  addToCart: `
    WITH changed AS (
      INSERT INTO cart_items AS i (user_id, product_id, quantity, unit_price)
      SELECT $1, id, $3::integer, price FROM products WHERE id = $2 AND on_sale AND stock >= $3::integer
      ON CONFLICT (user_id, product_id) DO UPDATE SET quantity = i.quantity + excluded.quantity, version = i.version + 1
      RETURNING product_id, quantity, unit_price AS added_price, version AS line_version
    )
    SELECT ${PRODUCT}, changed.*, (changed.quantity * p.price)::numeric(24, 2) AS subtotal,
      changed.added_price <> p.price AS price_changed
    FROM changed JOIN products p ON p.id = changed.product_id LEFT JOIN categories c ON c.id = p.category_id`,

  checkout: `
    WITH lines AS (
      DELETE FROM cart_items WHERE user_id = $1 RETURNING product_id, quantity
    ), locked AS MATERIALIZED (
      SELECT id FROM products WHERE id IN (SELECT product_id FROM lines) ORDER BY id FOR UPDATE
    ), sold AS (
      UPDATE products p SET stock = p.stock - l.quantity, version = p.version + 1
      FROM lines l JOIN locked ON locked.id = l.product_id WHERE p.id = l.product_id
      RETURNING p.id, p.name, p.price, l.quantity
    ), placed AS (
      INSERT INTO orders (user_id, total, shipping_address, billing_address)
      SELECT u.id, basket.total, coalesce(u.shipping_address, ''), coalesce(u.billing_address, '')
      FROM users u, (SELECT sum(quantity * price) AS total FROM sold) basket
      WHERE u.id = $1 AND basket.total IS NOT NULL
      RETURNING *
    ), items AS (
      INSERT INTO order_items (order_id, product_id, product_name, unit_price, quantity)
      SELECT placed.id, sold.id, sold.name, sold.price, sold.quantity FROM placed, sold
      RETURNING *
    )
    SELECT ${ORDER}, ${itemsFrom('items')} FROM placed o`,

  myOrders: `
    SELECT ${ORDER}, ${itemsFrom('order_items')}, (SELECT count(*) FROM orders WHERE user_id = $1) AS count
    FROM orders o WHERE o.user_id = $1 ORDER BY o.id DESC LIMIT 21 OFFSET $2`,

  userByEmail: `
    SELECT id, username, email, name, phone, birth_date::text, gender, role, shipping_address, billing_address,
      newsletter_subscription, favorite_mails, version, language, email_verified, password_hash,
      ${time('created_at')} AS created_at, ${time('updated_at')} AS updated_at
    FROM users WHERE email = $1`,
};

/** Filters as conditions on their parameter, and the words of a search. */
const CONDITIONS = {
  category: (value) =>
    `p.category_id = (SELECT id FROM categories WHERE slug = ${value} OR lower(name) = lower(${value})
      ORDER BY slug = ${value} DESC LIMIT 1)`,
  max_price: (value) => `p.price <= ${value}`,
  word: (value) => `p.search_text LIKE ${value}`,
};

const ORDERINGS = { id: 'p.id', price: 'p.price, p.id', '-price': 'p.price DESC, p.id DESC' };

const MOST_COUNTED = 10_000;

/**
 * Up to 21 products from `offset` on, each with the number of all matches, up to the bound that the app has. A search
 * finds parts of words without regard to case and accents, and sorts products with all words in the name first. It
 * tolerates no typos.
 */
function listStatement({ ordering, search, ...filters }, offset) {
  const words = (search?.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().split(' ') ?? []).map(
    (word) => ['word', `%${word.replace(/[\\%_]/g, '\\$&')}%`],
  );
  const given = [...Object.entries(filters), ...words];
  const conditions = given.map(([name], index) => CONDITIONS[name](`$${index + 2}`));
  const where = ['p.deleted_at IS NULL', ...conditions].join(' AND ');
  const inName = conditions
    .slice(Object.keys(filters).length)
    .join(' AND ')
    .replaceAll('search_text', 'name_text');
  const order = search && ordering === 'id' ? `(${inName}) DESC, p.id` : ORDERINGS[ordering];
  return {
    name: `list ${given.map(([name]) => name)} ${ordering}`,
    text: `SELECT ${PRODUCT},
        (SELECT least(count(*), ${MOST_COUNTED}) FROM (SELECT FROM products p WHERE ${where} LIMIT ${MOST_COUNTED + 1}) counted) AS count
      FROM (SELECT * FROM products p WHERE ${where} ORDER BY ${order} LIMIT 21 OFFSET $1) p
      LEFT JOIN categories c ON c.id = p.category_id ORDER BY ${order}`,
    values: [offset, ...given.map(([, value]) => value)],
  };
}

/** Functions that execute the statements and return the rows. */
export function statements(pool) {
  const rowsOf = async (statement) => (await pool.query(statement)).rows;
  const run = (name, ...values) => rowsOf({ name, text: TEXTS[name], values });
  return { run, list: (filters, offset) => rowsOf(listStatement(filters, offset)) };
}
