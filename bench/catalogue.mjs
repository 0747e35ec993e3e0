/*
 * A catalogue of any size: names of listed words and a unique code, descriptions whose words follow Zipf's law, fifty
 * categories of very different sizes, and prices spread over four orders of magnitude. The same size always gives the
 * same catalogue.
 */
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';

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
const SYLLABLES = words('b c d f g j l m n p r s t v ch tr pl gr').flatMap((consonant) =>
  ['a', 'e', 'i', 'o', 'u', 'ai', 'ou', 'eau', 'on', 'in'].map((vowel) => consonant + vowel),
);
/** Words of descriptions, the most common first. */
export const VOCABULARY = Array.from({ length: 60_000 }, (_, rank) => {
  const syllables = [21, 22, 23].map((salt) => draw(SYLLABLES, rank, salt));
  return syllables.slice(0, 2 + number(rank, 20, 2)).join('');
});
const WORDS_OF_VOCABULARY = 12;

/** Words for searches. */
export const WORDS = { materials: lower(MATERIALS), things: lower(THINGS), rooms: ROOMS };

/** Slugs of the categories, one for each kind of thing. */
const SLUGS = WORDS.things.map((thing) => `${thing}s`);

const STOCK = 1_000_000;
const EPOCH = Date.UTC(2024, 0, 1);

/** Tables with the columns of `categories()` and `products()`. */
export const CATEGORY_TABLE = 'categories (id, name, name_key, slug)';
export const PRODUCT_TABLE =
  'products (id, name, slug, description, price, stock, stock_sequence, category_id, created_at, updated_at)';

const ROWS_A_STATEMENT = 10_000;

/**
 * Fills a migrated database without rows with `size` products; the triggers of the schema run. GIN indexes are made at the
 * end, which takes less time.
 *
 * @param {import('pg').Client} client
 * @param {number} size
 */
export async function fillCatalogue(client, size) {
  // The table of the baseline's build has no column `name_key`.
  await client.query('ALTER TABLE categories ADD COLUMN IF NOT EXISTS name_key text');
  const { rows: indexes } = await client.query(`SELECT indexname, indexdef FROM pg_indexes
    WHERE schemaname = current_schema AND indexdef LIKE '% USING gin %'`);
  for (const { indexname } of indexes) await client.query(`DROP INDEX ${indexname}`);
  await copyText(client, CATEGORY_TABLE, textOfRows([...categories()]));
  // The two tables refer to each other; the constraint is checked by the statement that puts it back.
  await client.query('ALTER TABLE products DROP CONSTRAINT products_stock_in_ledger');
  for (let from = 1; from <= size; from += ROWS_A_STATEMENT) {
    const batch = products(size, from, Math.min(size, from + ROWS_A_STATEMENT - 1));
    await copyText(client, PRODUCT_TABLE, textOfRows([...batch]));
  }
  await client.query(`INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason)
    SELECT id, 1, stock, stock, 'initial' FROM products`);
  await client.query(`ALTER TABLE products ADD CONSTRAINT products_stock_in_ledger
    FOREIGN KEY (id, stock_sequence, stock) REFERENCES stock_movements (product_id, sequence, stock_after)`);
  for (const table of ['categories', 'products']) {
    await client.query(`SELECT setval(pg_get_serial_sequence($1, 'id'), max(id)) FROM ${table}`, [table]);
  }
  await client.query(`SET maintenance_work_mem = '256MB'`);
  for (const { indexdef } of indexes) await client.query(indexdef);
  await client.query('VACUUM ANALYZE');
}

/** Executes COPY with this text. */
export async function copyText(client, table, text) {
  await pipeline([text], client.query(copyFrom(`COPY ${table} FROM STDIN`)));
}

/** Rows in the text format of COPY; no value of the catalogue needs to be escaped. */
export function textOfRows(rows) {
  return rows.map((row) => `${row.join('\t')}\n`).join('');
}

/** id, name, key of the name, slug */
export function* categories() {
  for (const [index, slug] of SLUGS.entries()) yield [index + 1, `${THINGS[index]}s`, slug, slug];
}

/** Of a catalogue of this size: id, name, slug, description, price, stock, stock sequence, category, times */
export function* products(size, from = 1, to = size) {
  for (let id = from; id <= to; id += 1) {
    const name = nameOf(id);
    const description = `${draw(MATERIALS, id, 5)} and ${draw(MATERIALS, id, 6).toLowerCase()} for ${draw(ROOMS, id, 7)} and ${draw(ROOMS, id, 8)}. Delivered within ${2 + number(id, 9, 12)} days; wipe with a dry cloth. ${textOf(id)}.`;
    const slug = `${name.toLowerCase().replace(/é/g, 'e').replace(/\W+/g, '-')}-${id}`;
    const at = momentOf(id, size);
    yield [id, name, slug, description, priceOf(id), STOCK, 1, categoryOf(id), at, at];
  }
}

/** A name with a model number, which is a rare word. */
function nameOf(id) {
  return `${draw(STYLES, id, 1)} ${draw(MATERIALS, id, 2)} ${draw(THINGS, id, 3)} ${modelOf(id).toUpperCase()}`;
}

export function modelOf(id) {
  return `m${(1_000_000_000 + id * 7919).toString(36)}`;
}

/** By Zipf's law: the frequency of the word of rank r is proportional to 1 / r. */
export function textOf(id, length = WORDS_OF_VOCABULARY) {
  return Array.from(
    { length },
    (_, place) => VOCABULARY[Math.floor(VOCABULARY.length ** random(id, 30 + place)) - 1],
  ).join(' ');
}

/** A price from 1.00 to 10,000.00, log-uniform, so that low prices are more common. */
function priceOf(id) {
  return (10 ** (4 * random(id, 4))).toFixed(2);
}

/** The square makes the first category thirty times as large as the last. */
function categoryOf(id) {
  return 1 + Math.floor(SLUGS.length * random(id, 16) ** 2);
}

function momentOf(id, size) {
  return new Date(EPOCH + Math.floor((id / size) * 365 * 86_400_000)).toISOString();
}

function draw(list, id, salt) {
  return list[number(id, salt, list.length)];
}

function number(id, salt, below) {
  return Math.floor(random(id, salt) * below);
}

/** A number from 0 to 1, always the same for the same row and salt (a round of mulberry32). */
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
