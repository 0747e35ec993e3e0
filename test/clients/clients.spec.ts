import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { PASSWORD, Shop } from '../support/shop.js';
import type { Purchase, Receipt } from './purchase.js';

interface Client {
  name: string;
  /** Program of a package and its arguments: it writes a client into `generated/`. */
  generate: string[];
  /** `npm run test:clients` only: that command installs the generator. */
  isHeavy: boolean;
}

const DOCUMENT = '../../openapi.json';
const QUIET = { DO_NOT_TRACK: '1', SCARF_ANALYTICS: 'false', NG_CLI_ANALYTICS: 'false' };

/** As in the first steps of their manuals: the document, and no setting but the output. */
const CLIENTS: Client[] = [
  {
    name: 'openapi-fetch',
    generate: ['openapi-typescript', DOCUMENT, '--output', 'openapi-fetch/generated/api.ts'],
    isHeavy: false,
  },
  {
    name: 'hey-api',
    generate: ['openapi-ts', '--input', DOCUMENT, '--output', 'hey-api/generated'],
    isHeavy: false,
  },
  {
    name: 'orval',
    generate: ['orval', '--input', DOCUMENT, '--output', 'orval/generated/shop.ts', '--client', 'fetch'],
    isHeavy: true,
  },
  {
    name: 'ng-openapi-gen',
    generate: ['ng-openapi-gen', '--input', DOCUMENT, '--output', 'ng-openapi-gen/generated'],
    isHeavy: true,
  },
];
const all = process.env.TEST_CLIENTS === 'all';

describe.each(CLIENTS.filter(({ isHeavy }) => all || !isHeavy))('A client by $name', ({ name, generate }) => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await Shop.open();
  });
  afterAll(() => shop.close());

  it('compiles under strict, signs in, buys, uploads a picture and reads the error of a field', async () => {
    await rm(`test/clients/${name}/generated`, { recursive: true, force: true });
    await program(generate);
    await program(['tsc', '-p', name]);

    const product = await shop.newProduct({ name: 'Clockwork owl', price: '12.50', stock: 5 });
    const customer = await shop.newCustomer();
    const purchase: Purchase = {
      url: shop.url,
      customer: { username: customer.user.username, password: PASSWORD },
      admin: { username: 'admin@example.com', password: PASSWORD },
      search: 'clockwork owl',
      quantity: 2,
      picture: new File([await picture()], 'owl.png'),
    };
    const { buy } = await import(`./${name}/buy.js`);
    const receipt: Receipt = await buy(purchase);

    const { body: order } = await customer.get(`/api/orders/${receipt.order.id}`).expect(200);
    expect(order.items).toMatchObject([{ product_id: product.id, quantity: 2, unit_price: '12.50' }]);
    const { body: shown } = await customer.get(`/api/products/${product.id}`).expect(200);
    expect(shown.pictures).toEqual([receipt.picture]);
    expect(receipt).toMatchObject({
      gender: null,
      unitPrice: '12.50',
      cartTotal: '25.00',
      order: { status: 'pending', total: '25.00' },
      myOrders: [order.id],
      refused: { status: 400, code: 'validation_failed' },
    });
    expect(Object.keys(receipt.refused.errors).sort()).toEqual(['email', 'password']);
  }, 180_000);
});

/** Common settings that generate other code: real enums, tuples, types at the root. */
const SETTINGS = [
  [
    'openapi-typescript',
    '--enum',
    '--immutable',
    '--array-length',
    '--root-types',
    '--output',
    'settings/generated/openapi-typescript.ts',
  ],
  ['ng-openapi-gen', '--enumStyle', 'pascal', '--services', 'true', '--output', 'settings/generated/pascal'],
  ['ng-openapi-gen', '--enumStyle', 'upper', '--enumArray', 'false', '--output', 'settings/generated/upper'],
];

(all ? describe : describe.skip)('Clients by other settings', () => {
  it('compile under strict', async () => {
    await rm('test/clients/settings/generated', { recursive: true, force: true });
    for (const [generator, ...settings] of SETTINGS) {
      const input = generator === 'ng-openapi-gen' ? ['--input', DOCUMENT] : [DOCUMENT];
      await program([generator!, ...input, ...settings]);
    }
    await program(['tsc', '-p', 'settings']);
  }, 180_000);
});

function picture(): Promise<Buffer> {
  return sharp({ create: { width: 640, height: 480, channels: 3, background: '#8a5a2b' } })
    .png()
    .toBuffer();
}

/** Runs a program of a package in `clients`, or of the root. @throws with its output */
async function program([command, ...words]: string[]): Promise<void> {
  const path = `${process.cwd()}/test/clients/node_modules/.bin:${process.cwd()}/node_modules/.bin:${process.env.PATH}`;
  const options = { cwd: 'test/clients', env: { ...process.env, ...QUIET, PATH: path } };
  await promisify(execFile)(command!, words, options).catch(({ message, stdout, stderr }) => {
    throw new Error(`${message}\n${stdout}\n${stderr}`.slice(0, 10_000));
  });
}
