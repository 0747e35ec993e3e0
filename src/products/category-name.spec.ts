import { categorySlugOf, isMeantBy, nameKey } from './category-name.js';

describe('The name of a category', () => {
  it.each([
    ['C++', 'C#'],
    ['9.5 mm', '95 mm'],
    ['手机 5G', '电脑 5G'],
    ['A/B', 'AB'],
    ['Été', 'Ete'],
  ])('%s and %s are different', (one, other) => expect(nameKey(one)).not.toBe(nameKey(other)));

  it.each([
    ['Garden & Yard', '  garden  &\tYARD '],
    ['Straße', 'STRASSE'],
    ['Été', 'E\u0301te\u0301'],
    ['ＵＳＢ', 'usb'],
  ])('%s and %s are the same', (one, other) => expect(nameKey(one)).toBe(nameKey(other)));

  it.each([
    ['Garden & Yard', 'garden-and-yard'],
    ['Été', 'ete'],
    ['手机', '手机'],
    ['2024', 'n-2024'],
  ])('%s has the slug %s', (name, slug) => expect(categorySlugOf(name)).toBe(slug));

  const isMeant = (text: string, name: string) =>
    isMeantBy(text, { name, slug: categorySlugOf(name), former_slugs: ['was-this'] });

  it('is meant by what spells its slug, if that loses no character', () => {
    expect(isMeant('garden-and-yard', 'Garden & Yard')).toBe(true);
    expect(isMeant('T-SHIRTS', 'T-Shirts')).toBe(true);
    for (const name of ['C++', '9.5 mm', '手机 5G', 'A/B'])
      expect(isMeant(categorySlugOf(name), name)).toBe(false);
  });

  it('with accents or apostrophes is meant by its slug only, as it is written', () => {
    expect([isMeant('pate', 'Pâté'), isMeant('mens', "Men's"), isMeant('was-this', 'Été')]).toEqual([
      true,
      true,
      true,
    ]);
    expect([isMeant('Pate', 'Pâté'), isMeant('Mens', "Men's")]).toEqual([false, false]);
  });
});
