import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Config } from '../config/config.js';
import type { Reads } from '../database/database.js';
import type { Json, PageRow } from '../http/paging.js';
import { FIND_PRODUCTS } from './find-products.sql.js';
import type { ProductDto } from './products.dto.js';

/** Total length of all cached texts. */
const MAX_CHARACTERS = 10_000_000;

/** The row that a `productsPageSql` statement returns. */
export interface ProductsPage {
  count: number;
  count_exact: boolean;
  /** `ROW_VERSION` of each product on the page and of the one behind it, if there is any, with commas between. */
  row_versions: string | null;
  /** Sort key of the last product of a full page. */
  last_key: string | null;
}

type Text = Json<ProductDto>;

/**
 * Caches the JSON of products by the version of their rows. A list queries the versions on its page, and only
 * versions that this process does not have are then read as JSON.
 */
@Injectable()
export class ProductTexts {
  private readonly media: string;
  private readonly kept = new LRUCache<string, Text>({
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (text) => text.length,
  });

  constructor(config: Config) {
    this.media = config.mediaUrl;
  }

  async pageOf(page: ProductsPage, size: number, from: Reads): Promise<PageRow> {
    const { count, count_exact, row_versions, last_key } = page;
    const found = row_versions?.split(',') ?? [];
    const shown = found.slice(0, size);
    const texts = await this.textsOf(shown, from);
    return {
      count,
      count_exact,
      results: texts.join(',') || null,
      shown: shown.length,
      has_next: found.length > size,
      last_key,
      last_id: last_key === null ? null : idOf(shown.at(-1)!),
    };
  }

  /** In the order of the ids, without those that are unknown or deleted. */
  async findByIds(ids: number[], from: Reads): Promise<Text[]> {
    const texts = await this.read(ids, from);
    return ids.flatMap((id) => texts.get(id) ?? []);
  }

  /** Without products that were deleted since their versions were found. */
  private async textsOf(rowVersions: string[], from: Reads): Promise<Text[]> {
    const kept = rowVersions.map((rowVersion) => this.kept.get(rowVersion));
    const missing = rowVersions.filter((_rowVersion, place) => kept[place] === undefined);
    const read = await this.read(missing.map(idOf), from);
    return rowVersions.flatMap((rowVersion, place) => kept[place] ?? read.get(idOf(rowVersion)) ?? []);
  }

  private async read(ids: number[], from: Reads): Promise<Map<number, Text>> {
    const texts = new Map<number, Text>();
    if (ids.length === 0) return texts;
    const rows = await from.query<{ id: number; row_version: string; json: Text }>(FIND_PRODUCTS, [
      ids,
      this.media,
    ]);
    for (const { id, row_version, json } of rows) {
      texts.set(id, json);
      this.kept.set(row_version, json);
    }
    return texts;
  }
}

/** @param rowVersion `ROW_VERSION`, which begins with the id */
function idOf(rowVersion: string): number {
  return Number.parseInt(rowVersion, 10);
}
