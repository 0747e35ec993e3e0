import pg from 'pg';
import { createBatcher, createLockingBatcher } from './create-batcher.js';
import type { Database, Query } from './database.js';

describe('createBatcher', () => {
  const turnOver = () => new Promise((resolve) => setImmediate(resolve));

  it('serves all calls of one tick by one run, and later calls by the next', async () => {
    const runs: number[][] = [];
    const double = createBatcher(async (calls: number[]) => {
      runs.push(calls);
      return calls.map((call) => 2 * call);
    });
    expect(await Promise.all([double(1), double(2), double(1)])).toEqual([2, 4, 2]);
    expect(await double(3)).toBe(6);
    expect(runs).toEqual([[1, 2, 1], [3]]);
  });

  it('adds no call to a run that has begun', async () => {
    const runs: number[][] = [];
    const echo = createBatcher(async (calls: number[]) => {
      runs.push([...calls]);
      await turnOver();
      return calls;
    });
    const first = echo(1);
    await turnOver();
    expect(await Promise.all([first, echo(2)])).toEqual([1, 2]);
    expect(runs).toEqual([[1], [2]]);
  });

  it('separates calls with the same key, and respects the size of a run', async () => {
    const runs: string[][] = [];
    const echo = createBatcher(
      async (calls: string[]) => {
        runs.push(calls);
        return calls;
      },
      { distinctBy: (call) => call[0], size: 2 },
    );
    const calls = ['a1', 'b1', 'c1', 'c2', 'd1'];
    expect(await Promise.all(calls.map(echo))).toEqual(calls);
    expect(runs).toEqual([['a1', 'b1'], ['c1'], ['c2', 'd1']]);
  });

  it.each(['23514', '22003', '55P03'])(
    'runs each call alone when one of them breaks the statement: %s',
    async (code) => {
      const violation = Object.assign(new pg.DatabaseError('broken', 1, 'error'), { code });
      const positive = createBatcher(async (calls: number[]) => {
        if (calls.some((call) => call < 0)) throw violation;
        return calls;
      });
      expect(await Promise.allSettled([positive(1), positive(-1), positive(2)])).toEqual([
        { status: 'fulfilled', value: 1 },
        { status: 'rejected', reason: violation },
        { status: 'fulfilled', value: 2 },
      ]);
    },
  );

  it('does not repeat each call when the database is unreachable', async () => {
    let runs = 0;
    const away = createBatcher(async (): Promise<number[]> => {
      runs += 1;
      throw new Error('Connection terminated');
    });
    const answers = await Promise.allSettled([away(1), away(2), away(3)]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(runs).toBe(1);
  });
});

describe('createLockingBatcher', () => {
  const LOCKED = Object.assign(new pg.DatabaseError('locked', 1, 'error'), { code: '55P03' });
  const BROKEN = Object.assign(new pg.DatabaseError('broken', 1, 'error'), { code: '23514' });

  /** Statements on products by name; one product is locked. */
  class Products {
    held?: string;
    free = () => {};
    readonly statements: string[] = [];

    hold(product: string): void {
      this.held = product;
      this.released = new Promise((resolve) => {
        this.free = () => {
          this.held = undefined;
          resolve();
        };
      });
    }

    readonly buy = createLockingBatcher<string, string>(
      {
        query: this.send('alone'),
        queryBriefly: this.send('together'),
        queryInQueue: async (key: unknown, _sql: string, wanted: string[]) => {
          await this.released;
          return this.send(`in the queue for ${key}`)('', wanted);
        },
      } as unknown as Database,
      (wanted, query) => query<string>('', wanted),
      (wanted) => Promise.resolve(wanted.map((product) => (product === this.held ? product : undefined))),
    );

    private released = Promise.resolve();

    private send(how: string): Query {
      return async (_sql: string, wanted?: unknown[]) => {
        this.statements.push(`${(wanted as string[]).join(', ')} ${how}`);
        if (wanted!.includes(this.held)) throw LOCKED;
        if (wanted!.includes('nothing')) throw BROKEN;
        return wanted as never[];
      };
    }
  }

  it('runs the others at once, and queues the calls for the locked one', async () => {
    const products = new Products();
    products.hold('lamp');
    const waiting = [products.buy('lamp'), products.buy('lamp')];
    expect(await Promise.all([products.buy('mug'), products.buy('desk')])).toEqual(['mug', 'desk']);
    const later = products.buy('lamp');
    expect(await products.buy('chair')).toBe('chair');
    expect(products.statements).toEqual([
      'lamp, lamp, mug, desk together',
      'mug, desk together',
      'chair together',
    ]);
    products.free();
    expect(await Promise.all([...waiting, later])).toEqual(['lamp', 'lamp', 'lamp']);
    expect(products.statements.slice(3)).toEqual([
      'lamp, lamp in the queue for lamp',
      'lamp in the queue for lamp',
    ]);
  });

  it('rejects only the call that fails, and runs nothing twice', async () => {
    const products = new Products();
    products.hold('lamp');
    const waiting = products.buy('lamp');
    const answers = await Promise.allSettled([products.buy('nothing'), products.buy('mug')]);
    expect(answers).toEqual([
      { status: 'rejected', reason: BROKEN },
      { status: 'fulfilled', value: 'mug' },
    ]);
    products.free();
    expect(await waiting).toBe('lamp');
    expect(products.statements.filter((statement) => statement.startsWith('lamp in'))).toHaveLength(1);
  });
});
