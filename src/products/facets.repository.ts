import { Injectable } from '@nestjs/common';
import type { Reads } from '../database/database.js';
import type { FacetsDto } from './facets.dto.js';
import { countFacetsSql, estimateFacetsSql, MOST_COUNTED, type Words } from './find-facets.sql.js';
import { givenFilters, type ProductFilters, valuesOf } from './product-filters.js';

/** Products in the sample from which facets are estimated: more, the fewer have the words. */
const LEAST_SAMPLED = 5_000;
const MOST_SAMPLED = 30_000;
const WANTED_IN_SAMPLE = 200;

/** If the estimate is higher than that, counting does not begin. */
const CERTAINLY_MANY = 4 * MOST_COUNTED;

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

@Injectable()
export class FacetsRepository {
  /**
   * @param words tsquery of a search, null without one, and '' for one that finds nothing
   * @param about how many products have these words, as far as is known, and how many there are
   */
  async find(
    filters: ProductFilters,
    words: string | null,
    { about, shopSize }: { about: number; shopSize: number },
    from: Reads,
  ): Promise<FacetsDto> {
    const given = givenFilters(filters);
    const values = [...valuesOf(filters, given), ...(words === null ? [] : [words])];
    const kind: Words = words === null ? 'none' : about > CERTAINLY_MANY ? 'many' : 'few';
    const isNarrowed =
      kind === 'few' || shopSize <= CERTAINLY_MANY || given.some((name) => name !== 'available');
    const counted = isNarrowed
      ? (await from.queryOne<CountedFacetsRow>(countFacetsSql(given, kind), values))!
      : NOTHING_COUNTED;
    const { categories_exact, price_exact, available_exact } = counted;
    const isExact = categories_exact && price_exact && available_exact;
    const sampled = (WANTED_IN_SAMPLE * shopSize) / Math.max(about, 1);
    const bounded = Math.min(MOST_SAMPLED, Math.max(LEAST_SAMPLED, sampled));
    const percent = Math.min(100, (100 * bounded) / Math.max(shopSize, 1));
    const estimated = isExact
      ? counted
      : (await from.queryOne<FacetsRow>(estimateFacetsSql(given, words !== null), [...values, percent]))!;
    const mark = (exact: boolean) => (exact ? {} : { count_exact: false as const });
    const prices = price_exact ? counted : estimated;
    const availability = available_exact ? counted : estimated;
    return {
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
  }
}
