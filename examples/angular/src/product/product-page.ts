import { Component, computed, inject, input, ViewEncapsulation } from '@angular/core';
import { RouterLink } from '@angular/router';
import { ApiError } from '../api/api-error';
import { watchStock } from '../api/events';
import { getProduct } from '../api/generated/functions';
import { query } from '../api/query';
import { FavoriteButton } from '../favorites/favorite-button';
import { I18n } from '../i18n/i18n';
import { pageTitle } from '../ui/page-title';
import { Pending } from '../ui/pending';
import { AddToCart } from './add-to-cart';
import { Gallery } from './gallery';
import { RelatedProducts } from './related-products';
import { StockNote } from './stock-note';

@Component({
  selector: 'shop-product-page',
  imports: [AddToCart, FavoriteButton, Gallery, Pending, RelatedProducts, RouterLink, StockNote],
  templateUrl: './product-page.html',
  styleUrl: '../../../shared/styles/product.css',
  encapsulation: ViewEncapsulation.None,
})
export class ProductPage {
  /** Of the address. */
  readonly slug = input.required<string>();
  protected readonly t = inject(I18n).t;
  protected readonly price = inject(I18n).price;
  protected readonly product = query(getProduct, () => ({ id: this.slug() }));
  private readonly productId = computed(() => this.product.value()?.id);
  protected readonly isMissing = computed(() => {
    const error = this.product.error();
    return error instanceof ApiError && error.status === 404;
  });

  constructor() {
    watchStock(
      this.productId,
      (stock) => this.product.update((product) => ({ ...product, ...stock })),
      () => this.product.reload(),
    );
    pageTitle(() => this.product.value()?.name ?? this.t('state.loading'));
  }
}
