import pg from 'pg';
import { createBatcher } from './create-batcher.js';

describe('createBatcher', () => {
  const turnOver = () => new Promise((resolve) => setImmediate(resolve));

  it('answers each call of a turn from one run, and later calls from the next', async () => {
    const runs: number[][] = [];
    const double = createBatcher(async (calls: number[]) => {
      runs.push(calls);
      return calls.map((call) => 2 * call);
    });
    expect(await Promise.all([double(1), double(2), double(1)])).toEqual([2, 4, 2]);
    expect(await double(3)).toBe(6);
    expect(runs).toEqual([[1, 2, 1], [3]]);
  });

  it('takes no call into a run that has begun', async () => {
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

  it('keeps apart what must be apart, and no run above its size', async () => {
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

  it('does not knock again, for each call, on a database that is away', async () => {
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
