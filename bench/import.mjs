/** The import of products, compared with COPY of the same rows into the same tables. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { CATEGORY_TABLE, categories, copyText, PRODUCT_TABLE, products, textOfRows } from './catalogue.mjs';
import { Environment, withClient } from './environment.mjs';
import { median, millisecondsOf, verdict } from './figures.mjs';

const PRODUCTS = 100_000;
const ROUNDS = 3;
const MAX_RATIO = 1.5;

/** Prints the times of both, measured in turn on one PostgreSQL, and their ratio with its limit. */
export async function measureImport() {
  const environment = await Environment.open();
  const times = { copied: [], imported: [], again: [] };
  const timed = async (figure, work) => void times[figure].push((await millisecondsOf(work)) / 1000);
  try {
    const { dataDir } = environment;
    const file = writeCsv(dataDir);
    const rows = rowsToCopy();
    const empty = await environment.createShop('.');
    for (let round = 0; round < ROUNDS; round += 1) {
      await environment.onCopyOf(empty, (url) => timed('copied', () => copy(url, rows)));
      await environment.onCopyOf(empty, async (url) => {
        await timed('imported', () => importFile(url, dataDir, file, 'created'));
        await timed('again', () => importFile(url, dataDir, file, 'unchanged'));
      });
    }
  } finally {
    await environment.close();
  }
  const [copied, imported, again] = [times.copied, times.imported, times.again].map(median);
  const ratio = imported / copied;
  console.log(`${PRODUCTS} products, medians of ${ROUNDS} rounds in turn:
  COPY into the same tables              ${copied.toFixed(1)} s
  npm run import:products, start to end  ${imported.toFixed(1)} s
  the same file once more                ${again.toFixed(1)} s
  ratio: ${ratio.toFixed(2)}  ${verdict(ratio <= MAX_RATIO, `at most ${MAX_RATIO}`)}`);
}

function writeCsv(folder) {
  const names = new Map(Array.from(categories(), ([id, name]) => [id, name]));
  const lines = ['slug,name,description,price,stock,category'];
  for (const [, name, slug, description, price, stock, , category] of products(PRODUCTS)) {
    lines.push(`${slug},${name},"${description}",${price},${stock},${names.get(category)}`);
  }
  const file = path.join(folder, 'products.csv');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** The tables in the order in which they are filled, each with the text for COPY. */
function rowsToCopy() {
  const all = [...products(PRODUCTS)];
  const movements = all.map(([id, , , , , stock]) => [id, 1, stock, stock, 'initial']);
  return [
    [CATEGORY_TABLE, textOfRows([...categories()])],
    [PRODUCT_TABLE, textOfRows(all)],
    ['stock_movements (product_id, sequence, delta, stock_after, reason)', textOfRows(movements)],
  ];
}

/** Copies the rows in one transaction, as the import writes them. */
async function copy(url, rows) {
  await withClient(url, async (client) => {
    await client.query('BEGIN');
    await client.query('SET CONSTRAINTS products_stock_in_ledger DEFERRED'); // the two tables refer to each other
    for (const [table, text] of rows) await copyText(client, table, text);
    await client.query('COMMIT');
  });
}

/** @throws Error unless every line of the report has this outcome */
async function importFile(url, dataDir, file, outcome) {
  const env = { PATH: process.env.PATH, DATABASE_URL: url, DATA_DIR: dataDir };
  const script = 'dist/src/cli/import-products.js';
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, file], { env });
  const output = stdout + stderr;
  if (!output.includes(`${PRODUCTS} ${outcome}`)) throw new Error(`the import ended: ${output}`);
}
