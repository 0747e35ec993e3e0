import { categorySlugOf, isSpelledBySlug, nameKey } from './category-name.js';

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

  it('is equivalent to its slug only if the slug loses no character', () => {
    expect(['Garden & Yard', 'T-Shirts', 'USB 2'].filter(isSpelledBySlug)).toHaveLength(3);
    expect(['C++', '9.5 mm', '手机 5G', 'A/B', 'Été', "Men's"].filter(isSpelledBySlug)).toEqual([]);
  });
});
