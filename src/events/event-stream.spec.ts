import { EventStream } from './event-stream.js';

describe('A stream of events', () => {
  it('tells of a product what changed, once', () => {
    const stream = new EventStream([7], undefined);
    for (const text of ['a', 'a', 'b', 'a']) stream.tellProduct(7, text);
    expect(stream.read().toString()).toBe('aba');
  });

  it('is dropped when its client does not read, and holds no more than it may', () => {
    const stream = new EventStream([], undefined);
    let most = 0;
    for (let count = 0; count < 1_000 && !stream.destroyed; count += 1) {
      stream.send('x'.repeat(1_000));
      most = Math.max(most, stream.readableLength);
    }
    expect(stream.destroyed).toBe(true);
    expect(most).toBeLessThan(70_000);
  });

  it('takes nothing more when it has ended', () => {
    const stream = new EventStream([], undefined);
    stream.end();
    stream.send('x');
    stream.end();
    expect(stream.read()).toBeNull();
  });
});
