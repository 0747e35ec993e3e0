import { Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Product } from '../api/generated/models';
import { I18n } from '../i18n/i18n';
import { picturesOf } from '../product/pictures-of';
import { ProductPicture } from '../product/product-picture';

/** The first page's introduction; the arches have their size before the pictures, so that nothing moves. */
@Component({
  selector: 'shop-hero',
  imports: [ProductPicture, RouterLink],
  template: `
    <div class="hero-text">
      <h1>{{ t('shop.tagline') }}</h1>
      <p>{{ t('shop.introduction') }}</p>
      <a routerLink="/" [queryParams]="{ ordering: '-created_at' }" class="button button-primary">
        {{ t('shop.browse') }}
      </a>
    </div>
    <div class="hero-pictures" aria-hidden="true">
      @for (place of [0, 1, 2]; track place) {
        <div class="hero-arch">
          @if (shown()[place]; as product) {
            <shop-product-picture
              [product]="product"
              sizes="(max-width: 700px) 30vw, 220px"
              isEager
              isDecorative
            />
          }
        </div>
      }
    </div>
  `,
})
export class Hero {
  readonly products = input.required<Product[]>();
  protected readonly t = inject(I18n).t;
  protected readonly shown = computed(() =>
    oneOfEachCategory(this.products().filter((product) => picturesOf(product).length > 0)).slice(0, 3),
  );
}

function oneOfEachCategory(products: Product[]): Product[] {
  const first = new Map(products.toReversed().map((product) => [product.category, product]));
  return products.filter((product) => first.get(product.category) === product);
}
