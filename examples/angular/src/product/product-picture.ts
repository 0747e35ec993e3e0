import { booleanAttribute, Component, computed, input } from '@angular/core';
import { thumbHashToDataURL } from 'thumbhash';
import type { Product } from '../api/generated/models';
import { picturesOf } from './pictures-of';

/** A square of the picture's size, with its colours as a placeholder. */
@Component({
  selector: 'shop-product-picture',
  host: { class: 'picture', '[style.background-image]': 'placeholder()' },
  template: `
    @if (picture(); as shown) {
      <picture>
        @if (shown.srcset) {
          <source type="image/webp" [attr.srcset]="shown.srcset.webp" [attr.sizes]="sizes()" />
        }
        <img
          decoding="async"
          [attr.loading]="isEager() ? 'eager' : 'lazy'"
          [attr.width]="shown.width"
          [attr.height]="shown.height"
          [attr.sizes]="sizes()"
          [attr.srcset]="shown.srcset?.jpeg"
          [src]="shown.src"
          [alt]="isDecorative() ? '' : shown.alt || product().name"
        />
      </picture>
    }
  `,
})
export class ProductPicture {
  readonly product = input.required<Product>();
  /** Its width on the screen, by which the browser chooses a file. */
  readonly sizes = input.required<string>();
  /** The index of the picture. */
  readonly index = input(0);
  /** Visible at once: loaded without delay. */
  readonly isEager = input(false, { transform: booleanAttribute });
  /** Shown beside the product's name, so that it needs no alternative text. */
  readonly isDecorative = input(false, { transform: booleanAttribute });

  protected readonly picture = computed(() => picturesOf(this.product())[this.index()]);
  protected readonly placeholder = computed(() => backgroundOf(this.picture()?.placeholder));
}

function backgroundOf(thumbHash: string | undefined): string | null {
  if (!thumbHash) return null;
  return `url(${thumbHashToDataURL(Uint8Array.from(atob(thumbHash), (character) => character.charCodeAt(0)))})`;
}
