import { Component, computed, inject, input, linkedSignal } from '@angular/core';
import type { Product } from '../api/generated/models';
import { I18n } from '../i18n/i18n';
import { picturesOf } from './pictures-of';
import { ProductPicture } from './product-picture';

@Component({
  selector: 'shop-gallery',
  imports: [ProductPicture],
  host: { role: 'group', '[attr.aria-label]': "t('product.pictures', { name: product().name })" },
  template: `
    <shop-product-picture
      [product]="product()"
      [index]="shown()"
      sizes="(max-width: 760px) 94vw, 560px"
      isEager
    />
    @if (pictures().length > 1) {
      <ul class="thumbnails">
        @for (picture of pictures(); track picture.src) {
          <li>
            <button
              type="button"
              [attr.aria-label]="t('product.picture', { number: $index + 1, count: $count })"
              [attr.aria-current]="$index === shown()"
              (click)="shown.set($index)"
            >
              <shop-product-picture [product]="product()" [index]="$index" sizes="80px" isDecorative />
            </button>
          </li>
        }
      </ul>
    }
  `,
})
export class Gallery {
  readonly product = input.required<Product>();
  protected readonly t = inject(I18n).t;
  protected readonly pictures = computed(() => picturesOf(this.product()));
  private readonly productId = computed(() => this.product().id);
  protected readonly shown = linkedSignal({ source: this.productId, computation: () => 0 });
}
