import { execFileSync } from 'node:child_process';
import { runCommand } from '../support/commands.js';
import { Shop } from '../support/shop.js';

/** Made by the command of the version before these migrations, from the demo shop after a few sales of product 31. */
const OLD_BACKUP = 'test/fixtures/shop-0.1.backup';

it('a backup of an older version is restored and migrated', async () => {
  const shop = await Shop.open({ empty: true, processes: 0 });
  const env = {
    PATH: process.env.PATH,
    DATA_DIR: process.env.TEST_DATA_DIR,
    DATABASE_URL: shop.databaseUrl,
  };
  const said = execFileSync(process.execPath, ['dist/src/cli/restore.js', OLD_BACKUP], {
    env,
    encoding: 'utf8',
  });
  expect(said).toMatch(/554 rows as of 2026-11-28 .* are restored/);

  await shop.startProcess();
  await shop.visitor.get('/api/health/ready').expect(200); // all migrations have run
  const jane = await shop.signIn('jane@example.com');
  const { body: cart } = await jane.get('/api/cart').expect(200);
  expect(cart.items).toEqual([expect.objectContaining({ id: 31, quantity: 3 })]);
  expect(await shop.stockOf(31)).toBe(90);
  await jane.post('/api/cart/checkout').expect(201);
  expect(await shop.stockOf(31)).toBe(87);
  const orders = (await jane.get('/api/orders/my-orders').expect(200)).body.results;
  expect(orders.filter(({ total }: { total: string }) => total === '25.00')).toHaveLength(5);
  await shop.close();
});

it('a backup of an older version is not restored into tables of a newer one, whose columns it does not fill', async () => {
  const shop = await Shop.open({ empty: true }); // its process has migrated the database
  const { code, stderr } = await runCommand(shop, 'restore', [OLD_BACKUP]);
  expect(code).toBe(2);
  expect(stderr).toContain('The database was migrated by a newer version');
  await shop.close();
});
