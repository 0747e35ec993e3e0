import { booleanAttribute, Component, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Product } from '../api/generated/models';
import { FavoriteButton } from '../favorites/favorite-button';
import { I18n } from '../i18n/i18n';
import { ProductPicture } from '../product/product-picture';
import { StockNote } from '../product/stock-note';

@Component({
  selector: 'shop-product-card',
  imports: [FavoriteButton, ProductPicture, RouterLink, StockNote],
  host: { role: 'article', '[attr.data-unavailable]': '!product().available' },
  template: `
    <shop-product-picture
      [product]="product()"
      sizes="(max-width: 500px) 46vw, (max-width: 900px) 30vw, 260px"
      [isEager]="isEager()"
      isDecorative
    />
    <h3 class="card-name">
      <a [routerLink]="['/products', product().slug]">{{ product().name }}</a>
    </h3>
    <p class="card-price">{{ price(product().price) }}</p>
    <shop-stock-note [product]="product()" isQuiet />
    <shop-favorite-button [product]="product()" />
  `,
})
export class ProductCard {
  readonly product = input.required<Product>();
  readonly isEager = input(false, { transform: booleanAttribute });
  protected readonly price = inject(I18n).price;
}
