import { Component, computed, inject } from '@angular/core';
import { ProductGrid } from '../catalogue/product-grid';
import { ProductGridSkeleton } from '../catalogue/product-grid-skeleton';
import { I18n } from '../i18n/i18n';
import { pageTitle } from '../ui/page-title';
import { Pending } from '../ui/pending';
import { FavoriteStore } from './favorite-store';

@Component({
  selector: 'shop-favorites-page',
  imports: [Pending, ProductGrid, ProductGridSkeleton],
  template: `
    <h1>{{ t('favorites.title') }}</h1>
    @if (products(); as shown) {
      @if (shown.length > 0) {
        <shop-product-grid [products]="shown" />
      } @else {
        <div class="empty">
          <p class="empty-title">{{ t('favorites.none') }}</p>
          <p>{{ t('favorites.none.hint') }}</p>
        </div>
      }
    } @else {
      <shop-pending [query]="favorites"><shop-product-grid-skeleton [count]="4" /></shop-pending>
    }
  `,
})
export class FavoritesPage {
  protected readonly t = inject(I18n).t;
  protected readonly favorites = inject(FavoriteStore).favorites;
  protected readonly products = computed(() => this.favorites.value()?.results.map(({ product }) => product));

  constructor() {
    pageTitle(() => this.t('favorites.title'));
    this.favorites.reload();
  }
}
