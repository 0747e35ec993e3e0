import { MOST_WORDS } from './find-search-words.sql.js';

/** One word of a search with the words of the catalogue that answer it. */
export interface SearchTerm {
  /** What was written together as one word, such as `wifi`, and its parts, `wi` and `fi`. */
  term: string;
  parts: string[];
  /** Words that begin with it, itself the first; not all, if there are very many. */
  beginnings: string[];
  /** Words that hold it elsewhere; not all, or only the commonest, where `isPartial`. */
  others: string[];
  isPartial: boolean;
  /** Words that it may be a misspelling of. */
  similar?: string[];
}

/** Where in a product its words are looked for. The index holds a word of the name a second time, with this mark. */
type Mark = '' | '^';

/** Words hold neither quotes nor backslashes: those separate words. */
const lexeme = (mark: Mark, word: string) => `'${mark}${word}'`;

/**
 * A tsquery: all terms, each by any of its words. Where there are more beginnings than were looked up, PostgreSQL looks for
 * them itself, which takes far longer than for words that it is given.
 */
export function tsquery(terms: SearchTerm[], mark: Mark, typosForgiven = false): string {
  return allOf(terms, (term) => {
    const alternatives = wordsOf(term, '', typosForgiven).map((word) => lexeme(mark, word));
    if (hasMoreBeginnings(term)) alternatives.push(`${lexeme(mark, term.term)}:*`);
    return [...alternatives, ...partsOf(term, mark)];
  });
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
    ...(hasMoreBeginnings(term) ? [] : beginnings),
    ...others,
    ...(typosForgiven ? similar : []),
  ];
  return words.map((word) => mark + word);
}

export function hasMoreBeginnings({ beginnings }: SearchTerm): boolean {
  return beginnings.length === MOST_WORDS;
}

/** A number with a decimal point is not its parts. */
function partsOf({ term, parts }: SearchTerm, mark: Mark): string[] {
  if (parts.length < 2 || term.includes('.')) return [];
  return [`(${parts.map((part) => lexeme(mark, part)).join(' & ')})`];
}

/** A term without any word is found nowhere, and a search for it neither. */
function allOf(terms: SearchTerm[], alternativesOf: (term: SearchTerm) => string[]): string {
  const all = terms.map(alternativesOf);
  if (all.some((alternatives) => alternatives.length === 0)) return '';
  return all.map((alternatives) => `(${alternatives.join(' | ')})`).join(' & ');
}
