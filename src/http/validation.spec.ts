import { IsInt } from 'class-validator';
import { WholeNumber } from './fields.js';
import { validation } from './validation.js';

class Page {
  @WholeNumber({ min: 1 })
  size!: number;
}

class Body {
  @IsInt()
  size!: number;
}

describe('A valid query', () => {
  let pipe = validation();
  beforeEach(() => (pipe = validation()));
  const read = (size: unknown): Promise<Page> => pipe.transform({ size }, { type: 'query', metatype: Page });

  it('is validated once, and cannot be changed', async () => {
    const page = await read('3');
    expect(page).toEqual({ size: 3 });
    expect(await read('3')).toBe(page);
    expect(() => (page.size = 4)).toThrow(TypeError);
  });

  it('is not taken for one that looks like it', async () => {
    await read('3');
    await expect(read(['3'])).rejects.toThrow('size');
    await expect(read('03x')).rejects.toThrow('size');
  });

  it('is forgotten when a thousand others came after it', async () => {
    const first = await read('1');
    for (let size = 2; size <= 1_000; size += 1) await read(String(size));
    expect(await read('1')).toBe(first);
    await read('1001');
    expect(await read('1')).not.toBe(first);
  });

  it('is refused each time when it is wrong, and a body is never remembered', async () => {
    await expect(read('0')).rejects.toThrow('size');
    await expect(read('0')).rejects.toThrow('size');
    const bodies = [1, 1].map((size) => pipe.transform({ size }, { type: 'body', metatype: Body }));
    const [one, other] = await Promise.all(bodies);
    expect(one).toEqual(other);
    expect(one).not.toBe(other);
  });
});
