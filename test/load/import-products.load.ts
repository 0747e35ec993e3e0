import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from '../support/commands.js';
import { Shop } from '../support/shop.js';

const HEADER =
  'Handle,Title,Body (HTML),Vendor,Type,Published,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,' +
  'Variant Inventory Qty,Variant Price,Image Src,Status';

describe('npm run import:products with 100,000 lines', () => {
  let shop: Shop;
  let folder: string;
  beforeAll(async () => {
    shop = await Shop.open({ newProcesses: true });
    folder = await mkdtemp(path.join(tmpdir(), 'import-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await shop.close();
  });

  /** A file in Shopify's format with this number of products. */
  const write = (count: number, of: string, cents = 0): string => {
    const file = path.join(folder, `${of}.csv`);
    const line = (n: number) =>
      `${of}-${n},${of} ${n},"<p>The ${n}th of <em>many</em> things, each of which is described in its own words: ${n * 7919}.</p>",` +
      `Comptoir,Things,true,Title,Default Title,${of}${n},shopify,${n % 50},${((n % 9000) + cents + 100) / 100},https://cdn.example/${n}.jpg,active`;
    writeFileSync(file, [HEADER, ...Array.from({ length: count }, (_, n) => line(n))].join('\n'));
    return file;
  };
  const run = (file: string, ...options: string[]) =>
    runCommand(shop, 'import-products', [`--report=${path.join(folder, 'report.jsonl')}`, ...options, file]);

  it('imports them once, with memory that does not grow with their number', async () => {
    const few = await run(write(1_000, 'few'));
    const file = write(100_000, 'many');
    const from = performance.now();
    const many = await run(file);
    const seconds = (performance.now() - from) / 1000;
    console.log(
      `Peak memory: ${few.peakMb.toFixed(0)} MB for 1,000 lines, ${many.peakMb.toFixed(0)} MB for 100,000, in ${seconds.toFixed(0)} s.`,
    );
    expect(many.said).toMatch(/^100000 created, 0 changed/);
    expect(many.peakMb).toBeLessThan(few.peakMb + 150);
    expect((await run(file)).said).toMatch(/^0 created, 0 changed, 100000 unchanged/);
    expect((await run(file, '--dry-run')).said).toMatch(/^0 created, 0 changed, 100000 unchanged/);
  });

  it.each([
    ['line by line', ['--line-by-line']],
    ['all at once', []],
  ])('lets others buy the products that it changes, %s', async (how, options) => {
    const lines = 20_000;
    const of = how.replaceAll(' ', '-');
    await run(write(lines, of), '--line-by-line');
    const { rows } = await shop.database.query(
      `SELECT id FROM products WHERE import_key LIKE $1 AND stock > 10 ORDER BY id`,
      [`shopify:${of}-%`],
    );
    const buyer = await shop.newCustomer();
    const from = performance.now();
    let over = false;
    const import_ = run(write(lines, of, 1), ...options).finally(() => (over = true));
    const took: number[] = [];
    let refused = 0;
    for (let n = 0; !over; n += 1) {
      const { id } = rows[(n * 997) % rows.length];
      const order = { items: [{ product_id: id, quantity: 1 }], shipping_address: 'Here' };
      const since = performance.now();
      const { status } = await buyer.post('/api/orders', order);
      took.push(performance.now() - since);
      if (status === 503) refused += 1;
      else expect(status).toBe(201);
    }
    const seconds = (performance.now() - from) / 1000;
    const sorted = took.toSorted((a, b) => a - b);
    const at = (part: number) => sorted[Math.floor(sorted.length * part)]!.toFixed(0);
    console.log(
      `${lines} products changed ${how} in ${seconds.toFixed(0)} s beside ${took.length} orders: p50 ${at(0.5)} ms, ` +
        `p99 ${at(0.99)} ms, slowest ${at(0.9999)} ms, ${refused} told to try again.`,
    );
    expect((await import_).said).toMatch(/^0 created, 20000 changed/);
    if (options.length > 0) expect(refused).toBe(0);
  });
});
