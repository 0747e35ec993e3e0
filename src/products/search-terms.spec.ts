import { indexQueries, type SearchTerm } from './search-terms.js';
import type { WordShares } from './word-shares.js';

describe('The queries of a search for several words', () => {
  const term = (word: string, others: Partial<SearchTerm> = {}): SearchTerm => ({
    term: word,
    parts: [],
    beginnings: [word],
    has_many_beginnings: false,
    others: [],
    isPartial: false,
    ...others,
  });
  const many = term('ch', { has_many_beginnings: true });

  /** The tsqueries of the first query, by how many of a million products have the other word. */
  function queried(rare: number, beginning: SearchTerm): [string[], string] {
    const shares = {
      shopSize: 1_000_000,
      ofAny: () => rare / 1_000_000,
      ofBeginning: () => 0.2,
    } as unknown as WordShares;
    const [{ indexed, rest }] = indexQueries([beginning, term('lamp')], '', true, shares) as any;
    return [indexed, rest];
  }

  it('compare products of a rare word with beginnings of very many words, which takes the index longer', () => {
    expect(queried(5_000, many)).toEqual([["('lamp')"], "('ch':*)"]);
    expect(queried(5_001, many)).toEqual([["('lamp')", "('ch':*)"], '']);
  });

  it('find beginnings in the index where all their words are known', () => {
    const known = { ...many, allBeginnings: ['chair', 'chest'] };
    expect(queried(1_000, known)).toEqual([["('lamp')", "('chair' | 'chest')"], '']);
  });
});
