import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Api } from '../support/api.js';
import { describeLong } from '../support/long.js';
import { AppProcess, Shop } from '../support/shop.js';

/** The last landed commit before the migrations of this version. */
const VERSION_BEFORE = '86a8d69';
const BUYERS = 4;
const PURCHASES = 20;

/** In a rolling release the former version runs beside this one, on tables that this one has migrated. */
describeLong('The version before and this one on one database', () => {
  let folder: string;
  let shop: Shop;
  let before: AppProcess;
  let now: AppProcess;
  let product: any;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'version-before-'));
    execFileSync('sh', ['-c', `git archive ${VERSION_BEFORE} | tar -x -C "$1"`, 'sh', folder]);
    await symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'));
    execFileSync(path.resolve('node_modules/.bin/nest'), ['build'], { cwd: folder, stdio: 'inherit' });
    // It does not start without the built pages, which are not tested here: this version's are used.
    for (const pages of ['admin/dist', 'examples/react/dist']) {
      await symlink(path.resolve(pages), path.join(folder, pages));
    }

    shop = await Shop.open({ processes: 0, empty: true, env: { DEMO: 'true' } });
    before = await shop.startProcess({}, path.join(folder, 'dist/src/main.js')); // creates its tables
    Api.ofOtherVersions.add(before.url);
    product = await shop.newProduct({ stock: 10_000 });
    now = await shop.startProcess({}, 'dist/src/main.js'); // migrates them meanwhile
  }, 600_000);
  afterAll(async () => {
    await shop.close(); // the ledger is checked
    await rm(folder, { recursive: true, force: true });
  });

  it('sell from one stock, and each reads and changes what the other wrote', async () => {
    const versions = [before, now];
    const buyers = await Promise.all(Array.from({ length: BUYERS }, () => shop.newCustomer()));
    const orders = await Promise.all(
      buyers.map(async (buyer, index) => {
        const made: number[] = [];
        for (let turn = 0; turn < PURCHASES; turn += 1) made.push(await buy(buyer, versions, index + turn));
        return made;
      }),
    );
    expect(await shop.stockOf(product.id)).toBe(10_000 - 2 * BUYERS * PURCHASES);

    for (const [index, buyer] of buyers.entries()) {
      const [writer, reader] = index % 2 ? versions : versions.toReversed();
      for (const id of orders[index]!.slice(0, 4)) {
        await buyer.at(reader!.url).get(`/api/orders/${id}`).expect(200);
        await buyer.at(writer!.url).delete(`/api/orders/${id}`).expect(204);
      }
    }
    expect(await shop.stockOf(product.id)).toBe(10_000 - 2 * BUYERS * (PURCHASES - 4));
  });

  it.each([
    ['before', () => before, () => now],
    ['now', () => now, () => before],
  ])('accounts and products of the version %s are complete in the other', async (_name, writer, reader) => {
    const username = `rolling-${_name}`;
    const account = { username, email: `${username}@example.com`, password: 'password123' };
    const visitor = shop.visitor;
    await visitor.at(writer().url).post('/api/auth/register', account).expect(201);
    const { body: signedIn } = await visitor.at(reader().url).post('/api/auth/login', account).expect(200);
    const customer = visitor.withToken(signedIn.access, signedIn.user, signedIn.refresh);
    await customer.at(writer().url).get('/api/cart').expect(200);

    const admin = await shop.admin();
    const { body: made } = await admin
      .at(writer().url)
      .post('/api/products', { name: `Rolling ${_name}`, price: '3.00', stock: 5 })
      .expect(201);
    await admin
      .at(reader().url)
      .patch(`/api/products/${made.id}`, { name: 'Renamed', price: '4.00' })
      .expect(200);
    const { body: read } = await visitor.at(writer().url).get(`/api/products/${made.id}`).expect(200);
    expect(read).toMatchObject({ name: 'Renamed', stock: 5 });
  });

  /** Two units: the cart on one version, the checkout on the other. */
  async function buy(buyer: Api, versions: AppProcess[], turn: number): Promise<number> {
    const [first, second] = turn % 2 ? versions : versions.toReversed();
    await buyer.at(first!.url).post('/api/cart', { product_id: product.id, quantity: 2 }).expect(201);
    const { body } = await buyer.at(second!.url).post('/api/cart/checkout').expect(201);
    return body.id;
  }
});
