import { CommandHost } from '../support/commands.js';
import { Shop } from '../support/shop.js';

describe('npm run check:ledger', () => {
  let shop: Shop;
  let commands: CommandHost;
  beforeAll(async () => {
    shop = await Shop.open();
    commands = new CommandHost(shop);
  });
  afterAll(async () => {
    commands.stop();
    await shop.close();
  });

  const check = async () => {
    const { code, said, told } = await commands.run('check-ledger', []);
    return { code, said, faults: told };
  };

  it('ends with 0 when the ledger explains every stock, and with 1 and each fault when it does not', async () => {
    const customer = await shop.newCustomer();
    const [moved, sold] = await Promise.all([1, 2].map(() => shop.newProduct({ stock: 10 })));
    const order = { items: [{ product_id: sold.id, quantity: 3 }] };
    const { body } = await customer.post('/api/orders', order).expect(201);
    expect(await check()).toEqual({ code: 0, said: 'The ledger explains every stock.', faults: [] });

    // What no route writes, and what constraints leave open.
    await shop.database.query('UPDATE order_items SET quantity = 2 WHERE order_id = $1', [body.id]);
    await shop.database.query(
      `INSERT INTO stock_movements (product_id, sequence, delta, stock_after, reason) VALUES ($1, 3, 1, 11, 'adjustment')`,
      [moved.id],
    );
    const faults = [
      `product ${moved.id}: movement 3 does not follow from the one before`,
      `product ${moved.id}: stock is 10, the ledger says 11`,
      `product ${sold.id}: order ${body.id} holds 2, the ledger says 3`,
    ];
    const { faults: found, ...rest } = await check();
    expect(rest).toEqual({ code: 1, said: '3 faults.' });
    expect(found.toSorted()).toEqual(faults.toSorted());
    expect((await shop.ledgerFaults()).split('\n').toSorted()).toEqual(faults.toSorted());

    await shop.database.query('DELETE FROM stock_movements WHERE product_id = $1 AND sequence = 3', [
      moved.id,
    ]);
    await shop.database.query('UPDATE order_items SET quantity = 3 WHERE order_id = $1', [body.id]);
  });
});
