import { booleanAttribute, Component, computed, input } from '@angular/core';
import { thumbHashToDataURL } from 'thumbhash';
import type { Product } from '../api/generated/models';
import { picturesOf } from './pictures-of';

/** A square that is there before its picture, with the colours that the picture will have. */
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
  /** How wide it is shown, for the browser to choose a file by. */
  readonly sizes = input.required<string>();
  /** Which of its pictures. */
  readonly index = input(0);
  /** In the first screen: asked for at once. */
  readonly isEager = input(false, { transform: booleanAttribute });
  /** Beside its name, which a screen reader says already. */
  readonly isDecorative = input(false, { transform: booleanAttribute });

  protected readonly picture = computed(() => picturesOf(this.product())[this.index()]);
  protected readonly placeholder = computed(() => backgroundOf(this.picture()?.placeholder));
}

function backgroundOf(thumbHash: string | undefined): string | null {
  if (!thumbHash) return null;
  return `url(${thumbHashToDataURL(Uint8Array.from(atob(thumbHash), (character) => character.charCodeAt(0)))})`;
}
