import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from '../support/commands.js';
import { Shop } from '../support/shop.js';

const HEADER = 'username,email,name,phone,birth_date,gender,password_hash,created_at';
const HASH = '$2y$10$FcmVrqoGZja8XHmJ2423.OFmf.1r8Mojavj0g3kLbgofVYp5zD61W'; // hash of password123

describe('npm run import:users with 100,000 lines', () => {
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

  it('imports them once, with memory that does not grow with their number', async () => {
    const file = path.join(folder, 'users.csv');
    const write = (count: number, of: string) => {
      const line = (n: number) =>
        `${of}${n},${of}${n}@old.example.com,Many ${n},0123456789,1990-01-01,other,${HASH},2024-01-01 00:00:00`;
      writeFileSync(file, [HEADER, ...Array.from({ length: count }, (_, n) => line(n))].join('\n'));
    };
    write(1_000, 'few');
    const few = await runCommand(shop, 'import-users', [file]);
    write(100_000, 'many');
    const from = performance.now();
    const many = await runCommand(shop, 'import-users', [file]);
    const seconds = (performance.now() - from) / 1000;
    console.log(
      `Peak memory: ${few.peakMb.toFixed(0)} MB for 1,000 lines, ${many.peakMb.toFixed(0)} MB for 100,000, in ${seconds.toFixed(0)} s.`,
    );
    expect(many.said).toMatch(/^100000 imported, 0 of them changed/);
    expect(many.peakMb).toBeLessThan(few.peakMb + 150);
    expect((await runCommand(shop, 'import-users', [file])).said).toMatch(
      /^0 imported, 0 of them changed, 100000 there already/,
    );
    await shop.signIn('many99999');
  });
});
