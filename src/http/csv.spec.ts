import { escapeFormula, unescapeFormula } from './csv.js';

describe('Cells of a CSV file', () => {
  it.each(['=1+1', '+33 1 23 45 67 89', '-5', '@SUM(A1)', '\t=1', '＝1', "'=1", "''+1"])(
    '%j cannot run',
    (text) => {
      expect(escapeFormula(text)).toBe(`'${text}`);
      expect(unescapeFormula(escapeFormula(text))).toBe(text);
    },
  );

  it.each(['', 'Oak desk', "'quoted'", "O'Neil", 'a=b', '5'])('%j is unchanged', (text) => {
    expect(escapeFormula(text)).toBe(text);
    expect(unescapeFormula(text)).toBe(text);
  });
});
