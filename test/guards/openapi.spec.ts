import { readFileSync, writeFileSync } from 'node:fs';
import { Shop } from '../support/shop.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

describe('The OpenAPI document', () => {
  let shop: Shop;
  let document: any;
  let operations: { name: string; operation: any }[];

  beforeAll(async () => {
    shop = await Shop.open();
    document = (await shop.visitor.get('/api/docs-json').expect(200)).body;
    operations = Object.entries<any>(document.paths).flatMap(([path, item]) =>
      METHODS.filter((method) => item[method]).map((method) => ({
        name: `${method.toUpperCase()} ${path}`,
        operation: item[method],
      })),
    );
  });
  afterAll(() => shop.close());

  /** `npm run openapi` writes the file. */
  it('is the one in openapi.json', () => {
    if (process.env.UPDATE_OPENAPI) writeFileSync('openapi.json', `${JSON.stringify(document, null, 2)}\n`);
    expect(document).toEqual(JSON.parse(readFileSync('openapi.json', 'utf8')));
  });

  it('describes every operation: summary, tag, a name for generated clients, and every answer', () => {
    const poor = operations.filter(({ operation }) => {
      const answers = Object.entries<any>(operation.responses);
      const isDescribed = ([status, { content }]: [string, any]) =>
        ['204', '304'].includes(status) || content !== undefined;
      return !operation.summary || operation.tags?.length !== 1 || !answers.every(isDescribed);
    });
    expect(poor.map(({ name }) => name)).toEqual([]);

    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z][A-Za-z0-9]+$/.test(id))).toEqual([]);
  });

  it('names only schemas that it has', () => {
    const named = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name]) => name!,
    );
    const missing = named.filter((name) => !(name in document.components.schemas));
    expect(missing).toEqual([]);
  });

  it('has examples that work as they stand, where Swagger UI fills them in', async () => {
    const filled = operations.flatMap(({ operation }) =>
      (operation.parameters ?? []).filter(
        (one: any) => one.in === 'query' && !one.required && one.schema.example,
      ),
    );
    expect(filled).toEqual([]);
    const john = await shop.signIn('john@example.com');
    for (const [path, schema] of [
      ['/api/cart', 'AddCartItem'],
      ['/api/favorites', 'AddFavorite'],
    ] as const) {
      const properties = Object.entries<any>(document.components.schemas[schema].properties);
      const example = Object.fromEntries(properties.map(([name, { example: value }]) => [name, value]));
      await john.post(path, example).expect(201);
    }
    await john.post('/api/orders/checkout').expect(201);
  });

  it('says of each error what it looks like', () => {
    const { content } = document.paths['/api/cart'].post.responses[409];
    expect(content['application/problem+json'].example).toMatchObject({
      status: 409,
      code: 'insufficient_stock',
    });
  });

  it('is what Swagger UI shows', async () => {
    const page = await shop.visitor.get('/api/docs').expect(200);
    expect(page.text).toContain('swagger-ui');
    const script = await shop.visitor.get('/api/docs/swagger-ui-init.js').expect(200);
    expect(script.text).toContain('"persistAuthorization": true');
  });
});
