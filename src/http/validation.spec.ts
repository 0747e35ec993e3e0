import { Transform, Type } from 'class-transformer';
import { IsInt, IsObject, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { ProductId, WholeNumber } from './fields.js';
import { validation } from './validation.js';

/** Values of `size` in the order of their validation. */
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

class Outer {
  @IsObject()
  @ValidateNested()
  @Type(() => Body)
  inner!: Body;
}

describe('A query', () => {
  let pipe = validation();
  beforeEach(() => {
    pipe = validation();
    validated.length = 0;
  });
  const read = (query: object): Promise<any> => pipe.transform(query, { type: 'query', metatype: Page });

  it('has each parameter validated once, in every combination', async () => {
    expect(await read({ size: '3', name: 'a' })).toEqual(new Page({ size: 3, name: 'a' }));
    expect(await read({ size: '4', name: 'a', unknown: 'x' })).toEqual(new Page({ size: 4, name: 'a' }));
    expect(await read({ name: 'a', size: '3' })).toEqual(new Page({ size: 3, name: 'a' }));
    expect(await read({})).toEqual(new Page({}));
    expect(validated.filter(Boolean)).toEqual(['3', '4']);
  });

  it('is not mistaken for a similar one', async () => {
    await read({ size: '3' });
    await expect(read({ size: ['3'] })).rejects.toThrow('size');
    await expect(read({ size: '03x' })).rejects.toThrow('size');
  });

  it('is validated again after five thousand others', async () => {
    for (let size = 1; size <= 5_000; size += 1) await read({ size: String(size) });
    await read({ size: '5000' });
    await read({ size: '1' });
    expect(validated.filter((value) => value === '5000')).toHaveLength(1);
    expect(validated.filter((value) => value === '1')).toHaveLength(2);
  });

  it('returns all its errors, each time', async () => {
    for (const _ of [1, 2]) {
      const failure = await read({ size: '0', name: 'too long' }).catch((error) => error);
      expect(Object.keys(failure.details.errors)).toEqual(['size', 'name']);
    }
  });

  it('with a parameter under two names is validated as a whole', async () => {
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

  it('is cached when it has only numbers', async () => {
    const [one, other] = await twice({ size: 1 });
    expect(other).toBe(one);
  });

  it('is cached when it is missing', async () => {
    const pipe = validation();
    const read = (body: unknown) => pipe.transform(body, { type: 'body', metatype: MaybeNamed });
    const none = await read(undefined);
    expect(none).toEqual(new MaybeNamed());
    expect(await read(undefined)).toBe(none);
    expect(await read({})).toBe(none);
  });

  it('is never cached when it has text, which may be a password', async () => {
    const [one, other] = await twice({ size: 1, word: 'secret' });
    expect(other).toEqual(one);
    expect(other).not.toBe(one);
  });
});

it('A list in place of an object has one error, and none of its members', async () => {
  const read = validation().transform({ inner: [{}] }, { type: 'body', metatype: Outer });
  const { details } = await read.catch((error: unknown) => error as any);
  expect(details.errors).toEqual({ inner: ['inner must be an object'] });
});
