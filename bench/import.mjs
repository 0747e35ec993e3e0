/** The import of products, compared with COPY of the same rows into the same tables. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { categories, products } from './catalogue.mjs';
import { scratchFolder, withClient } from './environment.mjs';

const PRODUCTS = 100_000;
const ROUNDS = 3;
const MAX_RATIO = 1.5;

/** Prints the times of both, measured in turn on one PostgreSQL, and their ratio with its limit. */
export async function measureImport() {
  const home = scratchFolder();
  const { startEmbeddedPostgres } = await import(path.resolve('dist/src/database/embedded-postgres.js'));
  const postgres = await startEmbeddedPostgres(path.join(home, 'data'));
  const files = writeFiles(home);
  const times = { copied: [], imported: [], again: [] };
  try {
    await createTemplate(postgres.url);
    for (let round = 1; round <= ROUNDS; round += 1) {
      times.copied.push(await onNewDatabase(postgres.url, (url) => secondsOf(() => copy(url, files))));
      await onNewDatabase(postgres.url, async (url) => {
        times.imported.push(await secondsOf(() => importFile(url, home, files.csv, 'created')));
        times.again.push(await secondsOf(() => importFile(url, home, files.csv, 'unchanged')));
      });
    }
  } finally {
    await postgres.stop();
    rmSync(home, { recursive: true, force: true });
  }
  const [copied, imported, again] = [times.copied, times.imported, times.again].map(median);
  console.log(`${PRODUCTS} products, medians of ${ROUNDS} rounds in turn:`);
  console.log(`  COPY into the same tables              ${copied.toFixed(1)} s`);
  console.log(`  npm run import:products, start to end  ${imported.toFixed(1)} s`);
  console.log(`  the same file once more                ${again.toFixed(1)} s`);
  const isMet = imported / copied <= MAX_RATIO;
  console.log(
    `  ratio: ${(imported / copied).toFixed(2)}  ${isMet ? 'met' : 'NOT MET'} (at most ${MAX_RATIO})`,
  );
  if (!isMet) process.exitCode = 1;
}

/** The same rows as CSV and in the format of COPY. */
function writeFiles(home) {
  const names = new Map(Array.from(categories(), ([id, name]) => [id, name]));
  const csv = ['slug,name,description,price,stock,category'];
  const [rows, movements] = [[], []];
  for (const [id, name, slug, description, price, stock, , category] of products(PRODUCTS)) {
    csv.push([slug, name, description, price, stock, names.get(category)].map(quoted).join());
    rows.push([id, name, slug, description, price, stock, 1, category].join('\t'));
    movements.push([id, 1, stock, stock, 'initial'].join('\t'));
  }
  const write = (name, lines) => {
    const file = path.join(home, name);
    writeFileSync(file, `${lines.join('\n')}\n`);
    return file;
  };
  return {
    csv: write('products.csv', csv),
    categories: write(
      'categories.txt',
      Array.from(categories(), (row) => row.join('\t')),
    ),
    products: write('products.txt', rows),
    movements: write('movements.txt', movements),
  };
}

function quoted(value) {
  return /[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : value;
}

/** Copies the rows in one transaction, as the import writes them. */
async function copy(url, files) {
  await withClient(url, async (client) => {
    await client.query('BEGIN');
    await client.query('SET CONSTRAINTS products_stock_in_ledger DEFERRED'); // the two tables refer to each other
    const tables = [
      ['categories (id, name, name_key, slug)', files.categories],
      ['products (id, name, slug, description, price, stock, stock_sequence, category_id)', files.products],
      ['stock_movements (product_id, sequence, delta, stock_after, reason)', files.movements],
    ];
    for (const [table, file] of tables) {
      await pipeline(createReadStream(file), client.query(copyFrom(`COPY ${table} FROM STDIN`)));
    }
    await client.query('COMMIT');
  });
}

/** @throws Error unless every line of the report has this outcome */
async function importFile(url, home, file, outcome) {
  const env = { PATH: process.env.PATH, DATABASE_URL: url, DATA_DIR: path.join(home, 'data') };
  const command = spawn(process.execPath, ['dist/src/cli/import-products.js', file], { env });
  let said = '';
  command.stdout.on('data', (chunk) => (said += chunk));
  command.stderr.on('data', (chunk) => (said += chunk));
  const [code] = await once(command, 'close');
  if (code !== 0 || !said.includes(`${PRODUCTS} ${outcome}`)) throw new Error(`the import ended: ${said}`);
}

/** A migrated database without rows, as a template. */
async function createTemplate(server) {
  const [{ openDatabase }, { SCHEMA }] = await Promise.all(
    ['database/open-database.js', 'schema.js'].map((name) => import(path.resolve('dist/src', name))),
  );
  await withClient(server, (client) => client.query('CREATE DATABASE template_shop'));
  const database = await openDatabase(
    { url: addressOf(server, 'template_shop'), stop: async () => {} },
    SCHEMA,
  );
  await database.close();
}

async function onNewDatabase(server, work) {
  const name = `shop_${randomBytes(6).toString('hex')}`;
  return withClient(server, async (client) => {
    await client.query(`CREATE DATABASE ${name} TEMPLATE template_shop`);
    try {
      return await work(addressOf(server, name));
    } finally {
      await client.query(`DROP DATABASE ${name}`);
      await client.query('CHECKPOINT');
    }
  });
}

function addressOf(server, database) {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

async function secondsOf(work) {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
