import type { Reads } from '../database/database.js';
import { FIND_WORD_SHARES } from './find-word-shares.sql.js';
import { type Filter, isAvailability } from './product-filters.js';

const GOOD_FOR_MS = 60_000;

interface Statistics {
  products: number;
  words: string[] | null;
  shares: number[] | null;
  available: number;
  unavailable: number;
  dictionary: number;
  bounds: string[] | null;
}

/**
 * How common words, available and unavailable products are, from PostgreSQL's statistics: an estimate, which chooses a
 * plan and does not change results.
 */
export class WordShares {
  private products = 0;
  private shares = new Map<string, number>();
  private availability = { available: 1, unavailable: 1 };
  /** Estimated share of a word that is not in the statistics. */
  private rare = 0;
  /** Number of words of the dictionary, and words that divide it into equal parts. */
  private dictionary = 0;
  private bounds: string[] = [];
  private readAt = -Infinity;

  async refresh(from: Reads): Promise<void> {
    if (performance.now() - this.readAt < GOOD_FOR_MS) return;
    this.readAt = performance.now();
    const { products, words, shares, available, unavailable, dictionary, bounds } =
      (await from.queryOne<Statistics>(FIND_WORD_SHARES))!;
    this.products = Math.max(products, 0);
    this.shares = new Map(words?.map((word, index) => [word, shares![index]!]));
    this.availability = { available, unavailable };
    // The shares are followed by their minimum and maximum, and by the share of null.
    this.rare = shares && words ? shares[words.length]! / 20 : 0;
    this.dictionary = Math.max(dictionary, 0);
    this.bounds = bounds ?? [];
  }

  get shopSize(): number {
    return this.products;
  }

  commonest(words: string[], most: number): string[] {
    if (words.length <= most) return words;
    const shareOf = (word: string) => this.shares.get(word) ?? 0;
    return words.sort((one, other) => shareOf(other) - shareOf(one)).slice(0, most);
  }

  /** About how many of all products, from 0 to 1, have any of these words. */
  ofAny(words: string[]): number {
    return sum(words.map((word) => this.shares.get(word) ?? this.rare));
  }

  /** The same of all words that begin so, which are many: each of them is in one product at least. */
  ofBeginning(mark: string, beginning: string): number {
    const known = [...this.shares].filter(([word]) => word.startsWith(mark + beginning));
    const parts = this.bounds.filter((word) => word.startsWith(beginning)).length - 1;
    const words = parts < LEAST_PARTS ? 0 : (parts / this.bounds.length) * this.dictionary;
    return sum([MANY * this.rare, words / Math.max(1, this.products), ...known.map(([, share]) => share)]);
  }

  /** About how many of all products, from 0 to 1, pass the filter by availability, if these have one. */
  ofAvailability(filters: Filter[]): number {
    const filter = filters.find(isAvailability);
    return filter ? this.availability[filter] : 1;
  }
}

/** Fewer parts of the dictionary tell little of how many words it has. */
const LEAST_PARTS = 2;

/** Words that the statistics do not hold, of many that begin alike. */
const MANY = 20;

function sum(shares: number[]): number {
  return Math.min(
    1,
    shares.reduce((total, share) => total + share, 0),
  );
}
