import { isForgivable, isSimilar } from './edit-distance.js';

describe('A typo', () => {
  it.each([
    ['lapm', 'lamp'],
    ['lapm', 'lampshade'],
    ['bougei', 'bougie'],
    ['bogie', 'bougie'],
    ['bouggie', 'bougie'],
    ['bouqie', 'bougie'],
    ['boguie', 'bougies'],
    ['choclat', 'chocolate'],
    ['chandeleir', 'chandelier'],
    ['hcandelire', 'chandelier'],
    ['shandelierr', 'chandelier'],
  ])('is forgiven: %s is %s', (typed, word) => {
    expect(isSimilar(typed, word)).toBe(true);
  });

  it.each([
    ['lomp', 'lamp'],
    ['lap', 'lamp'],
    ['buogei', 'bougie'],
    ['shantelierr', 'chandelier'],
    ['chair', 'stool'],
  ])('is not forgiven: %s is not %s', (typed, word) => {
    expect(isSimilar(typed, word)).toBe(false);
  });

  it('is not looked for in short words, numbers and codes', () => {
    expect(['oak', 'm8x20', '24680', 'lapm', 'été'].filter(isForgivable)).toEqual(['lapm']);
  });
});
