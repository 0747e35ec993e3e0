import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from '../support/import-users.js';
import { Shop } from '../support/shop.js';

const HEADER =
  'Handle,Title,Body (HTML),Vendor,Type,Published,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,' +
  'Variant Inventory Qty,Variant Price,Image Src,Status';

describe('npm run import:products with 100,000 lines', () => {
  let shop: Shop;
  let folder: string;
  beforeAll(async () => {
    shop = await Shop.open();
    folder = await mkdtemp(path.join(tmpdir(), 'import-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await shop.close();
  });

  it('takes them once, in memory that does not grow with them', async () => {
    const file = path.join(folder, 'products.csv');
    const report = path.join(folder, 'report.jsonl');
    const write = (count: number, of: string) => {
      const line = (n: number) =>
        `${of}-${n},${of} ${n},"<p>The ${n}th of <em>many</em> things, each of which is described in its own words: ${n * 7919}.</p>",` +
        `Comptoir,Things,true,Title,Default Title,${of}${n},shopify,${n % 50},${(n % 9000) / 100 + 1},https://cdn.example/${n}.jpg,active`;
      writeFileSync(file, [HEADER, ...Array.from({ length: count }, (_, n) => line(n))].join('\n'));
    };
    const run = (...options: string[]) =>
      runCommand(shop, 'import-products', [`--report=${report}`, ...options, file]);
    write(1_000, 'few');
    const few = await run();
    write(100_000, 'many');
    const from = performance.now();
    const many = await run();
    const seconds = (performance.now() - from) / 1000;
    console.log(
      `Peak memory: ${few.peakMb.toFixed(0)} MB for 1,000 lines, ${many.peakMb.toFixed(0)} MB for 100,000, in ${seconds.toFixed(0)} s.`,
    );
    expect(many.said).toMatch(/^100000 created, 0 changed/);
    expect(many.peakMb).toBeLessThan(few.peakMb + 150);
    expect((await run()).said).toMatch(/^0 created, 0 changed, 100000 unchanged/);
    expect((await run('--dry-run')).said).toMatch(/^0 created, 0 changed, 100000 unchanged/);
  });
});
