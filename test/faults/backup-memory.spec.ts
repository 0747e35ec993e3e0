import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crowd } from '../support/crowd.js';
import { runCommand } from '../support/commands.js';
import { describeLong } from '../support/long.js';
import { Shop } from '../support/shop.js';

const MANY = 150_000;

describeLong('Backup and restore', () => {
  let shop: Shop;
  let folder: string;
  beforeAll(async () => {
    shop = await Shop.open();
    folder = await mkdtemp(path.join(tmpdir(), 'memory-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await shop.close();
  });

  it('use memory that does not grow with the number of rows', async () => {
    const few = await thereAndBack('few');
    await crowd(shop, MANY, 'any');
    const many = await thereAndBack('many');
    const { size } = await stat(path.join(folder, 'many'));
    console.log(`${(size / 2 ** 20).toFixed(0)} MB packed, of ${2 * MANY} rows more. Peaks in MB:`, {
      few,
      many,
    });
    for (const command of ['backup', 'restore'] as const) {
      expect(many[command]).toBeLessThan(few[command] + 60);
    }
  });

  /** The peaks of both in MB. */
  async function thereAndBack(name: string): Promise<{ backup: number; restore: number }> {
    const file = path.join(folder, name);
    const empty = await Shop.open({ empty: true, processes: 0 });
    const backup = await runCommand(shop, 'backup', [file]);
    const restore = await runCommand(empty, 'restore', [file]);
    expect([backup.code, restore.code]).toEqual([0, 0]);
    const count = async ({ database }: Shop) => (await database.query('SELECT count(*) FROM users')).rows;
    expect(await count(empty)).toEqual(await count(shop));
    await empty.close();
    return { backup: Math.round(backup.peakMb), restore: Math.round(restore.peakMb) };
  }
});
