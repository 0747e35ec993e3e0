import { Injectable } from '@nestjs/common';
import type { Reads } from '../database/database.js';
import type { FacetsDto } from './facets.dto.js';
import { ESTIMATE_FACETS, FIND_FACETS, MOST_COUNTED } from './find-facets.sql.js';
import { filterValues, type ProductFilters } from './product-filters.js';

/** In the sample from which facets of many products are estimated. */
const SAMPLED = 10_000;

/** Where the estimate says so, and no filter narrows them, products are not begun to be counted. */
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
    const parameters = [...filterValues(filters), words];
    const isMany = about > CERTAINLY_MANY && Object.values(filters).every((value) => value === undefined);
    const counted = isMany
      ? NOTHING_COUNTED
      : (await from.queryOne<CountedFacetsRow>(FIND_FACETS, parameters))!;
    const { categories_exact, price_exact, available_exact } = counted;
    const isExact = categories_exact && price_exact && available_exact;
    const percent = Math.min(100, Math.max(0.01, (100 * SAMPLED) / Math.max(shopSize, 1)));
    const estimated = isExact
      ? counted
      : (await from.queryOne<FacetsRow>(ESTIMATE_FACETS, [...parameters, percent]))!;
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
