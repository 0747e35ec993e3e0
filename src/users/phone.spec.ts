import { cleanPhone, isPhone } from './phone.js';

describe('A phone number', () => {
  it.each([
    ['0123456789', '0123456789'],
    ['+33 6 12 34 56 78', '+33\u00a06\u202f12\u200934\u300056 78 '],
    ['+33 6 12 34 56 78', '\u202a+33 6 12 34 56 78\u202c'],
    ['06-12-34-56-78', '06\u201112\u201334\u201456\u221278'],
    ['06.12.34.56.78', '06·12•34.56∙78'],
    ['0228/123456', '0228\u2044123456'],
    ['+49 (0)228 / 12 34', '＋４９ （０）228 ／ 12\t34'],
    ['(555) 010-9999', '(555) 010-9999'],
    ['+966 50 123 4567', '+٩٦٦ ٥٠ ١٢٣ ٤٥٦٧'],
    ['01 23 45 67 89 ext. 12', '01 23 45 67 89 x12'],
    ['01 23 45 67 89 ext. 12', '01 23 45 67 89 poste 12'],
    ['+33612345678', 'tel:+33612345678'],
    ['*100#', '*100#'],
    ['112', '112'],
  ])('is %j of %j', (clean, text) => {
    expect(cleanPhone(text)).toBe(clean);
    expect(cleanPhone(clean)).toBe(clean);
    expect(isPhone(clean)).toBe(true);
  });

  it.each(['', '12', '-- ()', 'call me', '0123 or 4567', 'x'.repeat(70), '1'.repeat(41), "1'; DROP"])(
    'is not %j',
    (text) => expect(isPhone(cleanPhone(text))).toBe(false),
  );
});
