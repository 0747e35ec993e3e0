import type { WordShares } from './word-shares.js';

/** One word of a search with the words of the catalogue that answer it. */
export interface SearchTerm {
  /** What was written together as one word, such as `wifi`, and its parts, `wi` and `fi`. */
  term: string;
  parts: string[];
  /** Words that begin with it; the first of them, if there are many. */
  beginnings: string[];
  has_many_beginnings: boolean;
  /** All of these, where they are known. */
  allBeginnings?: string[];
  /** Words that hold it elsewhere; not all, or only the commonest, where `isPartial`. */
  others: string[];
  isPartial: boolean;
  /** Words of which it may be a misspelling. */
  similar?: string[];
}

/** Where in a product its words are looked for. The index holds a word of the name a second time, with this mark. */
export type Mark = '' | '^';

/** Words hold neither quotes nor backslashes: those separate words. */
const lexeme = (mark: Mark, word: string) => `'${mark}${word}'`;

/** A tsquery: all terms, each by any of its words. Where there are many beginnings, PostgreSQL looks for them itself. */
export function tsquery(terms: SearchTerm[], mark: Mark, typosForgiven = false): string {
  return allOf(terms, (term) => tsqueryOf(term, mark, typosForgiven));
}

/** A tsquery: any of the words of a term; empty where it has none. */
export function tsqueryOf(term: SearchTerm, mark: Mark, typosForgiven: boolean): string {
  return anyOf(alternativesOf(term, wordsOf(term, '', typosForgiven), mark));
}

function alternativesOf(term: SearchTerm, words: string[], mark: Mark): string[] {
  return [
    ...words.map((word) => lexeme(mark, word)),
    ...(term.has_many_beginnings ? [`${lexeme(mark, term.term)}:*`] : []),
    ...partsOf(term, mark),
  ];
}

/** The same, looked for as a whole word only. */
export function asWholeWord(term: SearchTerm): SearchTerm {
  const { term: word, parts } = term;
  return { term: word, parts, beginnings: [word], has_many_beginnings: false, others: [], isPartial: false };
}

/** The same, looked for as the beginning of words only. */
export function asBeginning(term: SearchTerm): SearchTerm {
  return { ...term, others: [] };
}

/** Words that a term is looked for by, as the index holds them. */
export function wordsOf(term: SearchTerm, mark: Mark, typosForgiven: boolean): string[] {
  const { beginnings, others, similar = [] } = term;
  const words = [
    ...(term.has_many_beginnings ? [] : beginnings),
    ...others,
    ...(typosForgiven ? similar : []),
  ];
  return words.map((word) => mark + word);
}

/** Tsqueries. A product that matches all of them is found sooner than by one tsquery that says the same. */
export interface IndexQuery {
  /** What the index finds, a tsquery for each of the rarest terms, the same terms in all queries of a search. */
  indexed: string[];
  /** What the products found are compared with; empty for nothing. */
  rest: string;
}

/** Number of words of each term in the query of the commonest words. */
const MOST_COMBINED = 8;
/** Number of the rarer words of a term in one query. */
const MOST_IN_A_QUERY = 64;
/** The index finds this number of terms, the rarest. */
const MOST_INDEXED = 3;
/**
 * Each query reads all entries of the index with such a beginning: that of a term with very many is looked for in the index
 * only where rarer terms leave more products than this.
 */
const MOST_WITHOUT_BEGINNINGS = 5_000;
/** Share of products from which on the index does not find a term, unless it is the rarest. */
const COMMON = 0.25;

/**
 * Queries that together find what `tsquery` finds. For each product that has one of the words of a query, the index
 * evaluates the whole query, so that one of several terms with many words each is slow. Here the first query combines the
 * commonest words of the terms. The others look for the rarer words of a term together with common words of the other
 * terms, or for rarer words of two terms; few products have them.
 */
export function indexQueries(
  terms: SearchTerm[],
  mark: Mark,
  typosForgiven: boolean,
  shares: WordShares,
): IndexQuery[] {
  const groups = terms
    .map((term) => groupOf(term, mark, typosForgiven, shares))
    .toSorted((one, other) => one.share - other.share);
  const indexed = groups.slice(0, countIndexed(groups, shares.shopSize));
  const rest = groups
    .slice(indexed.length)
    .map(({ term }) => tsqueryOf(term, mark, typosForgiven))
    .join(' & ');
  const query = (find: (group: WordGroup) => string) => ({ indexed: indexed.map(find), rest });
  const queries = [query(({ common }) => common)];
  for (const [place, group] of indexed.entries()) {
    for (let start = 0; start < group.rarer.length; start += MOST_IN_A_QUERY) {
      const words = anyOf(group.rarer.slice(start, start + MOST_IN_A_QUERY));
      queries.push(query((other) => (other === group ? words : other.common)));
    }
    if (group.rarer.length === 0) continue;
    for (const second of indexed.slice(place + 1).filter(({ rarer }) => rarer.length > 0)) {
      queries.push(query((other) => (other === group || other === second ? anyOf(other.rarer) : other.all)));
    }
  }
  return queries;
}

/** How many terms the index finds. @param found the terms and how common they are, the rarest first */
export function countIndexed(found: { term: SearchTerm; share: number }[], products: number): number {
  let left = products;
  const further = found.findIndex(({ term, share }, place) => {
    const isWorth = share < COMMON && (left > MOST_WITHOUT_BEGINNINGS || !hasUnknownBeginnings(term));
    left *= share;
    return place > 0 && !isWorth;
  });
  return Math.min(MOST_INDEXED, further === -1 ? found.length : further);
}

function hasUnknownBeginnings({ has_many_beginnings, allBeginnings }: SearchTerm): boolean {
  return has_many_beginnings && !allBeginnings;
}

/** A term as text of a tsquery: with all its words, and with the commonest of them. */
interface WordGroup {
  term: SearchTerm;
  all: string;
  common: string;
  rarer: string[];
  share: number;
}

function groupOf(term: SearchTerm, mark: Mark, typosForgiven: boolean, shares: WordShares): WordGroup {
  const { allBeginnings: beginnings } = term;
  const known = beginnings ? { ...term, beginnings, has_many_beginnings: false } : term;
  const share = (word: string) => shares.ofAny([mark + word]);
  const words = wordsOf(known, '', typosForgiven).toSorted((one, other) => share(other) - share(one));
  return {
    term,
    all: anyOf(alternativesOf(known, words, mark)),
    common: anyOf(alternativesOf(known, words.slice(0, MOST_COMBINED), mark)),
    rarer: words.slice(MOST_COMBINED).map((word) => lexeme(mark, word)),
    share: shareOf(term, mark, typosForgiven, shares),
  };
}

/** About how many of all products, from 0 to 1, have a term. */
export function shareOf(term: SearchTerm, mark: Mark, typosForgiven: boolean, shares: WordShares): number {
  const share = shares.ofAny(wordsOf(term, mark, typosForgiven));
  return term.has_many_beginnings ? Math.min(1, share + shares.ofBeginning(mark, term.term)) : share;
}

/** A number with a decimal point is not its parts. */
function partsOf({ term, parts }: SearchTerm, mark: Mark): string[] {
  if (parts.length < 2 || term.includes('.')) return [];
  return [`(${parts.map((part) => lexeme(mark, part)).join(' & ')})`];
}

/** A term without any word has no hits, and neither has its search. */
function allOf(terms: SearchTerm[], find: (term: SearchTerm) => string): string {
  const all = terms.map(find);
  return all.includes('') ? '' : all.join(' & ');
}

function anyOf(alternatives: string[]): string {
  return alternatives.length > 0 ? `(${alternatives.join(' | ')})` : '';
}
