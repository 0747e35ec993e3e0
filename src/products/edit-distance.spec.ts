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
  ])('is tolerated: %s matches %s', (typed, word) => {
    expect(isSimilar(typed, word)).toBe(true);
  });

  it.each([
    ['lomp', 'lamp'],
    ['lap', 'lamp'],
    ['buogei', 'bougie'],
    ['shantelierr', 'chandelier'],
    ['chair', 'stool'],
  ])('is not tolerated: %s does not match %s', (typed, word) => {
    expect(isSimilar(typed, word)).toBe(false);
  });

  it('is not searched for in short words, numbers and codes', () => {
    expect(['oak', 'm8x20', '24680', 'lapm', 'été'].filter(isForgivable)).toEqual(['lapm']);
  });
});
