import { setTimeout as pause } from 'node:timers/promises';
import { type Ask, type Counted, Counters } from './counters.js';
import { SharedLimit } from './shared-limit.js';

/** What PostgreSQL or Redis do, with the flaws that they may have. */
class SlowCounters extends Counters {
  readonly batches: Ask[][] = [];
  flaw?: 'fails' | 'hangs';
  private readonly windows = new Map<string, { hits: number; endsAt: number }>();

  async hitMany(asks: Ask[], windowMs: number): Promise<Counted[]> {
    this.batches.push(asks);
    await pause(this.flaw === 'hangs' ? 3_000 : 1 + Math.random() * 4);
    if (this.flaw === 'fails') throw new Error('no answer');
    const now = performance.now();
    const counted = asks.map(({ key, hits }) => {
      let window = this.windows.get(key);
      if (!window || window.endsAt <= now) window = { hits: 0, endsAt: now + windowMs };
      this.windows.set(key, window);
      window.hits += hits;
      return { hits: window.hits, msLeft: Math.floor(window.endsAt - now) };
    });
    await pause(Math.random() * 4);
    return counted;
  }

  take = unused;
  secondsLeft = unused;
  returnHits = unused;
  deleteExpired = unused;
}

function unused(): never {
  throw new Error('not used here');
}

describe('A limit that several processes share', () => {
  let counters: SlowCounters;
  beforeEach(() => (counters = new SlowCounters()));

  it('is kept to the hit, however the requests are spread', async () => {
    const processes = Array.from({ length: 4 }, () => new SharedLimit(counters, 1_000, 60_000));
    const hits = await Promise.all(
      Array.from({ length: 1_500 }, (_, index) => processes[(index * index) % 3]!.hit('a')),
    );
    const rest = await Promise.all(processes.map((process) => drain(process, 'a')));
    const passed = hits.filter(({ isOver }) => !isOver).length + rest.reduce((sum, n) => sum + n, 0);
    expect(passed).toBe(1_000);
    expect(counters.batches.length).toBeLessThan(200);
  });

  it('never counts a hit of one window in the next', async () => {
    const WINDOW_MS = 200;
    const processes = Array.from({ length: 3 }, () => new SharedLimit(counters, 100, WINDOW_MS));
    const passedAt: number[] = [];
    const end = performance.now() + 5 * WINDOW_MS;
    await Promise.all(
      processes.map(async (process) => {
        while (performance.now() < end) {
          if (!(await process.hit('a')).isOver) passedAt.push(performance.now());
          await pause(1);
        }
      }),
    );
    const spans = passedAt.length / 100;
    expect(spans).toBeGreaterThan(2);
    expect(spans).toBeLessThanOrEqual(6);
  });

  it('asks rarely, for many keys at once, and leaves the rest of a limit to whoever needs it', async () => {
    const limit = new SharedLimit(counters, 6_000, 60_000);
    await Promise.all(Array.from({ length: 500 }, (_, key) => limit.hit(`key ${key}`)));
    expect(counters.batches.length).toBeLessThanOrEqual(2);
    const processes = Array.from({ length: 100 }, () => new SharedLimit(counters, 6_000, 60_000));
    const hits = await Promise.all(processes.map((process) => process.hit('spread thin')));
    expect(hits.filter(({ isOver }) => isOver)).toEqual([]);
    expect(Math.min(...hits.map(({ remaining }) => remaining))).toBeGreaterThanOrEqual(5_000);
  });

  it('counts down by one, and says when the window is over', async () => {
    const limit = new SharedLimit(counters, 300, 60_000);
    for (let left = 299; left >= 0; left -= 1) {
      expect(await limit.hit('a')).toEqual({ isOver: false, remaining: left, secondsLeft: 60 });
    }
    expect(await limit.hit('a')).toEqual({ isOver: true, remaining: 0, secondsLeft: 60 });
    const asked = counters.batches.length;
    await limit.hit('a');
    expect(counters.batches).toHaveLength(asked);
  });

  it.each(['fails', 'hangs'] as const)(
    'lets a share through when asking %s, and waits once',
    async (flaw) => {
      counters.flaw = flaw;
      const limit = new SharedLimit(counters, 600, 60_000);
      const began = performance.now();
      const hits = await Promise.all(Array.from({ length: 100 }, () => limit.hit('a')));
      expect(hits.filter(({ isOver }) => !isOver)).toHaveLength(50); // five seconds' worth
      expect(performance.now() - began).toBeLessThan(1_500);
      expect(limit.hit('b')).not.toBeInstanceOf(Promise);
      expect(counters.batches).toHaveLength(1);
    },
  );
});

/** @returns how many hits it still lets through */
async function drain(limit: SharedLimit, key: string): Promise<number> {
  let passed = 0;
  while (!(await limit.hit(key)).isOver) passed += 1;
  return passed;
}
