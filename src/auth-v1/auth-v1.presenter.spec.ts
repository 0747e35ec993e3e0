import { euros } from './auth-v1.presenter.js';

describe('A sum in euros', () => {
  it.each([
    ['0.00', '0.00 €'],
    ['999.99', '999.99 €'],
    ['1250.50', '1,250.50 €'],
    ['123456.00', '123,456.00 €'],
    ['1000000.00', '1,000,000.00 €'],
    ['9007199254740993.01', '9,007,199,254,740,993.01 €'],
  ])('%s reads %s', (amount, text) => expect(euros(amount)).toBe(text));
});
