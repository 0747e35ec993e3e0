import { HashQueue, Trust } from './hash-queue.js';

/** A hash that the test ends. */
class Hash {
  isRunning = false;
  end!: () => void;
  readonly work = () => {
    this.isRunning = true;
    return new Promise<void>((resolve) => (this.end = resolve));
  };
}

describe('The queue of password hashes', () => {
  const turnOver = () => new Promise((resolve) => setImmediate(resolve));

  it('runs no more at once than it has slots, and the most trusted first', async () => {
    const queue = new HashQueue(1, 100);
    const [first, unknown, likely, known] = [new Hash(), new Hash(), new Hash(), new Hash()];
    const all = [
      queue.run(first.work, Trust.unknown),
      queue.run(unknown.work, Trust.unknown),
      queue.run(likely.work, Trust.likely),
      queue.run(known.work, Trust.known),
    ];
    for (const running of [first, known, likely, unknown]) {
      await turnOver();
      const states = [first, known, likely, unknown].filter(({ isRunning }) => isRunning);
      expect(states.at(-1)).toBe(running);
      running.end();
    }
    await Promise.all(all);
  });

  it('refuses the least trusted when more wait than can be computed in time', async () => {
    const queue = new HashQueue(1, 500); // three take a second and a half
    const running = new Hash();
    const done = [queue.run(running.work, Trust.known)];
    const unknown = Array.from({ length: 4 }, () => queue.run(() => Promise.resolve(), Trust.unknown));
    await expect(queue.run(() => Promise.resolve(), Trust.unknown)).rejects.toMatchObject({ code: 'busy' });
    done.push(...Array.from({ length: 4 }, () => queue.run(() => Promise.resolve(), Trust.known)));
    const refused = await Promise.allSettled(unknown);
    expect(refused.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    await expect(queue.run(() => Promise.resolve(), Trust.known)).rejects.toMatchObject({ code: 'busy' });
    running.end();
    await Promise.all(done);
  });

  it('pauses for an unknown device after its wrong password, for as long as that took', async () => {
    const queue = new HashQueue(1, 100);
    const wrong = () => new Promise<boolean>((resolve) => setTimeout(resolve, 100, false));
    await queue.run(wrong, Trust.unknown);
    const restsSince = performance.now();
    const unknown = queue.run(() => Promise.resolve(performance.now()), Trust.unknown);
    expect(startsAtOnce(queue, Trust.unknown)).toBe(false);
    expect(startsAtOnce(queue, Trust.likely)).toBe(true);
    expect((await unknown) - restsSince).toBeGreaterThanOrEqual(90);
    const right = () => new Promise<boolean>((resolve) => setTimeout(resolve, 100, true));
    await queue.run(right, Trust.unknown);
    expect(startsAtOnce(queue, Trust.unknown)).toBe(true); // correct passwords cause no pause
  });

  it('continues after a hash that fails', async () => {
    const queue = new HashQueue(1, 100);
    await expect(queue.run(() => Promise.reject(new Error('broken')), Trust.known)).rejects.toThrow('broken');
    expect(await queue.run(() => Promise.resolve(7), Trust.known)).toBe(7);
  });
});

function startsAtOnce(queue: HashQueue, trust: Trust): boolean {
  let hasStarted = false;
  void queue.run(async () => (hasStarted = true), trust);
  return hasStarted;
}
