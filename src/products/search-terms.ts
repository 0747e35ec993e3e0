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
  return allOf(terms, (term) => alternativesOf(term, wordsOf(term, '', typosForgiven), mark));
}

function alternativesOf(term: SearchTerm, words: string[], mark: Mark): string[] {
  return [
    ...words.map((word) => lexeme(mark, word)),
    ...(term.has_many_beginnings ? [`${lexeme(mark, term.term)}:*`] : []),
    ...partsOf(term, mark),
  ];
}

/** A tsquery: all terms as whole words. */
export function wholeWordsTsquery(terms: SearchTerm[], mark: Mark): string {
  return allOf(terms, (term) => [lexeme(mark, term.term), ...partsOf(term, mark)]);
}

/** A tsquery: all terms as beginnings of words. */
export function beginningsTsquery(terms: SearchTerm[], mark: Mark, typosForgiven = false): string {
  return tsquery(
    terms.map((term) => ({ ...term, others: [] })),
    mark,
    typosForgiven,
  );
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

/** Three tsqueries. A product that matches all of them is found sooner than by one tsquery that says the same. */
export interface IndexQuery {
  /** What the index finds: the rarest words, */
  rarest: string;
  /** and others. */
  others: string;
  /** What the products found are compared with; empty for nothing. */
  rest: string;
}

/** Number of words of each term in the query of the commonest words. */
const MOST_COMBINED = 8;
/** Number of the rarer words of a term in one query. */
const MOST_IN_A_QUERY = 64;
/** The index finds this number of terms, the rarest. */
const MOST_INDEXED = 3;
/** Share of products from which on the index does not find a term, unless it is the rarest. */
const COMMON = 0.25;

/**
 * Queries that together find what `tsquery` finds. For each product that has one of the words of a query, the index
 * evaluates the whole query, so that one of several terms with many words each is slow. Here the first query combines the
 * commonest words of the terms. The others look for the rarer words of a term together with common words of the other
 * terms, or for rarer words of two terms; few products have them.
 *
 * @param shareOf how common a word is
 */
export function indexQueries(
  terms: SearchTerm[],
  mark: Mark,
  typosForgiven: boolean,
  shareOf: (word: string) => number,
): IndexQuery[] {
  const groups = terms
    .map((term) => groupOf(term, mark, typosForgiven, shareOf))
    .toSorted((one, other) => one.share - other.share);
  const indexed = groups.filter(
    ({ share }, place) => place === 0 || (place < MOST_INDEXED && share < COMMON),
  );
  const rest = groups
    .slice(indexed.length)
    .map(({ all }) => all)
    .join(' & ');
  const query = (group: WordGroup, rarest: string, wordsOfOther: (other: WordGroup) => string) => ({
    rarest,
    others: indexed.flatMap((other) => (other === group ? [] : [wordsOfOther(other)])).join(' & ') || rarest,
    rest,
  });
  const queries = [query(indexed[0]!, indexed[0]!.common, ({ common }) => common)];
  for (const [place, group] of indexed.entries()) {
    for (let start = 0; start < group.rarer.length; start += MOST_IN_A_QUERY) {
      const words = anyOf(group.rarer.slice(start, start + MOST_IN_A_QUERY));
      queries.push(query(group, words, ({ common }) => common));
    }
    if (group.rarer.length === 0) continue;
    for (const second of indexed.slice(place + 1).filter(({ rarer }) => rarer.length > 0)) {
      const wordsOfOther = (other: WordGroup) => (other === second ? anyOf(other.rarer) : other.all);
      queries.push(query(group, anyOf(group.rarer), wordsOfOther));
    }
  }
  return queries;
}

/** A term as text of a tsquery: with all its words, and with the commonest of them. */
interface WordGroup {
  all: string;
  common: string;
  rarer: string[];
  share: number;
}

function groupOf(
  term: SearchTerm,
  mark: Mark,
  typosForgiven: boolean,
  shareOf: (word: string) => number,
): WordGroup {
  const { allBeginnings: beginnings } = term;
  const known = beginnings ? { ...term, beginnings, has_many_beginnings: false } : term;
  const share = (word: string) => shareOf(mark + word);
  const words = wordsOf(known, '', typosForgiven).toSorted((one, other) => share(other) - share(one));
  return {
    all: anyOf(alternativesOf(known, words, mark)),
    common: anyOf(alternativesOf(known, words.slice(0, MOST_COMBINED), mark)),
    rarer: words.slice(MOST_COMBINED).map((word) => lexeme(mark, word)),
    share: words.reduce((total, word) => total + share(word), known.has_many_beginnings ? 1 : 0),
  };
}

/** A number with a decimal point is not its parts. */
function partsOf({ term, parts }: SearchTerm, mark: Mark): string[] {
  if (parts.length < 2 || term.includes('.')) return [];
  return [`(${parts.map((part) => lexeme(mark, part)).join(' & ')})`];
}

/** A term without any word has no hits, and neither has its search. */
function allOf(terms: SearchTerm[], find: (term: SearchTerm) => string[]): string {
  const all = terms.map(find);
  if (all.some((alternatives) => alternatives.length === 0)) return '';
  return all.map(anyOf).join(' & ');
}

function anyOf(alternatives: string[]): string {
  return `(${alternatives.join(' | ')})`;
}
