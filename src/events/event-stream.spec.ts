import { PassThrough } from 'node:stream';
import { EventStream } from './event-stream.js';

describe('A stream of events', () => {
  const openStream = (products: number[] = []) => {
    const response = new PassThrough();
    return { response, stream: new EventStream(products, undefined, response) };
  };

  it('sends each change of a product once', () => {
    const { response, stream } = openStream([7]);
    for (const text of ['a', 'a', 'b', 'a']) stream.sendProduct(7, text);
    expect(String(response.read())).toBe('aba');
  });

  it('is closed when its client does not read, and its buffer is bounded', () => {
    const { response, stream } = openStream();
    let most = 0;
    for (let count = 0; count < 1_000 && !response.destroyed; count += 1) {
      stream.send('x'.repeat(1_000));
      most = Math.max(most, response.writableLength);
    }
    expect(response.destroyed).toBe(true);
    expect(most).toBeLessThan(70_000);
  });

  it('sends nothing after its end', () => {
    const { response, stream } = openStream();
    stream.end();
    stream.send('x');
    stream.end();
    expect(response.read()).toBeNull();
  });
});
