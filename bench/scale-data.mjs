import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';

/*
 * A shop of any size whose rows look like a catalogue's and obey every rule of the product: names of words from
 * lists, fifty categories of which few hold much, prices spread over four decades, and orders whose ledger explains
 * each stock. The same size is always the same shop.
 */

const STYLES = words(
  'Classic Slim Rustic Modern Vintage Nordic Compact Folding Large Small Round Tall Low Wide Deep Bold Plain Soft Heavy Light Studio Country Urban Coastal Alpine Élégant Café Atelier Royal Pocket',
);
const MATERIALS = words(
  'Oak Walnut Beech Ash Pine Cherry Maple Brass Copper Steel Iron Enamel Glass Crystal Porcelain Stoneware Terracotta Linen Cotton Wool Leather Felt Cork Rattan Bamboo Marble Slate Paper Rubber Concrete',
);
const THINGS = words(
  'Desk Chair Stool Bench Table Shelf Sideboard Wardrobe Lamp Lantern Pendant Candlestick Kettle Pot Pan Mug Bowl Plate Jug Board Knife Tray Basket Notebook Pen Pencil Scissors Ruler Clock Mirror Frame Vase Planter Trowel Hammock Parasol Cushion Blanket Rug Curtain Towel Apron Bag Case Box Hook Rack Ladder Broom Bucket',
);
const ROOMS = words(
  'kitchen study hallway garden terrace bedroom nursery workshop library balcony cellar bathroom pantry attic',
);
/** What people search for. */
export const WORDS = { materials: lower(MATERIALS), things: lower(THINGS), rooms: ROOMS };

/** Of the categories, one for each kind of thing. */
export const SLUGS = WORDS.things.map((thing) => `${thing}s`);

const STATUSES = ['pending', 'paid', 'shipped', 'delivered', 'delivered', 'delivered'];
const FIRST_STOCK = 1_000_000;
const EPOCH = Date.UTC(2024, 0, 1);

/**
 * Fills a database that was migrated and is empty with `size` products, as many orders and a tenth as many users.
 * Indexes and foreign keys are set aside while rows come in and built when all are there.
 *
 * @param {import('pg').Client} client
 * @param {number} size
 * @param {(rows: number) => void} onRows hears of every row that was sent
 */
export async function fillShop(client, size, onRows) {
  const copy = (columns, rows) =>
    pipeline(Readable.from(inChunks(rows, onRows)), client.query(copyFrom(`COPY ${columns} FROM STDIN`)));
  const stock = new Int32Array(size + 1).fill(FIRST_STOCK);
  const sequence = new Int32Array(size + 1).fill(1);
  const restore = await setAside(client);

  await copy('categories (id, name, slug)', categories());
  await copy('users (id, username, email, name, password_hash)', users(usersOf(size)));
  await copy('orders (id, user_id, status, total, shipping_address, created_at, updated_at)', orders(size));
  await copy('order_items (order_id, product_id, product_name, unit_price, quantity)', items(size));
  await copy(
    'stock_movements (product_id, sequence, delta, stock_after, reason, order_id)',
    movements(size, stock, sequence),
  );
  await copy(
    'products (id, name, slug, description, price, stock, stock_sequence, category_id, created_at, updated_at)',
    products(size, stock, sequence),
  );

  await restore();
  for (const table of ['categories', 'users', 'orders', 'products']) {
    await client.query(`SELECT setval(pg_get_serial_sequence($1, 'id'), max(id)) FROM ${table}`, [table]);
  }
  await client.query('VACUUM ANALYZE');
}

/** How many rows `fillShop` sends: where a progress bar ends. */
export function rowsOf(size) {
  let lines = 0;
  for (let order = 1; order <= size; order += 1) lines += linesOf(order, size).length;
  return SLUGS.length + usersOf(size) + 3 * size + 2 * lines;
}

function usersOf(size) {
  return Math.max(100, size / 10);
}

/** @returns what puts back the indexes and foreign keys that it dropped */
async function setAside(client) {
  const tables = `ARRAY['users', 'products', 'orders', 'order_items', 'stock_movements', 'sessions', 'cart_items',
    'favorites', 'idempotency_keys', 'account_tokens', 'search_words']::regclass[]`;
  const { rows: foreignKeys } = await client.query(
    `SELECT conrelid::regclass AS on, conname AS name, pg_get_constraintdef(oid) AS definition
     FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(${tables})`,
  );
  const { rows: indexes } = await client.query(
    `SELECT indexrelid::regclass AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
     WHERE indrelid = ANY(${tables}) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)`,
  );
  for (const { on, name } of foreignKeys) await client.query(`ALTER TABLE ${on} DROP CONSTRAINT ${name}`);
  for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
  return async () => {
    await client.query(`SET maintenance_work_mem = '512MB'`);
    for (const { definition } of indexes) await client.query(definition);
    for (const { on, name, definition } of foreignKeys) {
      await client.query(`ALTER TABLE ${on} ADD CONSTRAINT ${name} ${definition}`);
    }
  };
}

function* categories() {
  for (const [index, slug] of SLUGS.entries()) yield [index + 1, `${THINGS[index]}s`, slug];
}

function* users(count) {
  for (let id = 1; id <= count; id += 1) {
    yield [id, `scale${id}`, `scale${id}@example.com`, `Reader ${id}`, 'none'];
  }
}

function* products(size, stock, sequence) {
  for (let id = 1; id <= size; id += 1) {
    const name = nameOf(id);
    const description = `${draw(MATERIALS, id, 5)} and ${draw(MATERIALS, id, 6).toLowerCase()} for ${draw(ROOMS, id, 7)} and ${draw(ROOMS, id, 8)}. Delivered within ${2 + number(id, 9, 12)} days; wipe with a dry cloth.`;
    const slug = `${name.toLowerCase().replace(/é/g, 'e').replace(/\W+/g, '-')}-${id}`;
    const at = momentOf(id, size);
    yield [id, name, slug, description, priceOf(id), stock[id], sequence[id], categoryOf(id), at, at];
  }
}

function* orders(size) {
  for (let id = 1; id <= size; id += 1) {
    const cents = linesOf(id, size).reduce((sum, line) => sum + line.quantity * centsOf(line.product), 0);
    const at = momentOf(id, size);
    const user = 1 + ((id - 1) % usersOf(size));
    yield [id, user, draw(STATUSES, id, 10), money(cents), `${id} Rue de la Paix, Paris`, at, at];
  }
}

function* items(size) {
  for (let order = 1; order <= size; order += 1) {
    for (const { product, quantity } of linesOf(order, size)) {
      yield [order, product, nameOf(product), priceOf(product), quantity];
    }
  }
}

/** The ledger; leaves behind what each product's stock and sequence have come to. */
function* movements(size, stock, sequence) {
  for (let id = 1; id <= size; id += 1) yield [id, 1, FIRST_STOCK, FIRST_STOCK, 'initial', null];
  for (let order = 1; order <= size; order += 1) {
    for (const { product, quantity } of linesOf(order, size)) {
      stock[product] -= quantity;
      sequence[product] += 1;
      yield [product, sequence[product], -quantity, stock[product], 'sale', order];
    }
  }
}

/** One to three lines of different products. */
function linesOf(order, size) {
  return Array.from({ length: 1 + number(order, 11, 3) }, (_, line) => ({
    product: 1 + ((number(order, 12, size) + line * 7) % size),
    quantity: 1 + number(order, 13 + line, 3),
  }));
}

/** A name with a model number, which is the word that hardly any other name has. */
function nameOf(id) {
  return `${draw(STYLES, id, 1)} ${draw(MATERIALS, id, 2)} ${draw(THINGS, id, 3)} ${modelOf(id).toUpperCase()}`;
}

export function modelOf(id) {
  return `m${(1_000_000_000 + id * 7919).toString(36)}`;
}

/** From 1.00 to 10,000.00, the cheap ones more often. */
function centsOf(id) {
  return Math.round(100 * 10 ** (4 * random(id, 4)));
}

function priceOf(id) {
  return money(centsOf(id));
}

/** The square makes the first category thirty times as large as the last. */
function categoryOf(id) {
  return 1 + Math.floor(SLUGS.length * random(id, 16) ** 2);
}

function momentOf(id, size) {
  return new Date(EPOCH + Math.floor((id / size) * 365 * 86_400_000)).toISOString();
}

function money(cents) {
  return (cents / 100).toFixed(2);
}

function draw(list, id, salt) {
  return list[number(id, salt, list.length)];
}

function number(id, salt, below) {
  return Math.floor(random(id, salt) * below);
}

/** From 0 to 1, always the same for the same row and purpose (a round of mulberry32). */
function random(id, salt) {
  let state = (Math.imul(id, 0x9e3779b1) + Math.imul(salt, 0x85ebca6b)) | 0;
  state = Math.imul(state ^ (state >>> 15), state | 1);
  state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
  return ((state ^ (state >>> 14)) >>> 0) / 2 ** 32;
}

function words(list) {
  return list.split(' ');
}

function lower(list) {
  return list.map((word) => word.toLowerCase());
}

/** Rows in the text format of COPY, some thousand at a time; nothing here needs escaping. */
function* inChunks(rows, onRows) {
  let lines = [];
  for (const row of rows) {
    lines.push(row.map((value) => value ?? String.raw`\N`).join('\t'));
    if (lines.length < 5_000) continue;
    yield `${lines.join('\n')}\n`;
    onRows(lines.length);
    lines = [];
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`;
  onRows(lines.length);
}
