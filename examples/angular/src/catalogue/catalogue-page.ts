import { Component, computed, inject, ViewEncapsulation } from '@angular/core';
import { RouterLink } from '@angular/router';
import { I18n } from '../i18n/i18n';
import { pageTitle } from '../ui/page-title';
import { Pending } from '../ui/pending';
import { Catalogue } from './catalogue';
import { Filters } from './filters';
import { Hero } from './hero';
import { isFiltered, pagesOf } from './list-state';
import { OrderingSelect } from './ordering-select';
import { Pages } from './pages';
import { ProductGrid } from './product-grid';
import { ProductGridSkeleton } from './product-grid-skeleton';

@Component({
  selector: 'shop-catalogue-page',
  imports: [Filters, Hero, OrderingSelect, Pages, Pending, ProductGrid, ProductGridSkeleton, RouterLink],
  templateUrl: './catalogue-page.html',
  styleUrl: '../../../shared/styles/catalogue.css',
  encapsulation: ViewEncapsulation.None,
})
export class CataloguePage {
  protected readonly t = inject(I18n).t;
  private readonly catalogue = inject(Catalogue);
  protected readonly state = this.catalogue.state;
  protected readonly products = this.catalogue.products;
  protected readonly isFiltered = computed(() => isFiltered(this.state()));
  protected readonly isFirstPage = computed(() => !this.isFiltered() && this.state().page === 1);
  protected readonly pages = computed(() => pagesOf(this.products.value()?.count ?? 0));
  protected readonly found = computed(() => {
    const count = this.products.value()?.count;
    const { search } = this.state();
    if (count === undefined) return this.t('state.loading');
    return search ? this.t('catalogue.foundFor', { count, search }) : this.t('catalogue.found', { count });
  });
  protected readonly paramsOfPage = (page: number) => this.catalogue.paramsWith({ page });

  constructor() {
    pageTitle(() => this.t(this.isFirstPage() ? 'shop.tagline' : 'catalogue.title'));
    this.products.reload(); // the former list may be outdated
  }
}
