/*
 * A catalogue of any size: names of listed words and a unique code, descriptions whose words follow Zipf's law, fifty
 * categories of very different sizes, and prices spread over four orders of magnitude. The same size always gives the
 * same catalogue.
 */
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';

const words = (list) => list.split(' ');
const lower = (list) => list.map((word) => word.toLowerCase());

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
  words('a e i o u ai ou eau on in').map((vowel) => consonant + vowel),
);
/** Words of descriptions, the most common first. */
export const VOCABULARY = Array.from({ length: 60_000 }, (_, rank) => {
  const syllables = [21, 22, 23].map((salt) => draw(SYLLABLES, rank, salt));
  return syllables.slice(0, 2 + number(rank, 20, 2)).join('');
});

/** Words for searches. */
export const WORDS = { materials: lower(MATERIALS), things: lower(THINGS), rooms: ROOMS };

const STOCK = 1_000_000;
const EPOCH = Date.UTC(2024, 0, 1);
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
  // Products and movements refer to each other; the constraint is checked by the statement that puts it back.
  await client.query('ALTER TABLE products DROP CONSTRAINT products_stock_in_ledger');
  await copyTexts(client, textsOf(size));
  await client.query(`ALTER TABLE products ADD CONSTRAINT products_stock_in_ledger
    FOREIGN KEY (id, stock_sequence, stock) REFERENCES stock_movements (product_id, sequence, stock_after)`);
  for (const table of ['categories', 'products']) {
    await client.query(`SELECT setval(pg_get_serial_sequence($1, 'id'), max(id)) FROM ${table}`, [table]);
  }
  await client.query(`SET maintenance_work_mem = '256MB'`);
  for (const { indexdef } of indexes) await client.query(indexdef);
  await client.query('VACUUM ANALYZE');
}

/** Executes COPY for each pair of a table and a text. */
export async function copyTexts(client, texts) {
  for (const [table, text] of texts) {
    await pipeline([text], client.query(copyFrom(`COPY ${table} FROM STDIN`)));
  }
}

/** The tables of a catalogue in the order in which they are filled, in parts, each with its rows in COPY's text format. */
export function* textsOf(size) {
  const parts = Array.from(
    { length: Math.ceil(size / ROWS_A_STATEMENT) },
    (_, part) => part * ROWS_A_STATEMENT,
  );
  const upTo = (from) => Math.min(size, from + ROWS_A_STATEMENT);
  yield ['categories (id, name, name_key, slug)', textOfRows([...categories()])];
  for (const from of parts) {
    yield [
      'products (id, name, slug, description, price, stock, stock_sequence, category_id, created_at, updated_at)',
      textOfRows([...products(size, from + 1, upTo(from))]),
    ];
  }
  for (const from of parts) {
    const ids = Array.from({ length: upTo(from) - from }, (_, index) => from + 1 + index);
    yield [
      'stock_movements (product_id, sequence, delta, stock_after, reason)',
      textOfRows(ids.map((id) => [id, 1, STOCK, STOCK, 'initial'])),
    ];
  }
}

/** No value of the catalogue needs to be escaped. */
function textOfRows(rows) {
  return rows.map((row) => `${row.join('\t')}\n`).join('');
}

/** id, name, key of the name, slug; one category for each kind of thing */
export function* categories() {
  for (const [index, thing] of THINGS.entries()) {
    const slug = `${thing.toLowerCase()}s`;
    yield [index + 1, `${thing}s`, slug, slug];
  }
}

/** Of a catalogue of this size: id, name, slug, description, price, stock, stock sequence, category, times */
export function* products(size, from = 1, to = size) {
  for (let id = from; id <= to; id += 1) {
    const name = `${draw(STYLES, id, 1)} ${draw(MATERIALS, id, 2)} ${draw(THINGS, id, 3)} ${modelOf(id).toUpperCase()}`;
    const slug = `${name.toLowerCase().replace(/é/g, 'e').replace(/\W+/g, '-')}-${id}`;
    const description = `${draw(MATERIALS, id, 5)} and ${draw(MATERIALS, id, 6).toLowerCase()} for ${draw(ROOMS, id, 7)} and ${draw(ROOMS, id, 8)}. Delivered within ${2 + number(id, 9, 12)} days; wipe with a dry cloth. ${textOf(id)}.`;
    const price = (10 ** (4 * random(id, 4))).toFixed(2); // from 1.00 to 10,000.00, low prices are more common
    const category = 1 + Math.floor(THINGS.length * random(id, 16) ** 2); // the first is thirty times as large as the last
    const at = new Date(EPOCH + Math.floor((id / size) * 365 * 86_400_000)).toISOString();
    yield [id, name, slug, description, price, STOCK, 1, category, at, at];
  }
}

/** A model number, which is a rare word. */
export function modelOf(id) {
  return `m${(1_000_000_000 + id * 7919).toString(36)}`;
}

/** By Zipf's law: the frequency of the word of rank r is proportional to 1 / r. */
export function textOf(id, length = 12) {
  const word = (_, place) => VOCABULARY[Math.floor(VOCABULARY.length ** random(id, 30 + place)) - 1];
  return Array.from({ length }, word).join(' ');
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
