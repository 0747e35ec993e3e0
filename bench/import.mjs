/** The import of products, compared with COPY of the same rows into the same tables. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { categories, copyTexts, products, textsOf } from './catalogue.mjs';
import { Environment, withClient } from './environment.mjs';
import { median, millisecondsOf, report } from './figures.mjs';

const PRODUCTS = 100_000;
const ROUNDS = 3;
const MAX_RATIO = 1.5;

/** Prints the times of both, measured in turn on one PostgreSQL, and their ratio with its limit. */
export async function measureImport() {
  const environment = await Environment.open();
  const times = { copied: [], imported: [], again: [] };
  try {
    const { dataDir } = environment;
    const file = path.join(dataDir, 'products.csv');
    writeFileSync(file, csvOf([...products(PRODUCTS)]));
    const texts = [...textsOf(PRODUCTS)];
    const empty = await environment.createShop();
    for (let round = 0; round < ROUNDS; round += 1) {
      await environment.onCopyOf(empty, async (url) => {
        times.copied.push(await millisecondsOf(() => copy(url, texts)));
      });
      await environment.onCopyOf(empty, async (url) => {
        times.imported.push(await millisecondsOf(() => importFile(url, dataDir, file, 'created')));
        times.again.push(await millisecondsOf(() => importFile(url, dataDir, file, 'unchanged')));
      });
    }
  } finally {
    await environment.close();
  }
  const [copied, imported, again] = Object.values(times).map((all) => median(all) / 1000);
  console.log(`${PRODUCTS} products, medians of ${ROUNDS} rounds in turn:
  COPY into the same tables              ${copied.toFixed(1)} s
  npm run import:products, start to end  ${imported.toFixed(1)} s
  the same file once more                ${again.toFixed(1)} s`);
  const ratio = imported / copied;
  report(`ratio: ${ratio.toFixed(2)}`, ratio <= MAX_RATIO, `at most ${MAX_RATIO}`);
}

function csvOf(rows) {
  const names = new Map(Array.from(categories(), ([id, name]) => [id, name]));
  const lines = rows.map(
    ([, name, slug, description, price, stock, , category]) =>
      `${slug},${name},"${description}",${price},${stock},${names.get(category)}\n`,
  );
  return `slug,name,description,price,stock,category\n${lines.join('')}`;
}

/** Copies the rows in one transaction, as the import writes them. */
async function copy(url, texts) {
  await withClient(url, async (client) => {
    await client.query('BEGIN');
    await client.query('SET CONSTRAINTS products_stock_in_ledger DEFERRED'); // the two tables refer to each other
    await copyTexts(client, texts);
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
