import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { MAX_LAG_MS } from '../database/replicas.js';

/** What of the catalogue a page depends on, each on what stands before it as well. */
export type Shown = 'names' | 'stock' | 'availability';

/** A page, as far as a change can make it wrong. */
export interface PageShown {
  /** It shows every change that was committed before this moment, by `performance.now()`. */
  asOf: number;
  shows: Shown;
  /** Whose stock it shows; undefined while nobody knows. */
  readonly productIds: number[] | undefined;
}

/**
 * When this process last changed what. Whoever writes says so after the commit and before the answer; a page from
 * before a change that it would show is then not shown to anybody who asks later. A sale makes only those
 * pages old that show what was sold, so a shop that sells much still has use for its memory.
 */
@Injectable()
export class CatalogueChangesService {
  private catalogueAt = -Infinity;
  private stockAt = -Infinity;
  private availabilityAt = -Infinity;

  /** When each product's stock changed, in two maps that take turns, so that they stay small. */
  private recent = new Map<number, number>();
  private earlier = new Map<number, number>();
  private recentSince = -Infinity;
  private earlierSince = -Infinity;
  private readonly turnMs: number;

  constructor(config: Config) {
    this.turnMs = config.listCacheMs + MAX_LAG_MS;
  }

  /** A product or a category is new, different or gone. */
  catalogueChanged(): void {
    this.catalogueAt = performance.now();
  }

  /** @param availability whether any of them may have run out or come back, and so left or joined a list */
  stockChanged(productIds: number[], availability: boolean): void {
    const now = performance.now();
    if (now - this.recentSince > this.turnMs) {
      [this.earlier, this.earlierSince] = [this.recent, this.recentSince];
      [this.recent, this.recentSince] = [new Map(), now];
    }
    for (const id of productIds) this.recent.set(id, now);
    this.stockAt = now;
    if (availability) this.availabilityAt = now;
  }

  /** Whether the page shows everything that this process has changed. */
  areIn(page: PageShown): boolean {
    const { asOf, shows } = page;
    if (asOf <= this.catalogueAt) return false;
    if (shows === 'names' || asOf > this.stockAt) return true;
    if (shows === 'availability' && asOf <= this.availabilityAt) return false;
    if (asOf < this.earlierSince) return false;
    const isShown = (id: number) => asOf > (this.recent.get(id) ?? this.earlier.get(id) ?? -Infinity);
    return page.productIds?.every(isShown) ?? false;
  }
}
