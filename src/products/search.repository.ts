import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Reads } from '../database/database.js';
import type { PageRow, PageStart } from '../http/paging.js';
import { isForgivable, isSimilar } from './edit-distance.js';
import { hitsSql, rangeEndSql } from './find-hits.sql.js';
import { FIND_NEWER_WORDS } from './find-newer-words.sql.js';
import { FIND_SEARCH_WORDS, MOST_WORDS } from './find-search-words.sql.js';
import { FIND_SIMILAR_WORDS } from './find-similar-words.sql.js';
import { FIND_SUGGESTIONS } from './find-suggestions.sql.js';
import { givenFilters, type ProductFilters, valuesOf } from './product-filters.js';
import { type Ordering, SortKey } from './product-ordering.js';
import { type ProductsPage, ProductTexts } from './product-texts.js';
import type { SuggestionDto } from './products.dto.js';
import { FEW_EXACT_HITS, MOST_HITS, searchProductsSql } from './search-products.sql.js';
import { beginningsTsquery, type SearchTerm, tsquery, wholeWordsTsquery, wordsOf } from './search-terms.js';
import { WordShares } from './word-shares.js';

const MAX_CHARACTERS = 100;
const MAX_TERMS = 10;
const MAX_SUGGESTIONS = 10;

/** Of many hits, pages by number lead to so many; `next` leads on. */
const FURTHEST_OFFSET = 10_000;

/** What the dictionary said of searches is kept, up to so many of its words. */
const MOST_KEPT_WORDS = 200_000;

/** Which words are the commonest changes slowly. */
const KEPT_FOR_MS = 60_000;

/** Each word that is looked for costs a little with every product that has one of them: where these are many. */
const MAX_OTHERS = 16;

/** In a shop of more products each that is read is likely to be read from another block. */
const LARGE_SHOP = 20_000;
const MOST_HITS_IN_A_LARGE_SHOP = 500;

/** A range of a list is half as long again as it would have to be if words were spread evenly, then eight times that. */
const MARGIN = 1.5;
const GROWTH = 8;
const SHORTEST_RANGE = 200;
/** Of a list; beyond that all hits are read. */
const LONGEST_RANGE = 0.25;

/** Products that have the words of one tsquery and not of another; they come before those of the next tier. */
interface Tier {
  words: string;
  except: string;
  /** About how many of all products, from 0 to 1, have the words. */
  share: number;
}

/** What the dictionary says of a search. */
interface KnownSearch {
  terms: SearchTerm[];
  /** The terms with words that they may be misspellings of, where that was asked. */
  forgiving?: SearchTerm[];
  /** Newer words than this tells of, see `newerWords`, may hold a term, too. */
  seen_before: string;
}

interface AskedPage {
  filters: ProductFilters;
  /** undefined for the most relevant first */
  ordering: Ordering | undefined;
  start: PageStart;
}

interface Hit {
  id: number;
  key: string;
}

const NOTHING: PageRow = {
  count: 0,
  count_exact: true,
  results: null,
  shown: 0,
  has_next: false,
  last_key: null,
  last_id: null,
};

/**
 * Searches. A dictionary of all words that occur tells which of them hold what a reader typed. That is kept, and each
 * search asks PostgreSQL whether the dictionary has newer words. A GIN index tells which products have the words. Few hits
 * are read, sorted and counted. Many would take too long to read: the first of them are looked for in a range of the
 * list that is long enough for how common the words are.
 */
@Injectable()
export class SearchRepository {
  private readonly shares = new WordShares();
  /** By what was typed. */
  private readonly kept = new LRUCache<string, KnownSearch>({
    maxSize: MOST_KEPT_WORDS,
    sizeCalculation: ({ terms }) =>
      1 + terms.flatMap(({ beginnings, others }) => [...beginnings, ...others]).length,
    ttl: KEPT_FOR_MS,
  });

  constructor(private readonly texts: ProductTexts) {}

  /** @param ordering undefined for the most relevant first */
  async findPage(
    search: string,
    filters: ProductFilters,
    ordering: Ordering | undefined,
    start: PageStart,
    from: Reads,
  ): Promise<PageRow> {
    await this.shares.refresh(from);
    const asked = { filters, ordering, start };
    const kept = this.kept.get(bounded(search));
    const page = kept && (await this.findPageOf(kept, asked, kept.seen_before, from));
    return page ?? (await this.findPageOf(await this.lookUp(search, from), asked, null, from))!;
  }

  /** @returns undefined when the dictionary has words that were not `seenBefore` */
  private async findPageOf(
    known: KnownSearch,
    asked: AskedPage,
    seenBefore: string | null,
    from: Reads,
  ): Promise<PageRow | undefined> {
    if (known.terms.length === 0) return NOTHING;
    const exact = await this.pageOf(known.terms, asked, seenBefore, from);
    if (!exact || !exact.count_exact || exact.count >= FEW_EXACT_HITS) return exact;
    known.forgiving ??= await this.addSimilar(known.terms, from);
    return this.hasSimilar(known.forgiving) ? this.pageOf(known.forgiving, asked, seenBefore, from) : exact;
  }

  /** The tsquery of what `findPage` lists, '' where that is nothing, and about how many products have its words. */
  async findWords(
    search: string,
    filters: ProductFilters,
    from: Reads,
  ): Promise<{ words: string; about: number }> {
    let { terms } = await this.lookUp(search, from);
    if (terms.length === 0) return { words: '', about: 0 };
    const asked: AskedPage = { filters, ordering: 'id', start: { size: 1, offset: 0 } };
    const { count, count_exact } = (await this.pageOf(terms, asked, null, from))!;
    if (count_exact && count < FEW_EXACT_HITS) terms = await this.addSimilar(terms, from);
    return {
      words: tsquery(terms, '', true),
      about: this.shareOf(terms, '', true) * this.shares.shopSize,
    };
  }

  /** About how many products there are. */
  async shopSize(from: Reads): Promise<number> {
    await this.shares.refresh(from);
    return this.shares.shopSize;
  }

  /** The first products with words in their name that begin with what was typed. */
  async findSuggestions(typed: string, from: Reads): Promise<SuggestionDto[]> {
    const { terms } = await this.lookUp(typed, from);
    if (terms.length === 0) return [];
    const find = async (wanted: SearchTerm[], typosForgiven: boolean) => {
      const words = beginningsTsquery(wanted, '^', typosForgiven);
      const share = this.shareOf(wanted, '^', typosForgiven);
      const tier = { words, except: '', share };
      const hits = await this.hitsOf(tier, {}, 'id', MAX_SUGGESTIONS, undefined, from);
      return hits.map(({ id }) => id);
    };
    let ids = await find(terms, false);
    const forgiving = ids.length < FEW_EXACT_HITS ? await this.addSimilar(terms, from) : terms;
    if (this.hasSimilar(forgiving)) {
      ids = [...new Set([...ids, ...(await find(forgiving, true))])].slice(0, MAX_SUGGESTIONS);
    }
    return ids.length > 0 ? from.query<SuggestionDto>(FIND_SUGGESTIONS, [ids]) : [];
  }

  private async lookUp(search: string, from: Reads): Promise<KnownSearch> {
    await this.shares.refresh(from);
    const typed = bounded(search);
    const found = (await from.queryOne<{ terms: SearchTerm[] | null; seen_before: string }>(
      FIND_SEARCH_WORDS,
      [typed, MAX_TERMS],
    ))!;
    const known = { ...found, terms: found.terms ?? [] };
    const isFew = this.isFew(this.shareOf(known.terms, '', false));
    for (const term of known.terms) {
      term.isPartial = term.others.length >= (isFew ? MOST_WORDS : MAX_OTHERS + 1);
      if (!isFew) term.others = this.shares.commonest(term.others, MAX_OTHERS);
    }
    this.kept.set(typed, known);
    return known;
  }

  /** With words that the terms may be misspellings of, and that were not found before. */
  private async addSimilar(terms: SearchTerm[], from: Reads): Promise<SearchTerm[]> {
    const forgivable = terms.filter(({ term }) => isForgivable(term));
    if (forgivable.length === 0) return terms;
    const found = await from.query<{ term: string; words: string[] }>(FIND_SIMILAR_WORDS, [
      forgivable.map(({ term }) => term),
    ]);
    return terms.map((term) => {
      if (!isForgivable(term.term)) return term;
      const { words = [] } = found.find((row) => row.term === term.term) ?? {};
      const others = words.filter((word) => !word.includes(term.term) && isSimilar(term.term, word));
      return { ...term, similar: this.shares.commonest(others, MAX_OTHERS) };
    });
  }

  private hasSimilar(terms: SearchTerm[]): boolean {
    return terms.some(({ similar = [] }) => similar.length > 0);
  }

  /** Where not all words that hold a term are looked for, there may be more than the page says. */
  private async pageOf(
    terms: SearchTerm[],
    asked: AskedPage,
    seenBefore: string | null,
    from: Reads,
  ): Promise<PageRow | undefined> {
    const page = await this.pageOfKnown(terms, asked, seenBefore, from);
    return page && terms.some(({ isPartial }) => isPartial)
      ? { ...page, count_exact: false, is_partial: true }
      : page;
  }

  /** @returns undefined when the dictionary has words that were not `seenBefore` */
  private async pageOfKnown(
    terms: SearchTerm[],
    { filters, ordering, start }: AskedPage,
    seenBefore: string | null,
    from: Reads,
  ): Promise<PageRow | undefined> {
    const anywhere = tsquery(terms, '', true);
    const share = this.shareOf(terms, '', true);
    if (anywhere !== '' && this.isFew(share)) {
      const { size, offset, after } = start;
      const given = givenFilters(filters);
      const page = await from.queryOne<ProductsPage & { is_outdated: boolean }>(
        searchProductsSql(ordering ?? 'relevance', given),
        [
          size,
          offset,
          after?.key,
          after?.id,
          anywhere,
          seenBefore,
          ...(ordering ? [] : this.rankingOf(terms)),
          ...valuesOf(filters, given),
        ],
      );
      if (page!.is_outdated) return undefined;
      if (page!.count_exact) return this.texts.pageOf(page!, size, from);
    } else if (seenBefore !== null) {
      const row = await from.queryOne<{ is_outdated: boolean }>(FIND_NEWER_WORDS, [seenBefore]);
      if (row!.is_outdated) return undefined;
    }
    if (anywhere === '') return NOTHING;
    const tiers = ordering ? [{ words: anywhere, except: '', share }] : this.tiersOf(terms);
    return this.pageOfTiers(tiers, filters, ordering, start, from);
  }

  private isFew(share: number): boolean {
    const { shopSize } = this.shares;
    return share * shopSize < (shopSize > LARGE_SHOP ? MOST_HITS_IN_A_LARGE_SHOP : MOST_HITS);
  }

  /** The words of each tier but the last; null where nothing is forgiven, so that there are only three. */
  private rankingOf(terms: SearchTerm[]): (string | null)[] {
    const words = this.tiersOf(terms).map((tier) => tier.words);
    return words.length === 3 ? [words[0]!, words[1]!, null, null] : words.slice(0, 4);
  }

  /** In the order of relevance: whole words of the name, words of the name, any words, and the same with typos forgiven. */
  private tiersOf(terms: SearchTerm[]): Tier[] {
    const wholeInName = wholeWordsTsquery(terms, '^');
    const inName = tsquery(terms, '^');
    const anywhere = tsquery(terms, '');
    const wholeWords = terms.map((term) => ({
      ...term,
      beginnings: [term.term],
      has_many_beginnings: false,
      others: [],
    }));
    const tiers = [
      { words: wholeInName, except: '', share: this.shareOf(wholeWords, '^', false) },
      { words: inName, except: wholeInName, share: this.shareOf(terms, '^', false) },
      { words: anywhere, except: inName, share: this.shareOf(terms, '', false) },
    ];
    if (!terms.some(({ similar }) => similar)) return tiers;
    const forgivenInName = tsquery(terms, '^', true);
    const before = [anywhere, forgivenInName].filter(Boolean).join(' | ');
    return [
      ...tiers,
      { words: forgivenInName, except: anywhere, share: this.shareOf(terms, '^', true) },
      { words: tsquery(terms, '', true), except: before, share: this.shareOf(terms, '', true) },
    ];
  }

  private async pageOfTiers(
    tiers: Tier[],
    filters: ProductFilters,
    ordering: Ordering | undefined,
    { size, offset, after }: PageStart,
    from: Reads,
  ): Promise<PageRow> {
    if (offset > FURTHEST_OFFSET) return NOTHING;
    const isRelevance = ordering === undefined;
    const wanted = offset + size + 1;
    const hits: Hit[] = [];
    for (const [number, tier] of tiers.entries()) {
      const isBefore = isRelevance && after && number < Number(after.key);
      if (isBefore || tier.words === '' || hits.length === wanted) continue;
      const isInside = after && (!isRelevance || number === Number(after.key));
      const behind = isInside ? { ...after, key: isRelevance ? String(after.id) : after.key } : undefined;
      const found = await this.hitsOf(tier, filters, ordering ?? 'id', wanted - hits.length, behind, from);
      hits.push(...(isRelevance ? found.map(({ id }) => ({ id, key: String(number) })) : found));
    }
    const shown = hits.slice(offset, offset + size);
    const texts = await this.texts.findByIds(
      shown.map(({ id }) => id),
      from,
    );
    const last = shown.length === size ? shown.at(-1)! : null;
    const share = Math.max(...tiers.map((tier) => tier.share));
    const isEveryHit = !after && hits.length < wanted;
    return {
      count: isEveryHit ? hits.length : Math.min(FURTHEST_OFFSET, Math.ceil(share * this.shares.shopSize)),
      count_exact: isEveryHit,
      results: texts.join(',') || null,
      shown: shown.length,
      has_next: hits.length > offset + size,
      last_key: last && last.key,
      last_id: last && last.id,
    };
  }

  /** The first hits of a tier, looked for in ranges of the list that get longer; at last in all that is left of it. */
  private async hitsOf(
    { words, except, share }: Tier,
    filters: ProductFilters,
    ordering: Ordering,
    wanted: number,
    after: PageStart['after'],
    from: Reads,
  ): Promise<Hit[]> {
    if (words === '') return [];
    const { shopSize } = this.shares;
    const given = givenFilters(filters);
    const values = valuesOf(filters, given);
    const hits: Hit[] = [];
    let behind = after;
    const search = async (end: PageStart['after']) => {
      const text = hitsSql(ordering, given, { isBehind: behind !== undefined, isBounded: end !== undefined });
      const places = [behind, end].flatMap((place) => (place ? [place.key, place.id] : []));
      const left = wanted - hits.length;
      hits.push(...(await from.query<Hit>(text, [left, words, except, ...values, ...places])));
      behind = end;
      return hits.length === wanted || !end;
    };
    const longest = share * shopSize > MOST_HITS ? LONGEST_RANGE * shopSize : 0;
    let length = Math.max(SHORTEST_RANGE, (MARGIN * wanted) / share);
    for (; length < longest; length *= GROWTH) {
      if (await search(await this.endOf(ordering, filters, Math.ceil(length), behind, from))) return hits;
    }
    await search(undefined);
    return hits;
  }

  /** The row that ends a range; undefined where the list ends before. */
  private endOf(
    ordering: Ordering,
    filters: ProductFilters,
    length: number,
    behind: PageStart['after'],
    from: Reads,
  ): Promise<Hit | undefined> {
    const { isPrice } = new SortKey(ordering);
    const indexed = givenFilters(filters).filter(
      (filter) => filter === 'category' || (isPrice && filter.endsWith('price')),
    );
    const place = behind ? [behind.key, behind.id] : [];
    return from.queryOne<Hit>(rangeEndSql(ordering, indexed, behind !== undefined), [
      length,
      ...valuesOf(filters, indexed),
      ...place,
    ]);
  }

  /** About how many of all products, from 0 to 1, have all terms. */
  private shareOf(terms: SearchTerm[], mark: '' | '^', typosForgiven: boolean): number {
    return terms
      .map((term) => {
        const share = this.shares.ofAny(wordsOf(term, mark, typosForgiven));
        return term.has_many_beginnings ? share + this.shares.ofBeginning(mark + term.term) : share;
      })
      .reduce((product, share) => product * Math.min(1, share), 1);
  }
}

function bounded(search: string): string {
  return [...search].slice(0, MAX_CHARACTERS).join('');
}
