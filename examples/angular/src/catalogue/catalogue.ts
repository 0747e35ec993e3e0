import { computed, inject, Injectable } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { NavigationEnd, type Params, Router } from '@angular/router';
import { filter, map, startWith } from 'rxjs';
import { getProductFacets, listProducts } from '../api/generated/functions';
import { query } from '../api/query';
import { filtersOf, listQueryOf, type ListState, readListState, writeListState } from './list-state';

/** The list of products. It stays while other pages are open, so that going back restores it and its scroll position. */
@Injectable({ providedIn: 'root' })
export class Catalogue {
  private readonly router = inject(Router);
  private readonly params = toSignal(
    this.router.events.pipe(
      filter((event) => event instanceof NavigationEnd),
      startWith(undefined),
      map(() => this.router.parseUrl(this.router.url)),
      filter(({ root }) => !root.hasChildren()),
      map(({ queryParamMap }) => queryParamMap),
    ),
    { initialValue: this.router.parseUrl('/').queryParamMap },
  );

  readonly state = computed(() => readListState(this.params()));
  readonly products = query(listProducts, () => listQueryOf(this.state()), { keep: true });
  readonly facets = query(getProductFacets, () => filtersOf(this.state()), { keep: true });

  /** Query parameters of the same list with these changes, from its first page. */
  paramsWith(changes: Partial<ListState>): Params {
    return writeListState({ ...this.state(), page: 1, ...changes });
  }

  change(changes: Partial<ListState>): void {
    void this.router.navigate(['/'], { queryParams: this.paramsWith(changes) });
  }
}
