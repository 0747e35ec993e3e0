import { Injectable } from '@nestjs/common';
import type { Reads } from '../database/database.js';
import type { FacetsDto } from './facets.dto.js';
import { countFacetsSql, estimateFacetsSql, MOST_COUNTED, type Words } from './find-facets.sql.js';
import type { SearchedWords } from './search.repository.js';
import { givenFilters, isAvailability, type ProductFilters, valuesOf } from './product-filters.js';

/** Number of products in the sample from which facets are estimated: the fewer have the words, the larger it is. */
const LEAST_SAMPLED = 5_000;
const MOST_SAMPLED = 20_000;
const WANTED_IN_SAMPLE = 200;

/** Up to this number of products with the words of a search, these are counted before its filters are looked at. */
const MANY_WHERE_FILTERED = 4 * MOST_COUNTED;

/** Up to this number of products, facets are counted also without a search or a filter. */
const SMALL_SHOP = 20_000;

interface FacetsRow {
  categories: { id: number; name: string; slug: string; count: number }[];
  min_price: string | null;
  max_price: string | null;
  available: number;
  unavailable: number;
}

interface CountedFacetsRow extends FacetsRow {
  categories_exact: boolean;
  price_exact: boolean;
  available_exact: boolean;
}

const NOTHING_COUNTED: CountedFacetsRow = {
  categories: [],
  categories_exact: false,
  min_price: null,
  max_price: null,
  price_exact: false,
  available: 0,
  unavailable: 0,
  available_exact: false,
};

/** The facets of a list, and how many of its products were counted for them: all, or those in a sample. */
export interface CountedFacets {
  facets: FacetsDto;
  counted: number;
  isSample: boolean;
}

@Injectable()
export class FacetsRepository {
  /** @param shopSize about how many products there are */
  async find(
    filters: ProductFilters,
    search: SearchedWords | undefined,
    shopSize: number,
    from: Reads,
  ): Promise<CountedFacets> {
    const given = givenFilters(filters);
    const filterValues = valuesOf(filters, given);
    const values = [...filterValues, ...(search ? [search.words] : [])];
    const about = search?.about ?? shopSize;
    const hasFilter = given.some((name) => !isAvailability(name));
    const kind = kindOf(search, hasFilter ? MANY_WHERE_FILTERED : MOST_COUNTED);
    const isFew = kind === 'few' || typeof kind === 'number';
    const isNarrowed = isFew || shopSize <= SMALL_SHOP || hasFilter;
    const counted = isNarrowed
      ? (await from.queryOne<CountedFacetsRow>(
          countFacetsSql(given, kind),
          typeof kind === 'number' ? [...filterValues, JSON.stringify(search!.queries)] : values,
        ))!
      : NOTHING_COUNTED;
    const { categories_exact, price_exact, available_exact } = counted;
    const isExact = categories_exact && price_exact && available_exact;
    const sampled = (WANTED_IN_SAMPLE * shopSize) / Math.max(about, 1);
    const bounded = Math.min(MOST_SAMPLED, Math.max(LEAST_SAMPLED, sampled));
    const percent = Math.min(100, (100 * bounded) / Math.max(shopSize, 1));
    const estimated = isExact
      ? counted
      : (await from.queryOne<FacetsRow>(estimateFacetsSql(given, search !== undefined), [
          ...values,
          percent,
        ]))!;
    const isPartial = search?.terms.some((term) => term.isPartial);
    const mark = (exact: boolean) => (exact && !isPartial ? {} : { count_exact: false as const });
    const prices = price_exact ? counted : estimated;
    const availability = available_exact ? counted : estimated;
    const chosen = [
      ...(filters.available === false ? [] : [availability.available]),
      ...(filters.available === true ? [] : [availability.unavailable]),
    ].reduce((total, count) => total + count, 0);
    const facets = {
      categories: (categories_exact ? counted : estimated).categories.map((category) => ({
        ...category,
        ...mark(categories_exact),
      })),
      price: { min: prices.min_price, max: prices.max_price },
      available: [
        { value: true, count: availability.available, ...mark(available_exact) },
        { value: false, count: availability.unavailable, ...mark(available_exact) },
      ],
    };
    const isSample = !available_exact;
    return { facets, counted: isSample ? Math.round((chosen * percent) / 100) : chosen, isSample };
  }
}

function kindOf(search: SearchedWords | undefined, mostOfFew: number): Words {
  if (!search) return 'none';
  if (search.about > mostOfFew) return 'many';
  return search.queries?.[0]!.indexed.length ?? 'few';
}
