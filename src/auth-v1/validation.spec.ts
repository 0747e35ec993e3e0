import { boolean, dayMeant } from './validation.js';

describe('A date, as Laravel 8.83 with PHP 8.2 parses it', () => {
  it.each([
    ['1990-1-1', '1990-01-01'],
    ['1990/01/01', '1990-01-01'],
    ['1990-01-01T00:00:00.000Z', '1990-01-01'],
    ['1990-01-01 10:00', '1990-01-01'],
    ['1990-06-01T00:00:00+02:00', '1990-06-01'],
    ['01/02/1990', '1990-01-02'],
    ['01-02-1990', '1990-02-01'],
    ['01.02.1990', '1990-02-01'],
    ['1 January 1990', '1990-01-01'],
    ['January 1, 1990', '1990-01-01'],
    ['2990-01-01', '2990-01-01'],
  ])('%s is %s', (text, day) => expect(dayMeant(text)).toBe(day));

  it.each([
    ['1989-12-31T23:00:00.000Z', '1990-01-01'],
    ['1990-05-31T22:00:00.000Z', '1990-06-01'],
    ['1990-01-01T05:00:00.000Z', '1990-01-01'],
  ])('%s, midnight in another time zone, is %s', (text, day) => expect(dayMeant(text)).toBe(day));

  it.each([
    '31/01/1990',
    '1990',
    'yesterday',
    '0000-00-00',
    '1990-02-30',
    '1990-13-01',
    'x 1 1990',
    5,
    null,
    [],
  ])('%j is invalid', (value) => expect(dayMeant(value)).toBeUndefined());
});

describe('A boolean, as Laravel 8.83 parses it', () => {
  it.each([true, false, 1, 0, '1', '0'])('can be %j', (value) =>
    expect(boolean(value, 'x', 'x', {})).toBeUndefined(),
  );
  it.each(['true', 'false', 'on', 2, 'yes', ['1']])('cannot be %j', (value) =>
    expect(boolean(value, 'x', 'x', {})).toBe('The x field must be true or false.'),
  );
});
