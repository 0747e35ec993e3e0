import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Reads } from '../database/database.js';
import type { PageRow, PageStart } from '../http/paging.js';
import { FIND_BEGINNINGS } from './find-beginnings.sql.js';
import { isForgivable, isSimilar } from './edit-distance.js';
import { hitsSql, rangeEndSql } from './find-hits.sql.js';
import { FIND_NEWER_WORDS } from './find-newer-words.sql.js';
import { FIND_SEARCH_WORDS, MOST_WORDS } from './find-search-words.sql.js';
import { FIND_SIMILAR_WORDS } from './find-similar-words.sql.js';
import { FIND_SUGGESTIONS } from './find-suggestions.sql.js';
import { type Filter, givenFilters, type ProductFilters, valuesOf } from './product-filters.js';
import { type Ordering, SortKey } from './product-ordering.js';
import { type ProductsPage, ProductTexts } from './product-texts.js';
import type { SuggestionDto } from './products.dto.js';
import { FEW_EXACT_HITS, MOST_HITS, searchProductsSql } from './search-products.sql.js';
import {
  asBeginning,
  asWholeWord,
  countIndexed,
  type IndexQuery,
  indexQueries,
  type Mark,
  type SearchTerm,
  shareOf,
  tsquery,
  tsqueryOf,
  wordsOf,
} from './search-terms.js';
import { WordShares } from './word-shares.js';

const MAX_CHARACTERS = 100;
const MAX_TERMS = 10;
const MAX_SUGGESTIONS = 10;

/** Pages by number end here; `next` goes on. */
const FURTHEST_OFFSET = 10_000;

/** Capacity of the cache of what the dictionary said of searches, in words. */
const MOST_KEPT_WORDS = 100_000;

/** How long these are kept: how common words are changes slowly. */
const KEPT_FOR_MS = 60_000;

/** Number of words with a term elsewhere than at the beginning, if many products have them: each word costs time. */
const MAX_OTHERS = 16;

/** In a shop of more products, several words are looked for by several queries, see `indexQueries`. */
const ONE_QUERY_UP_TO = 5_000;

/** In a shop of more products, each hit is likely to be read from another block, so that fewer are read. */
const LARGE_SHOP = 20_000;
const MOST_HITS_IN_A_LARGE_SHOP = 500;

/** A range of a list is so many times as long as it has to be if the hits are spread evenly. */
const MARGIN = 1.5;
const SHORTEST_RANGE = 200;
/** The statistics count as much as so many products that were read, or as so many hits in them. */
const TRUSTED_PRODUCTS = 1_000;
const TRUSTED_HITS = 20;
/**
 * The time that words take in their index, in products of a range that are read one by one: at least; for each product that
 * has the rarest term, and more for each word; for each hit, which is read and may not be in memory; and for each
 * product of a range whose ids are looked up in an index.
 */
const INDEX_TIME = 1_000;
const ENTRY_TIME = 0.05;
const WORD_TIME = 0.02;
const HIT_TIME = 8;
const ID_TIME = 0.15;
/** So few hits of several words are found in the index instead of in a longer range. */
const FEW_HITS = 3_000;
const NEAR = 10_000;
/** Length of a range that is read first where all hits may be too many to be read, and tells how many there are. */
const PROBE = 2_000;

/** Products that have all terms and not the words of a tsquery; they come before those of the next tier. */
interface Tier {
  /** A tsquery for each term, the rarest first; none where a term has no word. */
  terms: string[];
  except: string;
  /** Makes the same of several queries, where these find it sooner. */
  queries?: () => IndexQuery[];
  /** About how many of all products, from 0 to 1, have the words; and the first terms, which are looked for in the index. */
  share: number;
  indexedShare: number;
  indexed: number;
  /** About how long their index takes, see INDEX_TIME. */
  indexTime: number;
}

/** What the dictionary says of a search. */
interface KnownSearch {
  terms: SearchTerm[];
  /** The terms with words that they may be misspellings of, where that was asked. */
  forgiving?: SearchTerm[];
  /** Newer words than this tells of, see `newerWords`, may hold a term, too. */
  seen_before: string;
}

/** What facets ask of a search. */
export interface SearchedWords {
  terms: SearchTerm[];
  /** A tsquery, '' for a search that finds nothing. */
  words: string;
  /** The same, where several queries find it sooner. */
  queries: IndexQuery[] | undefined;
  /** How many products have the words, as far as is known. */
  about: number;
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
      terms.reduce(
        (words, { beginnings, allBeginnings = [], others }) =>
          words + beginnings.length + allBeginnings.length + others.length,
        1,
      ),
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

  /** What a search looks for before typos are forgiven. */
  async findWords(search: string, from: Reads): Promise<SearchedWords> {
    return this.searchedWords((await this.known(search, from)).terms);
  }

  /** Whether `findPage` finds so few products that it forgives typos. */
  async hasFewHits({ terms }: SearchedWords, filters: ProductFilters, from: Reads): Promise<boolean> {
    const start = { size: FEW_EXACT_HITS, offset: 0 };
    const page = (await this.pageOf(terms, { filters, ordering: 'id', start }, null, from))!;
    return page.count_exact && page.count < FEW_EXACT_HITS;
  }

  /** The same with typos forgiven; undefined where `findPage` forgives none. */
  async forgive({ terms }: SearchedWords, from: Reads): Promise<SearchedWords | undefined> {
    if (terms.some(({ isPartial }) => isPartial)) return undefined;
    const forgiving = await this.addSimilar(terms, from);
    return this.hasSimilar(forgiving) ? this.searchedWords(forgiving) : undefined;
  }

  private searchedWords(terms: SearchTerm[]): SearchedWords {
    const words = terms.length > 0 ? tsquery(terms, '', true) : '';
    return {
      terms,
      words,
      queries: words !== '' && this.isSplit(terms) ? this.queriesOf(terms, '', true) : undefined,
      about: words === '' ? 0 : this.shareOf(terms, '', true) * this.shares.shopSize,
    };
  }

  /** About how many products there are. */
  async shopSize(from: Reads): Promise<number> {
    await this.shares.refresh(from);
    return this.shares.shopSize;
  }

  /** The first products with words in their name that begin with what was typed. */
  async findSuggestions(typed: string, from: Reads): Promise<SuggestionDto[]> {
    const { terms } = await this.known(typed, from);
    if (terms.length === 0) return [];
    const find = async (wanted: SearchTerm[], typosForgiven: boolean) => {
      const tier = this.tierOf(wanted.map(asBeginning), '^', typosForgiven);
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

  /** What the dictionary says of a search, kept as long as it has no newer words. */
  private async known(search: string, from: Reads): Promise<KnownSearch> {
    await this.shares.refresh(from);
    const kept = this.kept.get(bounded(search));
    return kept && !(await this.isOutdated(kept.seen_before, from)) ? kept : this.lookUp(search, from);
  }

  /** Whether the dictionary has words that were not `seenBefore`. */
  private async isOutdated(seenBefore: string, from: Reads): Promise<boolean> {
    return (await from.queryOne<{ is_outdated: boolean }>(FIND_NEWER_WORDS, [seenBefore]))!.is_outdated;
  }

  private async lookUp(search: string, from: Reads): Promise<KnownSearch> {
    await this.shares.refresh(from);
    const typed = bounded(search);
    const found = (await from.queryOne<{ terms: SearchTerm[] | null; seen_before: string }>(
      FIND_SEARCH_WORDS,
      [typed, MAX_TERMS],
    ))!;
    const known = { ...found, terms: found.terms ?? [] };
    if (this.isSplit(known.terms)) await this.addBeginnings(known.terms, from);
    const isFew = this.isFew(this.shareOf(known.terms, '', false));
    for (const term of known.terms) {
      term.isPartial = term.others.length >= (isFew ? MOST_WORDS : MAX_OTHERS + 1);
      if (!isFew) term.others = this.shares.commonest(term.others, MAX_OTHERS);
    }
    this.kept.set(typed, known);
    return known;
  }

  /** Sets `allBeginnings` of the terms that have many, but not too many. */
  private async addBeginnings(terms: SearchTerm[], from: Reads): Promise<void> {
    const many = terms.filter((term) => term.has_many_beginnings);
    if (many.length === 0) return;
    const found = await from.query<{ term: string; words: string[] }>(FIND_BEGINNINGS, [
      many.map(({ term }) => term),
    ]);
    for (const term of many) {
      const { words } = found.find((row) => row.term === term.term)!;
      if (words.length < MOST_WORDS) term.allBeginnings = words;
    }
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
      const queries = this.isSplit(terms) ? this.queriesOf(terms, '', true) : undefined;
      const page = await from.queryOne<ProductsPage & { is_outdated: boolean }>(
        searchProductsSql(ordering ?? 'relevance', given, queries?.[0]!.indexed.length ?? 'query'),
        [
          size,
          offset,
          after?.key,
          after?.id,
          queries ? JSON.stringify(queries) : anywhere,
          seenBefore,
          ...(ordering ? [] : this.rankingOf(terms)),
          ...valuesOf(filters, given),
        ],
      );
      if (page!.is_outdated) return undefined;
      if (page!.count_exact) return this.texts.pageOf(page!, size, from);
    } else if (seenBefore !== null && (await this.isOutdated(seenBefore, from))) return undefined;
    if (anywhere === '') return NOTHING;
    const tiers = ordering ? [this.tierOf(terms, '', true)] : this.tiersOf(terms);
    return this.pageOfTiers(tiers, filters, ordering, start, from);
  }

  private isFew(share: number): boolean {
    const { shopSize } = this.shares;
    return share * shopSize < (shopSize > LARGE_SHOP ? MOST_HITS_IN_A_LARGE_SHOP : MOST_HITS);
  }

  /**
   * Whether several queries find the terms: sooner than one in a large shop, and in any shop all of them, where one tsquery
   * might not, see `hasWords`.
   */
  private isSplit(terms: SearchTerm[]): boolean {
    return (
      terms.length > 1 &&
      (this.shares.shopSize > ONE_QUERY_UP_TO || terms.some((term) => term.has_many_beginnings))
    );
  }

  private queriesOf(terms: SearchTerm[], mark: Mark, typosForgiven: boolean): IndexQuery[] {
    return indexQueries(terms, mark, typosForgiven, this.shares);
  }

  /** The words of each tier but the last; null where nothing is forgiven, so that there are only three. */
  private rankingOf(terms: SearchTerm[]): (string | null)[] {
    const wholeInName = tsquery(terms.map(asWholeWord), '^');
    const inName = tsquery(terms, '^');
    if (!this.isForgiving(terms)) return [wholeInName, inName, null, null];
    return [wholeInName, inName, tsquery(terms, ''), tsquery(terms, '^', true)];
  }

  /** In the order of relevance: whole words of the name, words of the name, any words, and the same with typos forgiven. */
  private tiersOf(terms: SearchTerm[]): Tier[] {
    const [wholeInName, inName, anywhere, forgivenInName] = this.rankingOf(terms);
    const tiers = [
      this.tierOf(terms.map(asWholeWord), '^', false),
      this.tierOf(terms, '^', false, wholeInName),
      this.tierOf(terms, '', false, inName),
    ];
    if (!this.isForgiving(terms)) return tiers;
    const before = [anywhere, forgivenInName].filter(Boolean).join(' | ');
    return [...tiers, this.tierOf(terms, '^', true, anywhere), this.tierOf(terms, '', true, before)];
  }

  private isForgiving(terms: SearchTerm[]): boolean {
    return terms.some(({ similar }) => similar);
  }

  private tierOf(terms: SearchTerm[], mark: Mark, typosForgiven: boolean, except?: string | null): Tier {
    const found = terms
      .map((term) => ({
        term,
        words: tsqueryOf(term, mark, typosForgiven),
        share: shareOf(term, mark, typosForgiven, this.shares),
        count: wordsOf(term, mark, typosForgiven).length,
      }))
      .toSorted((one, other) => one.share - other.share);
    const shares = found.map(({ share }) => share);
    const indexed = countIndexed(found, this.shares.shopSize);
    const entries = found.slice(0, indexed).reduce((sum, { count }) => sum + count, 0);
    return {
      terms: found.some(({ words }) => words === '') ? [] : found.map(({ words }) => words),
      queries: this.isSplit(terms) ? () => this.queriesOf(terms, mark, typosForgiven) : undefined,
      except: except ?? '',
      share: product(shares),
      indexedShare: product(shares.slice(0, indexed)),
      indexed,
      indexTime: INDEX_TIME + (ENTRY_TIME + WORD_TIME * entries) * shares[0]! * this.shares.shopSize,
    };
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
      if (isBefore || hits.length === wanted) continue;
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

  /** The first hits of a tier, looked for in ranges of the list; at last in all that is left of it. */
  private async hitsOf(
    tier: Tier,
    filters: ProductFilters,
    ordering: Ordering,
    wanted: number,
    after: PageStart['after'],
    from: Reads,
  ): Promise<Hit[]> {
    const { terms, except, indexed } = tier;
    if (terms.length === 0) return [];
    const given = givenFilters(filters);
    // Where fewer products pass the filter by availability than have the words, PostgreSQL reads its index instead.
    const queries = this.shares.ofAvailability(given) < tier.indexedShare ? undefined : tier.queries;
    const values = valuesOf(filters, given);
    const hits: Hit[] = [];
    let behind = after;
    const search = async (end: PageStart['after'], isNear = false) => {
      const kind = end ? (isNear ? 'near' : 'far') : queries ? 'none, by queries' : 'none';
      const range = { isBehind: behind !== undefined, end: kind, terms: terms.length, indexed } as const;
      const text = hitsSql(ordering, given, range);
      const places = [behind, end].flatMap((place) => (place ? [place.key, place.id] : []));
      const words = !end && queries ? JSON.stringify(queries()) : terms;
      const left = wanted - hits.length;
      hits.push(...(await from.query<Hit>(text, [left, words, except, ...values, ...places])));
      behind = end;
      return hits.length === wanted || !end;
    };
    for (let read = 0; ;) {
      const range = this.rangeOf(tier, given, ordering, wanted - hits.length, { read, found: hits.length });
      if (!range) break;
      const end = await this.endOf(ordering, filters, Math.ceil(range.length), behind, from);
      if (await search(end, range.isNear)) return hits;
      read += range.length;
    }
    await search(undefined);
    return hits;
  }

  /**
   * The range of the list to search next for so many wanted hits, after so many products with so many hits; undefined where
   * it is faster to find all hits in the index.
   */
  private rangeOf(
    { queries, share, indexedShare, indexTime }: Tier,
    filters: Filter[],
    ordering: Ordering,
    wanted: number,
    { read, found }: { read: number; found: number },
  ): { length: number; isNear: boolean } | undefined {
    const { shopSize } = this.shares;
    // Few hits where no filter left them out: they are not spread evenly.
    if (filters.length === 0 && 4 * found < share * read - TRUSTED_HITS) return undefined;
    const trusted = Math.min(TRUSTED_PRODUCTS, TRUSTED_HITS / share);
    const passing = this.shares.ofAvailability(filters);
    const density = (found + trusted * share * passing) / (read + trusted);
    const length = Math.max(SHORTEST_RANGE, (MARGIN * wanted) / density);
    const { isId } = new SortKey(ordering);
    const timeOfFar = isId ? indexTime + (ID_TIME + HIT_TIME * indexedShare) * length : Infinity;
    const timeOfAll =
      passing < indexedShare
        ? HIT_TIME * passing * shopSize
        : indexTime + HIT_TIME * Math.max(indexedShare, density) * shopSize;
    if (queries && length > NEAR && share * shopSize < FEW_HITS && read === 0) return undefined;
    if (Math.min(length, timeOfFar) < timeOfAll) return { length, isNear: length < timeOfFar };
    return read === 0 && timeOfAll > 5 * PROBE ? { length: PROBE, isNear: true } : undefined;
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
  private shareOf(terms: SearchTerm[], mark: Mark, typosForgiven: boolean): number {
    return product(terms.map((term) => shareOf(term, mark, typosForgiven, this.shares)));
  }
}

function product(shares: number[]): number {
  return shares.reduce((all, share) => all * share, 1);
}

function bounded(search: string): string {
  return [...search].slice(0, MAX_CHARACTERS).join('');
}
