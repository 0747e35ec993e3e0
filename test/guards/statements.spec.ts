import { readdirSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { CREATE_STAGED_PRODUCTS } from '../../src/imports/staged-products.js';
import { LIST_USERS } from '../../src/users/list-users.sql.js';
import { Shop } from '../support/shop.js';

/** Each `*.sql.ts` exports the statements that it is named after: strings, or records of variants. */
async function statements(): Promise<[string, string][]> {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.sql.ts'),
  );
  const found: [string, string][] = [];
  for (const file of files) {
    const exports: Record<string, unknown> = await import(path.resolve('src', file));
    const texts = Object.entries(exports).flatMap(([name, value]) => textsOf(name, value));
    if (texts.length === 0) throw new Error(`${file} exports no statement`);
    found.push(...texts);
  }
  return found;
}

function textsOf(name: string, value: unknown): [string, string][] {
  if (typeof value === 'string') return [[name, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([variant, text]) => textsOf(`${name} (${variant})`, text));
}

describe('Hand-written statements', () => {
  let shop: Shop;
  let client: pg.Client;

  beforeAll(async () => {
    shop = await Shop.open({ empty: true });
    client = new pg.Client(shop.databaseUrl);
    await client.connect();
    await client.query(CREATE_STAGED_PRODUCTS.replaceAll('ON COMMIT DROP', '')); // exists during imports only
  });
  afterAll(async () => {
    await client.end();
    await shop.close();
  });

  it('can each be planned on a migrated, empty database', async () => {
    const faults: string[] = [];
    const all = await statements();
    for (const [name, text] of all) {
      await client.query(`PREPARE probe AS ${text}`).then(
        () => explain(),
        (error: Error) => faults.push(`${name}: ${error.message}`),
      );
      await client.query('DEALLOCATE ALL');
    }
    expect(faults).toEqual([]);
    expect(all.length).toBeGreaterThan(50);
  });

  it('make the JSON of a list of users from the rows that OFFSET leaves', async () => {
    const values = { all: '20, 1000, 0', found: `20, 1000, 0, 'x'` };
    for (const [name, text] of Object.entries(LIST_USERS)) {
      await client.query(`PREPARE page AS ${text}`);
      const { rows } = await client.query(
        `EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE page(${values[name as keyof typeof values]})`,
      );
      await client.query('DEALLOCATE ALL');
      const outputs = plansIn(rows[0]['QUERY PLAN'][0].Plan)
        .filter((plan) => plan['Node Type'] === 'Limit')
        .map(({ Output }) => String(Output));
      const isOfColumns = (output: string) => output.includes('username') && !output.includes('sha256');
      expect(outputs.filter(isOfColumns)).toHaveLength(1);
    }
  });

  function plansIn(plan: any): any[] {
    return [plan, ...(plan.Plans ?? []).flatMap(plansIn)];
  }

  async function explain(): Promise<void> {
    const { rows } = await client.query(
      `SELECT parameter_types FROM pg_prepared_statements WHERE name = 'probe'`,
    );
    const nulls = rows[0].parameter_types
      .replace(/[{}]/g, '')
      .split(',')
      .filter(Boolean)
      .map(() => 'NULL');
    await client.query(`EXPLAIN EXECUTE probe${nulls.length > 0 ? `(${nulls})` : ''}`);
  }
});
