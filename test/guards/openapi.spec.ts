import { readFileSync, writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type DescribedOperation, DOCUMENTS, operationsOf, readDocument } from '../support/documents.js';
import { Shop } from '../support/shop.js';

const FILES = Object.keys(DOCUMENTS) as (keyof typeof DOCUMENTS)[];

/** Verbs that operation names begin with, before a noun. A new verb is added here. */
const VERBS = `list get create replace update delete add remove check export import
  register checkout place cancel adjust merge suggest restore preview run undo upload sort
  sign refresh validate verify request resend reset confirm change end
  disable enable send erase replay test watch subscribe unsubscribe claim rotate`.split(/\s+/);
/** Operation names without a noun. */
const VERBS_ALONE = ['register', 'checkout'];
const CHOICES = ['oneOf', 'anyOf', 'allOf'];
const PLACES = new Set(['schema', 'items', 'additionalProperties']);

let shop: Shop;
/** The documents that the app serves. */
let documents: Record<string, any>;

/** The files that `npm run openapi` writes. */
beforeAll(async () => {
  shop = await Shop.open({ env: { PUBLIC_URL: 'http://127.0.0.1:8000' } });
  const read = FILES.map(async (file) => [file, await readDocument(shop, file)]);
  documents = Object.fromEntries(await Promise.all(read));
  if (!process.env.UPDATE_OPENAPI) return;
  for (const file of FILES) writeFileSync(file, `${JSON.stringify(documents[file], null, 2)}\n`);
});
afterAll(() => shop.close());

describe.each(FILES)('The document %s', (file) => {
  let document: any;
  let operations: DescribedOperation[];

  beforeAll(() => {
    document = documents[file];
    operations = operationsOf(document);
  });

  it('equals the one that the app serves', () => {
    expect(document).toEqual(JSON.parse(readFileSync(file, 'utf8')));
  });

  it('describes every operation: summary, tag and every response', () => {
    const poor = operations.filter(({ operation }) => {
      const answers = Object.entries<any>(operation.responses);
      const isDescribed = ([status, { content }]: [string, any]) =>
        ['204', '304'].includes(status) || content !== undefined;
      return !operation.summary || operation.tags?.length !== 1 || !answers.every(isDescribed);
    });
    expect(poor.map(({ name }) => name)).toEqual([]);
  });

  it('refers only to schemas that it has', () => {
    const named = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name]) => name!,
    );
    const missing = named.filter((name) => !(name in document.components.schemas));
    expect(missing).toEqual([]);
  });

  describe('is written for generated clients:', () => {
    /** All schemas, also nested ones, with their place. */
    let schemas: { at: string; schema: any }[];

    beforeAll(() => {
      schemas = [];
      const walk = (node: any, at: string, isSchema: boolean) => {
        // The rows of any table, whose columns /api/admin/models describes.
        if (at.endsWith('/AdminRow/additionalProperties')) return;
        if (typeof node !== 'object' || node === null) return;
        if (isSchema) schemas.push({ at, schema: node });
        for (const [key, value] of Object.entries<any>(node)) {
          if (['example', 'examples', 'enum'].includes(key)) continue;
          const isMap = (isSchema && key === 'properties') || at === '/components' || CHOICES.includes(key);
          if (!isMap) walk(value, `${at}/${key}`, PLACES.has(key));
          else for (const [name, one] of Object.entries(value)) walk(one, `${at}/${key}/${name}`, true);
        }
      };
      walk({ schemas: document.components.schemas }, '/components', false);
      walk(document.paths, '/paths', false);
    });

    const isText = (schema: any) => [schema.type].flat().includes('string');
    const violations = (isWrong: (schema: any, at: string) => unknown) =>
      schemas.filter(({ schema, at }) => isWrong(schema, at)).map(({ at }) => at);

    it('each operation has one name, a verb and a noun: addCartItem', () => {
      const ids = operations.map(({ operation }) => operation.operationId);
      expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
      const isNamedWell = (id: string) => {
        const [, verb] = /^([a-z]+)(?:[A-Z][a-z0-9]*)+$/.exec(id) ?? [];
        return VERBS_ALONE.includes(id) || VERBS.includes(verb!);
      };
      expect(ids.filter((id) => !isNamedWell(id))).toEqual([]);
    });

    it('the first server is absolute, the second one is the address of the document', () => {
      const urls = document.servers.map(({ url }: any) => url);
      expect(urls.slice(0, urls.length / 2).map((url: string) => new URL(url).origin)).not.toContain('null');
      expect(urls[urls.length / 2]).toBe('/');
    });

    it('no schema has the name of a generated file', () => {
      const named = Object.keys(document.components.schemas);
      expect(named.filter((name) => /^(index|client|types|api|models?)$/i.test(name))).toEqual([]);
      expect(named.filter((name) => !/^[A-Z][A-Za-z0-9]+$/.test(name))).toEqual([]);
    });

    it('each enum with several values has a name (`enumName`), and no null among its values', () => {
      const isNameless = (schema: any, at: string) =>
        schema.enum?.length > 1 && !/^\/components\/schemas\/\w+$/.test(at);
      expect(violations(isNameless)).toEqual([]);
      expect(violations((schema) => schema.enum?.includes(null) && schema.enum.length > 1)).toEqual([]);
    });

    it('no two values of an enum have the same name without signs and case, which generators drop', () => {
      for (const [name, schema] of Object.entries<any>(document.components.schemas)) {
        const names = (schema['x-enumNames'] ?? schema.enum ?? []).map((value: unknown) =>
          String(value).toLowerCase().replace(/\W|_/g, ''),
        );
        expect([name, new Set(names).size]).toEqual([name, names.length]);
      }
    });

    it('null is a type, as in OpenAPI 3.1', () => {
      expect(document.openapi).toBe('3.1.0');
      expect(violations((schema) => 'nullable' in schema)).toEqual([]);
    });

    it('no member of a body or a response has a default: descriptions say what a missing member means', () => {
      expect(violations((schema, at) => at.startsWith('/components') && 'default' in schema)).toEqual([]);
    });

    it('each pattern means the same with and without the flag `u`', () => {
      expect(violations((schema) => /\\p\{/.test(schema.pattern ?? ''))).toEqual([]);
    });

    it('money is text with a pattern (`Money`, `ApiMoney`) and a format', () => {
      const isMoneyName = (at: string) => /(price|total|cost|spent|revenue|subtotal)$/.test(at);
      const isMoney = (schema: any) => isText(schema) && schema.format === 'decimal' && schema.pattern;
      const decimals = violations(
        (schema) => schema.format === 'decimal' || [schema.type].flat().includes('number'),
      );
      const wrong = violations(
        (schema, at) => (decimals.includes(at) || (isMoneyName(at) && isText(schema))) && !isMoney(schema),
      );
      expect(wrong.filter((at) => !at.includes('/V1'))).toEqual([]);
    });

    it('times are `date-time`', () => {
      const isTime = (at: string) => /(_at|_after|_before|_until)$/.test(at);
      expect(
        violations((schema, at) => isTime(at) && isText(schema) && schema.format !== 'date-time'),
      ).toEqual([]);
    });

    it('nothing has any type', () => {
      const says = ['$ref', 'enum', ...CHOICES];
      const isFree = (schema: any) =>
        [schema.type].flat().includes('object')
          ? !schema.properties && typeof schema.additionalProperties !== 'object'
          : !schema.type && !says.some((key) => key in schema);
      expect(violations(isFree)).toEqual([]);
      expect(violations((schema) => schema.additionalProperties === true)).toEqual([]);
    });

    it('a form with a file is a separate operation, with one file and no other member', () => {
      if (file === 'openapi-aliases.json') return; // there a product has files beside its fields
      const contents = operations.flatMap(({ name, operation }) =>
        [operation.requestBody, ...Object.values<any>(operation.responses)].map((message) => ({
          name,
          types: Object.keys(message?.content ?? {}).filter((type) => type !== 'application/problem+json'),
        })),
      );
      expect(contents.filter(({ types }) => types.length > 1).map(({ name }) => name)).toEqual([]);
      const files = schemas.filter(({ schema }) => schema.format === 'binary');
      expect(files.filter(({ schema }) => schema.type !== 'string')).toEqual([]);
      expect(files.filter(({ at }) => at.includes('/items')).map(({ at }) => at)).toEqual([]);
    });

    it('each parameter of a query is a separate text, and each list declares those of its links', () => {
      const queries = operations.map(({ name, operation }) => ({
        name,
        query: (operation.parameters ?? []).filter((one: any) => one.in === 'query'),
        list: JSON.stringify(operation.responses[200]?.content ?? '').includes('Page"'),
      }));
      const isDeep = (one: any) =>
        one.style === 'deepObject' || [one.schema?.type].flat().includes('object') || !one.schema;
      expect(queries.filter(({ query }) => query.some(isDeep)).map(({ name }) => name)).toEqual([]);
      const paging = ['page', 'page_size', 'cursor'];
      const isPartly = ({ query }: any) => {
        const declared = paging.filter((one) => query.some(({ name }: any) => name === one));
        return declared.length > 0 && declared.length < paging.length;
      };
      expect(queries.filter(isPartly).map(({ name }) => name)).toEqual([]);
    });

    it('errors are problem documents with messages for each field', () => {
      const { Problem, V1Failure } = document.components.schemas;
      for (const { properties } of [Problem, V1Failure].filter(Boolean)) {
        const messages = { type: 'array', items: { type: 'string' } };
        expect(properties.errors.additionalProperties).toEqual(messages);
      }
      const failures = operations.flatMap(({ name, operation }) =>
        Object.entries<any>(operation.responses)
          .filter(([status]) => Number(status) >= 400)
          .map(([status, { content }]) => [`${name} ${status}`, content['application/json'].schema.$ref]),
      );
      const isTyped = (ref: string) => /\/(Problem|V1Failure)$/.test(ref);
      expect(failures.filter(([, ref]) => !isTyped(ref!))).toEqual([]);
    });
  });
});

describe('The OpenAPI documents', () => {
  it('have each operation once, and its other addresses among the aliases', () => {
    const [shopPaths, adminPaths, aliases, v1Paths] = FILES.map((file) => Object.keys(documents[file].paths));
    expect(
      shopPaths!.filter((path) => !path.startsWith('/api') || /^\/api\/(v1|admin)\//.test(path)),
    ).toEqual([]);
    expect(adminPaths!.filter((path) => !path.startsWith('/api/admin/'))).toEqual([]);
    expect(v1Paths!.filter((path) => !path.startsWith('/api/v1/'))).toEqual([]);
    expect(aliases).toEqual(expect.arrayContaining(['/products', '/token', '/auth/signup', '/cart/add']));
    expect(aliases!.filter((path) => path.startsWith('/api'))).toEqual([]);
  });

  it('pass the recommended rules of Redocly', async () => {
    const redocly = [
      'node_modules/@redocly/cli/bin/cli.js',
      'lint',
      '--extends=recommended',
      '--format=json',
    ];
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    const run = promisify(execFile)(process.execPath, [...redocly, ...FILES], { env, maxBuffer: 2 ** 26 });
    const { stdout } = await run.catch((failure) => failure);
    const found = [...stdout.matchAll(/"(?:ruleId|message|pointer)": (".*")/g)].map(([, text]) => text);
    expect(found).toEqual([]);
    expect(stdout.match(/"errors": 0,\s+"warnings": 0,\s+"ignored": 0/g)).toHaveLength(FILES.length);
  });

  it('have working examples in the fields that Swagger UI fills in', async () => {
    const filled = FILES.flatMap((file) => operationsOf(documents[file])).flatMap(({ operation }) =>
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
      const properties = Object.entries<any>(documents['openapi.json'].components.schemas[schema].properties);
      const example = Object.fromEntries(properties.map(([name, { example: value }]) => [name, value]));
      await john.post(path, example).expect(201);
    }
    await john.post('/api/orders/checkout').expect(201);
  });

  it('have a schema for each error', () => {
    const { content } = documents['openapi.json'].paths['/api/cart'].post.responses[409];
    expect(content['application/problem+json'].example).toMatchObject({
      status: 409,
      code: 'insufficient_stock',
    });
  });

  it('are shown by Swagger UI', async () => {
    const page = await shop.visitor.get('/api/docs').expect(200);
    expect(page.text).toContain('swagger-ui');
    const script = await shop.visitor.get('/api/docs/swagger-ui-init.js').expect(200);
    expect(script.text).toContain('"persistAuthorization": true');
  });
});
