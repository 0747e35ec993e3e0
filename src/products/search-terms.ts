/** One word of a search with the words of the catalogue that answer it. */
export interface SearchTerm {
  /** What was written together as one word, such as `wifi`, and its parts, `wi` and `fi`. */
  term: string;
  parts: string[];
  /** Words that begin with it; the first of them, if there are many. */
  beginnings: string[];
  has_many_beginnings: boolean;
  /** Words that hold it elsewhere; not all, or only the commonest, where `isPartial`. */
  others: string[];
  isPartial: boolean;
  /** Words of which it may be a misspelling. */
  similar?: string[];
}

/** Where in a product its words are looked for. The index holds a word of the name a second time, with this mark. */
type Mark = '' | '^';

/** Words hold neither quotes nor backslashes: those separate words. */
const lexeme = (mark: Mark, word: string) => `'${mark}${word}'`;

/** A tsquery: all terms, each by any of its words. Where there are many beginnings, PostgreSQL looks for them itself. */
export function tsquery(terms: SearchTerm[], mark: Mark, typosForgiven = false): string {
  return allOf(terms, (term) => {
    const alternatives = wordsOf(term, '', typosForgiven).map((word) => lexeme(mark, word));
    if (term.has_many_beginnings) alternatives.push(`${lexeme(mark, term.term)}:*`);
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
    ...(term.has_many_beginnings ? [] : beginnings),
    ...others,
    ...(typosForgiven ? similar : []),
  ];
  return words.map((word) => mark + word);
}

/** A number with a decimal point is not its parts. */
function partsOf({ term, parts }: SearchTerm, mark: Mark): string[] {
  if (parts.length < 2 || term.includes('.')) return [];
  return [`(${parts.map((part) => lexeme(mark, part)).join(' & ')})`];
}

/** A term without any word has no hits, and neither has its search. */
function allOf(terms: SearchTerm[], alternativesOf: (term: SearchTerm) => string[]): string {
  const all = terms.map(alternativesOf);
  if (all.some((alternatives) => alternatives.length === 0)) return '';
  return all.map((alternatives) => `(${alternatives.join(' | ')})`).join(' & ');
}
