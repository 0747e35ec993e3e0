import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, MaxLength } from 'class-validator';
import { ProductId, WholeNumber } from './fields.js';
import { validation } from './validation.js';

/** Sizes in the order in which they were looked at. */
const validated: unknown[] = [];

class Page {
  @Transform(({ value }) => validated.push(value) && value)
  @IsOptional()
  @WholeNumber({ min: 1 })
  size?: number;

  @IsOptional()
  @MaxLength(4)
  name?: string;

  constructor(fields: object = {}) {
    Object.assign(this, fields);
  }
}

class Named {
  @ProductId()
  product_id!: number;
}

class MaybeNamed {
  @IsOptional()
  @ProductId()
  product_id?: number;
}

class Body {
  @IsInt()
  size!: number;

  @IsOptional()
  @IsString()
  word?: string;
}

describe('A query', () => {
  let pipe = validation();
  beforeEach(() => {
    pipe = validation();
    validated.length = 0;
  });
  const read = (query: object): Promise<any> => pipe.transform(query, { type: 'query', metatype: Page });

  it('has each of its parameters validated once, in whatever combinations', async () => {
    expect(await read({ size: '3', name: 'a' })).toEqual(new Page({ size: 3, name: 'a' }));
    expect(await read({ size: '4', name: 'a', unknown: 'x' })).toEqual(new Page({ size: 4, name: 'a' }));
    expect(await read({ name: 'a', size: '3' })).toEqual(new Page({ size: 3, name: 'a' }));
    expect(await read({})).toEqual(new Page({}));
    expect(validated.filter(Boolean)).toEqual(['3', '4']);
  });

  it('is not taken for one that looks like it', async () => {
    await read({ size: '3' });
    await expect(read({ size: ['3'] })).rejects.toThrow('size');
    await expect(read({ size: '03x' })).rejects.toThrow('size');
  });

  it('is validated again when five thousand others came after it', async () => {
    for (let size = 1; size <= 5_000; size += 1) await read({ size: String(size) });
    await read({ size: '5000' });
    await read({ size: '1' });
    expect(validated.filter((value) => value === '5000')).toHaveLength(1);
    expect(validated.filter((value) => value === '1')).toHaveLength(2);
  });

  it('says all that is wrong with it, each time', async () => {
    for (const _ of [1, 2]) {
      const failure = await read({ size: '0', name: 'too long' }).catch((error) => error);
      expect(Object.keys(failure.details.errors)).toEqual(['size', 'name']);
    }
  });

  it('whose parameter has two names is read as a whole', async () => {
    const named = (query: object) => pipe.transform(query, { type: 'query', metatype: Named });
    expect(await named({ product: '7' })).toEqual({ product_id: 7 });
    expect(await named({ product_id: '5', product: '6' })).toEqual({ product_id: 5 });
    await expect(named({})).rejects.toThrow('product_id');
    const maybe = (query: object) => pipe.transform(query, { type: 'query', metatype: MaybeNamed });
    expect(await maybe({ product: '6' })).toEqual({ product_id: 6 });
    expect(await maybe({ product: '6', product_id: '5' })).toEqual({ product_id: 5 });
    expect(await maybe({})).toEqual({});
  });
});

describe('A valid body', () => {
  const twice = async (body: object) => {
    const pipe = validation();
    const read = () => pipe.transform({ ...body }, { type: 'body', metatype: Body });
    return [await read(), await read()];
  };

  it('is remembered when it holds nothing but numbers', async () => {
    const [one, other] = await twice({ size: 1 });
    expect(other).toBe(one);
  });

  it('is remembered when there is none', async () => {
    const pipe = validation();
    const read = (body: unknown) => pipe.transform(body, { type: 'body', metatype: MaybeNamed });
    const none = await read(undefined);
    expect(none).toEqual(new MaybeNamed());
    expect(await read(undefined)).toBe(none);
    expect(await read({})).toBe(none);
  });

  it('is never remembered when it holds text, which may be a password', async () => {
    const [one, other] = await twice({ size: 1, word: 'secret' });
    expect(other).toEqual(one);
    expect(other).not.toBe(one);
  });
});
